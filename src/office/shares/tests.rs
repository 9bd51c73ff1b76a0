//! Shares, case by case.

use super::*;
use crate::model::ids::{Place, RecordId};
use uuid::Uuid;
use v1::ShareResult::{Met, NotEnoughData, NotMet};

fn id(n: u128) -> RecordId {
    RecordId(Uuid::from_u128(n))
}

fn kept<C>(n: u128, content: C) -> Kept<C> {
    Kept {
        id: id(n),
        owner: Place::Office,
        content,
        state: (),
    }
}

/// A movement of campus `home`'s person number `who` (0: somebody without an id), with titles at its start.
fn movement(home: u128, who: u128, days: [&str; 2], titles: &[(&str, v1::TitleLevel)]) -> Exchange {
    let unit = v1::unit::Unit::CampusId(id(home).to_string());
    let title = |(title, level): &(&str, v1::TitleLevel)| v1::Title {
        title: (*title).to_owned(),
        level: (*level).into(),
        ..Default::default()
    };
    let person_id = match who {
        0 => String::new(),
        who => id(who).to_string(),
    };
    let [real_start, real_end] = days.map(str::to_owned);
    Kept {
        id: id(1_000),
        owner: Place::Campus(id(home)),
        content: v1::Exchange {
            person: Some(v1::PersonRef {
                person_id,
                display_name: "李老师".to_owned(),
                ..Default::default()
            }),
            home: Some(v1::Unit { unit: Some(unit) }),
            titles_at_start: titles.iter().map(title).collect(),
            ..Default::default()
        },
        state: v1::ExchangeState {
            real_start,
            real_end,
            ..Default::default()
        },
    }
}

fn count(
    campus: u128,
    day: &str,
    full_time: Option<i32>,
    backbone: Option<i32>,
) -> Kept<v1::StaffCount> {
    let count = v1::StaffCount {
        campus_id: id(campus).to_string(),
        school_year: 2025,
        day: day.to_owned(),
        full_time,
        backbone,
        ..Default::default()
    };
    kept(500, count)
}

fn rule(numerator: Count, denominator: Count, percent: f64) -> v1::ExchangeRule {
    v1::ExchangeRule {
        name: "交流比例".to_owned(),
        numerator: numerator.into(),
        denominator: denominator.into(),
        threshold_percent: percent,
        scope: v1::ExchangeScope::Campus.into(),
        basis: Basis::Active.into(),
        source: "教督〔2017〕6号".to_owned(),
        ..Default::default()
    }
}

/// Two campuses of 20 and 10 teachers.
fn group(exchanges: Vec<Exchange>, rule: v1::ExchangeRule) -> Records {
    let campus = |name: &str| v1::Campus {
        name: name.to_owned(),
        ..Default::default()
    };
    let policy = v1::Policy {
        exchange_rules: vec![rule],
        backbone_titles: vec!["骨干教师".to_owned(), "学科带头人".to_owned()],
        backbone_level_min: v1::TitleLevel::County.into(),
        ..Default::default()
    };
    Records {
        campuses: vec![kept(1, campus("一小")), kept(2, campus("二小"))],
        policy: Some(policy),
        exchanges,
        staff_counts: vec![
            count(1, "2025-09-10", Some(20), Some(5)),
            count(2, "2025-09-10", Some(10), None),
        ],
        ..Default::default()
    }
}

/// What is said on 2026-05-12 of each campus or of the group: numerator, denominator, result.
fn said(records: &Records) -> Vec<(Option<[i32; 2]>, Option<i32>, ShareResult)> {
    let time = "2026-05-12T00:00:00Z".parse().unwrap();
    let report = exchange_shares(records, 2025, (7, time));
    assert_eq!(
        [report.first_date.as_str(), &report.last_date],
        ["2025-09-01", "2026-08-31"]
    );
    let said = |share: &v1::ExchangeShare| {
        let part = share.numerator.map(|of| [of.least, of.most]);
        (part, share.denominator.map(|of| of.most), share.result())
    };
    report.shares.iter().map(said).collect()
}

const YEAR: [&str; 2] = ["2025-09-01", ""];

#[test]
fn a_share_is_met_at_its_threshold_and_counts_people_once() {
    let of = |people: &[u128], percent| {
        let all = people.iter().map(|who| movement(1, *who, YEAR, &[]));
        let rule = rule(Count::Exchanged, Count::FullTime, percent);
        said(&group(all.collect(), rule))[0]
    };
    assert_eq!(of(&[11, 12, 13], 15.0), (Some([3, 3]), Some(20), Met));
    assert_eq!(of(&[11, 12], 15.0), (Some([2, 2]), Some(20), NotMet));
    assert_eq!(
        of(&[11, 12, 12], 15.0),
        (Some([2, 2]), Some(20), NotMet),
        "one person twice"
    );
    // Somebody without an id may be the third, or one of the two.
    assert_eq!(
        of(&[11, 12, 0], 15.0),
        (Some([2, 3]), Some(20), NotEnoughData)
    );
    assert_eq!(of(&[11, 12, 13, 0], 15.0), (Some([3, 4]), Some(20), Met));
    assert_eq!(of(&[0], 15.0), (Some([1, 1]), Some(20), NotMet));
}

#[test]
fn which_movements_count_is_said_by_the_rule() {
    let of = |days, basis: Basis| {
        let rule = v1::ExchangeRule {
            basis: basis.into(),
            ..rule(Count::Exchanged, Count::FullTime, 5.0)
        };
        let share = said(&group(vec![movement(1, 11, days, &[])], rule))[0];
        share.0.map(|[_, most]| most)
    };
    for (days, active, started) in [
        (["2025-09-01", ""], 1, 1),
        (["2024-09-01", ""], 1, 0),
        (["2024-09-01", "2025-09-01"], 1, 0),
        (["2024-09-01", "2025-08-31"], 0, 0),
        (["2026-05-12", ""], 1, 1),
        // Not yet at the instant.
        (["2026-05-13", ""], 0, 0),
        (["", ""], 0, 0),
    ] {
        assert_eq!(of(days, Basis::Active), Some(active), "{days:?}");
        assert_eq!(of(days, Basis::Started), Some(started), "{days:?}");
    }
}

#[test]
fn what_nobody_counted_is_not_enough_data_and_never_nothing() {
    let rule = |scope: v1::ExchangeScope, denominator| v1::ExchangeRule {
        scope: scope.into(),
        ..rule(Count::Exchanged, denominator, 10.0)
    };
    let gone = || vec![movement(1, 11, YEAR, &[]), movement(2, 12, YEAR, &[])];
    let (each, all) = (v1::ExchangeScope::Campus, v1::ExchangeScope::Group);
    let by_campus = said(&group(gone(), rule(each, Count::Backbone)));
    assert_eq!(by_campus[0], (Some([1, 1]), Some(5), Met));
    assert_eq!(by_campus[1], (Some([1, 1]), None, NotEnoughData));
    assert_eq!(
        said(&group(gone(), rule(all, Count::FullTime))),
        [(Some([2, 2]), Some(30), NotMet)]
    );
    let records = group(gone(), rule(all, Count::Backbone));
    assert_eq!(said(&records), [(Some([2, 2]), None, NotEnoughData)]);
    let report = exchange_shares(&records, 2025, (7, Timestamp::MAX));
    assert_eq!(report.shares[0].uncounted_campus_ids, [id(2).to_string()]);
    assert_eq!(
        exchange_shares(&records, 2026, (7, Timestamp::MAX)).shares[0].denominator,
        None
    );
    // The last count of the year is the one that counts.
    let mut counted_again = group(gone(), rule(each, Count::FullTime));
    let again = count(1, "2026-03-01", Some(5), None);
    counted_again.staff_counts.insert(0, again);
    assert_eq!(said(&counted_again)[0], (Some([1, 1]), Some(5), Met));
}

#[test]
fn a_backbone_teacher_is_one_by_the_titles_at_the_start() {
    use v1::TitleLevel::{City, County, School};
    let of = |titles: &[&[(&str, v1::TitleLevel)]]| {
        let movements = (11..).zip(titles);
        let movements = movements.map(|(who, titles)| movement(1, who, YEAR, titles));
        let rule = rule(Count::BackboneExchanged, Count::Exchanged, 50.0);
        said(&group(movements.collect(), rule))[0]
    };
    let (backbone, none) = (&[("骨干教师", County)][..], &[("教坛新秀", City)][..]);
    assert_eq!(of(&[backbone, none]), (Some([1, 1]), Some(2), Met));
    assert_eq!(of(&[none, none, backbone]), (Some([1, 1]), Some(3), NotMet));
    assert_eq!(
        of(&[&[("骨干教师", School)], none]),
        (Some([0, 0]), Some(2), NotMet),
        "too low"
    );
    assert_eq!(
        of(&[backbone, &[]]),
        (Some([1, 2]), Some(2), Met),
        "either way"
    );
    assert_eq!(of(&[none, &[]]), (Some([0, 1]), Some(2), NotEnoughData));
    assert_eq!(
        of(&[]),
        (Some([0, 0]), Some(0), NotEnoughData),
        "a share of nobody"
    );
    let rule = rule(Count::BackboneExchanged, Count::Exchanged, 50.0);
    let mut untold = group(vec![movement(1, 11, YEAR, backbone)], rule);
    untold.policy.as_mut().unwrap().backbone_titles.clear();
    assert_eq!(said(&untold)[0], (Some([0, 1]), Some(1), NotEnoughData));
}

#[test]
fn whoever_is_said_to_have_no_title_is_no_backbone_teacher_and_whoever_is_not_asked_may_be() {
    let of = |none: bool, with_titles: bool| {
        let backbone = [("骨干教师", v1::TitleLevel::County)];
        let mut other = movement(1, 12, YEAR, &[]);
        other.content.no_titles_at_start = none;
        let rule = rule(Count::BackboneExchanged, Count::Exchanged, 60.0);
        let mut group = group(vec![movement(1, 11, YEAR, &backbone), other], rule);
        if !with_titles {
            group.policy.as_mut().unwrap().backbone_titles.clear();
        }
        said(&group)[0]
    };
    assert_eq!(of(true, true), (Some([1, 1]), Some(2), NotMet));
    assert_eq!(of(false, true), (Some([1, 2]), Some(2), NotEnoughData));
    assert_eq!(
        of(true, false),
        (Some([0, 1]), Some(2), NotMet),
        "whatever counts as one"
    );
}

#[test]
fn a_title_that_has_run_out_makes_nobody_a_backbone_teacher() {
    let until = |until: &str| {
        let mut movement = movement(1, 11, YEAR, &[("骨干教师", v1::TitleLevel::County)]);
        movement.content.titles_at_start[0].until = until.to_owned();
        let rule = rule(Count::BackboneExchanged, Count::Exchanged, 50.0);
        said(&group(vec![movement], rule))[0].2
    };
    assert_eq!(until("2025-09"), Met);
    assert_eq!(until("2025-08"), NotMet);
}

#[test]
fn a_rule_is_asked_in_the_school_years_it_holds_for() {
    let of = |from: &str, until: &str| {
        let rule = v1::ExchangeRule {
            from: from.to_owned(),
            until: until.to_owned(),
            ..rule(Count::Exchanged, Count::FullTime, 10.0)
        };
        said(&group(Vec::new(), rule)).len()
    };
    assert_eq!(of("", ""), 2, "one each campus");
    assert_eq!(of("2025-09-01", "2025-09-01"), 2);
    assert_eq!(of("2025-09-02", ""), 0);
    assert_eq!(of("", "2025-08-31"), 0);
}
