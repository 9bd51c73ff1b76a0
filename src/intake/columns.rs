//! Lists: a row of headings somewhere in a sheet, a record a row under it; or `heading: value` lines.

mod text;

use super::doubt::{Code, Doubt};
use super::fold::key;
use super::sheet::{Cell, Row, Sheet, at, distinct, joined};
pub use text::{by_first, labelled, lines, spaced};

/// The headings of a kind: what each column means, by the words people head it with.
pub type Headings<F> = [(F, &'static [&'static str])];

/// What people head with that is nobody's business here, whatever the kind of list.
const PRIVATE: [&str; 20] = [
    "性别",
    "身份证",
    "证件号",
    "电话",
    "手机",
    "联系方式",
    "出生",
    "生日",
    "年龄",
    "民族",
    "住址",
    "家庭地址",
    "籍贯",
    "政治面貌",
    "户籍",
    "银行",
    "卡号",
    "微信",
    "邮箱",
    "qq",
];

/// The longest text that stands as a title without a question, in characters.
const TITLE_MAX: usize = 40;

/// What a heading means: the whole of it, else what stands before a bracket or a slash, else the longest
/// word it holds.
pub fn meaning<F: Copy>(headings: &Headings<F>, heading: &str) -> Option<F> {
    let name = key(heading);
    let name = bare(&name);
    let held = || {
        let held =
            words(headings).filter(|(_, word)| word.chars().count() > 1 && name.contains(word));
        held.max_by_key(|(_, word)| word.len())
    };
    let short = name.chars().count() <= 14;
    exact(headings, heading).or_else(|| Some(short.then(held).flatten()?.0))
}

/// Whether a text is a heading and nothing else.
pub fn is_heading<F: Copy>(headings: &Headings<F>, text: &str) -> bool {
    exact(headings, text).is_some()
}

/// The tables of a sheet: another row of headings under records begins the next one, with the title above it.
pub fn tables<F: Copy + PartialEq>(sheet: &Sheet, headings: &Headings<F>) -> Vec<Sheet> {
    let heads = |row: &Row| {
        let full: Vec<&Cell> = distinct(row)
            .into_iter()
            .filter(|cell| !cell.is_blank())
            .collect();
        let known = |cell: &&Cell| exact(headings, &cell.text).is_some() || is_private(&cell.text);
        let named = full.iter().filter_map(|cell| exact(headings, &cell.text));
        full.iter().all(known) && named.count() > 1
    };
    let mut tables: Vec<Vec<Row>> = vec![Vec::new()];
    let mut begun = false;
    for row in sheet.rows.iter().filter(|_| !sheet.is_text()) {
        let table = tables.last_mut().expect("there is one");
        let headed = heads(row);
        if headed && begun && !table.last().is_some_and(heads) {
            let titled = table
                .iter()
                .rev()
                .take_while(|row| distinct(row).len() == 1)
                .count();
            let titles = table.split_off(table.len() - titled);
            tables.push(titles);
        }
        begun |= headed;
        tables.last_mut().expect("there is one").push(row.clone());
    }
    match tables.len() {
        1 => vec![sheet.clone()],
        _ => tables
            .into_iter()
            .map(|rows| Sheet {
                rows,
                ..sheet.clone()
            })
            .collect(),
    }
}

/// What a heading means that is nothing but a heading.
fn exact<F: Copy>(headings: &Headings<F>, heading: &str) -> Option<F> {
    let name = key(heading);
    let name = bare(&name);
    let first = name.split(['(', '[']).next().unwrap_or_default();
    let found = words(headings).find(|(_, word)| *word == name || *word == first);
    found.map(|(field, _)| field)
}

fn bare(name: &str) -> &str {
    name.trim_matches(|c: char| ":*.、".contains(c) || c.is_ascii_digit())
}

fn words<F: Copy>(headings: &Headings<F>) -> impl Iterator<Item = (F, &'static str)> {
    let each = |(field, words): &(F, &'static [&'static str])| {
        let field = *field;
        words.iter().map(move |word| (field, *word))
    };
    headings.iter().flat_map(each)
}

/// Whether a heading or a label announces what nobody may push.
fn is_private(heading: &str) -> bool {
    let name = key(heading);
    name.chars().count() <= 14 && PRIVATE.iter().any(|word| name.contains(word))
}

/// Whether a text reads as a title: short, and no `label: value`.
#[must_use]
pub fn is_title(text: &str) -> bool {
    text.chars().count() <= TITLE_MAX && !text.trim_end_matches(':').contains(':')
}

/// Columns that are headed by a value, with a mark in the rows it holds for: 总校 | √.
pub struct Marked<'a, F> {
    /// What the value is.
    pub field: F,
    /// Whether a heading is such a value.
    pub is_value: &'a dyn Fn(&str) -> bool,
}

/// Whether a cell holds nothing but a mark that says yes.
pub fn is_mark(cell: &Cell) -> bool {
    matches!(
        cell.text.as_str(),
        "√" | "✓" | "✔" | "☑" | "●" | "★" | "○" | "◎" | "V" | "v"
    )
}

/// The columns of a list.
pub struct Columns<F> {
    /// The first row under the headings.
    pub body: usize,
    /// The row of the headings.
    pub above: usize,
    of: Vec<Option<F>>,
    /// Which columns hold marks under a value.
    marked: Vec<bool>,
    headings: Row,
}

/// The first row of which at least `least` cells are headings of different meaning, or all of two or more.
pub fn find<F: Copy + PartialEq>(
    rows: &[Row],
    headings: &Headings<F>,
    least: usize,
    marks: Option<&Marked<'_, F>>,
) -> Option<Columns<F>> {
    rows.iter().take(60).enumerate().find_map(|(index, row)| {
        let meant = |cell: &Cell| match cell.is_blank() || is_private(&cell.text) {
            true => None,
            false => meaning(headings, &cell.text).filter(|_| is_title(&cell.text)),
        };
        let mut of: Vec<Option<F>> = row.iter().map(meant).collect();
        let mut body = index + 1;
        let mut marked = vec![false; of.len()];
        for (column, heading) in row.iter().enumerate() {
            if let Some(marks) = marks.filter(|marks| (marks.is_value)(&heading.text))
                && holds_marks(&rows[body..], column)
            {
                of[column] = Some(marks.field);
                marked[column] = true;
            }
        }
        let is_label = |cell: &Cell| {
            cell.is_blank() || is_private(&cell.text) || exact(headings, &cell.text).is_some()
        };
        let below = rows.get(body).filter(|below| distinct(below).len() > 1);
        if let Some(below) = below
            && row.iter().all(is_label)
            && below.iter().all(is_label)
        {
            join(&mut of, row, below, headings);
            body += 1;
        } else if is_form(rows, index, is_label) {
            // Labels under labels, with values beside them: a form.
            return None;
        }
        let first =
            |(index, field): &(usize, &Option<F>)| field.is_some() && !of[..*index].contains(field);
        let named = of.iter().enumerate().filter(first).count();
        let full = row.iter().filter(|cell| !cell.is_blank());
        let all = named >= 2
            && full
                .clone()
                .all(|cell| exact(headings, &cell.text).is_some())
            && full.count() == named;
        (named >= least || all).then(|| Columns {
            body,
            above: index,
            of,
            marked,
            headings: row.clone(),
        })
    })
}

fn holds_marks(rows: &[Row], column: usize) -> bool {
    let mut full = rows
        .iter()
        .map(|row| at(row, column))
        .filter(|cell| !cell.is_blank())
        .peekable();
    full.peek().is_some() && full.all(|cell| is_mark(&cell))
}

/// Takes a second row of headings into the first: 交流时间 over 起 and 止, 原单位 over 学校 and 岗位. A blank upper
/// heading goes on with the one before it. What both say together comes first (交流单位 over 岗位); where the
/// lower says so without its upper, another column means it.
fn join<F: Copy + PartialEq>(
    of: &mut [Option<F>],
    upper: &Row,
    below: &Row,
    headings: &Headings<F>,
) {
    let mut over = String::new();
    let mut both = vec![None; of.len()];
    let mut lower = vec![None; of.len()];
    let mut group: Option<F> = None;
    for column in 0..of.len() {
        if !upper[column].is_blank() {
            over.clone_from(&upper[column].text);
            group = of[column];
        }
        if below[column].is_blank() || below[column].text == upper[column].text {
            continue;
        }
        let name = key(&below[column].text);
        both[column] = exact(headings, &format!("{over}{name}"));
        // 学校 under 原单位 is the 原单位.
        let general = ["学校", "单位", "名称", "校名"].contains(&name.as_str());
        lower[column] = meaning(headings, &name).filter(|_| !general).or(group);
    }
    for column in 0..of.len() {
        let (Some(said), None) = (lower[column], both[column]) else {
            of[column] = both[column].or(of[column]);
            continue;
        };
        of[column] = Some(said).filter(|_| !both.contains(&Some(said)));
    }
}

/// Whether labels stand over or under labels with values between them, as in a form.
fn is_form(rows: &[Row], at: usize, is_label: impl Fn(&Cell) -> bool) -> bool {
    let row = &rows[at];
    let label = |cell: &Cell| !cell.is_blank() && is_label(cell);
    let goes_on = |other: &Row| {
        let pairs = row.iter().zip(other);
        let mut both = pairs.filter(|(cell, other)| cell.text != other.text);
        both.any(|(cell, other)| label(cell) && label(other))
    };
    let values = row.iter().any(|cell| !is_label(cell));
    let above = at.checked_sub(1).map(|above| &rows[above]);
    let below = &rows[at + 1..rows.len().min(at + 3)];
    let below = !below.is_empty() && below.iter().all(goes_on);
    values && (below || above.is_some_and(goes_on))
}

impl<F: Copy + PartialEq> Columns<F> {
    /// The records: rows under the headings that are neither the headings again, nor one note across, nor
    /// the numbers of rows that nobody filled in. What is blank under a column of `groups` goes on with the
    /// row above, where nothing but a number stands before it: a .csv keeps no merged cells.
    pub fn records(&self, rows: &[Row], groups: &[F], doubts: &mut Vec<Doubt>) -> Vec<Row> {
        let mut records: Vec<Row> = Vec::new();
        for row in &rows[self.body..] {
            let again = row
                .iter()
                .zip(&self.headings)
                .all(|(cell, heading)| cell.text == heading.text);
            let full: Vec<&Cell> = row.iter().filter(|cell| !cell.is_blank()).collect();
            let across = full.iter().all(|cell| cell.text == full[0].text);
            let total = full
                .first()
                .is_some_and(|cell| ["合计", "总计", "小计"].contains(&key(&cell.text).as_str()));
            // 填表人:王老师 under the list.
            let signed = full.first().is_some_and(|cell| {
                let label = cell.text.split_once(':').map(|(label, _)| label);
                label.is_some_and(|label| label.chars().count() <= 6)
                    && full.len() * 2 <= self.of.len()
            });
            match full.first() {
                None => {}
                Some(number) if again || (across && number.text.parse::<u16>().is_ok()) => {}
                Some(note) if across || total || signed => doubts.push(Doubt::new(
                    Code::NotUnderstood,
                    note.place.clone(),
                    joined(row),
                )),
                Some(_) => {
                    let row = match records.last() {
                        Some(above) => self.with_above(row, above, groups, doubts),
                        None => row.clone(),
                    };
                    records.push(row);
                }
            }
        }
        records
    }

    /// A row with what it takes from the row above: 同上, and the blanks under cells that were merged.
    fn with_above(&self, row: &Row, above: &Row, groups: &[F], doubts: &mut Vec<Doubt>) -> Row {
        let mut row = row.clone();
        let mut leads = true;
        for column in 0..self.of.len() {
            let (cell, before) = (at(&row, column), at(above, column));
            let number = cell.text.parse::<u16>().is_ok();
            let ditto = matches!(cell.text.as_str(), "同上" | "〃" | "\"");
            let merged = leads
                && cell.is_empty()
                && self.of[column].is_some_and(|field| groups.contains(&field));
            leads &= cell.is_empty() || number;
            if before.is_blank() || !(ditto || merged) {
                continue;
            }
            if merged {
                let heading = &at(&self.headings, column).typed;
                let doubt = Doubt::new(Code::Assumed, cell.place.clone(), "").as_(&before.typed);
                doubts.push(doubt.with(format!("{heading}（同上一行 as in the row above）")));
            }
            row[column] = Cell {
                place: cell.place,
                ..before
            };
        }
        row
    }

    /// The fields of a record, those that hold something. A mark is the value that heads its column.
    pub fn fields(&self, row: &Row) -> Vec<(F, Cell)> {
        let value = |column: usize| {
            let cell = at(row, column);
            match self.marked[column] && !cell.is_blank() {
                true => Cell {
                    place: cell.place,
                    ..at(&self.headings, column)
                },
                false => cell,
            }
        };
        let fields = self
            .of
            .iter()
            .enumerate()
            .filter_map(|(column, field)| Some(((*field)?, value(column))));
        fields.filter(|(_, cell)| !cell.is_empty()).collect()
    }

    /// Doubts about what no record holds: rows above the headings that are no title, columns that are
    /// private or mean nothing here, and those that mean the same as one before them, which are then no
    /// more read; `several` are the meanings that more than one column may have.
    pub fn doubts(&mut self, rows: &[Row], several: &[F]) -> Vec<Doubt> {
        let mut doubts = Vec::new();
        for row in &rows[..self.above] {
            let texts = distinct(row);
            if let Some(first) = texts.first()
                && (texts.len() > 1 || !is_title(&first.text))
            {
                let doubt = Doubt::new(Code::NotUnderstood, first.place.clone(), joined(row));
                doubts.push(doubt.with("在表头之上 above the headings"));
            }
        }
        for column in 0..self.of.len() {
            let heading = at(&self.headings, column);
            let filled: Vec<Cell> = rows[self.body..]
                .iter()
                .map(|row| at(row, column))
                .collect();
            let Some(first) = filled.iter().find(|cell| !cell.is_blank()) else {
                continue;
            };
            let before = self.of[column]
                .filter(|field| !several.contains(field) && !self.marked[column])
                .and_then(|field| {
                    self.of[..column]
                        .iter()
                        .position(|other| *other == Some(field))
                });
            let doubt = |code| Doubt::new(code, heading.place.clone(), &heading.typed);
            if is_private(&heading.text) {
                let doubt = Doubt::new(Code::PrivateLeftOut, heading.place.clone(), "");
                doubts.push(doubt.with(&heading.typed));
            } else if let Some(before) = before {
                self.of[column] = None;
                let same = &self.headings[before].typed;
                doubts.push(doubt(Code::LeftOut).with(format!("与“{same}”同义 means the same")));
            } else if self.of[column].is_none() {
                let whole = "整列 the whole column";
                doubts.push(match heading.is_empty() {
                    true => {
                        Doubt::new(Code::LeftOut, first.place.clone(), &first.typed).with(whole)
                    }
                    false => doubt(Code::LeftOut).with(whole),
                });
            }
        }
        doubts
    }
}
