//! The five lists of exchanges of the samples.

use super::{assert_same, careful, file, forms, now_in, read};
use serde_json::{Value, json};

#[test]
fn a_list_of_exchanges_is_read_with_all_its_habits() {
    let typed = file!("typed/exch-13.csv");
    for (form, bytes) in forms(typed, 0) {
        now_in(form);
        let read = read("exchange", &bytes, "", "2025-03-03", &json!({}));
        // Rows 6, 7 and 8 are no movements: they are told whole.
        let rows = [1, 2, 3, 4, 5, 9, 10, 11];
        assert_eq!(read.contents.len(), rows.len(), "{:#?}", read.contents);
        let of = |row: usize| rows.iter().position(|other| *other == row).unwrap();
        // The other half of the pair is pushed by its own campus, and comes last.
        let careful = careful(file!("fixtures/exch-13.json"));
        for (row, (_, expected)) in [1, 2, 4, 5, 9, 10, 11, 3].into_iter().zip(&careful) {
            assert_same(&read.contents[of(row)], expected, &["pairId"]);
        }
        let pair = |row: usize| {
            read.contents[of(row)]["exchange"]["pairId"]
                .as_str()
                .unwrap_or_default()
        };
        assert!(
            !pair(2).is_empty()
                && pair(2) == pair(3)
                && pair(10) != pair(2)
                && !pair(10).is_empty()
        );
        assert!([1, 4, 5, 9, 11].iter().all(|row| pair(*row).is_empty()));
        for (code, about, row) in [
            ("TWIN", "#3", 5),
            ("ENDED_EARLY", "2024-11", 9),
            ("PRIVATE_LEFT_OUT", "备注", 9),
            ("PAIR_HALF", "吴老师", 10),
            ("SHARES_OVERLAP", "张老师", 11),
        ] {
            assert_eq!(read.doubt(code, about)["content"], of(row), "{code}");
        }
        for (code, about) in [
            ("HOME_IS_HOST", "水北"),
            ("ROW_LEFT_OUT", "陈老师 水北 水北"),
            ("END_BEFORE_START", "2024.9-2024.6"),
            ("ROW_LEFT_OUT", "刘老师 五叶 总校"),
            ("UNSTATED", "交流单位"),
            ("NOT_UNDERSTOOD", "即日起"),
            ("ROW_LEFT_OUT", "赵老师 儒林"),
        ] {
            assert_eq!(read.doubt(code, about)["content"], Value::Null, "{code}");
        }
        let said = read.doubts.iter().map(Value::to_string).collect::<String>();
        assert!(
            !said.contains("家庭"),
            "a private reason is shown to nobody"
        );
    }
}

#[test]
fn a_sentence_of_exchanges_is_a_pair_and_a_count_without_names() {
    let read = read(
        "exchange",
        file!("typed/exch-01.txt").as_bytes(),
        "",
        "2024-02-21",
        &json!({}),
    );
    let exchanges: Vec<&Value> = read
        .contents
        .iter()
        .map(|content| &content["exchange"])
        .collect();
    assert_eq!(exchanges.len(), 3);
    let (out, back, rest) = (exchanges[0], exchanges[1], exchanges[2]);
    assert_eq!((&out["home"], &out["host"]), (&back["host"], &back["home"]));
    assert_eq!(
        (&out["level"], &out["pairId"]),
        (&json!("STAFF_LEVEL_MIDDLE"), &back["pairId"])
    );
    assert_eq!(
        (&rest["unnamedCount"], &rest["host"]),
        (&json!(4), &out["host"])
    );
    assert_eq!(out["person"]["displayName"], "李老師");
    assert!(
        exchanges
            .iter()
            .all(|exchange| exchange.get("plannedStart").is_none())
    );
    let periods = read
        .doubts
        .iter()
        .filter(|doubt| doubt["messageZh"].as_str().unwrap().contains("起止时间"));
    assert_eq!(periods.count(), 3);
}

#[test]
fn counts_lengths_and_open_ends_are_kept_as_they_are() {
    let support = read(
        "exchange",
        file!("typed/exch-05.csv").as_bytes(),
        "",
        "2018-07-20",
        &json!({}),
    );
    let rows: Vec<&Value> = support
        .contents
        .iter()
        .map(|content| &content["exchange"])
        .collect();
    for (row, (count, start, place)) in rows
        .iter()
        .zip([(1, "2018-08-10", "西藏"), (39, "2018-08-22", "新疆")])
    {
        assert_eq!(row["unnamedCount"], count);
        assert_eq!(
            (&row["plannedStart"], &row["plannedEnd"]),
            (&json!(start), &json!("2020-02"))
        );
        assert_eq!(
            (&row["host"]["outside"], &row["type"]),
            (&json!(place), &json!("EXCHANGE_TYPE_SUPPORT"))
        );
    }
    assert_eq!(rows.len(), 2);
    let long = read(
        "exchange",
        file!("typed/exch-10.txt").as_bytes(),
        "",
        "2020-12-29",
        &json!({}),
    );
    assert_eq!(long.only("exchange")["person"]["displayName"], "杨老师");
    assert_eq!(long.only("exchange").get("plannedStart"), None);
    long.doubt("YEAR_ONLY", "2014年");
    long.doubt("NOT_UNDERSTOOD", "3所");
    let counted = read(
        "exchange",
        file!("typed/exch-12.txt").as_bytes(),
        "",
        "2025-03-03",
        &json!({}),
    );
    assert_eq!(counted.only("exchange")["unnamedCount"], 12);
    counted.doubt("UNSTATED", "交流单位");
}
