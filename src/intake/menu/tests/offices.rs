//! Several menus in one sheet, marks, days without dates: each as an office makes it.

use super::*;

/// Each menu of a text: its set, canteen and audience, and its meals.
fn all(text: &str) -> Vec<String> {
    let reading = of(text);
    let mut lines = Vec::new();
    for menu in menus(&reading) {
        let audience = menu
            .audience()
            .as_str_name()
            .trim_start_matches("MENU_AUDIENCE_")
            .to_lowercase();
        lines.push(format!("{audience} {}{}", menu.menu_set, menu.canteen));
        lines.extend(shown(menu));
    }
    lines
}

const BOTH: [&str; 6] = [
    "pupils ",
    "05-11 lunch 米饭 红烧肉",
    "05-12 lunch 面条 卤蛋",
    "staff ",
    "05-11 lunch 米饭 酸菜鱼",
    "05-12 lunch 牛肉面",
];

#[test]
fn the_menus_of_pupils_and_of_staff_are_two_wherever_they_stand() {
    for typed in [
        "下周菜谱（5.11-5.12）\n【学生餐】\n周一：米饭、红烧肉\n周二：面条、卤蛋\n【教职工餐】\n周一：米饭、酸菜鱼\n周二：牛肉面\n",
        "下周菜谱（5.11-5.12）\n周一：米饭、红烧肉\n周二：面条、卤蛋\n教师午餐：\n周一：米饭、酸菜鱼\n周二：牛肉面\n",
        "下周菜谱（5.11-5.12）\n周一\n学生：米饭、红烧肉\n教师：米饭、酸菜鱼\n周二\n学生：面条、卤蛋\n教师：牛肉面\n",
        "5月11日 学生餐：米饭、红烧肉\n教工餐：米饭、酸菜鱼\n5月12日 学生餐：面条、卤蛋\n教工餐：牛肉面\n",
        ",周一5.11,周二5.12\n午餐,米饭 红烧肉,面条 卤蛋\n教师午餐,米饭 酸菜鱼,牛肉面\n",
        ",周一5.11,周二5.12\n学生午餐,,\n主食,米饭,面条\n大荤,红烧肉,卤蛋\n教工午餐,,\n主食,米饭,\n大荤,酸菜鱼,牛肉面\n",
        "日期,餐次,菜品\n5月11日,午餐,米饭 红烧肉\n,教师午餐,米饭 酸菜鱼\n5月12日,午餐,面条 卤蛋\n,教师午餐,牛肉面\n",
        "日期,学生午餐,教师午餐\n5月11日,米饭 红烧肉,米饭 酸菜鱼\n5月12日,面条 卤蛋,牛肉面\n",
        "日期,午餐,教师午餐\n5月11日,米饭 红烧肉,米饭 酸菜鱼\n5月12日,面条 卤蛋,牛肉面\n",
    ] {
        assert_eq!(all(typed), BOTH, "{typed}");
    }
}

#[test]
fn sets_canteens_and_classes_are_menus_of_their_own() {
    let days = ["05-11 lunch 米饭 鸡腿", "05-12 lunch 米饭 鱼块"];
    let more = ["05-11 lunch 面条 牛肉", "05-12 lunch 水饺"];
    for (typed, first, second) in [
        (
            "日期,A套餐,B套餐\n5月11日,米饭 鸡腿,面条 牛肉\n5月12日,米饭 鱼块,水饺\n",
            "pupils A",
            "pupils B",
        ),
        (
            "日期,一食堂,二食堂\n5月11日,米饭 鸡腿,面条 牛肉\n5月12日,米饭 鱼块,水饺\n",
            "pupils 一食堂",
            "pupils 二食堂",
        ),
        (
            "5月11日 周一\nA餐：米饭、鸡腿\nB餐：面条、牛肉\n5月12日 周二\nA餐：米饭、鱼块\nB餐：水饺\n",
            "pupils A",
            "pupils B",
        ),
        (
            "一食堂菜谱 5.11-5.12,,\n,周一,周二\n午餐,米饭 鸡腿,米饭 鱼块\n二食堂菜谱 5.11-5.12,,\n,周一,周二\n午餐,面条 牛肉,水饺\n",
            "pupils 一食堂",
            "pupils 二食堂",
        ),
        (
            "幼儿园食谱,,,\n,班级,5月11日,5月12日\n午餐,小班,米饭 鸡腿,米饭 鱼块\n午餐,大班,面条 牛肉,水饺\n",
            "kindergarten 小班",
            "kindergarten 大班",
        ),
    ] {
        let expected: Vec<&str> = [first]
            .iter()
            .chain(&days)
            .chain([&second])
            .chain(&more)
            .copied()
            .collect();
        assert_eq!(all(typed), expected, "{typed}");
    }
}

#[test]
fn weekdays_in_english_are_days() {
    let dishes = ["05-11 lunch 米饭 红烧肉", "05-12 lunch 面条"];
    for typed in [
        "5.11-5.12食谱\nMon: 米饭、红烧肉\nTue: 面条\n",
        "Weekly Menu 5.11-5.12,,\n,Monday,Tuesday\n午餐,米饭 红烧肉,面条\n",
        "星期一 Monday\n午餐：米饭、红烧肉\n星期二 Tuesday\n午餐：面条\n",
        ",星期一 Monday,星期二 Tuesday\n午餐,米饭 红烧肉,面条\n",
    ] {
        assert_eq!(shown(&one(typed).0), dishes, "{typed}");
    }
}

#[test]
fn the_menu_of_one_day_is_of_the_day_it_names_or_of_today() {
    for (typed, expected, told) in [
        (
            "今日菜谱\n主食：米饭\n大荤：红烧肉\n",
            &["05-08 lunch 米饭 红烧肉"][..],
            true,
        ),
        (
            "今日午餐：米饭、红烧肉🍚",
            &["05-08 lunch 米饭 红烧肉"],
            true,
        ),
        (
            "明日食谱 早餐：粥、馒头 午餐：米饭、鱼",
            &["05-09 breakfast 粥 馒头", "05-09 lunch 米饭 鱼"],
            true,
        ),
        (
            "5月11日 今日菜谱\n早餐：牛奶\n午餐：米饭、鸡腿\n",
            &["05-11 breakfast 牛奶", "05-11 lunch 米饭 鸡腿"],
            false,
        ),
        (
            "各位家长，明天（5月11日）午餐：米饭、红烧肉",
            &["05-11 lunch 米饭 红烧肉"],
            false,
        ),
    ] {
        let (menu, doubts) = one(typed);
        assert_eq!(shown(&menu), expected, "{typed}");
        assert_eq!(codes(&doubts).contains(&Code::DateDerived), told, "{typed}");
    }
    let (menu, doubts) = one("午餐食谱\n主食：米饭\n大荤：红烧肉\n");
    assert!(menu.meals.is_empty() && codes(&doubts).contains(&Code::DateUnknown));
}

#[test]
fn marks_tell_on_which_days_a_dish_is_served() {
    let (menu, _) =
        one("食谱 5.11-5.13,,,\n菜品,周一,周二,周三\n米饭,√,√,\n面条,,×,√\n红烧肉,✓,,\n");
    assert_eq!(
        shown(&menu),
        [
            "05-11 lunch 米饭 红烧肉",
            "05-12 lunch 米饭",
            "05-13 lunch 面条"
        ]
    );
}

#[test]
fn rows_of_a_grid_that_are_no_dishes_are_not_read_as_such() {
    let (menu, doubts) = one(
        ",5月11日,5月12日\n午餐主食,米饭,面条\n午餐荤菜,红烧肉,卤蛋\n带量,五花肉80g,\n过敏提示,无,含蛋\n人数,300,\n2.周二为素食日,,\n",
    );
    assert_eq!(
        shown(&menu),
        ["05-11 lunch 米饭 红烧肉(五花肉80)", "05-12 lunch 面条 卤蛋"]
    );
    assert_eq!(menu.remarks, ["2.周二为素食日"]);
    let left: Vec<&str> = doubts
        .iter()
        .filter(|doubt| doubt.code == Code::LeftOut)
        .map(|doubt| doubt.typed.as_str())
        .collect();
    assert!(left.contains(&"含蛋") && left.contains(&"300"), "{left:?}");
}

#[test]
fn what_stands_beside_dishes_is_parted_from_them() {
    let (menu, doubts) = one(
        "5.11周一:早餐 牛奶+面包;午餐 米饭+红烧肉;晚餐 面条\n5.12周二:早餐 豆浆;午餐 米饭 鱼\n",
    );
    assert_eq!(
        shown(&menu),
        [
            "05-11 breakfast 牛奶 面包",
            "05-11 lunch 米饭 红烧肉",
            "05-11 dinner 面条",
            "05-12 breakfast 豆浆",
            "05-12 lunch 米饭 鱼",
        ]
    );
    assert!(!codes(&doubts).contains(&Code::Repaired));
    let (menu, doubts) = one("日期,主食,主菜,副菜,汤\n周六(5.9)调休,白飯,雞腿,高麗菜,玉米湯\n");
    assert_eq!(shown(&menu), ["05-09 lunch 白飯 雞腿 高麗菜 玉米湯"]);
    assert!(
        codes(&doubts).contains(&Code::WordUnknown),
        "副菜 is no known slot"
    );
}

#[test]
fn merged_titles_are_no_headings_and_what_is_served_at_no_meal_is_told() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let bold = rust_xlsxwriter::Format::new();
    for (row, title) in [(0, "学生午餐食谱"), (3, "教工午餐食谱")] {
        sheet.merge_range(row, 0, row, 2, title, &bold).unwrap();
        for (column, cells) in [
            (0, ["日期", "荤菜"]),
            (1, ["5月18日", "红烧肉"]),
            (2, ["5月19日", "鸡腿"]),
        ] {
            for (under, cell) in (1..).zip(cells) {
                sheet.write(row + under, column, cell).unwrap();
            }
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    let reading = read(What::Menu, &bytes, &Known::on(date(2026, 5, 8))).unwrap();
    let whose: Vec<MenuAudience> = menus(&reading).iter().map(|menu| menu.audience()).collect();
    assert_eq!(
        whose,
        [MenuAudience::Pupils, MenuAudience::Staff],
        "{reading:#?}"
    );
    let (menu, doubts) =
        one("餐次,5月18日,5月19日\n早餐,包子,馒头\n晚餐,面条,水饺\n夜宵,牛奶,\n总热量,2000,2100\n");
    assert!(menu.meals.iter().all(|meal| meal.nutrition.is_none()));
    let left: Vec<&str> = doubts
        .iter()
        .filter(|doubt| doubt.code == Code::LeftOut)
        .map(|doubt| doubt.typed.as_str())
        .collect();
    assert_eq!(left, ["牛奶", "2000", "2100"]);
    let (menu, doubts) = one("周三（素食日）：炒面 素鸡\n周四 夜宵：饼干\n周五：米饭 鱼块\n");
    assert_eq!(shown(&menu)[0], "05-13 lunch 炒面 素鸡");
    assert_eq!(menu.remarks, ["周三（素食日）："]);
    assert!(
        doubts.iter().any(|doubt| doubt.code == Code::LeftOut),
        "{doubts:#?}"
    );
}
