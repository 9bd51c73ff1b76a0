//! Menus as strangers type them.

mod clerks;
mod offices;

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
