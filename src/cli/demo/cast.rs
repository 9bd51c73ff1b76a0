//! Who plays: a group like 河海教育集团, its campuses, its registers, and people who do not exist.

use crate::wire::v1::{self, content};
use uuid::Uuid;

pub const GROUP: &str = "河海教育集团";
pub const OFFICE: &str = "集团办";
pub const CANTEEN: &str = "学生食堂";
pub const CAMPUSES: [&str; 6] = ["总校", "春风分校", "滨湖分校", "水北", "五叶", "儒林"];

/// The id of a thing in the play, the same at every performance.
pub fn record_id(name: &str) -> String {
    const PLAY: Uuid = Uuid::from_u128(0x6c69_616e_7869_616f_8000_6465_6d6f_0001);
    Uuid::new_v5(&PLAY, name.as_bytes()).to_string()
}

pub fn campus_id(name: &str) -> String {
    record_id(&format!("campus {name}"))
}

pub fn unit(campus: &str) -> Option<v1::Unit> {
    Some(v1::Unit {
        unit: Some(v1::unit::Unit::CampusId(campus_id(campus))),
    })
}

pub fn campuses() -> impl Iterator<Item = (&'static str, v1::Campus)> {
    CAMPUSES.into_iter().map(|name| (name, campus(name)))
}

fn campus(name: &str) -> v1::Campus {
    let role = match name {
        "总校" => v1::CampusRole::Head,
        "春风分校" | "滨湖分校" => v1::CampusRole::Branch,
        _ => v1::CampusRole::Member,
    };
    let canteen = v1::Canteen {
        name: CANTEEN.into(),
        meals: vec![v1::Meal::Lunch.into()],
        ..Default::default()
    };
    v1::Campus {
        name: name.into(),
        aliases: name
            .strip_suffix("分校")
            .map(str::to_owned)
            .into_iter()
            .collect(),
        role: role.into(),
        stages: vec![v1::Stage::Primary.into()],
        canteens: vec![canteen],
        ..Default::default()
    }
}

/// What the office writes before anybody else begins.
pub fn registers() -> Vec<(String, content::Kind)> {
    let mut registers = vec![
        ("policy".to_owned(), content::Kind::Policy(policy())),
        ("calendar".to_owned(), content::Kind::Calendar(calendar())),
    ];
    for (name, home) in [
        ("李老师", "总校"),
        ("谢老师", "春风分校"),
        ("周老师", "总校"),
    ] {
        let person = v1::Person {
            display_name: name.into(),
            home_campus_id: campus_id(home),
            ..Default::default()
        };
        registers.push((format!("person {name}"), content::Kind::Person(person)));
    }
    registers
}

fn policy() -> v1::Policy {
    v1::Policy {
        time_zone: "Asia/Shanghai".into(),
        menu_deadlines: vec![v1::MenuDeadline {
            school_days_before: 1,
            time: "18:00".into(),
            ..Default::default()
        }],
        ..Default::default()
    }
}

/// The spring term of 2026; the holidays and make-up workdays come with it.
fn calendar() -> v1::Calendar {
    v1::Calendar {
        terms: vec![v1::Term {
            name: "2025-2026学年第二学期".into(),
            first_day: "2026-03-02".into(),
            last_day: "2026-06-30".into(),
        }],
        ..Default::default()
    }
}
