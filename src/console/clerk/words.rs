//! The contract's paths, values and contents in a school's words.

use super::super::read::{Ground, day_text};
use crate::wire::comments::{VALUES, of_value, word};
use regex::{Captures, Regex};
use serde_json::Value;
use std::sync::LazyLock;

/// What fields are called. A field that is not here keeps its name in the contract.
const FIELDS: &[(&str, &str)] = &[
    ("accept_time", "接收时间"),
    ("after", "改后"),
    ("agenda", "议程"),
    ("agree_time", "同意时间"),
    ("allergens", "过敏原"),
    ("amendments", "公布后的调整"),
    ("announce_time", "通知时间"),
    ("approve_time", "批准时间"),
    ("ask_time", "提出时间"),
    ("asked_by", "提出方"),
    ("attendance", "考勤"),
    ("attended", "实到"),
    ("audience", "对象"),
    ("audience_note", "参加范围"),
    ("basis", "称重方式"),
    ("before", "改前"),
    ("campus_id", "学校"),
    ("cancel_reason", "取消原因"),
    ("canteen", "食堂"),
    ("carbohydrate_grams", "碳水化合物（克）"),
    ("chair", "主持"),
    ("claimed_people", "自报人数"),
    ("claimed_publish_time", "自报公布时间"),
    ("claimed_subject_count", "自报学科数"),
    ("co_hosts", "协办"),
    ("date", "日期"),
    ("days", "日程"),
    ("diners", "用餐人数"),
    ("dishes", "菜品"),
    ("display_name", "姓名"),
    ("end", "结束"),
    ("end_reason", "结束原因"),
    ("energy_kcal", "能量（千卡）"),
    ("excuse", "核准迟报"),
    ("expected", "应到"),
    ("extensions", "延期"),
    ("fat_grams", "脂肪（克）"),
    ("fault", "不足"),
    ("file_moved", "调动人事关系"),
    ("form", "形式"),
    ("grade_band", "适用年级"),
    ("grades", "年级"),
    ("grams", "克"),
    ("half_day", "上午下午"),
    ("hold_time", "举行时间"),
    ("home", "原单位"),
    ("host", "交流单位"),
    ("host_post", "任职"),
    ("ingredients", "食材"),
    ("invited_campus_ids", "受邀学校"),
    ("invites_all", "全集团参加"),
    ("item", "内容"),
    ("label", "标题"),
    ("lead", "主备"),
    ("lesson", "课题"),
    ("level", "级别"),
    ("link", "链接"),
    ("meal", "餐次"),
    ("meals", "餐"),
    ("measure", "做法"),
    ("menu_set", "套别"),
    ("minutes", "纪要"),
    ("mode", "方式"),
    ("name", "名称"),
    ("new_end", "新到期"),
    ("no_service_dates", "停餐日"),
    ("no_service_days", "停餐"),
    ("number", "文号"),
    ("nutrition", "营养"),
    ("oil_grams", "油（克）"),
    ("old_dates", "原日期"),
    ("old_end", "原到期"),
    ("others", "其他调味品"),
    ("outside", "集团外单位"),
    ("pair_id", "对调编号"),
    ("paper", "文件"),
    ("percent", "百分比"),
    ("person", "姓名"),
    ("person_id", "人员编号"),
    ("place", "地点"),
    ("planned_end", "计划结束"),
    ("planned_start", "计划开始"),
    ("portion", "份量"),
    ("postponements", "改期"),
    ("price_fen", "价格（分）"),
    ("products", "成果"),
    ("propose_time", "拟派时间"),
    ("protein_grams", "蛋白质（克）"),
    ("publish_time", "公布时间"),
    ("rank_at_start", "职称"),
    ("real_end", "实际结束"),
    ("real_start", "到岗"),
    ("reason", "原因"),
    ("refuse_time", "未准时间"),
    ("remarks", "备注"),
    ("room", "房间"),
    ("salt_grams", "盐（克）"),
    ("same_day", "当日"),
    ("seasoning", "调味品"),
    ("service_dates", "供餐日期"),
    ("share", "时间份额"),
    ("shared", "共享"),
    ("slot", "类别"),
    ("soy_sauce_grams", "酱油（克）"),
    ("speakers", "主讲"),
    ("stage", "学段"),
    ("start", "开始"),
    ("stated_weekday", "所写星期"),
    ("status", "进程"),
    ("subject", "学科"),
    ("subjects", "学科"),
    ("sugar_grams", "糖（克）"),
    ("textbook", "教材"),
    ("time", "时间"),
    ("title", "主题"),
    ("titles_at_start", "称号"),
    ("topic", "主题"),
    ("type", "类型"),
    ("unit", "学校"),
    ("unnamed_count", "未定人选人数"),
    ("waived_campus_ids", "免报学校"),
    ("years_at_home", "在原单位年数"),
];

/// Steps of a path that only say where contents are kept.
const PASSED_OVER: [&str; 11] = [
    "put",
    "content",
    "act",
    "action",
    "menu",
    "session",
    "exchange",
    "canteen_note",
    "proposal",
    "base",
    "state",
];

/// A path of the contract inside a sentence, or one field.
static PATH: LazyLock<Regex> = LazyLock::new(|| {
    let path = r"\b(?:put|act|content|menu|session|exchange)(?:\.[a-z_0-9]+(?:\[[^\]]*\])?)+|[a-z]+(?:_[a-z]+)*";
    Regex::new(path).expect("it is one")
});

/// What may be the name of a value.
static VALUE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("[A-Z]+(_[A-Z0-9]+)+").expect("it is one"));

/// What a field is called.
pub fn field(name: &str) -> &str {
    let known = FIELDS.iter().find(|(of, _)| *of == name);
    known.map_or(name, |(_, zh)| zh)
}

/// A value of an enum, or a key of a row, as people say it.
fn plain(text: &str, ground: &Ground) -> String {
    if let Some(value) = VALUES.get(text) {
        return word(of_value(value)).unwrap_or(text).to_owned();
    }
    match text.parse() {
        Ok(time) => ground.moment(time),
        Err(_) => day_text(ground.name(text)),
    }
}

/// Where something stands: `menu.meals[date=2026-05-11,meal=MEAL_LUNCH].dishes` is 5月11日 周一 午餐 菜品.
pub fn place(path: &str, ground: &Ground) -> String {
    let mut words = Vec::new();
    for step in steps(path) {
        let (name, row) = match step.split_once('[') {
            Some((name, row)) => (name, row.trim_end_matches(']')),
            None => (step, ""),
        };
        if !PASSED_OVER.contains(&name) && (name != "meals" || !row.contains('=')) {
            words.push(field(name).to_owned());
        }
        match row.parse::<usize>() {
            Ok(number) => words.push(format!("第{}项", number + 1)),
            Err(_) => words.extend(
                row.split(',')
                    .filter_map(|key| Some(plain(key.split_once('=')?.1, ground))),
            ),
        }
    }
    words.join(" ")
}

/// The steps of a path; a dot inside a key is none.
fn steps(path: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    path.split(move |c| {
        inside = (inside || c == '[') && c != ']';
        c == '.' && !inside
    })
}

/// A sentence of the hub in a school's words.
pub fn said(sentence: &str, ground: &Ground) -> String {
    let told = |found: &Captures<'_>| match found[0].contains('.') {
        true => format!("「{}」", place(&found[0], ground)),
        false => field(&found[0]).to_owned(),
    };
    valued(&PATH.replace_all(sentence, told))
}

/// A sentence with the names of values in words.
pub fn valued(sentence: &str) -> String {
    let told = |found: &Captures<'_>| {
        let value = VALUES.get(&found[0]);
        let word = value.and_then(|value| word(of_value(value)));
        word.unwrap_or(&found[0]).to_owned()
    };
    VALUE.replace_all(sentence, told).into_owned()
}

/// A value that is told as JSON.
pub fn value(json: &str, ground: &Ground) -> String {
    match serde_json::from_str(json) {
        Ok(value) => shown(&value, ground),
        Err(_) => json.to_owned(),
    }
}

fn shown(value: &Value, ground: &Ground) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "是".to_owned(),
        Value::Bool(false) => "否".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => plain(text, ground),
        Value::Array(all) => {
            let all: Vec<String> = all.iter().map(|one| shown(one, ground)).collect();
            all.join("、")
        }
        Value::Object(fields) => {
            let is_name = |name: &str| matches!(name, "name" | "display_name" | "displayName");
            let (names, others): (Vec<_>, Vec<_>) =
                fields.iter().partition(|(name, _)| is_name(name));
            let text = |(_, value): (&String, &Value)| shown(value, ground);
            let names: Vec<String> = names.into_iter().map(text).collect();
            let others: Vec<String> = others.into_iter().map(text).collect();
            match (names.is_empty(), others.is_empty()) {
                (_, true) => names.join(" "),
                (true, _) => others.join(" "),
                _ => format!("{}（{}）", names.join(" "), others.join(" ")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn paths_and_values_are_told_in_a_schools_words() {
        let ground = Ground::made_of([], Timestamp::UNIX_EPOCH, 0);
        for (path, told) in [
            (
                "menu.meals[date=2026-05-11,meal=MEAL_LUNCH].dishes",
                "5月11日 周一 午餐 菜品",
            ),
            ("put.content.session.days[0].date", "日程 第1项 日期"),
            ("session.subjects[value=数学.选修]", "学科 数学.选修"),
            ("exchange.nothing_known", "nothing_known"),
            (
                "state.menu.amendments[0].same_day",
                "公布后的调整 第1项 当日",
            ),
        ] {
            assert_eq!(place(path, &ground), told);
        }
        for (sentence, told) in [
            ("缺少 put.content.menu.canteen。", "缺少 「食堂」。"),
            ("有改动（service_dates, meals）", "有改动（供餐日期, 餐）"),
            ("状态为 MENU_STATUS_DRAFT", "状态为 草稿"),
        ] {
            assert_eq!(said(sentence, &ground), told);
        }
        assert_eq!(value("\"MENU_STATUS_PUBLISHED\"", &ground), "已公布");
        let time = value("\"2026-05-08T07:00:30Z\"", &ground);
        assert_eq!(time, "5月8日 15:00");
        let dish = r#"[{"name":"红烧肉","slot":"DISH_SLOT_MAIN","ingredients":[{"name":"猪肉","grams":50}]}]"#;
        assert_eq!(value(dish, &ground), "红烧肉（大荤 猪肉（50））");
    }
}
