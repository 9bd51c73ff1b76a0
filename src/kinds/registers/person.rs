//! Colleagues: the fewest fields that the exchange rules need.

use crate::kinds::found::Found;
use crate::kinds::{Case, Owner, Reference, Rules};
use crate::model::ids::{Place, Who};
use crate::wire::v1;

/// The rules of the person register.
pub struct PersonRules;

impl Rules for PersonRules {
    const NAME: &'static str = "person";
    const OWNER: Owner = Owner::Office;
    type Content = v1::Person;
    type State = ();
    type Action = ();

    fn check(person: &v1::Person, _: &Case<'_>, found: &mut Found) {
        found.line("display_name", &person.display_name, 40);
        found.required("home_campus_id", !person.home_campus_id.is_empty());
        for (i, rank) in person.ranks.iter().enumerate() {
            found.required(&format!("ranks[{i}].rank"), rank.rank != 0);
            found.optional_day_or_month(&format!("ranks[{i}].from"), &rank.from);
        }
        titles("titles", &person.titles, found);
    }

    fn references(person: &v1::Person) -> Vec<Reference> {
        let home = &person.home_campus_id;
        let named = (!home.is_empty()).then(|| Reference::new("home_campus_id", home, "campus"));
        named.into_iter().collect()
    }

    fn audience(_: Place, person: &v1::Person, (): &()) -> Vec<Who> {
        let home = person.home_campus_id.parse().ok().map(Who::Campus);
        home.into_iter().chain([Who::Office]).collect()
    }
}

/// Checks a list of titles.
pub fn titles(path: &str, titles: &[v1::Title], found: &mut Found) {
    for (i, title) in titles.iter().enumerate() {
        found.line(&format!("{path}[{i}].title"), &title.title, 40);
        found.optional_day_or_month(&format!("{path}[{i}].until"), &title.until);
    }
}
