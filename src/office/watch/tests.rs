//! What is looked at, case by case.

use super::*;
use crate::model::ids::{Place, RecordId};
use jiff::civil::date;
use uuid::Uuid;
use v1::ExchangeStatus::{Completed, Draft, Withdrawn};
use v1::SessionStatus::{Cancelled, Postponed, Recorded};

fn id(n: u128) -> RecordId {
    RecordId(Uuid::from_u128(n))
}

fn exchange(n: u128, status: v1::ExchangeStatus, days: [&str; 2], pair: &str) -> Exchange {
    let [planned_start, planned_end] = days.map(str::to_owned);
    Kept {
        id: id(n),
        owner: Place::Campus(id(1)),
        content: v1::Exchange {
            pair_id: pair.to_owned(),
            planned_start,
            planned_end,
            ..Default::default()
        },
        state: v1::ExchangeState {
            status: status.into(),
            ..Default::default()
        },
    }
}

/// The concerns about the first of some movements on 2026-05-12.
fn about(all: &[Exchange]) -> Vec<Concern> {
    let records = Records {
        exchanges: all.to_vec(),
        ..Default::default()
    };
    let first = all[0].id.to_string();
    let watched = exchanges(&records, Span::ALWAYS, date(2026, 5, 12)).into_iter();
    let own = watched.filter(|of| {
        of.exchange
            .as_ref()
            .is_some_and(|of| of.exchange_id == first)
    });
    own.flat_map(|of| of.concerns().collect::<Vec<_>>())
        .collect()
}

#[test]
fn what_is_overdue_is_told_by_day_and_month() {
    let year = ["2025-09", "2026-07-31"];
    for (status, days, expected) in [
        (Active, year, None),
        (Active, ["2025-09", "2026-07-11"], Some(Concern::EndingSoon)),
        (Active, ["2025-09", "2026-07-12"], None),
        (Active, ["2025-09", "2026-05"], Some(Concern::EndingSoon)),
        (Active, ["2025-09", "2026-05-12"], Some(Concern::EndingSoon)),
        (Active, ["2025-09", "2026-05-11"], Some(Concern::PastEnd)),
        (Active, ["2025-09", "2026-04"], Some(Concern::PastEnd)),
        (Active, ["2025-09", ""], None),
        (Completed, ["2025-09", "2026-04"], None),
        (Approved, ["2026-05-02", "2026-07-31"], None),
        (
            Approved,
            ["2026-05-01", "2026-07-31"],
            Some(Concern::NotArrived),
        ),
        (Approved, ["2026-05", "2027"], None),
        (Approved, ["2026-04", ""], Some(Concern::NotArrived)),
        (Approved, ["", ""], None),
        (Accepted, ["2026-04", ""], None),
        (Withdrawn, ["2025-09", "2026-04"], None),
    ] {
        let found = about(&[exchange(7, status, days, "")]);
        assert_eq!(found, Vec::from_iter(expected), "{status:?} {days:?}");
    }
}

#[test]
fn a_pair_is_half_open_while_one_half_stands_alone() {
    let year = ["2025-09", "2027-07-31"];
    let half = |n, status| exchange(n, status, year, "p");
    let open = vec![Concern::HalfOpen];
    assert_eq!(about(&[half(1, Proposed)]), open);
    assert_eq!(about(&[half(1, Active), half(2, Active)]), []);
    assert_eq!(about(&[half(1, Proposed), half(2, Accepted)]), []);
    for gone in [Completed, Withdrawn, Draft] {
        assert_eq!(about(&[half(1, Active), half(2, gone)]), open, "{gone:?}");
        assert_eq!(about(&[half(2, gone), half(1, Active)]), [], "{gone:?}");
    }
    let other_pair = exchange(3, Active, year, "q");
    assert_eq!(about(&[half(1, Active), other_pair]), open);
}

#[test]
fn one_person_on_two_movements_at_a_time_is_told_of_both() {
    let of = |n, person: u128, status, days: [&str; 2]| {
        let mut movement = exchange(n, status, days, "");
        movement.content.person = (person > 0).then(|| v1::PersonRef {
            person_id: id(person).to_string(),
            ..Default::default()
        });
        movement
    };
    let (autumn, spring) = (["2026-09", "2027-01"], ["2027-02", "2027-07"]);
    let both = ["2026-12", "2027-03"];
    let told = vec![Concern::OverlappingShares];
    for (other, expected) in [
        (of(2, 50, Approved, both), &told),
        (of(2, 50, Proposed, ["", ""]), &told),
        (of(2, 50, Approved, spring), &vec![]),
        (of(2, 51, Approved, both), &vec![]),
        (of(2, 50, Withdrawn, both), &vec![]),
    ] {
        let own = of(1, 50, Approved, autumn);
        assert_eq!(about(&[own.clone(), other.clone()]), *expected);
        if other.state.status() != Withdrawn {
            assert_eq!(about(&[other, own]), *expected);
        }
    }
    let unnamed = [of(1, 0, Approved, autumn), of(2, 0, Approved, both)];
    assert_eq!(about(&unnamed), []);
}

#[test]
fn titles_are_missed_while_a_rule_counts_them() {
    use v1::ExchangeCount::{BackboneExchanged, Exchanged, FullTime};
    let told = |numerator: v1::ExchangeCount, until: &str, titles: &[&str], none, status| {
        let title = |title: &&str| v1::Title {
            title: (*title).to_owned(),
            ..Default::default()
        };
        let mut movement = exchange(1, status, ["2025-09", "2027-07-31"], "");
        movement.content.titles_at_start = titles.iter().map(title).collect();
        movement.content.no_titles_at_start = none;
        let rule = v1::ExchangeRule {
            numerator: numerator.into(),
            denominator: FullTime.into(),
            until: until.into(),
            ..Default::default()
        };
        let records = Records {
            exchanges: vec![movement],
            policy: Some(v1::Policy {
                exchange_rules: vec![rule],
                ..Default::default()
            }),
            ..Default::default()
        };
        let watched = exchanges(&records, Span::ALWAYS, date(2026, 5, 12)).into_iter();
        watched
            .flat_map(|of| of.concerns().collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    let watched = |numerator, until, titles, status| told(numerator, until, titles, false, status);
    let missed = [Concern::NoTitles];
    assert_eq!(watched(BackboneExchanged, "", &[], Active), missed);
    assert_eq!(
        watched(BackboneExchanged, "2026-05-12", &[], Proposed),
        missed
    );
    assert_eq!(watched(BackboneExchanged, "2026-05-11", &[], Active), []);
    assert_eq!(watched(BackboneExchanged, "", &["骨干教师"], Active), []);
    assert_eq!(told(BackboneExchanged, "", &[], true, Active), []);
    assert_eq!(watched(Exchanged, "", &[], Active), []);
    assert_eq!(watched(BackboneExchanged, "", &[], Completed), []);
}

#[test]
fn a_session_that_is_over_stays_open_until_its_books_are_closed() {
    let session = |status: v1::SessionStatus, days: &[&str], reported: &[u128]| {
        let day = |date: &&str| v1::SessionDay {
            date: (*date).to_owned(),
            ..Default::default()
        };
        let row = |n: &u128| v1::Attendance {
            campus_id: id(*n).to_string(),
            ..Default::default()
        };
        Kept {
            id: id(9),
            owner: Place::Campus(id(1)),
            content: v1::Session {
                days: days.iter().map(day).collect(),
                invited_campus_ids: vec![id(2).to_string()],
                ..Default::default()
            },
            state: v1::SessionState {
                status: status.into(),
                attendance: reported.iter().map(row).collect(),
                ..Default::default()
            },
        }
    };
    let campuses = [1, 2, 3].map(|n| Kept {
        id: id(n),
        owner: Place::Office,
        content: v1::Campus::default(),
        state: (),
    });
    let members: Vec<_> = campuses.iter().collect();
    let open = |session: Session| {
        let records = Records {
            sessions: vec![session],
            ..Default::default()
        };
        let (first, last) = (date(2026, 5, 1), date(2026, 5, 31));
        let open = sessions(&records, &members, Span { first, last }, date(2026, 5, 12));
        let silent = |of: &v1::UnrecordedSession| of.silent_campus_ids.clone();
        open.first().map(silent)
    };
    let ids = |ids: &[u128]| Some(ids.iter().map(|n| id(*n).to_string()).collect::<Vec<_>>());
    assert_eq!(open(session(Held, &["2026-05-11"], &[])), ids(&[1, 2]));
    assert_eq!(open(session(Held, &["2026-05-11"], &[2])), ids(&[1]));
    assert_eq!(
        open(session(Held, &["2026-05-11", "2026-05-12"], &[])),
        None
    );
    assert_eq!(open(session(Announced, &["2026-05-11"], &[])), ids(&[]));
    assert_eq!(
        open(session(Announced, &["2026-04-11"], &[])),
        None,
        "out of the span"
    );
    for closed in [Recorded, Cancelled, Postponed] {
        assert_eq!(
            open(session(closed, &["2026-05-11"], &[])),
            None,
            "{closed:?}"
        );
    }
}
