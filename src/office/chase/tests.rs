//! The line, in words.

use super::*;
use v1::ChaseReason::{
    ArrivalOpen, AttendanceMissing, CorrectionOpen, EndOpen, MenuIncomplete, MenuMissing,
    SessionOpen,
};

fn chased(name: &str, items: &[(Reason, &[&str])]) -> v1::ChasedCampus {
    let item = |(reason, dates): &(Reason, &[&str])| v1::ChaseItem {
        reason: (*reason).into(),
        title: "王老师的课".to_owned(),
        dates: dates.iter().map(|date| (*date).to_owned()).collect(),
        ..Default::default()
    };
    v1::ChasedCampus {
        campus_id: String::new(),
        name: name.to_owned(),
        items: items.iter().map(item).collect(),
    }
}

#[test]
fn the_line_names_campuses_and_days_and_no_person() {
    let today = jiff::civil::date(2026, 5, 8);
    let nobody = line::of(today, &[]);
    assert_eq!(nobody, "【催报】5月8日 各校均已上报。");
    let owed = [
        chased(
            "总校",
            &[
                (MenuMissing, &["2026-05-11", "2026-05-12"]),
                (AttendanceMissing, &["2026-05-06"]),
                (AttendanceMissing, &["2026-05-07"]),
                (SessionOpen, &[]),
            ],
        ),
        chased(
            "春风分校",
            &[
                (MenuIncomplete, &["2026-05-15"]),
                (ArrivalOpen, &["2026-04"]),
                (EndOpen, &["2026-04"]),
                (CorrectionOpen, &["2026-05-01"]),
            ],
        ),
    ];
    assert_eq!(
        line::of(today, &owed),
        "【催报】5月8日 总校：食谱未报（05-11、05-12）、考勤未报2场、活动未归档1场；\
         春风分校：食谱不全（05-15）、到岗未确认1人次、离岗未确认1人次、待更正1处。请尽快上报。"
    );
}

#[test]
fn a_movement_is_confirmed_by_its_host_and_by_home_for_a_host_outside() {
    let unit = |unit| Some(v1::Unit { unit: Some(unit) });
    let campus = |id: &str| unit(v1::unit::Unit::CampusId(id.to_owned()));
    let outside = unit(v1::unit::Unit::Outside("乙小学".to_owned()));
    let watched = |host: Option<v1::Unit>, concern: Concern| v1::WatchedExchange {
        exchange: Some(v1::ExchangeStanding {
            home: campus("home"),
            host,
            ..Default::default()
        }),
        concerns: vec![concern.into()],
    };
    for (host, concern, by, reason) in [
        (
            campus("host"),
            Concern::NotArrived,
            "host",
            Some(ArrivalOpen),
        ),
        (campus("host"), Concern::NotArrived, "home", None),
        (campus("host"), Concern::PastEnd, "host", Some(EndOpen)),
        (campus("host"), Concern::EndingSoon, "host", None),
        (outside.clone(), Concern::PastEnd, "home", Some(EndOpen)),
    ] {
        let item = exchange(&watched(host, concern), by);
        assert_eq!(
            item.map(|item| item.reason()),
            reason,
            "{concern:?} by {by}"
        );
    }
}
