use super::*;
use crate::intake::doubt::Place;

const OWN: &str = "6a6b43f0-0000-4000-8000-000000000001";
const OTHER: &str = "6a6b43f0-0000-4000-8000-000000000002";

fn known() -> Known {
    Known::on("2026-05-08".parse().unwrap())
}

fn session(title: &str, date: &str) -> Kind {
    let day = v1::SessionDay {
        date: date.into(),
        ..Default::default()
    };
    Kind::Session(v1::Session {
        form: v1::SessionForm::JointPrep.into(),
        title: title.into(),
        days: vec![day],
        ..Default::default()
    })
}

fn menu(dates: &[&str], dish: &str) -> Kind {
    let meal = |date: &&str| v1::DayMeal {
        date: (*date).into(),
        meal: v1::Meal::Lunch.into(),
        dishes: vec![v1::Dish {
            name: dish.into(),
            ..Default::default()
        }],
        ..Default::default()
    };
    Kind::Menu(v1::Menu {
        canteen: "学生食堂".into(),
        audience: v1::MenuAudience::Pupils.into(),
        service_dates: dates.iter().map(|date| (*date).to_owned()).collect(),
        meals: dates.iter().map(meal).collect(),
        ..Default::default()
    })
}

fn read(contents: Vec<Kind>) -> Vec<Item> {
    let item = |content| Item {
        place: Place::Whole,
        content,
    };
    contents.into_iter().map(item).collect()
}

fn filed(contents: Vec<Kind>, had: &[Had]) -> Filing {
    file(&read(contents), OWN, had, &known(), Untyped::Stay)
}

/// What a school has after it stored all of a filing.
fn stored(filing: &Filing) -> Vec<Had> {
    let had = |filed: &Filed| Had {
        record_id: filed.record_id.clone(),
        content: filed.after.clone(),
    };
    filing.filed.iter().map(had).collect()
}

fn changed(filing: &Filing) -> Vec<usize> {
    let changed = filing
        .filed
        .iter()
        .filter(|filed| filed.before.as_ref() != Some(&filed.after));
    changed.map(|filed| filed.item).collect()
}

#[test]
fn the_same_sheet_again_changes_nothing_and_a_corrected_one_its_corrections_alone() {
    let week = ["2026-05-11", "2026-05-12"];
    let first = filed(
        vec![menu(&week, "鱼"), session("六年级数学", "2026-05-12")],
        &[],
    );
    assert_eq!(changed(&first), [0, 1]);
    let had = stored(&first);
    let again = filed(
        vec![session("六年级数学", "2026-05-12"), menu(&week, "鱼")],
        &had,
    );
    assert_eq!(changed(&again), [0; 0]);
    assert_eq!(again.missing, [""; 0]);
    // A make-up Saturday more, and another dish.
    let more = ["2026-05-11", "2026-05-12", "2026-05-16"];
    let corrected = filed(
        vec![menu(&more, "虾"), session("六年级数学", "2026-05-12")],
        &had,
    );
    assert_eq!(changed(&corrected), [0]);
    assert_eq!(corrected.filed[0].record_id, had[0].record_id);
}

#[test]
fn rows_that_nothing_tells_apart_are_records_of_their_own() {
    let twins = vec![session("教研", "2026-05-12"), session("教研", "2026-05-12")];
    let first = filed(twins.clone(), &[]);
    let had = stored(&first);
    assert_ne!(had[0].record_id, had[1].record_id);
    assert_eq!(changed(&filed(twins, &had)), [0; 0]);
}

#[test]
fn what_was_typed_another_way_is_found_by_what_people_mean() {
    let typed = v1::Content {
        kind: Some(menu(&["2026-05-11"], "鱼")),
    };
    let had = [Had {
        record_id: "by-hand".into(),
        content: typed.encode_to_vec().into(),
    }];
    let filing = filed(vec![menu(&["2026-05-11", "2026-05-12"], "鱼")], &had);
    assert_eq!(filing.filed[0].record_id, "by-hand");
    assert_eq!(changed(&filing), [0]);
    // It did not come from a sheet, so no sheet misses it.
    let other = filed(
        vec![menu(&["2026-05-18"], "鱼"), session("x", "2026-05-01")],
        &had,
    );
    assert_eq!(other.missing, [""; 0]);
}

#[test]
fn a_vanished_row_is_told_when_the_sheet_is_of_its_days_and_a_new_day_for_it_is_a_correction() {
    let rows = vec![session("语文", "2026-05-11"), session("数学", "2026-05-13")];
    let had = stored(&filed(
        [rows.clone(), vec![session("英语", "2026-05-12")]].concat(),
        &[],
    ));
    let without = filed(rows.clone(), &had);
    assert_eq!(without.missing, [had[2].record_id.clone()]);
    let later = filed(vec![session("语文", "2026-06-01")], &had);
    assert_eq!(later.missing, [""; 0]);
    let moved = filed([rows, vec![session("英语", "2026-05-11")]].concat(), &had);
    assert_eq!(moved.filed[2].record_id, had[2].record_id);
    assert_eq!(changed(&moved), [2]);
    let Some(Kind::Session(session_moved)) = v1::Content::decode(moved.filed[2].after.as_ref())
        .unwrap()
        .kind
    else {
        panic!("a session")
    };
    assert_eq!(
        session_moved.days.len(),
        1,
        "it is on the new day, not on both"
    );
    // Two could be meant.
    let twice = [session("英语", "2026-05-11"), session("英语", "2026-05-13")];
    let unsure = filed(twice.to_vec(), &had);
    assert!(unsure.filed.iter().all(|filed| filed.before.is_none()));
    assert!(unsure.missing.contains(&had[2].record_id));
}

#[test]
fn meals_that_the_sheet_lacks_stay_with_their_day_unless_they_are_to_go() {
    let had = stored(&filed(vec![menu(&["2026-05-11", "2026-05-12"], "鱼")], &[]));
    let less = vec![menu(&["2026-05-11"], "鱼")];
    let stays = filed(less.clone(), &had);
    assert_eq!(changed(&stays), [0; 0]);
    let row = "menu.meals[date=2026-05-12,meal=MEAL_LUNCH]";
    assert_eq!(stays.filed[0].unnamed, [row]);
    let goes = file(&read(less), OWN, &had, &known(), Untyped::Go);
    let Some(Kind::Menu(menu)) = v1::Content::decode(goes.filed[0].after.as_ref())
        .unwrap()
        .kind
    else {
        panic!("a menu")
    };
    assert_eq!((menu.service_dates.len(), menu.meals.len()), (1, 1));
}

#[test]
fn an_exchange_is_pushed_by_its_home_school_and_by_the_host_of_an_outsider() {
    let campus = |id: &str| {
        Some(v1::Unit {
            unit: Some(unit::Unit::CampusId(id.into())),
        })
    };
    let outside = Some(v1::Unit {
        unit: Some(unit::Unit::Outside("乙小学".into())),
    });
    let exchange = |home, host| {
        Kind::Exchange(v1::Exchange {
            home,
            host,
            ..Default::default()
        })
    };
    let rows = vec![
        exchange(campus(OWN), campus(OTHER)),
        exchange(campus(OTHER), campus(OWN)),
        exchange(outside, campus(OWN)),
    ];
    let filing = filed(rows, &[]);
    assert_eq!(filing.foreign, [(1, OTHER.to_owned())]);
    let mine: Vec<usize> = filing.filed.iter().map(|filed| filed.item).collect();
    assert_eq!(mine, [0, 2]);
}

#[test]
fn a_published_menu_is_amended_by_the_meals_that_differ() {
    let [before, after] = ["鱼", "虾"].map(|dish| menu(&["2026-05-11"], dish).encoded());
    let (amend, left) = amendment(&before, &after, v1::AmendReason::OutOfStock).unwrap();
    assert_eq!(amend.meals.len(), 1);
    assert_eq!(amend.meals[0].dishes[0].name, "虾");
    assert_eq!(left, [""; 0]);
    let Kind::Menu(mut other) = menu(&["2026-05-11"], "鱼") else {
        panic!("a menu")
    };
    other.canteen = "教工食堂".into();
    let (_, left) = amendment(
        &before,
        &Kind::Menu(other).encoded(),
        v1::AmendReason::Misprint,
    )
    .unwrap();
    assert_eq!(left, ["menu.canteen"]);
}
