//! Menus as strangers type them.

use crate::intake::doubt::{Code, Doubt};
use crate::intake::known::Known;
use crate::intake::reading::Reading;
use crate::intake::{What, read};
use crate::wire::v1::content::Kind;
use crate::wire::v1::{DayMeal, DishSlot, Meal, Menu, MenuAudience, NoServiceReason};
use jiff::civil::date;

fn of(text: &str) -> Reading {
    read(What::Menu, text.as_bytes(), &Known::on(date(2026, 5, 8))).unwrap()
}

fn menus(reading: &Reading) -> Vec<&Menu> {
    let menus = reading.items.iter().map(|item| match &item.content {
        Kind::Menu(menu) => menu,
        other => panic!("no menu: {other:?}"),
    });
    menus.collect()
}

/// The only menu of a text, and its doubts.
fn one(text: &str) -> (Menu, Vec<Doubt>) {
    let reading = of(text);
    assert_eq!(reading.items.len(), 1, "{reading:#?}");
    (menus(&reading)[0].clone(), reading.doubts)
}

/// A menu as one line a meal: date, meal, dishes with their slots and amounts.
fn shown(menu: &Menu) -> Vec<String> {
    let dish = |dish: &crate::wire::v1::Dish| {
        let parts: Vec<String> = dish
            .ingredients
            .iter()
            .map(|part| {
                let amount = part
                    .grams
                    .map_or(part.portion.clone(), |grams| grams.to_string());
                format!("{}{}{amount}", part.grade_band, part.name)
            })
            .collect();
        match parts.is_empty() {
            true => dish.name.clone(),
            false => format!("{}({})", dish.name, parts.join("+")),
        }
    };
    let meal = |row: &DayMeal| {
        let dishes: Vec<String> = row.dishes.iter().map(dish).collect();
        let name = row
            .meal()
            .as_str_name()
            .trim_start_matches("MEAL_")
            .to_lowercase();
        format!("{} {name} {}", &row.date[5..], dishes.join(" "))
    };
    menu.meals.iter().map(meal).collect()
}

fn codes(doubts: &[Doubt]) -> Vec<Code> {
    doubts.iter().map(|doubt| doubt.code).collect()
}

#[test]
fn a_week_grid_with_meals_down_the_side() {
    let (menu, _) = one(
        "第一食堂学生食谱（5.11-5.12）\n餐次,星期一,星期二\n早餐,牛奶、面包,豆浆、油条\n午餐,米饭 红烧肉 青菜,\"面条\n卤蛋\"\n",
    );
    assert_eq!(
        shown(&menu),
        [
            "05-11 breakfast 牛奶 面包",
            "05-11 lunch 米饭 红烧肉 青菜",
            "05-12 breakfast 豆浆 油条",
            "05-12 lunch 面条 卤蛋",
        ]
    );
    assert_eq!(
        (menu.canteen.as_str(), menu.audience()),
        ("第一食堂", MenuAudience::Pupils)
    );
}

#[test]
fn a_week_grid_with_slots_down_and_dates_under_the_weekdays() {
    let (menu, _) = one(
        "类别,周一,周二,周三\n日期,5/11,5/12,5/13\n大荤,红烧大排,可乐鸡翅,糖醋鱼块\n小荤,番茄炒蛋,肉末豆腐,\n素菜,青菜,包菜,菠菜\n汤,蛋汤,/,冬瓜汤\n",
    );
    assert_eq!(
        shown(&menu),
        [
            "05-11 lunch 红烧大排 番茄炒蛋 青菜 蛋汤",
            "05-12 lunch 可乐鸡翅 肉末豆腐 包菜",
            "05-13 lunch 糖醋鱼块 菠菜 冬瓜汤"
        ]
    );
    assert_eq!(menu.meals[0].dishes[0].slot(), DishSlot::Main);
    assert_eq!(menu.meals[0].dishes[3].slot(), DishSlot::Soup);
}

#[test]
fn days_down_and_slots_across() {
    let (menu, _) = one(
        "日期,主食,大荤,小荤,素菜,汤\n2026-05-11 周一,米饭,狮子头,炒鸡丁,青菜,蛋汤\n2026-05-12 周二,小米饭,鸡腿,炒肉片,白菜,豆腐汤\n",
    );
    assert_eq!(
        shown(&menu)[1],
        "05-12 lunch 小米饭 鸡腿 炒肉片 白菜 豆腐汤"
    );
    assert_eq!(menu.meals[1].dishes[2].slot(), DishSlot::HalfMeat);
}

#[test]
fn meals_across_with_slots_under_them() {
    let (menu, _) = one(
        "星期,早餐,早餐,午餐,午餐,午餐\n,主食,奶,主食,大荤,汤\n周一,馒头,牛奶,米饭,鸡翅,蛋汤\n周二,包子,酸奶,米饭,牛肉,菜汤\n",
    );
    assert_eq!(
        shown(&menu)[..2],
        ["05-11 breakfast 馒头 牛奶", "05-11 lunch 米饭 鸡翅 蛋汤"]
    );
}

#[test]
fn a_list_by_date_with_a_row_a_dish() {
    let (menu, _) = one(
        "序号,供餐日期,餐别,菜品名称,主要食材,每份用量(克)\n1,46153,午餐,红烧肉,五花肉,80\n2,46153,午餐,红烧肉,土豆,50\n3,46153,午餐,米饭,大米,100\n4,46154,午餐,清炒菠菜,菠菜,110\n",
    );
    assert_eq!(
        shown(&menu),
        [
            "05-11 lunch 红烧肉(五花肉80+土豆50) 米饭(大米100)",
            "05-12 lunch 清炒菠菜(菠菜110)"
        ]
    );
}

#[test]
fn a_list_by_date_with_a_row_a_meal() {
    let (menu, doubts) = one(
        "日期\t餐次\t菜品\n5月11日\t早点\t牛奶、饼干\n5月11日\t午餐\t米饭、盐水虾、香菇青菜\n5月12日\t午餐\t馄饨\n",
    );
    assert_eq!(shown(&menu)[1], "05-11 lunch 米饭 盐水虾 香菇青菜");
    assert_eq!(menu.meals[0].meal(), Meal::MorningSnack);
    let years = codes(&doubts)
        .into_iter()
        .filter(|code| *code == Code::YearMissing);
    assert_eq!(years.count(), 1, "one question, however many days ask it");
}

#[test]
fn columns_for_two_bands_of_grades() {
    let (menu, _) = one(
        "星期,类别,菜名,食材,1-3年级(g),4-6年级(g)\n周一,主食,米饭,大米,80,120\n,大荤,红烧肉,五花肉,60,80\n,,,土豆,30,40\n",
    );
    assert_eq!(
        shown(&menu),
        [
            "05-11 lunch 米饭(1-3年级大米80+4-6年级大米120) 红烧肉(1-3年级五花肉60+4-6年级五花肉80+1-3年级土豆30+4-6年级土豆40)"
        ]
    );
}

#[test]
fn a_day_with_a_column_for_its_dishes_and_one_for_their_weight() {
    let (menu, _) = one(
        "类别,周一,,周二,\n,菜名,重量,菜名,重量\n大荤,红烧肉,80,鸡翅,90\n素菜,青菜,110,菠菜,100\n",
    );
    assert_eq!(
        shown(&menu),
        [
            "05-11 lunch 红烧肉(红烧肉80) 青菜(青菜110)",
            "05-12 lunch 鸡翅(鸡翅90) 菠菜(菠菜100)"
        ]
    );
}

#[test]
fn figures_beside_several_ingredients_are_theirs_when_they_are_as_many() {
    let (menu, doubts) = one(
        "日期,菜名,配料,克重\n周一,土豆牛肉,土豆、牛肉,\"25、75\"\n周二,三鲜汤,肉丸、鱼丸,30\n",
    );
    assert_eq!(
        shown(&menu),
        [
            "05-11 lunch 土豆牛肉(土豆25+牛肉75)",
            "05-12 lunch 三鲜汤(肉丸+鱼丸)"
        ]
    );
    assert!(codes(&doubts).contains(&Code::NotUnderstood));
}

#[test]
fn a_text_for_the_chat_with_marks_and_pictures() {
    let (menu, _) = one(
        "@所有人 🍚下周学生菜谱来啦🍚\n【周一】5月11日\n午餐：米饭、红烧肉🥩、青菜\n【周二】\n午餐：1.面条 2.卤蛋\n温馨提示：如有变动另行通知\n",
    );
    assert_eq!(shown(&menu)[0], "05-11 lunch 米饭 红烧肉 青菜");
    assert_eq!(menu.service_dates, ["2026-05-11", "2026-05-12"]);
    assert_eq!(menu.remarks, ["温馨提示：如有变动另行通知"]);
}

#[test]
fn a_text_of_one_line_a_day_and_of_one_line_for_all() {
    let days = "下周食谱 周一：米饭、红烧肉；周二：面条、卤蛋；周三：停餐（运动会）";
    let (menu, _) = one(days);
    assert_eq!(
        shown(&menu),
        ["05-11 lunch 米饭 红烧肉", "05-12 lunch 面条 卤蛋"]
    );
    assert_eq!(menu.no_service_days[0].reason(), NoServiceReason::Outing);
    let (lines, _) = one(&days.replace(['；', ' '], "\n"));
    assert_eq!(shown(&lines), shown(&menu));
}

#[test]
fn a_holiday_is_declared_and_a_blank_is_asked_for() {
    let (menu, doubts) = one(
        "食谱 2026年5月4日-5月8日\n餐次,周一,周二,周三,周四,周五\n午餐,劳动节放假,劳动节放假,米饭、鱼,,面条\n",
    );
    assert_eq!(shown(&menu), ["05-06 lunch 米饭 鱼", "05-08 lunch 面条"]);
    let off: Vec<&str> = menu
        .no_service_days
        .iter()
        .map(|day| day.date.as_str())
        .collect();
    assert_eq!(off, ["2026-05-04", "2026-05-05"]);
    assert_eq!(menu.no_service_days[0].reason(), NoServiceReason::Holiday);
    let missing: Vec<&str> = doubts
        .iter()
        .filter(|doubt| doubt.code == Code::DayMissing)
        .map(|doubt| doubt.understood.as_str())
        .collect();
    assert_eq!(missing, ["2026-05-07"]);
    assert_eq!(
        menu.service_dates,
        ["2026-05-06", "2026-05-07", "2026-05-08"]
    );
}

#[test]
fn two_grids_under_titles_of_their_own_are_two_menus() {
    let reading = of(
        "8元A套 5.11-5.12,,\n,周一,周二\n大荤,鸡腿,鱼块\n8元B套 5.11-5.12,,\n,周一,周二\n大荤,牛肉,虾仁\n",
    );
    let menus = menus(&reading);
    let sets: Vec<(&str, Option<i32>)> = menus
        .iter()
        .map(|menu| (menu.menu_set.as_str(), menu.price_fen))
        .collect();
    assert_eq!(sets, [("A", Some(800)), ("B", Some(800))]);
    assert_eq!(shown(menus[1]), ["05-11 lunch 牛肉", "05-12 lunch 虾仁"]);
}

#[test]
fn two_weeks_in_one_table_are_ten_days() {
    let week = "周一,米饭\n周二,面条\n周三,水饺\n周四,米饭\n周五,馄饨\n";
    let (menu, _) = one(&format!("星期,菜谱\n{week}{week}"));
    let dates = &menu.service_dates;
    assert_eq!(
        (dates.len(), dates[0].as_str(), dates[9].as_str()),
        (10, "2026-05-11", "2026-05-22")
    );
}

#[test]
fn dishes_are_read_with_what_stands_in_brackets_and_behind_colons() {
    let (menu, doubts) = one(
        "日期,菜品\n周一,红烧肉(五花肉80g、土豆50g)\n周二,青菜香菇：青菜115g、香菇3g\n周三,酸奶1杯、苹果1个、米饭150克\n周四,紫菜汤 紫菜(干)2g 虾皮0.5g\n周五,玉米0.1kg\n",
    );
    assert_eq!(
        shown(&menu),
        [
            "05-11 lunch 红烧肉(五花肉80+土豆50)",
            "05-12 lunch 青菜香菇(青菜115+香菇3)",
            "05-13 lunch 酸奶(酸奶1杯) 苹果(苹果1个) 米饭(米饭150)",
            "05-14 lunch 紫菜汤(紫菜2+虾皮0.5)",
            "05-15 lunch 玉米(玉米100)",
        ]
    );
    assert!(!codes(&doubts).contains(&Code::UnitMissing));
    assert_eq!(
        menu.meals[3].dishes[0].ingredients[0].basis(),
        crate::wire::v1::WeightBasis::Dry
    );
}

#[test]
fn a_sum_that_is_no_sum_is_told() {
    let (_, doubts) = one(
        "日期,菜名,配料,克重(g)\n周一,杂粮饭,大米72g、燕麦8g,80\n周二,杂粮饭,大米72g、燕麦8g,90\n",
    );
    let sums: Vec<&Doubt> = doubts
        .iter()
        .filter(|doubt| doubt.code == Code::SumMismatch)
        .collect();
    assert_eq!(
        (sums.len(), sums[0].place.cell().as_deref()),
        (1, Some("C3"))
    );
}

#[test]
fn a_menu_for_staff_and_one_for_a_kindergarten_say_so() {
    assert_eq!(
        one("教工食堂菜谱\n周一：米饭、鱼").0.audience(),
        MenuAudience::Staff
    );
    assert_eq!(
        one("蓓蕾幼儿园食谱\n周一：米饭、鱼").0.audience(),
        MenuAudience::Kindergarten
    );
    let (menu, doubts) = one("周一：米饭、鱼");
    assert_eq!(menu.audience(), MenuAudience::Pupils);
    assert!(codes(&doubts).contains(&Code::Assumed));
}

#[test]
fn a_day_that_cannot_be_told_is_doubted_and_not_invented() {
    let (menu, doubts) = one("第11周菜谱\n周一：米饭、鱼\n周二：面条");
    assert_eq!(menu.service_dates, [""; 0]);
    let unknown = doubts
        .iter()
        .find(|doubt| doubt.code == Code::DateUnknown)
        .unwrap();
    assert!(unknown.detail.contains("第11周"), "{unknown:?}");
    let (menu, doubts) = one("日期,菜品\n2026-02-30,米饭\n2026-05-12,鱼\n");
    assert_eq!(shown(&menu), ["05-12 lunch 鱼"]);
    assert!(codes(&doubts).contains(&Code::DateInvalid));
}

#[test]
fn a_column_that_means_nothing_here_is_not_dropped_silently() {
    let (_, doubts) = one("日期,菜品,过敏原\n2026-05-11,鱼,含鱼\n2026-05-12,饭,\n");
    let left: Vec<&Doubt> = doubts
        .iter()
        .filter(|doubt| doubt.code == Code::LeftOut)
        .collect();
    assert_eq!((left.len(), left[0].typed.as_str()), (1, "含鱼"));
    let (menu, doubts) = one("日期,类别,菜品\n2026-05-11,特色,佛跳墙\n");
    assert_eq!(shown(&menu), ["05-11 lunch 佛跳墙"]);
    assert!(codes(&doubts).contains(&Code::WordUnknown));
}

#[test]
fn the_groups_own_words_for_slots_are_known() {
    let words = r#"{"records": [{"id": "v", "vocabulary": {"topic": "VOCABULARY_TOPIC_DISH_SLOT", "words": [
        {"code": "DISH_SLOT_HALF_MEAT", "aliases": ["副菜"]}]}}]}"#;
    let known = Known::on(date(2026, 5, 8))
        .with_registers(words.as_bytes())
        .unwrap();
    for text in [
        "日期,类别,菜品\n2026-05-11,副菜,炒蛋\n",
        "类别,5月11日,5月12日\n副菜,炒蛋,\n",
        "5月11日\n副菜：炒蛋\n",
    ] {
        let reading = read(What::Menu, text.as_bytes(), &known).unwrap();
        let dish = &menus(&reading)[0].meals[0].dishes[0];
        assert_eq!(
            (dish.name.as_str(), dish.slot()),
            ("炒蛋", DishSlot::HalfMeat),
            "{text}"
        );
    }
}

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
fn the_staff_s_meal_in_a_menu_of_pupils_is_left_out_and_told() {
    let (menu, doubts) = one(
        "餐次,5月11日,5月12日\n午餐（学生）,米饭 红烧肉,米饭 鸡腿\n午餐（教师）,米饭 牛肉,米饭 虾仁\n",
    );
    assert_eq!(shown(&menu)[0], "05-11 lunch 米饭 红烧肉");
    assert!(codes(&doubts).contains(&Code::LeftOut));
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
