//! A menu that the hub takes, and doubts in plain words.

use super::cast::CANTEEN;
use super::stage::{Error, Stage, put};
use crate::wire::v1::{self, content};

/// What is doubted of the menu, in the order it is told.
const DOUBTS: [&str; 3] = ["MAKE_UP_DAY_MISSING", "FOOD_BANNED", "ALLERGEN_LIKELY"];

/// The end of the week before, without its make-up Saturday, with green beans and a fish nobody was told of.
fn menu() -> v1::Menu {
    let dish = |name: &str| v1::Dish {
        name: name.into(),
        ..Default::default()
    };
    let lunch = v1::DayMeal {
        date: "2026-05-08".into(),
        meal: v1::Meal::Lunch.into(),
        dishes: ["米饭", "干煸四季豆", "清蒸鲈鱼"].map(dish).to_vec(),
        ..Default::default()
    };
    v1::Menu {
        canteen: CANTEEN.into(),
        audience: v1::MenuAudience::Pupils.into(),
        label: "第10周".into(),
        service_dates: vec![lunch.date.clone()],
        meals: vec![lunch],
        ..Default::default()
    }
}

pub async fn play(stage: &Stage) -> Result<(), Error> {
    let draft = put("menu 第10周", content::Kind::Menu(menu()));
    let results = stage.try_push("春风分校", vec![draft]).await?;
    let Some(result) = results.first() else {
        return Err("中心没有回答".into());
    };
    let doubts: Vec<&v1::Finding> = result.warnings.iter().chain(&result.notes).collect();
    let codes: Vec<&str> = doubts.iter().map(|doubt| doubt.code.as_str()).collect();
    if result.outcome() != v1::Outcome::Applied || codes != DOUBTS {
        return Err(format!("食谱应收下并提出 {DOUBTS:?}，实为 {codes:?}").into());
    }
    println!(
        "  ✓ 春风分校的食谱已收，中心请核对 (stored, and doubted in plain words; nothing is blocked):"
    );
    for (weight, findings) in [("请核对", &result.warnings), ("提示", &result.notes)] {
        for finding in findings {
            println!("      {weight}：{}", finding.message_zh);
            println!("      {}", finding.message_en);
        }
    }
    Ok(())
}
