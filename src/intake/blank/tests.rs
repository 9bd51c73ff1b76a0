use super::*;
use jiff::civil::date;

fn spring() -> Known {
    let calendar = v1::Calendar {
        terms: vec![v1::Term {
            name: "2025-2026学年第二学期".to_owned(),
            first_day: "2026-03-02".to_owned(),
            last_day: "2026-06-30".to_owned(),
        }],
        ..Default::default()
    };
    let campus = v1::Campus {
        name: "春风分校".to_owned(),
        canteens: vec![
            v1::Canteen {
                name: "学生食堂".to_owned(),
                meals: vec![Meal::Lunch.into()],
                ..Default::default()
            },
            v1::Canteen {
                name: "教工食堂".to_owned(),
                meals: vec![Meal::Breakfast.into(), Meal::Dinner.into()],
                opened: "2026-05-09".to_owned(),
                ..Default::default()
            },
        ],
        ..Default::default()
    };
    Known::on(date(2026, 5, 6))
        .with("s", Kind::Campus(campus))
        .with("", Kind::Calendar(calendar))
        .as_campus("s")
        .expect("it is there")
}

fn policy() -> v1::Policy {
    v1::Policy {
        menu_deadlines: vec![v1::MenuDeadline {
            school_days_before: 1,
            time: "16:30".to_owned(),
            ..Default::default()
        }],
        ..Default::default()
    }
}

fn days(form: &Form) -> Vec<&str> {
    let mut days: Vec<&str> = form.rows.iter().map(|row| row[0].as_str()).collect();
    days.dedup();
    days
}

#[test]
fn a_menu_has_the_school_days_of_its_week_with_the_make_up_saturday_last() {
    let forms = forms(What::Menu, &spring(), Some(&policy()), date(2026, 5, 7)).expect("forms");
    let [pupils, staff] = &forms[..] else {
        panic!("{forms:?}")
    };
    // 5月1日 to 5日 are a holiday, Saturday the 9th is worked for it.
    let week = [
        "2026-05-06 周三",
        "2026-05-07 周四",
        "2026-05-08 周五",
        "2026-05-09 周六",
    ];
    assert_eq!(days(pupils), week);
    assert_eq!(
        pupils.title,
        "春风分校学生食堂学生食谱 2025-2026学年第二学期 第10周"
    );
    assert!(
        pupils.how.ends_with("请于4月30日 16点30分前上报"),
        "{}",
        pupils.how
    );
    assert_eq!(
        staff.title,
        "春风分校教工食堂食谱 2025-2026学年第二学期 第10周"
    );
    let meals: Vec<&str> = staff.rows[..9].iter().map(|row| row[1].as_str()).collect();
    assert_eq!(
        meals,
        [
            "早餐", "早餐", "早餐", "早餐", "晚餐", "晚餐", "晚餐", "晚餐", "晚餐"
        ]
    );
}

#[test]
fn a_week_without_school_and_a_campus_without_a_canteen_are_told() {
    let holiday = forms(What::Menu, &spring(), None, date(2026, 7, 20));
    assert!(matches!(holiday, Err(NoForm::NoDays(_))), "{holiday:?}");
    let nobody = forms(
        What::Menu,
        &Known::on(date(2026, 5, 6)),
        None,
        date(2026, 5, 6),
    );
    assert!(matches!(nobody, Err(NoForm::NoCampus)), "{nobody:?}");
    let bare = Known::on(date(2026, 5, 6)).with("b", Kind::Campus(v1::Campus::default()));
    let bare = forms(
        What::Menu,
        &bare.as_campus("b").unwrap(),
        None,
        date(2026, 5, 6),
    );
    assert!(matches!(bare, Err(NoForm::NoCanteen(_))), "{bare:?}");
}

#[test]
fn every_word_offered_is_one_that_is_read_without_a_question() {
    let known = spring();
    assert_eq!(words(&known, Topic::DishSlot).len(), 9);
    assert_eq!(words(&known, Topic::Rank)[0], "三级教师");
    // Until the group keeps a coding nobody can declare an allergen; of two the name says which.
    assert!(menu::allergen_words(&known).is_empty());
    let known = standard()
        .into_iter()
        .fold(known, |known, of| known.with("", Kind::Vocabulary(of)));
    let declared = menu::allergen_words(&known);
    for word in ["花生(GB7718)", "花生(EU14)", "芝麻", "蛋(EU14)"] {
        assert!(declared.iter().any(|of| of == word), "{word}: {declared:?}");
    }
}

#[test]
fn how_to_fill_in_a_list_reads_as_a_title() {
    for what in [What::Session, What::Exchange, What::Person] {
        let [form] = &forms(what, &spring(), None, date(2026, 5, 6)).expect("a form")[..] else {
            panic!("one")
        };
        assert!(crate::intake::columns::is_title(&form.how), "{}", form.how);
    }
}
