//! The group's own rules.

use crate::kinds::found::Found;
use crate::kinds::{Case, KINDS, Owner, Rules};
use crate::model::date::clock_time;
use crate::model::finding::Code;
use crate::model::ids::{Key, Place, Who};
use crate::wire::v1;
use jiff::civil::Time;
use jiff::tz::TimeZone;

/// The zone of a group that has not said where it lives: all of China keeps one time.
const DEFAULT_ZONE: &str = "Asia/Shanghai";

/// The rules of the policy register.
pub struct PolicyRules;

impl Rules for PolicyRules {
    const NAME: &'static str = "policy";
    const OWNER: Owner = Owner::Office;
    type Content = v1::Policy;
    type State = ();
    type Action = ();

    fn check(policy: &v1::Policy, _: &Case<'_>, found: &mut Found) {
        if TimeZone::get(&policy.time_zone).is_err() {
            found.add_with(
                Code::TimeZoneUnknown,
                "time_zone",
                "value",
                &policy.time_zone,
            );
        }
        if let Some(deadline) = &policy.menu_deadline {
            found.range(
                "menu_deadline.school_days_before",
                deadline.school_days_before,
                0,
                30,
            );
            found.required("menu_deadline.time", !deadline.time.is_empty());
            found.optional_clock_time("menu_deadline.time", &deadline.time);
        }
        found.range("menu_close_days", policy.menu_close_days, 0, 60);
        for (i, retention) in policy.retentions.iter().enumerate() {
            let path = |field: &str| format!("retentions[{i}].{field}");
            if !retained().any(|kind| kind == retention.kind) {
                let known = retained().collect::<Vec<_>>().join(", ");
                found.add_with(Code::KindNotRetained, &path("kind"), "known", known);
            }
            found.range(&path("months"), retention.months, 1, 600);
        }
    }

    fn keys(_: Place, _: &v1::Policy, (): &()) -> Vec<String> {
        vec![key().value]
    }

    fn audience(_: Place, _: &v1::Policy, (): &()) -> Vec<Who> {
        vec![Who::Group]
    }
}

/// The kinds that name people and have days after which they need no longer: those of the campuses.
fn retained() -> impl Iterator<Item = &'static str> {
    let kinds = KINDS.iter().filter(|kind| kind.owner() == Owner::Campus);
    kinds
        .filter(|kind| kind.names_people())
        .map(|kind| kind.name())
}

/// The key of a group's one policy.
#[must_use]
pub fn key() -> Key {
    Key {
        kind: "policy".to_owned(),
        value: "group".to_owned(),
    }
}

/// The zone in which a group's days begin.
#[must_use]
pub fn zone(policy: Option<&v1::Policy>) -> TimeZone {
    let named = policy.and_then(|policy| TimeZone::get(&policy.time_zone).ok());
    named.unwrap_or_else(|| TimeZone::get(DEFAULT_ZONE).expect("the zone is bundled"))
}

/// How many days after its last service date a menu may be closed.
#[must_use]
pub fn menu_close_days(policy: Option<&v1::Policy>) -> i32 {
    policy.map_or(0, |policy| policy.menu_close_days)
}

/// A checked menu deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MenuDeadline {
    /// School days before the first service date; 0: that day itself.
    pub school_days_before: usize,
    /// The clock time on that day.
    pub time: Time,
}

/// The group's menu deadline, if it has one.
#[must_use]
pub fn menu_deadline(policy: Option<&v1::Policy>) -> Option<MenuDeadline> {
    let deadline = policy?.menu_deadline.as_ref()?;
    Some(MenuDeadline {
        school_days_before: deadline.school_days_before.try_into().ok()?,
        time: clock_time(&deadline.time)?,
    })
}
