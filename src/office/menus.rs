//! How a campus stands with its menus in a span of days.

use super::records::{Kept, Records};
use crate::kinds::registers::calendar::SchoolDays;
use crate::kinds::registers::campus::serving;
use crate::kinds::registers::policy::{menu_deadline, zone};
use crate::kinds::{Cover, covers};
use crate::model::date::Span;
use crate::model::ids::Place;
use crate::wire::convert::{stored_time, timestamp};
use crate::wire::v1::{self, MenuStandingState as State};
use jiff::Timestamp;
use jiff::civil::Date;

/// A published menu and when it was published.
struct Published<'a> {
    menu: &'a v1::Menu,
    at: Timestamp,
}

/// A day on which menus are expected: when the first one that names a dish for it was published, and
/// when the day came to be covered, if it is.
struct ExpectedDay {
    date: Date,
    first: Option<Timestamp>,
    covered: Option<Timestamp>,
}

/// How `campus` stands, judged at `now`.
pub fn standing(
    campus: &Kept<v1::Campus>,
    records: &Records,
    span: Span,
    now: Timestamp,
) -> v1::MenuStanding {
    let calendars: Vec<v1::Calendar> = records
        .calendars
        .iter()
        .map(|calendar| calendar.content.clone())
        .collect();
    let school_days = SchoolDays::of(&campus.id.to_string(), &calendars);
    let published = published(campus, records);
    let days: Vec<ExpectedDay> = span
        .days()
        .filter(|day| school_days.is_school_day(*day))
        .filter_map(|day| expected_day(&campus.content, day, &published))
        .collect();
    let deadline = days
        .first()
        .and_then(|first| deadline(records, &school_days, first.date));
    judge(&days, deadline, now)
}

fn published<'a>(campus: &Kept<v1::Campus>, records: &'a Records) -> Vec<Published<'a>> {
    let published = |menu: &'a Kept<v1::Menu, v1::MenuState>| {
        let own = menu.owner == Place::Campus(campus.id);
        let at = stored_time(menu.state.publish_time.as_ref())?;
        own.then_some(Published {
            menu: &menu.content,
            at,
        })
    };
    records.menus.iter().filter_map(published).collect()
}

/// `None` when no canteen serves, or every meal of the day is declared without service.
fn expected_day(
    campus: &v1::Campus,
    date: Date,
    published: &[Published<'_>],
) -> Option<ExpectedDay> {
    let meals: Vec<Meal> = serving(campus, date)
        .flat_map(|canteen| canteen.meals().map(|meal| (canteen.name.clone(), meal)))
        .map(|(canteen, meal)| expected_meal(&canteen, date, meal, published))
        .collect();
    let served = || meals.iter().filter(|meal| !matches!(meal, Meal::NoService));
    served().next()?;
    let times = || served().map(Meal::covered);
    Some(ExpectedDay {
        date,
        first: times().flatten().min(),
        covered: times().try_fold(Timestamp::MIN, |latest, time| Some(latest.max(time?))),
    })
}

enum Meal {
    NoService,
    Open,
    Covered(Timestamp),
}

impl Meal {
    fn covered(&self) -> Option<Timestamp> {
        match self {
            Meal::Covered(at) => Some(*at),
            _ => None,
        }
    }
}

fn expected_meal(canteen: &str, date: Date, meal: v1::Meal, published: &[Published<'_>]) -> Meal {
    let says = |menu: &Published<'_>| (covers(menu.menu, canteen, date, meal), menu.at);
    let said: Vec<(Cover, Timestamp)> = published.iter().map(says).collect();
    if said.iter().any(|(cover, _)| *cover == Cover::NoService) {
        return Meal::NoService;
    }
    let dishes = said.iter().filter(|(cover, _)| *cover == Cover::Dishes);
    dishes
        .map(|(_, at)| *at)
        .min()
        .map_or(Meal::Open, Meal::Covered)
}

fn deadline(records: &Records, school_days: &SchoolDays, first: Date) -> Option<Timestamp> {
    let policy = records.policy.as_ref();
    let rule = menu_deadline(policy)?;
    let day = school_days.school_days_before(first, rule.school_days_before)?;
    let zoned = day.to_datetime(rule.time).to_zoned(zone(policy)).ok()?;
    Some(zoned.timestamp())
}

fn judge(days: &[ExpectedDay], deadline: Option<Timestamp>, now: Timestamp) -> v1::MenuStanding {
    let missing: Vec<String> = days
        .iter()
        .filter(|day| day.covered.is_none())
        .map(|day| day.date.to_string())
        .collect();
    let complete = if missing.is_empty() {
        days.iter().filter_map(|day| day.covered).max()
    } else {
        None
    };
    let state = match complete {
        _ if days.is_empty() => State::NotApplicable,
        Some(complete) if deadline.is_none_or(|deadline| complete <= deadline) => State::OnTime,
        Some(_) => State::Late,
        None if missing.len() == days.len() => State::Missing,
        None => State::Incomplete,
    };
    let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    v1::MenuStanding {
        state: state.into(),
        expected_days: count(days.len()),
        published_days: count(days.len() - missing.len()),
        missing_dates: missing,
        deadline: deadline.map(timestamp),
        first_publish_time: days.iter().filter_map(|day| day.first).min().map(timestamp),
        complete_time: complete.map(timestamp),
        open: deadline.is_some_and(|deadline| now < deadline),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::RecordId;
    use jiff::civil::date;
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
            menu_deadline: Some(v1::MenuDeadline {
                school_days_before: 1,
                time: "18:00".into(),
            }),
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
            &campus(),
            &records,
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
        let standing = standing(&closed, &registers(), WEEK, Timestamp::UNIX_EPOCH);
        assert_eq!(standing.state(), State::NotApplicable);
        assert_eq!(standing.expected_days, 0);
        assert_eq!(standing.deadline, None);
    }

    #[test]
    fn before_the_deadline_a_missing_menu_is_still_open() {
        let standing = standing(
            &campus(),
            &registers(),
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
        let standing = standing(&campus(), &records, WEEK, Timestamp::UNIX_EPOCH);
        assert_eq!(standing.state(), State::OnTime);
        assert_eq!(standing.deadline, None);
    }
}
