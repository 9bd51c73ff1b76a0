//! Where something was typed, and what was not understood without a doubt.

use super::fold::fold;
use super::when::regex;
use crate::model::finding::render;
use jiff::civil::Date;
use regex::{Match, Regex};
use std::sync::LazyLock;

/// Where something stands in what was handed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The whole of it.
    #[default]
    Whole,
    /// A cell of a sheet, both counted from 0. The sheet of a .csv has no name.
    Cell {
        /// The sheet's name.
        sheet: String,
        /// The row.
        row: u32,
        /// The column.
        column: u32,
    },
    /// A line of a text, both counted from 1, the column in characters.
    Line {
        /// The line.
        line: u32,
        /// The column.
        column: u32,
    },
}

impl Place {
    /// The cell as a sheet shows it (B7).
    #[must_use]
    pub fn cell(&self) -> Option<String> {
        let Place::Cell { row, column, .. } = self else {
            return None;
        };
        let mut letters = Vec::new();
        let mut left = u64::from(*column) + 1;
        while left > 0 {
            left -= 1;
            letters.push(char::from(
                b'A' + u8::try_from(left % 26).unwrap_or_default(),
            ));
            left /= 26;
        }
        let letters: String = letters.iter().rev().collect();
        Some(format!("{letters}{}", u64::from(*row) + 1))
    }
}

/// One thing a person should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// What it is.
    pub code: Code,
    /// Where it was typed.
    pub place: Place,
    /// The content it is about, counted from 0; `None`: none, or all of them.
    pub item: Option<usize>,
    /// What was typed; empty: nothing.
    pub typed: String,
    /// What was understood; empty: nothing, and nothing was made of it.
    pub understood: String,
    /// What its sentence says beside that: the candidates, the other place.
    pub detail: String,
}

impl Doubt {
    /// A doubt about what was typed somewhere. Numbers of telephones and identity cards are not repeated.
    pub fn new(code: Code, place: Place, typed: impl AsRef<str>) -> Self {
        Doubt {
            code,
            place,
            item: None,
            typed: masked(typed.as_ref()),
            understood: String::new(),
            detail: String::new(),
        }
    }

    /// With what was made of it.
    #[must_use]
    pub fn as_(mut self, understood: impl ToString) -> Self {
        self.understood = understood.to_string();
        self
    }

    /// With what else its sentence speaks of.
    #[must_use]
    pub fn with(mut self, detail: impl ToString) -> Self {
        self.detail = detail.to_string();
        self
    }

    /// The sentence in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        self.sentence(self.code.entry().1)
    }

    /// The sentence in English.
    #[must_use]
    pub fn en(&self) -> String {
        self.sentence(self.code.entry().2)
    }

    fn sentence(&self, template: &str) -> String {
        let values = [
            ("typed", self.typed.as_str()),
            ("understood", self.understood.as_str()),
            ("detail", self.detail.as_str()),
        ];
        render(template, values)
    }
}

/// Seven digits and more in a row, and the groups in which people write mobile numbers.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| regex(r"\d{7,}[Xx]?|1[3-9]\d(?:[ -]\d{4}){2}"));

/// Whether a text holds a number that is a person's, and no day (20260512).
#[must_use]
pub fn is_private(text: &str) -> bool {
    NUMBER
        .find_iter(text)
        .any(|number| !is_plain(text, &number))
}

fn masked(typed: &str) -> String {
    let mut shown = String::new();
    let mut from = 0;
    for number in NUMBER
        .find_iter(typed)
        .filter(|number| !is_plain(typed, number))
    {
        shown += &typed[from..number.start()];
        shown += "***";
        from = number.end();
    }
    shown + &typed[from..]
}

/// Whether digits are a day, or behind a decimal point: nobody's number.
fn is_plain(text: &str, number: &Match<'_>) -> bool {
    let fraction = text[..number.start()].strip_suffix('.');
    is_day(number.as_str())
        || fraction.is_some_and(|whole| whole.ends_with(|c: char| c.is_ascii_digit()))
}

/// Days of birth are older.
fn is_day(digits: &str) -> bool {
    let day = Date::strptime("%Y%m%d", fold(digits));
    digits.chars().count() == 8 && day.is_ok_and(|day| (2000..=2100).contains(&day.year()))
}

macro_rules! codes {
    ($($variant:ident $name:literal $zh:literal $en:literal;)*) => {
        /// The stable codes of doubts. The sentences beside each are its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $en] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &[Code] = &[$(Code::$variant,)*];

            /// Its stable name and its sentences in Chinese and English.
            #[must_use]
            pub const fn entry(self) -> (&'static str, &'static str, &'static str) {
                match self {
                    $(Code::$variant => ($name, $zh, $en),)*
                }
            }
        }
    };
}

codes! {
    // Whatever was handed in.
    NotUnderstood "NOT_UNDERSTOOD"
        "“{typed}”没有读懂，未采用。{detail}"
        "\"{typed}\" was not understood, nothing was made of it. {detail}";
    LeftOut "LEFT_OUT"
        "“{typed}”没有对应的栏目（{detail}），未采用。"
        "\"{typed}\" has no field ({detail}) and was left out.";
    PrivateLeftOut "PRIVATE_LEFT_OUT"
        "此处的个人信息（{detail}）不上报，未采用，也不显示。"
        "Personal data here ({detail}) is never pushed: it was left out, and is not shown.";
    Repaired "REPAIRED"
        "“{typed}”中有多余的符号或空格，读作“{understood}”。"
        "\"{typed}\" holds stray marks or blanks and was read as \"{understood}\".";
    Folded "FOLDED"
        "“{typed}”按现用名称读作“{understood}”。"
        "\"{typed}\" was read by today's name, \"{understood}\".";
    BadBytes "BAD_BYTES"
        "文件里有无法识别的字节，按 {detail} 读取，请核对文字。"
        "The file holds bytes that are no text; it was read as {detail}: check the words.";
    TooMuch "TOO_MUCH"
        "超过上限（{detail}），后面的没有读。"
        "There is more than the limit ({detail}): the rest was not read.";
    NothingHere "NOTHING_HERE"
        "这里没有读到内容：{detail}。"
        "Nothing was read here: {detail}.";
    CutOff "CUT_OFF"
        "这一行好像被截断了（“{typed}”），整行未采用。"
        "This row looks cut off (\"{typed}\"): none of it was used.";
    RowLeftOut "ROW_LEFT_OUT"
        "“{typed}”这一行还不能上报（{detail}），整行未采用；改好再交一次。"
        "\"{typed}\" cannot be pushed as it stands ({detail}): none of it was used. Correct it and hand it in again.";

    // Dates and times.
    YearMissing "YEAR_MISSING"
        "“{typed}”没有写年份，读作 {understood}（{detail}）。"
        "\"{typed}\" states no year and was read as {understood} ({detail}).";
    YearUnknown "YEAR_UNKNOWN"
        "“{typed}”没有写年份，可能是：{detail}；未采用，请写明。"
        "\"{typed}\" states no year; it may be {detail}: nothing was chosen, say which.";
    DateInvalid "DATE_INVALID"
        "没有“{typed}”这一天，未采用。"
        "There is no day \"{typed}\": it was not used.";
    DateMissing "DATE_MISSING"
        "没有写明日期（“{typed}”），还不能排期。"
        "No date is stated (\"{typed}\"): it cannot be scheduled yet.";
    DateDerived "DATE_DERIVED"
        "“{typed}”没有写日期，按{detail}读作 {understood}。"
        "\"{typed}\" states no date; by {detail} it was read as {understood}.";
    DateUnknown "DATE_UNKNOWN"
        "“{typed}”是哪一天无法确定：{detail}；这一天的内容未采用。"
        "Which day \"{typed}\" is cannot be told: {detail}. What stands under it was not used.";
    WeekdayMismatch "WEEKDAY_MISMATCH"
        "“{typed}”的星期与日期不符（{detail}），暂按日期读作 {understood}。"
        "The weekday of \"{typed}\" does not fit its date ({detail}); for now it was read as {understood}.";
    DayOff "DAY_OFF"
        "{understood} 在校历上不上课（“{typed}”）。"
        "By the calendar there is no school on {understood} (\"{typed}\").";
    DayMissing "DAY_MISSING"
        "{understood} 在所写的时段之内，但没有内容，也没有标明停餐。"
        "{understood} lies in the period stated, but has no content and is not declared without service.";
    DayRepeated "DAY_REPEATED"
        "{understood} 出现了两次（“{typed}”），内容合在一起。"
        "{understood} stands here twice (\"{typed}\"); its rows were put together.";
    DayContradicted "DAY_CONTRADICTED"
        "{understood} 前面写的不同，按后面的“{typed}”读。"
        "What was said of {understood} before is different; it was read by the later \"{typed}\".";
    WeekUnknown "WEEK_UNKNOWN"
        "“{typed}”要有校历（学期第一天）才能换成日期。"
        "\"{typed}\" can be turned into dates only with a calendar (the term's first day).";
    YearOnly "YEAR_ONLY"
        "“{typed}”不够具体，至少要写到月份；未采用。"
        "\"{typed}\" is too coarse, a month is needed at least: it was not used.";
    EndBeforeStart "END_BEFORE_START"
        "“{typed}”的结束早于开始，请核对。"
        "\"{typed}\" ends before it starts: check it.";
    TimeDerived "TIME_DERIVED"
        "“{typed}”没有写上午下午，读作 {understood}。"
        "\"{typed}\" does not say morning or afternoon and was read as {understood}.";

    // Names of registers and vocabularies.
    CampusUnknown "CAMPUS_UNKNOWN"
        "登记中没有“{typed}”这所学校，暂记为集团外单位。"
        "No campus of the register is called \"{typed}\": for now it stands as a school outside the group.";
    CampusUnsure "CAMPUS_UNSURE"
        "“{typed}”可能是：{detail}；没有替您选定。"
        "\"{typed}\" may be {detail}: nothing was chosen.";
    PersonProposed "PERSON_PROPOSED"
        "“{typed}”可能是登记中的 {detail}；姓名不能确定是谁，请选定。"
        "\"{typed}\" may be {detail} of the register; a name identifies nobody: choose.";
    WordUnknown "WORD_UNKNOWN"
        "“{typed}”不是已知的{detail}，照写保留。"
        "\"{typed}\" is no known {detail} and was kept as typed.";
    WordUnsure "WORD_UNSURE"
        "“{typed}”可能是：{detail}；没有替您选定，请写明。"
        "\"{typed}\" may be {detail}: nothing was chosen, say which.";
    Assumed "ASSUMED"
        "没有写明{detail}，暂读作“{understood}”。"
        "The {detail} is not stated; for now it was read as \"{understood}\".";
    Unstated "UNSTATED"
        "没有写明{detail}，留空。"
        "The {detail} is not stated and was left empty.";

    // Menus.
    UnitMissing "UNIT_MISSING"
        "“{typed}”没有写单位，读作 {understood}。"
        "\"{typed}\" states no unit and was read as {understood}.";
    AmountMissing "AMOUNT_MISSING"
        "“{typed}”没有写数量，留空。"
        "\"{typed}\" states no amount: it was left empty.";
    AmountOdd "AMOUNT_ODD"
        "“{typed}”的数量读不成一个数，照写保留为“{understood}”。"
        "The amount of \"{typed}\" is no single figure and was kept as \"{understood}\".";
    SumMismatch "SUM_MISMATCH"
        "“{typed}”写的合计与各项之和不符（{detail}）。"
        "The total stated in \"{typed}\" is not the sum of its parts ({detail}).";
    SeasoningUnnamed "SEASONING_UNNAMED"
        "调味品“{typed}”没有写是什么，未采用。"
        "The seasoning \"{typed}\" has no name and was not used.";
    TwoValues "TWO_VALUES"
        "“{typed}”写了两个数，只能存一个：{understood}（{detail}）。"
        "\"{typed}\" states two figures, only one can be kept: {understood} ({detail}).";

    // Sessions.
    CountMismatch "COUNT_MISMATCH"
        "写了 {detail} 个，实际列出 {understood} 个（“{typed}”）；没有补上。"
        "{detail} are claimed, {understood} are named (\"{typed}\"); none was made up.";
    NotACount "NOT_A_COUNT"
        "“{typed}”是名额或概数，不作为人数，只保留原文。"
        "\"{typed}\" is a quota or a rough figure, no head count: kept as text.";
    TitleMade "TITLE_MADE"
        "没有写主题，用“{understood}”代替。"
        "No theme is stated; \"{understood}\" stands in for it.";
    Twin "TWIN"
        "与{detail}好像是同一件事，两条都保留。"
        "This looks like the same as {detail}; both were kept.";
    BusyTwice "BUSY_TWICE"
        "“{typed}”同一时间还在{detail}；也可能是两个人。"
        "\"{typed}\" is also at {detail} at that time, unless they are two people.";

    // Exchanges.
    HomeIsHost "HOME_IS_HOST"
        "交流单位与原单位都是“{typed}”，请核对。"
        "Home and host are both \"{typed}\": check it.";
    PairHalf "PAIR_HALF"
        "双向交流只有一半：没有{detail}的一行，没有替您补上。"
        "This two-way exchange is half: {detail} has no row, and none was made up.";
    SharesOverlap "SHARES_OVERLAP"
        "“{typed}”与{detail}时间重叠；如是同一人，合计不能超过全职。"
        "\"{typed}\" overlaps {detail}; for one person both together may not pass full time.";
    EndedEarly "ENDED_EARLY"
        "备注好像说 {understood} 提前结束；结束由交流单位确认，此处不改时间。"
        "The remark seems to say that it ended early, in {understood}; the host confirms an end, the period was not changed.";
    Extended "EXTENDED"
        "“{typed}”好像说延期到 {understood}；延期由两校商定、集团办批准，此处不改计划的结束。"
        "\"{typed}\" seems to say that it goes on to {understood}; both schools and the office agree to that, the planned end was not changed.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_called_as_sheets_call_it() {
        for (row, column, name) in [
            (0, 0, "A1"),
            (6, 1, "B7"),
            (1_048_575, 16_383, "XFD1048576"),
        ] {
            let place = Place::Cell {
                sheet: String::new(),
                row,
                column,
            };
            assert_eq!(place.cell().as_deref(), Some(name));
        }
    }

    #[test]
    fn numbers_of_people_are_not_repeated_and_days_are() {
        for (typed, shown) in [
            ("王老师13800001111", "王老师***"),
            ("32040019800101123X 女", "*** 女"),
            ("138 0000 1111", "***"),
            ("电话０５１９－８６８５１２３４", "电话０５１９－***"),
            ("出生19800115", "出生***"),
            ("20260512-20260516", "20260512-20260516"),
            ("46155.58333333", "46155.58333333"),
            ("２０２６０５１２", "２０２６０５１２"),
            ("2024-09-01~2027-08-31", "2024-09-01~2027-08-31"),
            ("苏教〔2026〕123456号", "苏教〔2026〕123456号"),
        ] {
            let doubt = Doubt::new(Code::LeftOut, Place::Whole, typed);
            assert_eq!(doubt.typed, shown);
            assert_eq!(is_private(typed), typed != shown, "{typed}");
        }
    }

    #[test]
    fn every_code_has_one_name_and_speaks_of_the_same_values_twice() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.entry().0).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            let (name, zh, en) = code.entry();
            for hole in ["{typed}", "{understood}", "{detail}"] {
                assert_eq!(zh.contains(hole), en.contains(hole), "{name} {hole}");
            }
        }
    }
}
