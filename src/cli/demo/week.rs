//! What the campuses of the play have to say about the week of 11 May 2026.

use super::cast::{CANTEEN, campus_id, record_id, unit};
use crate::wire::v1;

/// The week whose menus are due, Monday to Friday.
pub const WEEK: (&str, &str) = ("2026-05-11", "2026-05-15");
const DAYS: [&str; 5] = [
    "2026-05-11",
    "2026-05-12",
    "2026-05-13",
    "2026-05-14",
    "2026-05-15",
];

/// Whom to chase when the play is over, counted by hand: Monday's session asked all six and nobody answered (水北
/// did for Tuesday's, which is not over), and 儒林 has announced nothing of what is left of the week.
pub const CHASE: &str = "【催报】5月12日 总校：考勤未报1场；春风分校：考勤未报1场；滨湖分校：考勤未报1场；\
    五叶：考勤未报1场；儒林：食谱未报（05-12、05-13、05-14、05-15）、考勤未报1场；水北：考勤未报1场。请尽快上报。";

/// Lunches as a campus kitchen writes them: main, half-meat, vegetable and soup of each day.
type Lunches = [[&'static str; 4]; 5];

const HEAD: Lunches = [
    ["红烧狮子头", "回锅肉片", "清炒菠菜", "西湖牛肉羹"],
    ["可乐鸡翅", "肉糜炖蛋", "糖醋包菜丝", "冬瓜排骨汤"],
    ["酒香肉", "西葫芦炒鸡丁", "香菇青菜", "荠菜银鱼羹"],
    ["五香大排", "肉糜平菇豆腐", "木耳毛白菜", "西红柿蛋汤"],
    ["盐水基围虾", "宫保鸡丁", "西芹腐竹", "三鲜汤"],
];
const BRANCH: Lunches = [
    ["土豆牛肉", "莴苣炒蛋", "油焖茄子", "银鱼羹"],
    ["五香大排", "茭白肉丝", "毛菜油面筋", "西红柿蛋汤"],
    ["红烧翅中", "杏鲍菇炒蛋", "青菜香菇", "萝卜排骨汤"],
    ["西芹牛柳", "西红柿炒蛋", "白菜木耳", "豆腐汤"],
    ["糖醋小排", "西葫芦炒蛋", "炒杭白菜", "紫菜虾皮汤"],
];

/// The menu of a campus; on days in `closed` it declares that the kitchen serves nothing.
pub fn menu(campus: &str, closed: &[&str]) -> v1::Menu {
    let lunches = if campus == "总校" { HEAD } else { BRANCH };
    let serves = |day: &&str| !closed.contains(day);
    v1::Menu {
        canteen: CANTEEN.into(),
        audience: v1::MenuAudience::Pupils.into(),
        label: "第11周".into(),
        service_dates: DAYS
            .iter()
            .filter(|day| serves(day))
            .map(|day| (*day).into())
            .collect(),
        no_service_days: closed
            .iter()
            .map(|day| v1::NoServiceDay {
                date: (*day).into(),
                reason: v1::NoServiceReason::Outing.into(),
            })
            .collect(),
        meals: DAYS
            .iter()
            .zip(lunches)
            .filter(|(day, _)| serves(day))
            .map(lunch)
            .collect(),
        ..Default::default()
    }
}

/// A draft of the week after: two days of it.
pub fn next_menu() -> v1::Menu {
    let mut menu = menu("滨湖分校", &[]);
    menu.label = "第12周".into();
    menu.service_dates = vec!["2026-05-18".into(), "2026-05-19".into()];
    menu.meals.truncate(2);
    for (meal, day) in menu.meals.iter_mut().zip(&menu.service_dates) {
        meal.date.clone_from(day);
    }
    menu
}

/// A session of which only the title matters.
pub fn short_session(title: &str) -> v1::Session {
    v1::Session {
        form: v1::SessionForm::JointPrep.into(),
        title: title.into(),
        days: vec![v1::SessionDay {
            date: "2026-05-12".into(),
            ..Default::default()
        }],
        ..Default::default()
    }
}

fn lunch((day, dishes): (&&str, [&str; 4])) -> v1::DayMeal {
    use v1::DishSlot::{HalfMeat, Main, Soup, Staple, Vegetable};
    let slots = [Main, HalfMeat, Vegetable, Soup];
    let dish = |slot: v1::DishSlot, name: &str| v1::Dish {
        slot: slot.into(),
        name: name.into(),
        ..Default::default()
    };
    let mut all = vec![dish(Staple, "米饭")];
    all.extend(
        slots
            .into_iter()
            .zip(dishes)
            .map(|(slot, name)| dish(slot, name)),
    );
    v1::DayMeal {
        date: (*day).into(),
        meal: v1::Meal::Lunch.into(),
        dishes: all,
        ..Default::default()
    }
}

pub fn menu_record(campus: &str) -> String {
    format!("menu {campus} {}", WEEK.0)
}

/// A joint-prep session; everybody is invited.
pub fn session(
    title: &str,
    (subject, grade): (&str, &str),
    (date, start, end): (&str, &str, &str),
    (host, room, lead): (&str, &str, &str),
) -> v1::Session {
    v1::Session {
        form: v1::SessionForm::JointPrep.into(),
        title: title.into(),
        subjects: vec![subject.into()],
        stage: v1::Stage::Primary.into(),
        grades: vec![grade.into()],
        mode: v1::SessionMode::OnSite.into(),
        days: vec![v1::SessionDay {
            date: date.into(),
            start: start.into(),
            end: end.into(),
            ..Default::default()
        }],
        place: Some(v1::Place {
            unit: unit(host),
            room: room.into(),
        }),
        lead: Some(v1::PersonRef {
            display_name: lead.into(),
            ..Default::default()
        }),
        invites_all: true,
        ..Default::default()
    }
}

/// One movement of one person for a school year; `pair` joins the halves of a two-way exchange.
pub fn exchange(person: &str, home: &str, host: &str, pair: Option<&str>) -> v1::Exchange {
    v1::Exchange {
        person: Some(v1::PersonRef {
            person_id: record_id(&format!("person {person}")),
            display_name: person.into(),
            ..Default::default()
        }),
        home: unit(home),
        host: unit(host),
        pair_id: pair.map(record_id).unwrap_or_default(),
        r#type: v1::ExchangeType::Regular.into(),
        level: v1::StaffLevel::Middle.into(),
        file_moved: Some(false),
        planned_start: "2026-05".into(),
        planned_end: "2027-01".into(),
        ..Default::default()
    }
}

/// How a campus is to stand at the end of the play.
pub struct Expected {
    pub campus: &'static str,
    pub menu: v1::MenuStandingState,
    pub days: (i32, i32),
    pub sessions: (i32, i32),
    pub exchanges: (i32, i32),
}

/// Counted by hand from the script, not from the hub.
pub const EXPECTED: [Expected; 6] = {
    use v1::MenuStandingState::{Late, Missing, OnTime};
    const fn stands(
        campus: &'static str,
        menu: v1::MenuStandingState,
        days: (i32, i32),
        sessions: (i32, i32),
        exchanges: (i32, i32),
    ) -> Expected {
        Expected {
            campus,
            menu,
            days,
            sessions,
            exchanges,
        }
    }
    [
        stands("总校", OnTime, (5, 5), (0, 1), (1, 1)),
        stands("春风分校", OnTime, (5, 5), (1, 0), (1, 1)),
        stands("滨湖分校", OnTime, (5, 5), (0, 1), (0, 0)),
        stands("五叶", OnTime, (4, 4), (0, 0), (0, 0)),
        stands("儒林", Missing, (5, 0), (0, 0), (0, 0)),
        stands("水北", Late, (5, 5), (1, 0), (0, 0)),
    ]
};

/// Whether the hub's figures for a campus are the script's.
pub fn as_expected(expected: &Expected, status: &v1::CampusStatus) -> bool {
    let menu = status.menu.clone().unwrap_or_default();
    status.campus_id == campus_id(expected.campus)
        && menu.state() == expected.menu
        && (menu.expected_days, menu.published_days) == expected.days
        && (status.sessions_planned, status.sessions_held) == expected.sessions
        && (status.exchanges_out, status.exchanges_in) == expected.exchanges
}
