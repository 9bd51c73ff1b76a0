//! Empty sheets that a clerk fills in: their headings and words are those that the readers know without a doubt.

use super::What;
use super::fold::key;
use super::known::{Known, Match};
use super::menu;
use crate::kinds::registers::policy::menu_deadline;
use crate::kinds::registers::vocabulary::standard;
use crate::model::calendar::{Calendar, monday};
use crate::model::form::{Column, Form};
use crate::wire::v1::content::Kind;
use crate::wire::v1::{self, Meal, VocabularyTopic as Topic};
use jiff::ToSpan as _;
use jiff::civil::Date;

/// The empty rows of a list.
const ROWS: usize = 60;

/// Why there is no sheet.
#[derive(Debug, thiserror::Error)]
pub enum NoForm {
    /// A menu is a campus's.
    #[error("食谱是学校的：集团办没有食谱表 (a menu is a campus's: ask as one)")]
    NoCampus,
    /// The campus owes no menu.
    #[error(
        "{0} 这一周，登记里没有供餐的食堂：请集团办补登 (no canteen of the register serves in the week of {0}: ask the group office)"
    )]
    NoCanteen(Date),
    /// There is no school.
    #[error(
        "{0} 这一周校历上不上课：换一周 (the calendar has no school in the week of {0}: choose another)"
    )]
    NoDays(Date),
    /// Nobody fills it in by hand.
    #[error("校历由集团办登记，没有空表 (the calendar is the office's: there is no empty sheet)")]
    Calendar,
}

/// The sheets for a kind: those of a menu for the service week of `day`, due as the policy says.
///
/// # Errors
/// When nobody can fill one in.
pub fn forms(
    what: What,
    known: &Known,
    policy: Option<&v1::Policy>,
    day: Date,
) -> Result<Vec<Form>, NoForm> {
    let own = known.own().map_or("", |(_, campus)| campus.name.as_str());
    let list = |name: &str, how: &str, columns| Form {
        name: name.to_owned(),
        title: format!("{own}{name}"),
        how: how.to_owned(),
        columns,
        rows: vec![Vec::new(); ROWS],
    };
    Ok(vec![match what {
        What::Menu => return menus(known, policy, day),
        What::Session => list(
            "教研活动安排",
            "每行一次活动，带*的必填，填好后直接上报",
            session(known),
        ),
        What::Exchange => list(
            "交流轮岗登记",
            "每行一人，带*的必填，填好后直接上报",
            exchange(known),
        ),
        What::Person => list(
            "教师登记",
            "每行一人，带*的必填，不要写证件号和电话",
            person(known),
        ),
        What::StaffCount => list(
            "教师人数登记",
            "每行一所学校，带*的必填，没有统计的人数空着",
            staff_count(known),
        ),
        What::Calendar => return Err(NoForm::Calendar),
    }])
}

/// The service week that is filled in on a day: the next one.
#[must_use]
pub fn next_week(today: Date) -> Date {
    monday(today).saturating_add(7.days())
}

fn column(head: &'static str, width: u8, hint: &'static str) -> Column {
    let choices = Vec::new();
    Column {
        head,
        width,
        hint,
        choices,
    }
}

fn of<S: Into<String>>(column: Column, choices: impl IntoIterator<Item = S>) -> Column {
    let choices = choices.into_iter().map(Into::into).collect();
    Column { choices, ..column }
}

fn session(known: &Known) -> Vec<Column> {
    let campuses = || known.all().map(|(_, campus)| campus.name.clone());
    let own = known.own().map(|(id, _)| id);
    let others = known.all().filter(|(id, _)| own != Some(*id));
    let others = others.map(|(_, campus)| campus.name.clone());
    let forms = [
        "集体备课",
        "联动教研",
        "同课异构",
        "送教",
        "请进来",
        "走出去",
        "培训",
        "展示",
        "评比",
    ];
    vec![
        column("日期*", 13, "如 2026-05-12"),
        column("时间", 14, "如 14:00-16:30，或写上午、下午"),
        of(column("形式*", 11, ""), forms),
        column("主题*", 30, "一句话说明做什么"),
        of(
            column("学科*", 13, "几个学科用、隔开"),
            words(known, Topic::Subject),
        ),
        of(
            column("年级*", 11, "几个年级用、隔开"),
            words(known, Topic::Grade),
        ),
        column("主备人*", 11, "写一位"),
        of(
            column("地点*", 20, "学校后面可接着写教室；网上开写“线上”"),
            campuses(),
        ),
        of(
            column("参加学校*", 22, "几所学校用、隔开"),
            std::iter::once("全集团".to_owned()).chain(others),
        ),
    ]
}

fn exchange(known: &Known) -> Vec<Column> {
    let campuses = || known.all().map(|(_, campus)| campus.name.clone());
    vec![
        column("姓名*", 10, ""),
        of(column("原单位*", 15, ""), campuses()),
        of(
            column("交流单位*", 15, "集团外的学校直接写校名"),
            campuses(),
        ),
        of(column("类型*", 16, ""), words(known, Topic::ExchangeType)),
        of(column("任教学科", 12, ""), words(known, Topic::Subject)),
        of(column("职称", 12, ""), words(known, Topic::Rank)),
        of(
            column("称号", 16, "级别写在前面，如 区骨干教师"),
            words(known, Topic::Title),
        ),
        column("开始时间*", 12, "如 2026-09 或 2026-09-01"),
        column("结束时间", 12, "如 2027-07；未定可空"),
        of(column("是否调动人事关系", 12, ""), ["是", "否"]),
        column("工作量", 12, "兼课、走教才填：40%，或 周二、周四"),
        column("备注", 18, "双向交流写：与某老师对调"),
    ]
}

fn person(known: &Known) -> Vec<Column> {
    let campuses = known.all().map(|(_, campus)| campus.name.clone());
    vec![
        column("姓名*", 12, ""),
        of(column("单位*", 20, ""), campuses),
        of(column("职称", 16, ""), words(known, Topic::Rank)),
        column("评聘时间", 14, "如 2018-09"),
        of(
            column("称号", 24, "级别写在前面，如 区骨干教师；几个用、隔开"),
            words(known, Topic::Title),
        ),
    ]
}

fn staff_count(known: &Known) -> Vec<Column> {
    let campuses = known.all().map(|(_, campus)| campus.name.clone());
    vec![
        of(column("学校*", 20, ""), campuses),
        column("学年*", 14, "如 2025-2026"),
        column("统计日期*", 14, "如 2025-09-01"),
        column("专任教师", 11, ""),
        column("符合条件教师", 14, "符合交流条件的"),
        column("骨干教师", 11, ""),
        column("符合条件骨干教师", 18, "符合交流条件的"),
    ]
}

/// A sheet a canteen: a row a day, meal and dish, for the school days of the week.
fn menus(known: &Known, policy: Option<&v1::Policy>, day: Date) -> Result<Vec<Form>, NoForm> {
    let (_, campus) = known.own().ok_or(NoForm::NoCampus)?;
    let calendar = known.calendar();
    let week = calendar.service_week(day);
    let days = match calendar.terms() {
        [] => week.series(1.day()).take(5).collect(),
        _ => calendar.service_days(week),
    };
    let (first, last) = days.first().zip(days.last()).ok_or(NoForm::NoDays(week))?;
    let serves = |canteen: &&v1::Canteen| {
        let closed = &canteen.closed;
        canteen.opened <= last.to_string() && (closed.is_empty() || *closed >= first.to_string())
    };
    let label = calendar.teaching_week(week);
    let label = label.map_or_else(String::new, |(term, number)| {
        format!(" {} 第{number}周", term.name)
    });
    let due = policy.and_then(|policy| due(policy, &calendar, *first));
    let due = due.map_or_else(String::new, |due| format!("，请于{due}前上报"));
    let forms = campus.canteens.iter().filter(serves).map(|canteen| Form {
        name: canteen.name.clone(),
        title: format!("{}{}{}{label}", campus.name, canteen.name, eaters(canteen)),
        how: format!("每行一道菜，不够可插入行，不供餐的日子写停餐{due}"),
        columns: dishes(known),
        rows: days
            .iter()
            .flat_map(|day| rows(*day, &canteen.meals))
            .collect(),
    });
    let forms: Vec<Form> = forms.collect();
    match forms.is_empty() {
        true => Err(NoForm::NoCanteen(week)),
        false => Ok(forms),
    }
}

fn eaters(canteen: &v1::Canteen) -> &'static str {
    let said = menu::is_staff(&canteen.name) || canteen.name.contains("幼儿");
    if said { "食谱" } else { "学生食谱" }
}

/// When a menu that begins on a day is due: 5月8日 18点.
fn due(policy: &v1::Policy, calendar: &Calendar, first: Date) -> Option<String> {
    let rule = menu_deadline(Some(policy), first)?;
    let day = calendar.school_days_before(first, rule.school_days_before)?;
    let (hour, minute) = (rule.time.hour(), rule.time.minute());
    let minute = if minute == 0 {
        String::new()
    } else {
        format!("{minute}分")
    };
    Some(format!("{}月{}日 {hour}点{minute}", day.month(), day.day()))
}

fn dishes(known: &Known) -> Vec<Column> {
    let declared = menu::allergen_words(known);
    let mut columns = vec![
        column("日期", 17, ""),
        of(column("餐次", 9, ""), MEALS.map(|(_, name, _)| name)),
        of(column("类别", 10, ""), words(known, Topic::DishSlot)),
        column("菜名", 24, "一道菜；这一天不供餐写：停餐"),
        column(
            "食材及用量（克）",
            34,
            "每人的用量，如 五花肉80、土豆40；可空",
        ),
    ];
    // Without a vocabulary of allergens nobody can declare one.
    if !declared.is_empty() {
        let heads = ["过敏原", "过敏原二", "过敏原三"];
        let hint = "学校申报的过敏原，一格一种；微量写：微量花生";
        columns.extend(heads.map(|head| of(column(head, 12, hint), declared.clone())));
    }
    columns
}

/// The meals, their names, and the dishes that are usual at each.
const MEALS: [(Meal, &str, &[&str]); 5] = [
    (Meal::Breakfast, "早餐", &["主食", "主食", "点心", "奶制品"]),
    (Meal::MorningSnack, "早点", &["点心", "奶制品"]),
    (
        Meal::Lunch,
        "午餐",
        &["主食", "大荤", "小荤", "素菜", "素菜", "汤", "水果"],
    ),
    (Meal::AfternoonSnack, "午点", &["点心", "水果"]),
    (
        Meal::Dinner,
        "晚餐",
        &["主食", "大荤", "小荤", "素菜", "汤"],
    ),
];

/// The rows of a day: of the meals that are expected, of lunch where none is named.
fn rows(day: Date, expected: &[i32]) -> Vec<Vec<String>> {
    const NAMES: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
    let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
    let day = format!("{day} {}", NAMES[weekday]);
    let served = |meal: Meal| match expected {
        [] => meal == Meal::Lunch,
        some => some.contains(&meal.into()),
    };
    let meals = MEALS.into_iter().filter(|(meal, ..)| served(*meal));
    let row = |(meal, slot): (&str, &str)| vec![day.clone(), meal.to_owned(), slot.to_owned()];
    let slots = meals.flat_map(|(_, name, slots)| slots.iter().map(move |slot| (name, *slot)));
    slots.map(row).collect()
}

/// The words of a topic that are read without a doubt: the group's own, or those that come with the program.
fn words(known: &Known, topic: Topic) -> Vec<String> {
    let own = clear(known, topic);
    if !own.is_empty() {
        return own;
    }
    let standard = standard().into_iter().map(Kind::Vocabulary);
    let standard = standard.fold(Known::on(known.today), |known, of| known.with("", of));
    clear(&standard, topic)
}

fn clear(known: &Known, topic: Topic) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for named in known.words(topic) {
        let word = named.word;
        let coded = matches!(topic, Topic::Subject | Topic::Grade) || word.name.is_empty();
        let text = if coded { &word.code } else { &word.name };
        let one = matches!(known.word(topic, text), Match::One(_));
        if one && !all.iter().any(|other| key(other) == key(text)) {
            all.push(text.clone());
        }
    }
    all
}

#[cfg(test)]
mod tests;
