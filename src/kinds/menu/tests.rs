//! The rules of menus as tables.

use super::*;
use crate::kinds::Moved;
use crate::kinds::registers::campus::CampusRules;
use crate::kinds::testing::{self, Group, record, spring};
use crate::model::ids::RecordId;
use uuid::Uuid;

mod eaten;
mod varied;

const OWNER: Place = Place::Campus(RecordId(Uuid::from_u128(1)));

/// A group whose campus has one canteen and primary pupils, in the spring of 2026.
fn group() -> Group {
    let canteen = v1::Canteen {
        name: "学生食堂".into(),
        ..Default::default()
    };
    let campus = v1::Campus {
        canteens: vec![canteen],
        stages: vec![v1::Stage::Primary.into()],
        ..Default::default()
    };
    Group::of(vec![record::<CampusRules>(1, &campus), spring()])
}

fn case<'a>(group: &'a Group, now: &str) -> Case<'a> {
    Case {
        now: now.parse().unwrap(),
        neighbours: group,
        ..testing::case(OWNER)
    }
}

fn lunch(date: &str, dish: &str) -> v1::DayMeal {
    let dish = v1::Dish {
        name: dish.into(),
        ..Default::default()
    };
    v1::DayMeal {
        date: date.into(),
        meal: v1::Meal::Lunch.into(),
        dishes: vec![dish],
        ..Default::default()
    }
}

fn menu() -> v1::Menu {
    v1::Menu {
        canteen: "学生食堂".into(),
        audience: v1::MenuAudience::Pupils.into(),
        service_dates: vec!["2026-05-11".into(), "2026-05-12".into()],
        meals: vec![
            lunch("2026-05-11", "红烧狮子头"),
            lunch("2026-05-12", "可乐鸡翅"),
        ],
        ..Default::default()
    }
}

fn codes(menu: &v1::Menu) -> Vec<(Code, String)> {
    testing::told::<MenuRules>("m", menu, &case(&group(), "2026-05-08T07:00:00Z"))
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn each_fault_names_its_field() {
    let base = menu();
    assert_eq!(codes(&base), []);
    let dates = |dates: [&str; 2]| dates.map(str::to_owned).to_vec();
    let no_service = vec![v1::NoServiceDay {
        date: "2026-05-12".into(),
        reason: 1,
    }];
    let one_day = vec![lunch("2026-05-11", "红烧狮子头")];
    assert_eq!(
        codes(&v1::Menu {
            meals: one_day.clone(),
            no_service_days: no_service,
            ..base.clone()
        }),
        []
    );
    for (menu, code, path) in [
        (
            v1::Menu {
                canteen: String::new(),
                ..base.clone()
            },
            Code::Required,
            "m.canteen",
        ),
        (
            v1::Menu {
                canteen: "教工食堂".into(),
                ..base.clone()
            },
            Code::CanteenUnknown,
            "m.canteen",
        ),
        (
            v1::Menu {
                audience: 0,
                ..base.clone()
            },
            Code::Required,
            "m.audience",
        ),
        (
            v1::Menu {
                service_dates: dates(["2026-05-12", "2026-05-11"]),
                ..base.clone()
            },
            Code::NotInOrder,
            "m.service_dates",
        ),
        (
            v1::Menu {
                meals: one_day.clone(),
                ..base.clone()
            },
            Code::DayEmpty,
            "m.service_dates[1]",
        ),
        (
            v1::Menu {
                claimed_publish_time: "周五".into(),
                ..base.clone()
            },
            Code::TimeInvalid,
            "m.claimed_publish_time",
        ),
        (
            v1::Menu {
                price_fen: Some(-1),
                ..base.clone()
            },
            Code::OutOfRange,
            "m.price_fen",
        ),
    ] {
        let found = codes(&menu);
        assert!(found.contains(&(code, path.to_owned())), "{found:?}");
    }
    let elsewhere = v1::Menu {
        meals: vec![
            lunch("2026-05-13", "红烧肉"),
            base.meals[0].clone(),
            base.meals[1].clone(),
        ],
        ..base.clone()
    };
    assert_eq!(
        codes(&elsewhere),
        [(Code::DateNotServed, "m.meals[0].date".to_owned())]
    );
    let mut heavy = base;
    heavy.meals[0].dishes[0].ingredients = vec![v1::Ingredient {
        name: "猪肉".into(),
        grams: Some(f64::NAN),
        ..Default::default()
    }];
    assert_eq!(
        codes(&heavy),
        [(
            Code::OutOfRange,
            "m.meals[0].dishes[0].ingredients[0].grams".to_owned()
        )]
    );
}

fn act(
    action: Action,
    state: &v1::MenuState,
    now: &str,
) -> Result<Moved<v1::MenuState, v1::Menu>, Code> {
    let action = v1::MenuAction {
        action: Some(action),
    };
    MenuRules::act(&action, &menu(), state, &case(&group(), now)).map_err(|finding| finding.code)
}

#[test]
fn a_menu_is_published_and_withdrawn_until_its_first_day_begins() {
    let publish = Action::Publish(v1::PublishMenu {});
    let withdraw = Action::Withdraw(v1::WithdrawMenu {});
    let draft = MenuRules::new_state().unwrap();
    let friday = "2026-05-08T07:00:00Z";
    assert_eq!(
        act(withdraw.clone(), &draft, friday),
        Err(Code::StateForbids)
    );
    let Ok(Moved::To(published)) = act(publish.clone(), &draft, friday) else {
        panic!()
    };
    assert!(MenuRules::may_put(&published, &[]).is_err());
    assert_eq!(act(publish.clone(), &published, friday), Ok(Moved::Nowhere));
    // Monday in Shanghai begins on Sunday at 16:00 UTC.
    assert_eq!(
        act(withdraw.clone(), &published, "2026-05-10T16:00:00Z"),
        Err(Code::AlreadyServed)
    );
    let Ok(Moved::To(withdrawn)) = act(withdraw.clone(), &published, "2026-05-10T15:59:59Z") else {
        panic!()
    };
    assert_eq!(withdrawn.publish_time, None);
    assert!(MenuRules::may_put(&withdrawn, &[]).is_ok());
    assert!(MenuRules::may_delete(&withdrawn).is_err());
    assert_eq!(
        act(withdraw.clone(), &withdrawn, friday),
        Ok(Moved::Nowhere)
    );
    assert!(matches!(
        act(publish.clone(), &withdrawn, friday),
        Ok(Moved::To(_))
    ));
}

#[test]
fn a_withdrawn_menu_frees_its_days() {
    let state = |status: Status| v1::MenuState {
        status: status.into(),
        ..Default::default()
    };
    assert_eq!(
        MenuRules::keys(OWNER, &menu(), &state(Status::Draft)).len(),
        2
    );
    assert_eq!(
        MenuRules::keys(OWNER, &menu(), &state(Status::Withdrawn)).len(),
        0
    );
}

#[test]
fn only_published_menus_are_everybodys() {
    let state = |status: Status| v1::MenuState {
        status: status.into(),
        ..Default::default()
    };
    assert_eq!(
        MenuRules::audience(OWNER, &menu(), &state(Status::Published)),
        [Who::Group]
    );
    let own = [Who::from(OWNER), Who::Office];
    assert_eq!(
        MenuRules::audience(OWNER, &menu(), &state(Status::Draft)),
        own
    );
}

#[test]
fn an_amendment_changes_a_day_where_it_stands() {
    let day = |date: &str, reason: v1::NoServiceReason| v1::NoServiceDay {
        date: date.into(),
        reason: reason.into(),
    };
    let outing = |date| day(date, v1::NoServiceReason::Outing);
    let kitchen = day("2026-05-11", v1::NoServiceReason::Kitchen);
    let menu = v1::Menu {
        no_service_days: vec![outing("2026-05-11"), outing("2026-05-12")],
        ..menu()
    };
    let amend = v1::AmendMenu {
        reason: v1::AmendReason::Event.into(),
        no_service_days: vec![kitchen.clone()],
        ..Default::default()
    };
    let action = v1::MenuAction {
        action: Some(Action::Amend(amend)),
    };
    let published = v1::MenuState {
        status: Status::Published.into(),
        ..Default::default()
    };
    let group = group();
    let case = case(&group, "2026-05-08T07:00:00Z");
    let Ok(Moved::Rewritten(_, amended)) = MenuRules::act(&action, &menu, &published, &case) else {
        panic!()
    };
    assert_eq!(amended.no_service_days, [kitchen, outing("2026-05-12")]);
}
