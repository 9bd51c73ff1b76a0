use super::*;
use crate::content::encoded::wrap;
use crate::wire::v1;
use prost::Message as _;

const LUNCH: v1::Meal = v1::Meal::Lunch;

fn day(day: u8) -> String {
    format!("2026-05-{day}")
}

fn meal(date: u8, meal: v1::Meal) -> v1::DayMeal {
    v1::DayMeal {
        date: day(date),
        meal: meal.into(),
        ..Default::default()
    }
}

fn dishes(name: &str) -> Vec<v1::Dish> {
    vec![v1::Dish {
        name: name.into(),
        ..Default::default()
    }]
}

fn menu() -> v1::Menu {
    v1::Menu {
        canteen: "学生食堂".into(),
        service_dates: vec![day(11), day(12), day(15)],
        meals: vec![meal(11, LUNCH), meal(12, LUNCH), meal(15, LUNCH)],
        ..Default::default()
    }
}

type Edit = fn(&mut v1::Menu);

fn after(edits: &[Edit]) -> v1::Menu {
    let mut menu = menu();
    for edit in edits {
        edit(&mut menu);
    }
    menu
}

/// What becomes of two edits of the menu above: the merged menu, or the paths.
fn merged(ours: Edit, theirs: Edit) -> Result<v1::Menu, Vec<String>> {
    let [base, ours, theirs] = [after(&[]), after(&[ours]), after(&[theirs])].map(|m| wrap(22, &m));
    match merge(&base, &ours, &theirs) {
        Merge::Clean(content) => Ok(v1::Menu::decode(variant(&content).unwrap().1).unwrap()),
        Merge::Overlap(paths) => Err(paths),
    }
}

#[test]
fn edits_of_different_units_are_put_together() {
    // Of each pair, made one after the other, comes what the merge must give.
    let table: [(Edit, Edit); 6] = [
        (|m| m.canteen = "教工食堂".into(), |m| m.price_fen = Some(0)),
        (
            |m| m.meals[0].dishes = dishes("白米饭"),
            |m| m.meals[2].dishes = dishes("馒头"),
        ),
        (
            |m| m.meals[0].dishes = dishes("白米饭"),
            |m| m.meals[0].diners = Some(300),
        ),
        (
            |m| m.meals[2].diners = Some(300),
            |m| drop(m.meals.remove(0)),
        ),
        (|m| m.meals.clear(), |m| m.label = "第11周".into()),
        (
            |m| m.service_dates.push(day(18)),
            |m| drop(m.service_dates.remove(0)),
        ),
    ];
    for (i, (ours, theirs)) in table.into_iter().enumerate() {
        let expected = after(&[ours, theirs]);
        assert_eq!(merged(ours, theirs).as_ref(), Ok(&expected), "{i}");
        assert_eq!(merged(theirs, ours).as_ref(), Ok(&expected), "{i}");
    }
}

#[test]
fn rows_that_both_added_stand_in_order_and_once() {
    let dates = merged(
        |m| m.service_dates.insert(2, day(13)),
        |m| m.service_dates.insert(2, day(14)),
    );
    assert_eq!(dates.unwrap().service_dates, [11, 12, 13, 14, 15].map(day));
    let meals = merged(
        |m| m.meals.extend([meal(18, LUNCH), meal(19, LUNCH)]),
        |m| {
            m.meals
                .extend([meal(18, v1::Meal::Breakfast), meal(19, LUNCH)]);
        },
    );
    let expected = after(&[|m| {
        let new = [
            meal(18, v1::Meal::Breakfast),
            meal(18, LUNCH),
            meal(19, LUNCH),
        ];
        m.meals.extend(new);
    }]);
    assert_eq!(meals, Ok(expected));
}

#[test]
fn a_reordered_list_keeps_its_order_beside_an_edit_of_a_row() {
    let menu = merged(|m| m.meals[0].diners = Some(1), |m| m.meals.reverse());
    let expected = after(&[|m| m.meals[0].diners = Some(1), |m| m.meals.reverse()]);
    assert_eq!(menu, Ok(expected));
}

#[test]
fn edits_of_one_unit_are_told_by_its_path() {
    let table: [(&str, Edit, Edit); 6] = [
        (
            "menu.canteen",
            |m| m.canteen = "教工食堂".into(),
            |m| m.canteen.clear(),
        ),
        (
            "menu.remarks",
            |m| m.remarks.push("一".into()),
            |m| m.remarks.push("二".into()),
        ),
        (
            "menu.meals[date=2026-05-11,meal=MEAL_LUNCH].dishes",
            |m| m.meals[0].dishes = dishes("白米饭"),
            |m| m.meals[0].dishes = dishes("馒头"),
        ),
        (
            "menu.meals[date=2026-05-12,meal=MEAL_LUNCH]",
            |m| drop(m.meals.remove(1)),
            |m| m.meals[1].diners = Some(300),
        ),
        (
            "menu.meals[date=2026-05-18,meal=MEAL_LUNCH]",
            |m| m.meals.push(meal(18, LUNCH)),
            |m| {
                m.meals.push(meal(18, LUNCH));
                m.meals[3].diners = Some(0);
            },
        ),
        (
            "menu.meals",
            |m| m.meals.rotate_left(1),
            |m| m.meals.rotate_right(1),
        ),
    ];
    for (path, ours, theirs) in table {
        assert_eq!(merged(ours, theirs), Err(vec![path.to_owned()]));
        assert_eq!(merged(theirs, ours), Err(vec![path.to_owned()]));
    }
}

#[test]
fn every_overlap_is_told_and_keeps_the_other_edits_out() {
    let paths = merged(
        |m| {
            m.canteen = "一食堂".into();
            m.meals[0].diners = Some(1);
            m.label = "第11周".into();
        },
        |m| {
            m.canteen = "二食堂".into();
            m.meals[0].diners = Some(2);
            m.price_fen = Some(800);
        },
    );
    let diners = "menu.meals[date=2026-05-11,meal=MEAL_LUNCH].diners";
    assert_eq!(paths, Err(vec!["menu.canteen".into(), diners.into()]));
}

fn session(problem: &str, agreed: &str, room: &str, affiliation: &str) -> Bytes {
    let minutes = v1::Minutes {
        problem: problem.into(),
        agreed: agreed.into(),
        ..Default::default()
    };
    let place = v1::Place {
        unit: None,
        room: room.into(),
    };
    let lead = v1::PersonRef {
        display_name: "王老师".into(),
        affiliation: affiliation.into(),
        ..Default::default()
    };
    wrap(
        20,
        &v1::Session {
            minutes: Some(minutes),
            place: Some(place),
            lead: Some(lead),
            ..Default::default()
        },
    )
}

#[test]
fn only_messages_marked_so_are_edited_by_parts() {
    let base = session("", "", "", "");
    let minutes = merge(
        &base,
        &session("甲", "", "", ""),
        &session("", "乙", "", ""),
    );
    assert_eq!(minutes, Merge::Clean(session("甲", "乙", "", "")));
    // A person is one value: what two people say of two persons is never mixed.
    let mut other = v1::Session::decode(variant(&base).unwrap().1).unwrap();
    other.lead.as_mut().unwrap().display_name = "李老师".into();
    let person = merge(&base, &session("", "", "", "乙小学"), &wrap(20, &other));
    assert_eq!(person, Merge::Overlap(vec!["session.lead".into()]));
    // Different messages of one session are different units.
    let both = merge(&base, &session("", "", "301", ""), &wrap(20, &other));
    assert!(matches!(both, Merge::Clean(_)));
}

#[test]
fn a_part_that_appears_or_goes_is_one_edit() {
    let seasoned: Edit = |m| m.meals[0].seasoning = Some(v1::Seasoning::default());
    let oiled: Edit = |m| {
        m.meals[0].seasoning = Some(v1::Seasoning {
            oil_grams: Some(10.0),
            ..Default::default()
        });
    };
    let path = "menu.meals[date=2026-05-11,meal=MEAL_LUNCH].seasoning";
    assert_eq!(merged(seasoned, oiled), Err(vec![path.to_owned()]));
}

/// A menu whose fields stand in no order, with a default written out.
fn unusual(label: &str) -> Vec<u8> {
    let mut body = vec![3 << 3, 0];
    prost::encoding::string::encode(4, &label.to_owned(), &mut body);
    prost::encoding::string::encode(1, &"学生食堂".to_owned(), &mut body);
    delimited(22, &body).into()
}

#[test]
fn what_means_the_same_is_the_same() {
    let plain = |label: &str| {
        wrap(
            22,
            &v1::Menu {
                canteen: "学生食堂".into(),
                label: label.into(),
                ..Default::default()
            },
        )
    };
    // Another encoding is no edit.
    let answer = merge(&plain("甲"), &unusual("甲"), &plain("乙"));
    let Merge::Clean(content) = answer else {
        panic!("{answer:?}");
    };
    let menu = v1::Menu::decode(variant(&content).unwrap().1).unwrap();
    assert_eq!(menu.label, "乙");
    // What has nothing new leaves the hub's bytes alone.
    let answer = merge(&plain("甲"), &unusual("乙"), &plain("乙"));
    assert_eq!(answer, Merge::Clean(unusual("乙").into()));
}

#[test]
fn contents_of_two_kinds_and_broken_ones_overlap_whole() {
    let menu = wrap(22, &menu());
    let session = session("", "", "", "");
    let overlap = |path: &str| Merge::Overlap(vec![path.to_owned()]);
    assert_eq!(merge(&menu, &session, b""), overlap(""));
    assert_eq!(
        merge(&menu, &delimited(22, &[1]), b"\xb2\x01\0"),
        overlap("menu")
    );
}
