//! What offices call types of exchanges (2014 意见), levels, ranks (reform of 2015) and honours.

use crate::intake::fold::key;
use crate::intake::when::regex;
use crate::intake::words::{Table, first};
use crate::wire::v1::{ExchangeType, Rank, StaffLevel, TitleLevel};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

const TYPES: &Table<ExchangeType> = &[
    (ExchangeType::PartTime, &["跨校兼课", "兼课"]),
    (ExchangeType::Circuit, &["走教"]),
    (ExchangeType::Regular, &["定期交流", "定期轮岗"]),
    (ExchangeType::Competition, &["跨校竞聘", "竞聘"]),
    (ExchangeType::District, &["学区一体化"]),
    (ExchangeType::Alliance, &["学校联盟", "联盟"]),
    (ExchangeType::Branch, &["名校办分校"]),
    (
        ExchangeType::Group,
        &["集团化办学", "集团内交流", "集团交流", "集团内轮岗"],
    ),
    (
        ExchangeType::Support,
        &["对口支援", "援藏", "援疆", "援青", "支援"],
    ),
    (ExchangeType::Shadowing, &["跟岗"]),
    (ExchangeType::Rural, &["支教"]),
    (ExchangeType::Secondment, &["挂职"]),
];

/// Whether a line is the title of a list or a notice.
#[must_use]
pub fn is_title(text: &str) -> bool {
    static TITLE: LazyLock<Regex> = LazyLock::new(|| {
        regex(r"学年|附件|通知|(?:名单|汇总|一览|登记|统计|情况|安排|计划|表)\S{0,4}$")
    });
    TITLE.is_match(text) && !text.chars().any(|c| "。;→>".contains(c))
}

/// The type of an exchange that a text names.
#[must_use]
pub fn exchange_type(text: &str) -> Option<ExchangeType> {
    first(TYPES, text).map(|(kind, _)| kind)
}

/// The level of staff that a text names.
#[must_use]
pub fn level(text: &str) -> Option<StaffLevel> {
    let table: &Table<StaffLevel> = &[
        (StaffLevel::Middle, &["中层", "主任"]),
        (StaffLevel::School, &["校级", "校长", "书记", "园长"]),
        (
            StaffLevel::Teacher,
            &["普通教师", "专任教师", "班主任", "教研组长", "备课组长"],
        ),
    ];
    first(table, text).map(|(level, _)| level)
}

/// The rank a text names, and where: today's names, and 小学高级 and 中学一级 (一级), 中学高级 (高级).
#[must_use]
pub fn rank(text: &str) -> Option<(Rank, Range<usize>)> {
    let table: &Table<Rank> = &[
        (Rank::Professor, &["正高级教师", "正高级", "正高"]),
        (
            Rank::First,
            &[
                "小学高级教师",
                "小学高级",
                "小高",
                "中学一级",
                "中一",
                "一级教师",
                "一级",
            ],
        ),
        (
            Rank::Senior,
            &[
                "中学高级教师",
                "中学高级",
                "中高",
                "副高级",
                "副高",
                "高级教师",
                "高级",
            ],
        ),
        (
            Rank::Second,
            &["小学一级", "中学二级", "二级教师", "二级", "小一", "中二"],
        ),
        (
            Rank::Third,
            &["小学二级", "中学三级", "三级教师", "三级", "员级"],
        ),
    ];
    first(table, text)
}

/// What a rank is called today.
#[must_use]
pub fn rank_name(rank: Rank) -> &'static str {
    match rank {
        Rank::Unspecified => "",
        Rank::Third => "三级教师",
        Rank::Second => "二级教师",
        Rank::First => "一级教师",
        Rank::Senior => "高级教师",
        Rank::Professor => "正高级教师",
    }
}

static TITLES: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(国家|省|市|县|区|镇|校)?级?\s*(学科带头人|带头人|骨干教师|骨干|教学能手|能手|教坛新秀|教坛新星|新秀|名师|特级教师|名校长)",
    )
});

/// The honours a text names: full name, the authority that gave it, where.
#[must_use]
pub fn titles(text: &str) -> Vec<(&'static str, TitleLevel, Range<usize>)> {
    let found = TITLES.captures_iter(text).filter_map(|captures| {
        let level = level_of(captures.get(1).map_or("", |level| level.as_str()));
        let name = match captures.get(2)?.as_str() {
            "学科带头人" | "带头人" => "学科带头人",
            "骨干教师" | "骨干" => "骨干教师",
            "教学能手" | "能手" => "教学能手",
            "教坛新秀" | "新秀" => "教坛新秀",
            "教坛新星" => "教坛新星",
            "名校长" => "名校长",
            "特级教师" => "特级教师",
            _ => "名师",
        };
        // 国家级 and 镇级 have no place in a title: the word is left to be told.
        let whole = match level {
            TitleLevel::Unspecified => captures.get(2)?,
            _ => captures.get(0)?,
        };
        Some((name, level, whole.range()))
    });
    found.collect()
}

fn level_of(word: &str) -> TitleLevel {
    match word {
        "省" => TitleLevel::Province,
        "市" => TitleLevel::City,
        "县" | "区" => TitleLevel::County,
        "校" => TitleLevel::School,
        _ => TitleLevel::Unspecified,
    }
}

/// The authority that stands before a title, and the title.
#[must_use]
pub fn title_level(text: &str) -> (TitleLevel, &str) {
    let first = text.chars().next().map_or(0, char::len_utf8);
    match level_of(&text[..first]) {
        TitleLevel::Unspecified => (TitleLevel::Unspecified, text),
        level => (level, text[first..].trim_start_matches('级')),
    }
}

/// Whether the personnel file moves, as a cell says it.
#[must_use]
pub fn file_moved(text: &str) -> Option<bool> {
    match key(text).as_str() {
        "不转" | "否" | "人走关系留" | "不调动" | "不动" | "无" | "不变" | "不迁" | "不转关系"
        | "n" | "no" => Some(false),
        "转" | "是" | "人走关系走" | "调动" | "已转" | "转入" | "随迁" | "y" | "yes" => {
            Some(true)
        }
        name if ["保留", "不转", "不调", "不迁", "不变"]
            .iter()
            .any(|word| name.contains(word)) =>
        {
            Some(false)
        }
        _ => None,
    }
}
