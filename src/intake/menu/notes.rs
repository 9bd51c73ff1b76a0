//! Notes among the rows and lines of a menu: sentences, and who signed it.

use crate::intake::sheet::{Cell, Row, joined};
use crate::intake::when::{self, regex};
use regex::Regex;
use std::sync::LazyLock;

/// A row that is a note: one text across, that is a sentence or says so.
#[must_use]
pub fn note(row: &Row) -> Option<Cell> {
    let full: Vec<&Cell> = row.iter().filter(|cell| !cell.is_empty()).collect();
    let (first, rest) = full.split_first()?;
    let alone = rest.iter().all(|cell| cell.text == first.text);
    if full.iter().any(|cell| SIGNED.is_match(&cell.text))
        && full
            .iter()
            .all(|cell| SIGNED.is_match(&cell.text) || when::whole(&cell.text).is_some())
    {
        return Some(Cell::new(first.place.clone(), &joined(row)));
    }
    (alone && is_note(&first.text)).then(|| (*first).clone())
}

/// Who made, checked or signed it.
static SIGNED: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(?:\S{0,6}(?:签字|签名|签章|盖章)|制表\S?|填表\S?|填报\S?|编制\S?|审核\S?|审批\S?|营养师|厨师长?|主管\S?|负责人)\s*:",
    )
});

/// What tells of a change: a menu changes by an amendment.
static CHANGED: LazyLock<Regex> =
    LazyLock::new(|| regex("改为|换成|换为|更换为|调整为|特此通知|缺货"));

/// Words of sentences, which no dish has: 米饭;红烧肉;青菜 is what is eaten, however long.
static SENTENCE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        "为准|可能|由于|因为|根据|按照|变动|调整|更换|互换|增加|通知|公示|监督|咨询|电话|家长|同学|老师|师生|食堂|供应商|采购|净重|湿重|干重|重量|过敏|注意|均为|本周|下周|以内|不得|应当",
    )
});

/// Whether a text is a note and no dish.
#[must_use]
pub fn is_note(text: &str) -> bool {
    let starts = [
        "注",
        "备注",
        "说明",
        "温馨提示",
        "提示",
        "以上",
        "如遇",
        "如有",
        "发布",
        "公布",
        "*",
        "※",
        "营养师",
        "制表",
        "审核",
        "食堂管理",
        "欢迎",
        "请",
        "各位",
        "收到",
        "@",
    ];
    starts.iter().any(|word| text.starts_with(word))
        || CHANGED.is_match(text)
        || (text.chars().count() > 18 && text.contains(['。', ';']) && SENTENCE.is_match(text))
}
