//! The five menus of the samples.

use super::{assert_same, careful, file, forms, now_in, read, term};
use serde_json::json;

#[test]
fn a_weighed_table_is_read_alike_from_every_form_in_which_it_is_saved() {
    let typed = file!("typed/menu-01.csv");
    let calendar = term(
        "2023-02-13",
        "2023-06-30",
        &[("2023-04-23", "WORKDAY"), ("2023-05-01", "HOLIDAY")],
    );
    let expected = &careful(file!("fixtures/menu-01.json"))[0].1;
    for (form, bytes) in forms(typed, 3) {
        now_in(form);
        let read = read("menu", &bytes, "甲小学", "2023-04-21", &calendar);
        assert_same(&json!({"menu": read.only("menu")}), expected, &[]);
        let cut = read.doubt("CUT_OFF", "白米饭 1-3");
        assert_eq!(cut["place"]["cell"], "D54");
        read.doubt("DAY_MISSING", "2023-04-27");
        read.doubt("DAY_MISSING", "2023-04-28");
        read.doubt("YEAR_MISSING", "4.23");
        assert!(
            !read.codes().contains(&"UNIT_MISSING"),
            "克重 heads the column"
        );
    }
}

#[test]
fn days_that_are_not_printed_follow_from_their_order_and_the_period() {
    let calendar = term("2025-09-01", "2026-01-30", &[]);
    let mut all = forms(file!("typed/menu-03.csv"), 0);
    all.push(("txt", file!("typed/menu-03.txt").into()));
    for (form, bytes) in all {
        now_in(form);
        let read = read("menu", &bytes, "乙小学", "2025-11-10", &calendar);
        assert_same(
            &json!({"menu": read.only("menu")}),
            &careful(file!("fixtures/menu-03.json"))[0].1,
            &[],
        );
        read.doubt(
            "DATE_DERIVED",
            "2025-11-10 2025-11-11 2025-11-12 2025-11-13 2025-11-14",
        );
        read.doubt("UNIT_MISSING", "土豆25 牛肉75");
        read.doubt("AMOUNT_MISSING", "玉米");
        read.doubt("REPAIRED", "米饭+");
        let unnamed = read
            .codes()
            .iter()
            .filter(|code| **code == "SEASONING_UNNAMED")
            .count();
        assert_eq!(unnamed, 4, "Monday to Thursday");
    }
}

#[test]
fn running_days_over_two_weeks_follow_from_the_calendar() {
    let special = [
        ("2022-10-08", "WORKDAY"),
        ("2022-10-09", "WORKDAY"),
        ("2022-10-07", "HOLIDAY"),
    ];
    let calendar = term("2022-09-01", "2023-01-13", &special);
    let read = read(
        "menu",
        file!("typed/menu-05.txt").as_bytes(),
        "丁幼儿园",
        "2022-10-07",
        &calendar,
    );
    assert_same(
        &json!({"menu": read.only("menu")}),
        &careful(file!("fixtures/menu-05.json"))[0].1,
        &[],
    );
    assert_eq!(read.codes(), ["DATE_DERIVED"]);
}

#[test]
fn a_list_with_nutrition_price_and_set_is_read() {
    for (form, bytes) in forms(file!("typed/menu-07.csv"), 1) {
        now_in(form);
        let read = read(
            "menu",
            &bytes,
            "己小学",
            "2017-04-21",
            &term("2017-02-20", "2017-06-30", &[]),
        );
        // The notes that tell the basis of single ingredients are English in the sample.
        assert_same(
            &json!({"menu": read.only("menu")}),
            &careful(file!("fixtures/menu-07.json"))[0].1,
            &["remarks", "basis"],
        );
        assert_eq!(
            read.only("menu")["remarks"],
            json!(["注：同一周内菜品可根据供货情况互换"])
        );
        assert_eq!(read.codes(), ["ASSUMED"], "the canteen");
    }
}

#[test]
fn blank_days_of_a_week_grid_are_asked_for() {
    for (form, bytes) in forms(file!("typed/menu-10.csv"), 0) {
        now_in(form);
        let read = read("menu", &bytes, "", "2017-10-27", &json!({}));
        let menu = read.only("menu");
        let meals = menu["meals"].as_array().unwrap();
        let dates: Vec<&str> = meals
            .iter()
            .map(|meal| meal["date"].as_str().unwrap())
            .collect();
        assert_eq!(dates, ["2017-11-01", "2017-11-02", "2017-11-03"]);
        assert_eq!(menu["serviceDates"].as_array().unwrap().len(), 5);
        assert_eq!(menu.get("noServiceDays"), None, "nobody said so");
        let energy: Vec<f64> = meals
            .iter()
            .map(|meal| meal["nutrition"]["energyKcal"].as_f64().unwrap())
            .collect();
        assert_eq!(energy, [665.0, 654.0, 758.0]);
        assert_eq!(meals[0]["dishes"][1]["name"], "芋頭米粉湯");
        assert_eq!(meals[0]["dishes"][4]["name"], "什錦滷味");
        read.doubt("DAY_MISSING", "2017-10-30");
        read.doubt("DAY_MISSING", "2017-10-31");
        read.doubt("TWO_VALUES", "665.0/733.0");
        read.doubt("AMOUNT_ODD", "250~300");
        read.doubt("AMOUNT_ODD", "胚芽米0");
        read.doubt("WORD_UNKNOWN", "副菜");
    }
}
