//! Colleagues: the fewest fields that the exchange rules need.

use super::vocabulary::{VocabularyRules, Words};
use crate::kinds::exchange::{ExchangeRules, stay};
use crate::kinds::found::Found;
use crate::kinds::{Case, Leader, Owner, Reference, Rules};
use crate::model::finding::Code;
use crate::model::ids::{Place, Who};
use crate::wire::v1;
use jiff::civil::Date;

/// The rules of the person register.
pub struct PersonRules;

impl Rules for PersonRules {
    const NAME: &'static str = "person";
    const OWNER: Owner = Owner::Office;
    type Content = v1::Person;
    type State = v1::PersonState;
    type Action = ();

    fn check(person: &v1::Person, case: &Case<'_>, found: &mut Found) {
        found.line("display_name", &person.display_name, 40);
        found.required("home_campus_id", !person.home_campus_id.is_empty());
        for (i, rank) in person.ranks.iter().enumerate() {
            found.required(&format!("ranks[{i}].rank"), rank.rank != 0);
            found.optional_day_or_month(&format!("ranks[{i}].from"), &rank.from);
        }
        titles("titles", &person.titles, person.no_titles, found);
        title_words("titles", &person.titles, case.today(), case, found);
    }

    /// The vocabulary says which titles there are.
    fn surveys(_: &v1::Person) -> Vec<&'static str> {
        vec![VocabularyRules::NAME]
    }

    fn references(person: &v1::Person) -> Vec<Reference> {
        let home = &person.home_campus_id;
        let named = (!home.is_empty()).then(|| Reference::new("home_campus_id", home, "campus"));
        named.into_iter().collect()
    }

    fn new_state() -> Option<v1::PersonState> {
        Some(v1::PersonState::default())
    }

    /// A host sees its guests for as long as they are its guests.
    fn follow(state: &v1::PersonState, leader: &Leader<'_>) -> Option<v1::PersonState> {
        let (exchange, moved) = leader.read::<ExchangeRules>()?;
        let exchange_id = leader.id.to_string();
        let mut stays = state.stays.clone();
        stays.retain(|stay| stay.exchange_id != exchange_id);
        stays.extend(stay(&exchange, &moved, leader.id));
        Some(v1::PersonState { stays })
    }

    /// Its own campus, its hosts and the office.
    fn audience(_: Place, person: &v1::Person, state: &v1::PersonState) -> Vec<Who> {
        let stays = state.stays.iter().filter(|stay| !stay.ended);
        let hosts = stays.map(|stay| &stay.campus_id);
        let campuses = hosts.chain([&person.home_campus_id]);
        let campuses = campuses.filter_map(|id| id.parse().ok().map(Who::Campus));
        campuses.chain([Who::Office]).collect()
    }
}

/// Checks a list of titles at a path, and whether it is said at `no_{path}` that there are none.
pub fn titles(path: &str, titles: &[v1::Title], none: bool, found: &mut Found) {
    if none && !titles.is_empty() {
        found.add_with(Code::NotWithOther, &format!("no_{path}"), "other", path);
    }
    for (i, title) in titles.iter().enumerate() {
        found.line(&format!("{path}[{i}].title"), &title.title, 40);
        found.optional_day_or_month(&format!("{path}[{i}].until"), &title.until);
    }
}

/// The group's words, if it keeps some, know every title on a day.
pub fn title_words(
    path: &str,
    titles: &[v1::Title],
    day: Date,
    case: &Case<'_>,
    found: &mut Found,
) {
    let words = Words::of(v1::VocabularyTopic::Title, case);
    for (i, title) in titles.iter().enumerate() {
        words.check(&format!("{path}[{i}].title"), "", &title.title, day, found);
    }
}

/// Whether a person is known by name only, so that the register may propose who it is.
pub fn proposes(person: Option<&v1::PersonRef>) -> bool {
    person.is_some_and(|person| person.person_id.is_empty() && !person.display_name.is_empty())
}

/// Proposes the colleague of the owning campus whom a name may mean. A name never identifies anybody: two
/// of one name stay a question. Other campuses' people are not the campus's to see.
pub fn propose(path: &str, person: Option<&v1::PersonRef>, case: &Case<'_>, found: &mut Found) {
    let Some(person) = person.filter(|person| proposes(Some(person))) else {
        return;
    };
    let campus = case.owner.to_text();
    let persons = case.all::<PersonRules>();
    let alike = persons.values().filter(|known| {
        let colleague = known.content.home_campus_id == campus;
        colleague && known.content.display_name == person.display_name
    });
    match alike.collect::<Vec<_>>().as_slice() {
        [] => {}
        [one] => found.add_with(Code::PersonLikely, path, "id", one.id),
        several => found.add_with(Code::NameAmbiguous, path, "count", several.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::registers::vocabulary::standard;
    use crate::kinds::testing::{Group, campus, case_in, record};

    #[test]
    fn a_title_is_called_as_the_group_calls_it() {
        let words = (60..).zip(standard());
        let words = words.map(|(n, words)| record::<VocabularyRules>(n, &words));
        let (keeps, bare) = (Group::of(words.collect()), Group::default());
        let told = |group: &Group, title: &str| {
            let person = v1::Person {
                display_name: "李老师".into(),
                home_campus_id: campus(1).to_text(),
                titles: vec![v1::Title {
                    title: title.into(),
                    ..Default::default()
                }],
                ..Default::default()
            };
            let mut found = Found::under("p".into());
            PersonRules::check(&person, &case_in(group, Place::Office), &mut found);
            let mut found = found.findings.into_iter();
            found.next().map(|finding| (finding.code, finding.path))
        };
        let at = |code| Some((code, "p.titles[0].title".to_owned()));
        assert_eq!(told(&keeps, "骨干教师"), None);
        assert_eq!(told(&keeps, "骨干"), at(Code::WordOld));
        assert_eq!(told(&keeps, "优秀教师"), at(Code::WordUnknown));
        assert_eq!(told(&bare, "优秀教师"), None);
    }

    #[test]
    fn whoever_has_a_title_is_not_said_to_have_none() {
        let told = |titles: usize, no_titles: bool| {
            let title = v1::Title {
                title: "名师".into(),
                ..Default::default()
            };
            let person = v1::Person {
                display_name: "李老师".into(),
                home_campus_id: campus(1).to_text(),
                titles: vec![title; titles],
                no_titles,
                ..Default::default()
            };
            let mut found = Found::under("p".into());
            let group = Group::default();
            PersonRules::check(&person, &case_in(&group, Place::Office), &mut found);
            let found = found.findings.into_iter();
            found.map(|of| (of.code, of.path)).collect::<Vec<_>>()
        };
        let both = (Code::NotWithOther, "p.no_titles".to_owned());
        assert_eq!(told(1, true), [both]);
        for (titles, none) in [(1, false), (0, true), (0, false)] {
            assert_eq!(told(titles, none), []);
        }
    }
}
