//! Schools of the group.

use super::vocabulary::{FIVE_FOUR, SIX_THREE};
use crate::kinds::found::Found;
use crate::kinds::{Case, Owner, Rules};
use crate::model::date::{self, FIRST_DAY, LAST_DAY, Span};
use crate::model::ids::{Place, Who};
use crate::wire::v1;
use jiff::civil::Date;
use v1::{GradeSystem, Stage};

/// The rules of the campus register.
pub struct CampusRules;

impl Rules for CampusRules {
    const NAME: &'static str = "campus";
    const OWNER: Owner = Owner::Office;
    const PUBLIC: bool = true;
    type Content = v1::Campus;
    type State = ();
    type Action = ();

    fn check(campus: &v1::Campus, _: &Case<'_>, found: &mut Found) {
        found.line("name", &campus.name, 60);
        found.lines("aliases", &campus.aliases, 60);
        found.required("role", campus.role != 0);
        let taught: Vec<Stage> = campus.stages().collect();
        let both = [Stage::Primary, Stage::Junior]
            .iter()
            .all(|stage| taught.contains(stage));
        found.stated("grade_system", !both || campus.grade_system != 0);
        period("left", &campus.joined, "joined", &campus.left, found);
        for (i, canteen) in campus.canteens.iter().enumerate() {
            let path = |field: &str| format!("canteens[{i}].{field}");
            found.line(&path("name"), &canteen.name, 60);
            for (j, meal) in canteen.meals.iter().enumerate() {
                found.required(&path(&format!("meals[{j}]")), *meal != 0);
            }
            period(
                &path("closed"),
                &canteen.opened,
                &path("opened"),
                &canteen.closed,
                found,
            );
        }
    }

    fn keys(_: Place, campus: &v1::Campus, (): &()) -> Vec<String> {
        vec![campus.name.clone()]
    }

    fn audience(_: Place, _: &v1::Campus, (): &()) -> Vec<Who> {
        vec![Who::Group]
    }
}

fn period(end_path: &str, start: &str, start_path: &str, end: &str, found: &mut Found) {
    let first = found.optional_day(start_path, start);
    let last = found.optional_day(end_path, end);
    if let (Some(first), Some(last)) = (first, last)
        && last < first
    {
        found.backwards(end_path, start, end);
    }
}

/// The days between two stored dates; an empty one is open.
fn open_span(first: &str, last: &str) -> Span {
    Span {
        first: date::day(first).unwrap_or(FIRST_DAY),
        last: date::day(last).unwrap_or(LAST_DAY),
    }
}

/// The register record of the campus that owns the record at hand.
pub fn own(case: &Case<'_>) -> Option<v1::Campus> {
    case.neighbours
        .record(case.owner.campus()?)?
        .read::<CampusRules>()
}

/// Whether it is the head school or a branch of it, and no member school.
#[must_use]
pub fn is_core(campus: &v1::Campus) -> bool {
    matches!(campus.role(), v1::CampusRole::Head | v1::CampusRole::Branch)
}

/// The scheme of the vocabulary of grades that a campus goes by, if it has said.
#[must_use]
pub fn grade_scheme(campus: &v1::Campus) -> Option<&'static str> {
    match campus.grade_system() {
        GradeSystem::Unspecified => None,
        GradeSystem::SixThree => Some(SIX_THREE),
        GradeSystem::FiveFour => Some(FIVE_FOUR),
    }
}

/// The days a campus belongs to the group.
#[must_use]
pub fn membership(campus: &v1::Campus) -> Span {
    open_span(&campus.joined, &campus.left)
}

/// The canteens that serve on a day, with the meals each is expected to announce. A canteen that is
/// expected to announce nothing owes no menu.
pub fn serving(campus: &v1::Campus, day: Date) -> impl Iterator<Item = &v1::Canteen> {
    let member = membership(campus).contains(day);
    let serves = move |canteen: &&v1::Canteen| {
        member
            && !canteen.meals.is_empty()
            && open_span(&canteen.opened, &canteen.closed).contains(day)
    };
    campus.canteens.iter().filter(serves)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::testing::case;
    use v1::GradeSystem::{FiveFour, Unspecified};
    use v1::Stage::{Junior, Kindergarten, Primary};

    #[test]
    fn a_campus_with_both_stages_is_asked_how_its_grades_lie() {
        for (stages, system, asked) in [
            (&[Primary, Junior][..], Unspecified, true),
            (&[Kindergarten, Junior, Primary], Unspecified, true),
            (&[Primary, Junior], FiveFour, false),
            (&[Kindergarten, Primary], Unspecified, false),
            (&[], Unspecified, false),
        ] {
            let campus = v1::Campus {
                name: "一校".into(),
                role: v1::CampusRole::Branch.into(),
                stages: stages.iter().map(|stage| i32::from(*stage)).collect(),
                grade_system: system.into(),
                ..Default::default()
            };
            let mut found = Found::under("c".into());
            CampusRules::check(&campus, &case(Place::Office), &mut found);
            let paths: Vec<&str> = found.findings.iter().map(|of| of.path.as_str()).collect();
            let expected: &[&str] = if asked { &["c.grade_system"] } else { &[] };
            assert_eq!(paths, expected, "{stages:?} {system:?}");
        }
    }
}
