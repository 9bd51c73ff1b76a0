//! The group's own rules.

use super::vocabulary::{VocabularyRules, Words};
use crate::kinds::found::Found;
use crate::kinds::{Case, KINDS, Owner, Reference, Rules};
use crate::model::date::{self, FIRST_DAY, LAST_DAY, clock_time};
use crate::model::finding::Code;
use crate::model::ids::{Key, Place, Who};
use crate::wire::v1;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use v1::VocabularyTopic as Topic;

/// The zone of a group that has not said where it lives: all of China keeps one time.
const DEFAULT_ZONE: &str = "Asia/Shanghai";

/// The most records that one push may delete in a group that has not said: as many as Adobe's User Sync ships with
/// (`max_deletions_per_run`), which had the same accident (domain.md 3.8, S23).
const DELETIONS_MAX: usize = 10;

/// The rules of the policy register.
pub struct PolicyRules;

impl Rules for PolicyRules {
    const NAME: &'static str = "policy";
    const OWNER: Owner = Owner::Office;
    const PUBLIC: bool = true;
    type Content = v1::Policy;
    type State = ();
    type Action = ();

    fn check(policy: &v1::Policy, case: &Case<'_>, found: &mut Found) {
        if TimeZone::get(&policy.time_zone).is_err() {
            found.add_with(
                Code::TimeZoneUnknown,
                "time_zone",
                "value",
                &policy.time_zone,
            );
        }
        for (i, deadline) in policy.menu_deadlines.iter().enumerate() {
            let path = |field: &str| format!("menu_deadlines[{i}].{field}");
            let days = deadline.school_days_before;
            found.range(&path("school_days_before"), days, 0, 30);
            found.required(&path("time"), !deadline.time.is_empty());
            found.optional_clock_time(&path("time"), &deadline.time);
            found.optional_day(&path("from"), &deadline.from);
        }
        check_prep_set(&policy.prep_set, found);
        check_exchange_rules(&policy.exchange_rules, found);
        found.lines("backbone_titles", &policy.backbone_titles, 40);
        check_words(policy, case, found);
        found.range("menu_close_days", policy.menu_close_days, 0, 60);
        found.range("deletions_max", policy.deletions_max, 0, 1_000);
        for (i, retention) in policy.retentions.iter().enumerate() {
            let path = |field: &str| format!("retentions[{i}].{field}");
            if !retained().any(|kind| kind == retention.kind) {
                let known = retained().collect::<Vec<_>>().join(", ");
                found.add_with(Code::KindNotRetained, &path("kind"), "known", known);
            }
            found.range(&path("months"), retention.months, 1, 600);
        }
    }

    fn references(policy: &v1::Policy) -> Vec<Reference> {
        let rows = policy.prep_set.iter().enumerate();
        let ids = rows.flat_map(|(i, row)| {
            let ids = row.campus_ids.iter().enumerate();
            ids.map(move |(j, id)| (format!("prep_set[{i}].campus_ids[{j}]"), id))
        });
        ids.map(|(path, id)| Reference::new(path, id, "campus"))
            .collect()
    }

    /// The vocabulary says what subjects, grades and titles are called.
    fn surveys(_: &v1::Policy) -> Vec<&'static str> {
        vec![VocabularyRules::NAME]
    }

    fn keys(_: Place, _: &v1::Policy, (): &()) -> Vec<String> {
        vec![key().value]
    }

    fn audience(_: Place, _: &v1::Policy, (): &()) -> Vec<Who> {
        vec![Who::Group]
    }
}

fn check_prep_set(rows: &[v1::PrepExpectation], found: &mut Found) {
    for (i, row) in rows.iter().enumerate() {
        let path = |field: &str| format!("prep_set[{i}].{field}");
        found.line(&path("subject"), &row.subject, 40);
        found.line(&path("grade"), &row.grade, 40);
        found.range(&path("sessions_min"), row.sessions_min, 1, 100);
        found.period(&path(""), &row.from, &row.until);
    }
}

/// What is expected is named as records name it: another word would be met by nobody.
fn check_words(policy: &v1::Policy, case: &Case<'_>, found: &mut Found) {
    let [subjects, grades, titles] =
        [Topic::Subject, Topic::Grade, Topic::Title].map(|topic| Words::of(topic, case));
    let today = case.today();
    for (i, row) in policy.prep_set.iter().enumerate() {
        // As things are called while it is expected.
        let until = date::day(&row.until).unwrap_or(LAST_DAY);
        let day = today.clamp(date::day(&row.from).unwrap_or(FIRST_DAY).min(until), until);
        let path = |field: &str| format!("prep_set[{i}].{field}");
        subjects.check(&path("subject"), "", &row.subject, day, found);
        grades.check(&path("grade"), "", &row.grade, day, found);
        grades.check_stage(&path("stage"), None, (&row.grade, row.stage()), day, found);
    }
    for (i, title) in policy.backbone_titles.iter().enumerate() {
        titles.check(&format!("backbone_titles[{i}]"), "", title, today, found);
    }
}

fn check_exchange_rules(rules: &[v1::ExchangeRule], found: &mut Found) {
    for (i, rule) in rules.iter().enumerate() {
        let path = |field: &str| format!("exchange_rules[{i}].{field}");
        found.line(&path("name"), &rule.name, 60);
        found.required(&path("numerator"), rule.numerator != 0);
        found.required(&path("denominator"), rule.denominator != 0);
        found.required(&path("scope"), rule.scope != 0);
        found.required(&path("basis"), rule.basis != 0);
        found.range(
            &path("threshold_percent"),
            rule.threshold_percent,
            0.0,
            100.0,
        );
        found.line(&path("source"), &rule.source, 200);
        found.period(&path(""), &rule.from, &rule.until);
    }
}

/// The kinds whose records come to an end: those of the campuses. In all of them people may be named, be it
/// in free text. A register holds until somebody says otherwise, and so does a person's row.
fn retained() -> impl Iterator<Item = &'static str> {
    let kinds = KINDS.iter().filter(|kind| kind.owner() == Owner::Campus);
    kinds.map(|kind| kind.name())
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

/// The most records that one push may delete.
#[must_use]
pub fn deletions_max(policy: Option<&v1::Policy>) -> usize {
    let stated = policy.and_then(|policy| usize::try_from(policy.deletions_max).ok());
    stated.filter(|max| *max > 0).unwrap_or(DELETIONS_MAX)
}

/// A checked menu deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MenuDeadline {
    /// School days before the first service date; 0: that day itself.
    pub school_days_before: usize,
    /// The clock time on that day.
    pub time: Time,
}

/// The menu deadline of the group for menus that begin on a day, if there is one: the newest that holds
/// from that day or earlier.
#[must_use]
pub fn menu_deadline(policy: Option<&v1::Policy>, first: Date) -> Option<MenuDeadline> {
    let deadlines = policy?.menu_deadlines.iter();
    let dated = deadlines.map(|deadline| (date::day(&deadline.from), deadline));
    let held = dated.filter(|(from, _)| from.is_none_or(|from| from <= first));
    let (_, deadline) = held.max_by_key(|(from, _)| *from)?;
    Some(MenuDeadline {
        school_days_before: deadline.school_days_before.try_into().ok()?,
        time: clock_time(&deadline.time)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::testing::case;
    use jiff::civil::date;

    #[test]
    fn last_years_menus_are_held_to_last_years_deadline() {
        let deadline = |from: &str, time: &str| v1::MenuDeadline {
            school_days_before: 1,
            time: time.into(),
            from: from.into(),
        };
        let policy = v1::Policy {
            menu_deadlines: vec![
                deadline("2026-02-23", "16:00"),
                deadline("2024-09-01", "18:00"),
            ],
            ..Default::default()
        };
        let hour = |day| menu_deadline(Some(&policy), day).map(|deadline| deadline.time.hour());
        assert_eq!(hour(date(2024, 8, 31)), None, "nobody had a rule yet");
        assert_eq!(hour(date(2026, 2, 22)), Some(18));
        assert_eq!(hour(date(2026, 2, 23)), Some(16));
    }

    #[test]
    fn what_is_expected_is_named_by_the_groups_words() {
        use crate::kinds::registers::vocabulary::standard;
        use crate::kinds::testing::{Group, case_in, record};
        let words = (60..).zip(standard());
        let words = words.map(|(n, words)| record::<VocabularyRules>(n, &words));
        let group = Group::of(words.collect());
        let told = |subject: &str, grade: &str, until: &str, title: &str| {
            let row = v1::PrepExpectation {
                subject: subject.into(),
                grade: grade.into(),
                sessions_min: 1,
                until: until.into(),
                ..Default::default()
            };
            let policy = v1::Policy {
                time_zone: DEFAULT_ZONE.into(),
                prep_set: vec![row],
                backbone_titles: vec![title.into()],
                ..Default::default()
            };
            let mut found = Found::under("p".into());
            PolicyRules::check(&policy, &case_in(&group, Place::Office), &mut found);
            let found = found.findings.into_iter();
            found
                .map(|finding| (finding.code, finding.path))
                .collect::<Vec<_>>()
        };
        let of = |code, path: &str| vec![(code, format!("p.{path}"))];
        assert_eq!(told("信息科技", "七年级", "", "骨干教师"), []);
        assert_eq!(
            told("道法", "七年级", "", "骨干教师"),
            of(Code::WordOld, "prep_set[0].subject")
        );
        assert_eq!(
            told("信息学", "七年级", "", "骨干教师"),
            of(Code::WordUnknown, "prep_set[0].subject")
        );
        assert_eq!(
            told("语文", "初一", "", "骨干教师"),
            of(Code::WordOld, "prep_set[0].grade")
        );
        assert_eq!(
            told("语文", "七年级", "", "骨干"),
            of(Code::WordOld, "backbone_titles[0]")
        );
        assert_eq!(told("信息技术", "七年级", "2022-08-31", "名师"), []);
    }

    #[test]
    fn a_rule_names_its_formula_and_its_source() {
        // 教督〔2017〕6号: a tenth of those who meet the conditions; domain.md 2.1.
        let national = v1::ExchangeRule {
            name: "交流比例".into(),
            numerator: v1::ExchangeCount::Exchanged.into(),
            denominator: v1::ExchangeCount::Eligible.into(),
            threshold_percent: 10.0,
            scope: v1::ExchangeScope::Campus.into(),
            basis: v1::ExchangeBasis::Active.into(),
            source: "教督〔2017〕6号".into(),
            ..Default::default()
        };
        let without = |change: fn(&mut v1::ExchangeRule)| {
            let mut rule = national.clone();
            change(&mut rule);
            let policy = v1::Policy {
                time_zone: DEFAULT_ZONE.into(),
                exchange_rules: vec![rule],
                ..Default::default()
            };
            let mut found = Found::under("p".into());
            PolicyRules::check(&policy, &case(Place::Office), &mut found);
            let found = found.findings.into_iter();
            found.map(|finding| finding.path).collect::<Vec<_>>()
        };
        assert!(without(|_| ()).is_empty());
        assert_eq!(
            without(|rule| rule.denominator = 0),
            ["p.exchange_rules[0].denominator"]
        );
        assert_eq!(
            without(|rule| rule.basis = 0),
            ["p.exchange_rules[0].basis"]
        );
        assert_eq!(
            without(|rule| rule.source.clear()),
            ["p.exchange_rules[0].source"]
        );
        assert_eq!(
            without(|rule| rule.threshold_percent = 101.0),
            ["p.exchange_rules[0].threshold_percent"]
        );
        assert_eq!(
            without(|rule| rule.threshold_percent = f64::NAN),
            ["p.exchange_rules[0].threshold_percent"]
        );
        assert_eq!(
            without(|rule| rule.until = "2026".into()),
            ["p.exchange_rules[0].until"]
        );
    }
}
