//! How a campus stands, case by case.

use super::*;
use crate::model::ids::RecordId;
use jiff::civil::date;
use proptest::prelude::*;
use uuid::Uuid;

const CAMPUS: RecordId = RecordId(Uuid::from_u128(1));

fn campus() -> Kept<v1::Campus> {
    let canteen = v1::Canteen {
        name: "学生食堂".into(),
        meals: vec![v1::Meal::Lunch.into()],
        ..Default::default()
    };
    let content = v1::Campus {
        canteens: vec![canteen],
        ..Default::default()
    };
    Kept {
        id: CAMPUS,
        owner: Place::Office,
        content,
        state: (),
    }
}

/// 2026-05-09 is a make-up Saturday; menus are due at 18:00 on the last school day before.
fn registers() -> Records {
    let term = v1::Term {
        name: "春".into(),
        first_day: "2026-03-02".into(),
        last_day: "2026-06-30".into(),
    };
    let saturday = v1::SpecialDay {
        date: "2026-05-09".into(),
        kind: v1::DayKind::Workday.into(),
        ..Default::default()
    };
    let calendar = v1::Calendar {
        terms: vec![term],
        special_days: vec![saturday],
        ..Default::default()
    };
    let policy = v1::Policy {
        time_zone: "Asia/Shanghai".into(),
        menu_deadlines: vec![v1::MenuDeadline {
            school_days_before: 1,
            time: "18:00".into(),
            ..Default::default()
        }],
        ..Default::default()
    };
    Records {
        campuses: vec![campus()],
        calendars: vec![Kept {
            id: CAMPUS,
            owner: Place::Office,
            content: calendar,
            state: (),
        }],
        policy: Some(policy),
        ..Default::default()
    }
}

fn menu(
    days: &[&str],
    audience: v1::MenuAudience,
    at: Option<&str>,
) -> Kept<v1::Menu, v1::MenuState> {
    let lunch = |day: &&str| v1::DayMeal {
        date: (*day).into(),
        meal: v1::Meal::Lunch.into(),
        dishes: vec![v1::Dish {
            name: "红烧肉".into(),
            ..Default::default()
        }],
        ..Default::default()
    };
    let content = v1::Menu {
        canteen: "学生食堂".into(),
        audience: audience.into(),
        service_dates: days.iter().map(|day| (*day).to_owned()).collect(),
        meals: days.iter().map(lunch).collect(),
        ..Default::default()
    };
    let publish_time = at.map(|at| timestamp(at.parse().unwrap()));
    let state = v1::MenuState {
        publish_time,
        ..Default::default()
    };
    Kept {
        id: CAMPUS,
        owner: Place::Campus(CAMPUS),
        content,
        state,
    }
}

const WEEK: Span = Span {
    first: date(2026, 5, 11),
    last: date(2026, 5, 17),
};
const ALL: [&str; 5] = [
    "2026-05-11",
    "2026-05-12",
    "2026-05-13",
    "2026-05-14",
    "2026-05-15",
];
const IN_TIME: &str = "2026-05-09T18:00:00+08:00";
const TOO_LATE: &str = "2026-05-09T18:00:00.000001+08:00";

fn stands(menus: Vec<Kept<v1::Menu, v1::MenuState>>) -> v1::MenuStanding {
    let records = Records {
        menus,
        ..registers()
    };
    standing(
        &Board::of(&campus(), &records),
        WEEK,
        "2026-05-09T20:00:00+08:00".parse().unwrap(),
    )
}

fn pupils(days: &[&str], at: &str) -> Kept<v1::Menu, v1::MenuState> {
    menu(days, v1::MenuAudience::Pupils, Some(at))
}

#[test]
fn a_full_menu_is_on_time_up_to_the_deadline_on_the_make_up_saturday() {
    let on_time = stands(vec![pupils(&ALL, IN_TIME)]);
    assert_eq!(on_time.state(), State::OnTime);
    assert_eq!(
        (on_time.expected_days, on_time.published_days, on_time.open),
        (5, 5, false)
    );
    assert_eq!(on_time.deadline, Some(timestamp(IN_TIME.parse().unwrap())));
    assert_eq!(stands(vec![pupils(&ALL, TOO_LATE)]).state(), State::Late);
}

#[test]
fn two_menus_together_are_complete_when_the_later_one_came() {
    let standing = stands(vec![
        pupils(&ALL[..2], IN_TIME),
        pupils(&ALL[2..], TOO_LATE),
    ]);
    assert_eq!(standing.state(), State::Late);
    assert_eq!(
        standing.first_publish_time,
        Some(timestamp(IN_TIME.parse().unwrap()))
    );
    assert_eq!(
        standing.complete_time,
        Some(timestamp(TOO_LATE.parse().unwrap()))
    );
}

#[test]
fn an_uncovered_day_makes_it_incomplete_and_is_named() {
    let standing = stands(vec![pupils(&ALL[..4], IN_TIME)]);
    assert_eq!(standing.state(), State::Incomplete);
    assert_eq!(standing.missing_dates, ["2026-05-15"]);
}

#[test]
fn drafts_and_staff_menus_do_not_count() {
    let draft = menu(&ALL, v1::MenuAudience::Pupils, None);
    let staff = menu(&ALL, v1::MenuAudience::Staff, Some(IN_TIME));
    let standing = stands(vec![draft, staff]);
    assert_eq!(standing.state(), State::Missing);
    assert_eq!((standing.expected_days, standing.published_days), (5, 0));
}

#[test]
fn a_day_declared_without_service_leaves_the_denominator() {
    let mut four = pupils(&ALL[..4], IN_TIME);
    four.content.no_service_days = vec![v1::NoServiceDay {
        date: "2026-05-15".into(),
        reason: 2,
    }];
    let standing = stands(vec![four]);
    assert_eq!(standing.state(), State::OnTime);
    assert_eq!((standing.expected_days, standing.published_days), (4, 4));
}

#[test]
fn a_campus_without_a_canteen_that_serves_is_not_applicable() {
    let mut closed = campus();
    closed.content.canteens[0].closed = "2026-05-10".into();
    let standing = standing(
        &Board::of(&closed, &registers()),
        WEEK,
        Timestamp::UNIX_EPOCH,
    );
    assert_eq!(standing.state(), State::NotApplicable);
    assert_eq!(standing.expected_days, 0);
    assert_eq!(standing.deadline, None);
}

#[test]
fn before_the_deadline_a_missing_menu_is_still_open() {
    let standing = standing(
        &Board::of(&campus(), &registers()),
        WEEK,
        "2026-05-08T15:00:00+08:00".parse().unwrap(),
    );
    assert_eq!(standing.state(), State::Missing);
    assert!(standing.open);
}

#[test]
fn without_a_rule_there_is_no_deadline_and_nothing_is_late() {
    let mut records = registers();
    records.policy = None;
    records.menus = vec![pupils(&ALL, TOO_LATE)];
    let standing = standing(&Board::of(&campus(), &records), WEEK, Timestamp::UNIX_EPOCH);
    assert_eq!(standing.state(), State::OnTime);
    assert_eq!(standing.deadline, None);
}

/// The spring of 2026, with days that a group made free or worked and moved to other service weeks.
fn calendars() -> impl Strategy<Value = v1::Calendar> {
    let day = |days: i32| date(2026, 3, 2) + days.days();
    let special = (0..120_i32, 1..=2_i32, proptest::option::of(0..17_i32));
    let special = special.prop_map(move |(date, kind, week)| v1::SpecialDay {
        date: day(date).to_string(),
        kind,
        service_week: week.map_or_else(String::new, |week| day(7 * week).to_string()),
        ..Default::default()
    });
    proptest::collection::vec(special, 0..12).prop_map(|special_days| v1::Calendar {
        special_days,
        ..registers().calendars.remove(0).content
    })
}

proptest! {
    #[test]
    fn the_days_expected_of_a_campus_are_those_of_its_menus(calendar in calendars(), left_out in 0..18_usize) {
        let term = Span { first: date(2026, 2, 23), last: date(2026, 7, 5) };
        let days = calendar_of("", std::slice::from_ref(&calendar));
        let weeks: Vec<Vec<String>> = (term.first.series(1.week()))
            .take_while(|monday| *monday <= term.last)
            .map(|monday| days.service_days(monday).iter().map(ToString::to_string).collect())
            .collect();
        let weekly = |(_, days): (usize, &Vec<String>)| {
            let days: Vec<&str> = days.iter().map(String::as_str).collect();
            pupils(&days, IN_TIME)
        };
        let published = weeks.iter().enumerate().filter(|(week, _)| *week != left_out);
        let mut records = registers();
        records.calendars[0].content = calendar;
        records.menus = published.map(weekly).collect();
        let standing = standing(&Board::of(&campus(), &records), term, Timestamp::UNIX_EPOCH);
        let expected: usize = weeks.iter().map(Vec::len).sum();
        prop_assert_eq!(usize::try_from(standing.expected_days).unwrap(), expected);
        prop_assert_eq!(&standing.missing_dates, &weeks[left_out]);
    }
}
