//! What clerks make who are in a hurry.

use super::*;

#[test]
fn dishes_side_by_side_under_their_meals_are_all_read() {
    let (menu, _) = one(
        "一周食谱,,,,,\n时间,早点(8:30),,午餐(11:00),,午点\n,品名,带量,品名,带量,品名\n星期一,牛奶,150ml,米饭,大米50g,苹果\n,饼干,10g,肉丝,猪肉30g 青椒20g,\n",
    );
    assert_eq!(
        shown(&menu),
        [
            "05-11 morning_snack 牛奶(牛奶150ml) 饼干(饼干10)",
            "05-11 lunch 米饭(大米50) 肉丝(猪肉30+青椒20)",
            "05-11 afternoon_snack 苹果",
        ]
    );
    let (menu, _) =
        one("日期,菜品1,菜品2,汤\n5月11日,红烧肉80g,炒青菜,蛋汤\n5月12日,鸡腿,豆芽,菜汤\n");
    assert_eq!(shown(&menu)[0], "05-11 lunch 蛋汤 红烧肉(红烧肉80) 炒青菜");
}

#[test]
fn lines_of_a_chat_for_several_days_at_once() {
    let (menu, doubts) = one(
        "各位家长好！下周（5.11-5.12）食谱如下：\n周一至周二早点：牛奶、饼干\n1、周一午餐：米饭；红烧肉；炒青菜；番茄蛋汤；苹果；酸奶；\n2、周二午餐：牛奶 面包\n@所有人 请各班转发😊\n",
    );
    assert_eq!(
        shown(&menu),
        [
            "05-11 morning_snack 牛奶 饼干",
            "05-11 lunch 米饭 红烧肉 炒青菜 番茄蛋汤 苹果 酸奶",
            "05-12 morning_snack 牛奶 饼干",
            "05-12 lunch 牛奶 面包",
        ]
    );
    assert_eq!(menu.remarks, ["@所有人 请各班转发😊"]);
    let years = doubts
        .iter()
        .filter(|doubt| doubt.code == Code::DateDerived);
    assert_eq!(years.count(), 1);
}

#[test]
fn a_festive_dish_is_no_holiday_and_a_sentence_of_dishes_no_note() {
    let (menu, _) = one(
        "5.11：米饭、红烧排骨、清炒油麦菜、紫菜蛋汤、哈密瓜。\n5.12：五一特色套餐\n5.13 停餐\n5.14 运动会\n以上菜谱如有变动，以当日公示为准。\n",
    );
    assert_eq!(
        shown(&menu),
        [
            "05-11 lunch 米饭 红烧排骨 清炒油麦菜 紫菜蛋汤 哈密瓜",
            "05-12 lunch 五一特色套餐"
        ]
    );
    assert_eq!((menu.no_service_days.len(), menu.remarks.len()), (2, 1));
}

#[test]
fn a_month_s_grid_has_numbers_over_its_days() {
    let (menu, _) = one(
        "五月食谱,,,,,,\n日,一,二,三,四,五,六\n24,25,26,27,28,29,30\n,米饭 红烧肉,鸡腿,面条,鱼块,水饺,\n31,1,2,3,4,5,6\n,牛肉,虾仁,馄饨,鸭腿,炒饭,\n",
    );
    let dates: Vec<&str> = menu.service_dates.iter().map(|date| &date[5..]).collect();
    assert_eq!(
        dates,
        [
            "05-25", "05-26", "05-27", "05-28", "05-29", "06-01", "06-02", "06-03", "06-04",
            "06-05"
        ]
    );
    assert_eq!(shown(&menu)[5], "06-01 lunch 牛肉");
}

#[test]
fn seasonings_among_dishes_are_seasonings_and_amounts_that_are_none_are_told() {
    let (menu, doubts) = one(
        "日期,菜名,食材,克重\n周一,红烧肉,五花肉,适量\n周一,盐,,2\n周一,鸡蛋汤,\"鸡蛋、番茄\",30克左右\n",
    );
    assert_eq!(
        shown(&menu),
        ["05-11 lunch 红烧肉(五花肉适量) 鸡蛋汤(鸡蛋+番茄)"]
    );
    assert_eq!(
        menu.meals[0].seasoning.as_ref().unwrap().salt_grams,
        Some(2.0)
    );
    for code in [Code::AmountOdd, Code::NotUnderstood] {
        assert!(codes(&doubts).contains(&code), "{code:?}");
    }
    let (menu, _) = one("周一：米饭、红烧肉、盐2g、油10g\n周二：面条、盐、酱油\n");
    let seasoning = menu.meals[0].seasoning.as_ref().unwrap();
    assert_eq!(
        (seasoning.salt_grams, seasoning.oil_grams),
        (Some(2.0), Some(10.0))
    );
    assert_eq!(shown(&menu)[1], "05-12 lunch 面条");
}

#[test]
fn a_dish_and_what_it_is_made_of_on_lines_of_one_cell() {
    let (menu, doubts) = one(
        "日期,主食,大荤,素菜1\n5月11日,\"米饭\n大米80g\",\"番茄炒蛋\n番茄60g\n鸡蛋40g\",青菜\n5月12日,面条,\"狮子头\n猪肉80g\",鸡翅×2\n",
    );
    assert_eq!(
        shown(&menu),
        [
            "05-11 lunch 米饭(大米80) 番茄炒蛋(番茄60+鸡蛋40) 青菜",
            "05-12 lunch 面条 狮子头 猪肉(猪肉80) 鸡翅(鸡翅×2)",
        ]
    );
    assert_eq!(menu.meals[0].dishes[2].slot(), DishSlot::Vegetable);
    assert!(
        codes(&doubts).contains(&Code::WordUnsure),
        "a dish, or what one is made of"
    );
}

#[test]
fn the_staff_s_meal_in_a_menu_of_pupils_is_a_menu_of_its_own() {
    let reading = of(
        "餐次,5月11日,5月12日\n午餐（学生）,米饭 红烧肉,米饭 鸡腿\n午餐（教师）,米饭 牛肉,米饭 虾仁\n",
    );
    let menus = menus(&reading);
    assert_eq!(shown(menus[0])[0], "05-11 lunch 米饭 红烧肉");
    assert_eq!(shown(menus[1])[0], "05-11 lunch 米饭 牛肉");
    assert_eq!(menus[1].audience(), MenuAudience::Staff);
}

#[test]
fn allergens_are_read_in_the_group_s_codings() {
    let registers = r#"{"records": [
        {"id": "", "vocabulary": {"topic": "VOCABULARY_TOPIC_ALLERGEN", "scheme": "GB7718", "words": [
            {"code": "蛋", "name": "蛋类及其制品", "aliases": ["鸡蛋", "蛋类"]}, {"code": "花生", "aliases": ["鱼"]}]}},
        {"id": "", "vocabulary": {"topic": "VOCABULARY_TOPIC_ALLERGEN", "scheme": "EU14", "words": [
            {"code": "4", "name": "鱼"}]}}]}"#;
    let known = Known::on(date(2026, 5, 8))
        .with_registers(registers.as_bytes())
        .unwrap();
    let typed = "日期,菜名,过敏原\n周一,蛋炒饭,含鸡蛋\n周一,宫保鸡丁,可能含花生、蛋类\n周一,鱼块,鱼\n周一,青菜,无\n周一,面条,芥末\n";
    let reading = read(What::Menu, typed.as_bytes(), &known).unwrap();
    let menu = menus(&reading)[0];
    let allergens = |dish: usize| {
        let all = menu.meals[0].dishes[dish].allergens.iter();
        let shown = all.map(|one| format!("{} {} {}", one.scheme, one.code, one.presence));
        shown.collect::<Vec<_>>()
    };
    assert_eq!(allergens(0), ["GB7718 蛋 1"]);
    assert_eq!(allergens(1), ["GB7718 花生 2", "GB7718 蛋 2"]);
    let asked: Vec<(Code, &str)> = reading
        .doubts
        .iter()
        .filter(|doubt| doubt.place.cell().is_some_and(|cell| cell.starts_with('C')))
        .map(|doubt| (doubt.code, doubt.typed.as_str()))
        .collect();
    assert_eq!(
        asked,
        [(Code::WordUnsure, "鱼"), (Code::NotUnderstood, "芥末")]
    );
}

#[test]
fn several_meals_in_one_line_are_meals_of_their_own() {
    let days = [
        "05-11 breakfast 牛奶 面包",
        "05-11 lunch 米饭 红烧肉 青菜",
        "05-11 dinner 面条",
        "05-12 breakfast 豆浆",
        "05-12 lunch 米饭 鸡腿",
    ];
    let (menu, _) = one(
        "5月11日（周一）：早餐：牛奶、面包；午餐：米饭、红烧肉、青菜；晚餐：面条\n5月12日（周二）：早餐：豆浆，午餐：米饭、鸡腿\n",
    );
    assert_eq!(shown(&menu), days);
    let (menu, _) = one(
        "日期,餐次,菜品\n5.11周一,早,牛奶、面包\n,中,米饭、红烧肉、青菜\n,晚,面条\n5.12周二,早,豆浆\n,中,米饭、鸡腿\n",
    );
    assert_eq!(shown(&menu), days);
}

#[test]
fn ingredients_named_under_their_band_are_all_kept() {
    let (menu, _) = one(
        "带量食谱（单位：克）,,,\n星期,菜名,一至三年级,四至六年级\n周一,红烧肉,五花肉60 土豆40,五花肉80 土豆50\n周一,米饭,75,90\n",
    );
    assert_eq!(
        shown(&menu),
        [
            "05-11 lunch 红烧肉(一至三年级五花肉60+一至三年级土豆40+四至六年级五花肉80+四至六年级土豆50) 米饭(一至三年级米饭75+四至六年级米饭90)"
        ]
    );
}

#[test]
fn days_without_a_heading_and_numbered_dishes_in_a_cell() {
    let (menu, _) = one(
        "食谱,,,\n,早餐,午餐,晚餐\n周一 5.11,粥,\"1.米饭 2.红烧肉\n3.青菜\",面\n周二 5.12,饼,①米饭②鸡腿③白菜,停餐（校庆）\n",
    );
    assert_eq!(
        shown(&menu),
        [
            "05-11 breakfast 粥",
            "05-11 lunch 米饭 红烧肉 青菜",
            "05-11 dinner 面",
            "05-12 breakfast 饼",
            "05-12 lunch 米饭 鸡腿 白菜",
        ]
    );
}

#[test]
fn a_part_behind_a_bracket_is_a_dish_of_its_own() {
    let (menu, _) = one("5月18日 午餐：米饭100g、红烧肉（五花肉60g、土豆30g）、青菜100g\n");
    let expected = "05-18 lunch 米饭(米饭100) 红烧肉(五花肉60+土豆30) 青菜(青菜100)";
    assert_eq!(shown(&menu), [expected]);
}

#[test]
fn headings_of_meal_and_slot_in_one_and_days_of_the_month_in_the_title() {
    let (menu, _) = one(
        "2026年5月食谱,,,\n日,午餐主食,午餐大荤,晚餐大荤\n18日,米饭,红烧肉,鱼块\n19日,面条,鸡腿,虾仁\n制表：李老师,,审核：王主任,2026年5月15日\n",
    );
    assert_eq!(
        shown(&menu),
        [
            "05-18 lunch 米饭 红烧肉",
            "05-18 dinner 鱼块",
            "05-19 lunch 面条 鸡腿",
            "05-19 dinner 虾仁",
        ]
    );
    assert_eq!(menu.meals[0].dishes[1].slot(), DishSlot::Main);
    assert_eq!(menu.remarks.len(), 1, "{menu:#?}");
}

#[test]
fn a_worked_day_a_holiday_and_who_signed_are_no_dishes() {
    let (menu, doubts) = one(
        "第11周食谱,,,\n,5月9日（周六，调休）,5月11日 周一,5月12日 周二\n午餐,炒饭 鸡腿,端午連假,米饭 鱼排\n晚餐,离校,,面条 肉丸\n保健老师签字：陈老师,,,园长签字：\n",
    );
    assert_eq!(
        shown(&menu),
        [
            "05-09 lunch 炒饭 鸡腿",
            "05-12 lunch 米饭 鱼排",
            "05-12 dinner 面条 肉丸",
        ]
    );
    assert_eq!(menu.no_service_days.len(), 1);
    let told = |doubt: &Doubt| doubt.code == Code::NotUnderstood && doubt.typed == "离校";
    assert!(
        doubts.iter().any(told),
        "one meal is no day without service: {doubts:#?}"
    );
}

#[test]
fn headings_that_name_meals_their_dishes_and_what_these_are_made_of() {
    let (menu, _) = one(
        "星期,餐点,食谱,食物,带量(克)\n周一,早点,牛奶,牛奶,120\n,午餐,肉末豆腐,猪肉,20\n,,,豆腐,40\n周二,早点,豆浆,黄豆,10\n",
    );
    assert_eq!(
        shown(&menu),
        [
            "05-11 morning_snack 牛奶(牛奶120)",
            "05-11 lunch 肉末豆腐(猪肉20+豆腐40)",
            "05-12 morning_snack 豆浆(黄豆10)",
        ]
    );
    let (menu, _) =
        one("周次,日期,午餐菜品,,,\n第12周,5.18,米饭,红烧肉,青菜,蛋汤\n,5.19,米饭,鸡腿,白菜,\n");
    assert_eq!(
        shown(&menu),
        [
            "05-18 lunch 米饭 红烧肉 青菜 蛋汤",
            "05-19 lunch 米饭 鸡腿 白菜"
        ]
    );
}

#[test]
fn a_menu_of_today_is_of_the_day_in_its_bracket_and_its_price_is_no_dish() {
    let (menu, doubts) =
        one("今日午餐菜谱（5月18日）\n主食：米饭\n荤菜：红烧肉\n价格：12元/份\n供餐人数：850人\n");
    assert_eq!(shown(&menu), ["05-18 lunch 米饭 红烧肉"]);
    assert_eq!(menu.remarks, ["价格：12元/份"]);
    assert!(
        doubts
            .iter()
            .any(|doubt| doubt.code == Code::LeftOut && doubt.typed == "供餐人数：850人")
    );
    let (menu, _) = one("下周菜单 5.18～5.20\n一：米饭/红烧肉\n二：米饭/鸡腿\n三：停餐\n");
    assert_eq!(
        shown(&menu),
        ["05-18 lunch 米饭 红烧肉", "05-19 lunch 米饭 鸡腿"]
    );
}
