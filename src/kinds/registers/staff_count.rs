//! How many teachers a campus has: the denominators of the exchange rules.

use crate::kinds::found::Found;
use crate::kinds::{Case, Owner, Reference, Rules};
use crate::model::finding::{Code, Finding};
use crate::model::ids::{Place, Who};
use crate::wire::v1;

/// The rules of the register of staff counts.
pub struct StaffCountRules;

impl Rules for StaffCountRules {
    const NAME: &'static str = "staff_count";
    const OWNER: Owner = Owner::Office;
    type Content = v1::StaffCount;
    type State = ();
    type Action = ();

    fn check(count: &v1::StaffCount, _: &Case<'_>, found: &mut Found) {
        found.required("campus_id", !count.campus_id.is_empty());
        found.range("school_year", count.school_year, 2_000, 2_100);
        found.day("day", &count.day);
        for (field, number) in [
            ("full_time", count.full_time),
            ("eligible", count.eligible),
            ("backbone", count.backbone),
            ("eligible_backbone", count.eligible_backbone),
        ] {
            found.range(field, number.unwrap_or_default(), 0, 100_000);
        }
        for (part, value, whole) in [
            ("eligible", count.eligible, count.full_time),
            ("backbone", count.backbone, count.full_time),
            ("eligible_backbone", count.eligible_backbone, count.eligible),
            ("eligible_backbone", count.eligible_backbone, count.backbone),
        ] {
            if let (Some(value), Some(whole)) = (value, whole)
                && value > whole
            {
                let finding = Finding::new(Code::PartExceedsWhole, part);
                found.say(finding.with("value", value).with("whole", whole));
            }
        }
    }

    fn references(count: &v1::StaffCount) -> Vec<Reference> {
        let campus = &count.campus_id;
        let named = (!campus.is_empty()).then(|| Reference::new("campus_id", campus, "campus"));
        named.into_iter().collect()
    }

    /// One count of a campus a day.
    fn keys(_: Place, count: &v1::StaffCount, (): &()) -> Vec<String> {
        vec![format!(
            "{}/{}/{}",
            count.campus_id, count.school_year, count.day
        )]
    }

    fn audience(_: Place, _: &v1::StaffCount, (): &()) -> Vec<Who> {
        vec![Who::Group]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::testing::{campus, case};

    #[test]
    fn a_part_is_no_larger_than_its_whole_and_what_was_not_counted_is_not_zero() {
        let count = |full_time, eligible, backbone, eligible_backbone| v1::StaffCount {
            campus_id: campus(1).to_text(),
            school_year: 2025,
            day: "2025-09-10".into(),
            full_time,
            eligible,
            backbone,
            eligible_backbone,
        };
        for (count, wrong) in [
            (count(Some(120), Some(80), Some(30), Some(20)), &[][..]),
            (count(None, Some(80), None, Some(20)), &[]),
            (
                count(Some(70), Some(80), None, None),
                &[(Code::PartExceedsWhole, "c.eligible")],
            ),
            (
                count(None, Some(10), Some(9), Some(10)),
                &[(Code::PartExceedsWhole, "c.eligible_backbone")],
            ),
            (
                count(Some(-1), None, None, None),
                &[(Code::OutOfRange, "c.full_time")],
            ),
        ] {
            let mut found = Found::under("c".into());
            StaffCountRules::check(&count, &case(Place::Office), &mut found);
            let found = found.findings.iter();
            let found: Vec<_> = found
                .map(|finding| (finding.code, finding.path.as_str()))
                .collect();
            assert_eq!(found, wrong);
        }
    }
}
