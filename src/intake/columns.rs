//! Lists: a row of headings somewhere in a sheet, a record a row under it; or `heading: value` lines.

use super::doubt::{Code, Doubt};
use super::fold::key;
use super::sheet::{Cell, Row, Sheet, at, distinct, joined};

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

/// The columns of a list.
pub struct Columns<F> {
    /// The first row under the headings.
    pub body: usize,
    /// The row of the headings.
    pub above: usize,
    of: Vec<Option<F>>,
    headings: Row,
}

/// The first row of which at least `least` cells are headings of different meaning, or all of two or more.
pub fn find<F: Copy + PartialEq>(
    rows: &[Row],
    headings: &Headings<F>,
    least: usize,
) -> Option<Columns<F>> {
    rows.iter().take(60).enumerate().find_map(|(index, row)| {
        let meant = |cell: &Cell| match cell.is_blank() || is_private(&cell.text) {
            true => None,
            false => meaning(headings, &cell.text).filter(|_| is_title(&cell.text)),
        };
        let mut of: Vec<Option<F>> = row.iter().map(meant).collect();
        let mut body = index + 1;
        let is_label = |cell: &Cell| {
            cell.is_blank() || is_private(&cell.text) || exact(headings, &cell.text).is_some()
        };
        let below = rows.get(body).filter(|below| distinct(below).len() > 1);
        if let Some(below) = below
            && row.iter().all(is_label)
            && below.iter().all(is_label)
        {
            // 交流时间 over 起 and 止.
            for (field, below) in of.iter_mut().zip(below) {
                *field = meant(below).or(*field);
            }
            body += 1;
        } else if is_form(&rows[index..], is_label) {
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
            headings: row.clone(),
        })
    })
}

/// Whether labels stand under labels, row for row, as in a form.
fn is_form(rows: &[Row], is_label: impl Fn(&Cell) -> bool) -> bool {
    let label = |cell: &Cell| !cell.is_blank() && is_label(cell);
    let goes_on = |below: &Row| {
        let pairs = rows[0].iter().zip(below);
        let mut both = pairs.filter(|(cell, below)| cell.text != below.text);
        both.any(|(cell, below)| label(cell) && label(below))
    };
    let below = &rows[1..rows.len().min(3)];
    !below.is_empty() && below.iter().all(goes_on)
}

impl<F: Copy + PartialEq> Columns<F> {
    /// The records: rows under the headings that are neither the headings again, nor one note across, nor
    /// the numbers of rows that nobody filled in.
    pub fn records<'r>(&'r self, rows: &'r [Row], doubts: &mut Vec<Doubt>) -> Vec<&'r Row> {
        let mut records = Vec::new();
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
                Some(_) => records.push(row),
            }
        }
        records
    }

    /// The fields of a record, those that hold something.
    pub fn fields(&self, row: &Row) -> Vec<(F, Cell)> {
        let fields = self
            .of
            .iter()
            .enumerate()
            .filter_map(|(column, field)| Some(((*field)?, at(row, column))));
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
                .filter(|field| !several.contains(field))
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

/// A sheet as lines: a row whose first cell is a heading says `heading: value`, once or several times; other
/// rows are their cells one after another. Lines that say what nobody may push are left out.
pub fn lines<F: Copy>(sheet: &Sheet, headings: &Headings<F>, doubts: &mut Vec<Doubt>) -> Vec<Cell> {
    let mut lines: Vec<Cell> = match sheet.is_text() {
        true => sheet.lines().cloned().collect(),
        false => sheet
            .rows
            .iter()
            .flat_map(|row| row_lines(row, headings))
            .collect(),
    };
    lines.retain(|line| {
        let label = line.text.split_once(':').map(|(label, _)| label);
        let private = label.filter(|label| label.chars().count() <= 10 && is_private(label));
        if let Some(label) = private {
            let doubt = Doubt::new(Code::PrivateLeftOut, line.place.clone(), "");
            doubts.push(doubt.with(line.typed_of(label)));
        }
        private.is_none()
    });
    lines
}

/// The lines of a row: 姓名 | 张老师 | 原单位 | 总校 are two.
fn row_lines<F: Copy>(row: &Row, headings: &Headings<F>) -> Vec<Cell> {
    let cells = distinct(row);
    let is_label = |cell: &Cell| exact(headings, &cell.text).is_some() || is_private(&cell.text);
    let Some(first) = cells.first() else {
        return Vec::new();
    };
    let headed = is_label(first) || meaning(headings, &first.text).is_some();
    if !headed || first.text.contains(':') {
        return vec![Cell::new(first.place.clone(), &joined(row))];
    }
    let mut parts: Vec<Vec<&Cell>> = vec![vec![first]];
    for cell in &cells[1..] {
        match parts.last_mut() {
            Some(part) if part.len() == 1 || !is_label(cell) => part.push(cell),
            _ => parts.push(vec![cell]),
        }
    }
    let line = |part: Vec<&Cell>| {
        let values: Vec<&str> = part[1..].iter().map(|cell| cell.typed.as_str()).collect();
        let joint = if values.is_empty() { "" } else { ":" };
        let typed = format!("{}{joint}{}", part[0].typed, values.join(" "));
        Cell::new(part[0].place.clone(), &typed)
    };
    parts.into_iter().map(line).collect()
}

/// The heading and the value of a line that has both: 时间:5月12日.
pub fn labelled<F: Copy>(line: &Cell, headings: &Headings<F>) -> Option<(F, Cell)> {
    let (label, _) = line.text.split_once(':')?;
    let short = label.chars().count() <= 10;
    let field = short
        .then(|| {
            meaning(
                headings,
                label.trim_start_matches(|c: char| !c.is_alphabetic()),
            )
        })
        .flatten()?;
    let value = line.text[label.len() + 1..].trim();
    Some((field, line.part(value)))
}

/// Labelled lines as records: what a record begins with, come again, begins the next one.
pub fn by_first<F: Copy + PartialEq>(lines: Vec<(F, Cell)>, first: F) -> Vec<Vec<(F, Cell)>> {
    let mut records: Vec<Vec<(F, Cell)>> = Vec::new();
    for (field, cell) in lines {
        let begins = records
            .last()
            .is_none_or(|record| field == first && record.iter().any(|(other, _)| *other == first));
        if begins {
            records.push(Vec::new());
        }
        if let Some(record) = records.last_mut() {
            record.push((field, cell));
        }
    }
    records
}
