//! Sheets that hold several menus: pupils' and staff's, sets A and B, two canteens, classes of a
//! kindergarten; in blocks under each other, in rows or lines of each day, or in columns side by side.

use super::headings::{Role, role};
use super::notes::{is_note, note};
use super::{grid, lines, words};
use crate::intake::sheet::{Cell, Row, at, distinct};
use crate::intake::when::{self, regex};
use regex::Regex;
use std::sync::LazyLock;

/// Whose menu a label says that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Whose {
    /// Everybody's.
    All,
    /// The pupils'.
    Pupils,
    /// The staff's.
    Staff,
    /// That of a set or a canteen.
    Set(String),
    /// That of a class of a kindergarten.
    Class(String),
}

/// A label of one of several menus, and what it says beside it.
#[derive(Clone, Debug)]
struct Label<'t> {
    whose: Whose,
    /// The meal that it names, too (教师午餐).
    meal: &'t str,
    /// Itself.
    text: &'t str,
    /// What stands behind it.
    rest: &'t str,
}

/// The label that a text begins with.
fn label(text: &str) -> Option<Label<'_>> {
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        let meal = "早餐|午餐|中餐|晚餐|早点|午点|早饭|午饭|晚饭";
        regex(&format!(
            r"(?x)^\s*(?:
            (?P<before>{meal})\s*\((?P<inside>学生|幼儿|师生|教职员工|教职工|教工|教师|职工|员工)\)
            | (?P<who>学生|幼儿|师生|全体|全园|全校|教职员工|教职工|教工|教师|职工|员工|老师)
              (?:食堂|餐厅)? (?P<meal>{meal})? (?:用餐|套餐|餐)?
            | (?P<set>[A-Da-d甲乙丙])\s*(?:套餐|餐|套|线)
            | (?P<canteen>第?[一二三四]号?|[东西南北]区?|清真|大|小)(?:食堂|餐厅)
            | (?P<class>[托小中大]班) (?P<classmeal>{meal})?
            )(?:一周|本周|下周|每周)?(?:食谱|菜谱|菜单)?\s*(?P<end>[:】\])|]|$|\()"
        ))
    });
    let captures = LABEL.captures(text)?;
    let group = |name: &str| captures.name(name).map(|group| group.as_str());
    let whose = match (group("inside").or(group("who")), group("class")) {
        (Some("学生" | "幼儿"), _) => Whose::Pupils,
        (Some("师生" | "全体" | "全园" | "全校"), _) => Whose::All,
        (Some(_), _) => Whose::Staff,
        (None, Some(class)) => Whose::Class(class.to_owned()),
        (None, None) => Whose::Set(group("set").or(group("canteen"))?.to_uppercase()),
    };
    let end = captures.name("end")?;
    // What stands in brackets behind it is said of it: 教职工餐(5.11-5.12).
    let behind = if end.as_str() == "(" {
        end.start()
    } else {
        end.end()
    };
    Some(Label {
        whose,
        meal: ["before", "meal", "classmeal"]
            .into_iter()
            .find_map(group)
            .unwrap_or_default(),
        text: text[..end.start()].trim(),
        rest: text[behind..].trim_start_matches([':', ' ']),
    })
}

/// The menus of some labels, in the order named, when they are several. What no label names is the pupils'
/// beside the staff's.
fn several<'l>(labels: impl Iterator<Item = &'l Whose>) -> Option<Vec<Whose>> {
    let mut all: Vec<Whose> = Vec::new();
    for whose in labels.filter(|whose| **whose != Whose::All) {
        if !all.contains(whose) {
            all.push(whose.clone());
        }
    }
    if all.contains(&Whose::Staff) && !all.contains(&Whose::Pupils) {
        all.insert(0, Whose::Pupils);
    }
    (all.len() > 1).then_some(all)
}

/// One of several menus: its label, and its part of the sheet.
#[derive(Debug)]
pub struct Part<T> {
    /// What names it.
    pub title: Option<Cell>,
    /// Its lines or rows, those of all menus among them.
    pub of: Vec<T>,
    /// Something is its own.
    own: bool,
    /// The day that its last row stands under.
    day: String,
}

/// Parts that are filled one line or row after another.
struct Parts<T> {
    whose: Vec<Whose>,
    parts: Vec<Part<T>>,
    current: Option<usize>,
}

impl<T: Clone> Parts<T> {
    fn of(whose: Vec<Whose>) -> Self {
        let part = |_: &Whose| Part {
            title: None,
            of: Vec::new(),
            own: false,
            day: String::new(),
        };
        let parts = whose.iter().map(part).collect();
        Parts {
            whose,
            parts,
            current: None,
        }
    }

    fn turn(&mut self, label: &Label<'_>, cell: &Cell) {
        self.current = self.whose.iter().position(|whose| *whose == label.whose);
        if let Some(current) = self.current {
            let title = &mut self.parts[current].title;
            title.get_or_insert_with(|| cell.part(label.text));
        }
    }

    /// The part that something stands in: the current one, or the pupils' beside the staff's.
    fn place(&self) -> Option<usize> {
        let pupils = || self.whose.iter().position(|whose| *whose == Whose::Pupils);
        self.current.or_else(pupils)
    }

    fn push(&mut self, one: T) {
        match self.place() {
            Some(part) => {
                self.parts[part].of.push(one);
                self.parts[part].own = true;
            }
            None => self.all_take(&one),
        }
    }

    fn all_take(&mut self, one: &T) {
        self.parts
            .iter_mut()
            .for_each(|part| part.of.push(one.clone()));
    }

    /// The parts that have something of their own.
    fn all(self) -> Vec<Part<T>> {
        self.parts.into_iter().filter(|part| part.own).collect()
    }
}

/// One menu: everything.
fn whole<T>(all: Vec<T>) -> Vec<Part<T>> {
    vec![Part {
        title: None,
        of: all,
        own: true,
        day: String::new(),
    }]
}

/// The menus of some lines.
pub fn of_lines(all: Vec<Cell>) -> Vec<Part<Cell>> {
    let all: Vec<Cell> = all.iter().flat_map(day_apart).collect();
    let labels: Vec<Option<Label<'_>>> = all
        .iter()
        .map(|line| label(lines::opened(&line.text)))
        .collect();
    let Some(whose) = several(labels.iter().flatten().map(|label| &label.whose)) else {
        return whole(all);
    };
    let is_day = |line: &Cell| lines::leading_days(lines::opened(&line.text)).is_some();
    let times = |wanted: &Whose| {
        labels
            .iter()
            .flatten()
            .filter(|label| label.whose == *wanted)
            .count()
    };
    let again = whose.iter().any(|whose| times(whose) > 1);
    let first = labels.iter().position(Option::is_some).unwrap_or_default();
    // A block has days of its own; else the menus stand under each day.
    let blocks = !again && all[first..].iter().any(is_day);
    let mut parts = Parts::of(whose);
    let mut dated = false;
    for (line, label) in all.iter().zip(&labels) {
        if let Some(label) = label {
            parts.turn(label, line);
            let rest = line.part(label.rest);
            match (label.meal, rest.is_empty()) {
                ("", true) => {}
                ("", false) => parts.push(rest),
                (meal, empty) => {
                    let joint = if empty { "" } else { ":" };
                    let typed = format!("{meal}{joint}{}", rest.typed);
                    parts.push(Cell::new(line.place.clone(), &typed));
                }
            }
            continue;
        }
        let days = lines::leading_days(lines::opened(&line.text));
        if days.is_some() && !blocks {
            parts.current = None;
        }
        match days {
            _ if parts.current.is_some() => parts.push(line.clone()),
            Some((_, rest)) if !rest.is_empty() && parts.place().is_some() => {
                let day = line.part(&line.text[..line.text.len() - rest.len()]);
                let own = parts.place();
                for (index, part) in parts.parts.iter_mut().enumerate() {
                    let one = if Some(index) == own { line } else { &day };
                    part.of
                        .extend((Some(index) == own || !blocks).then(|| one.clone()));
                    part.own |= Some(index) == own;
                }
            }
            None if dated && !is_note(&line.text) => parts.push(line.clone()),
            _ => parts.all_take(line),
        }
        dated |= is_day(line);
    }
    parts.all()
}

/// 周一 学生餐:米饭 as a line of the day and one of the menu.
fn day_apart(line: &Cell) -> Vec<Cell> {
    let text = lines::opened(&line.text);
    let rest = lines::leading_days(text).map(|(_, rest)| lines::opened(rest));
    match rest.filter(|rest| label(rest).is_some()) {
        Some(rest) => {
            let from = rest.as_ptr() as usize - line.text.as_ptr() as usize;
            vec![line.part(&line.text[..from]), line.part(rest)]
        }
        None => vec![line.clone()],
    }
}

/// The menus of some rows.
pub fn of_rows(rows: &[Row]) -> Vec<Part<Row>> {
    side_by_side(rows)
        .or_else(|| under_each_other(rows))
        .unwrap_or_else(|| whole(rows.to_vec()))
}

/// A cell that is a label and nothing else.
fn alone(cell: &Cell) -> Option<Label<'_>> {
    label(&cell.text).filter(|label| label.rest.trim_matches([')', '(']).is_empty())
}

/// A label that may head a column: classes head those of their portions.
fn of_column(cell: &Cell) -> Option<Label<'_>> {
    alone(cell).filter(|label| !matches!(label.whose, Whose::Class(_)))
}

/// Menus in columns of their own: 日期 | A套餐 | B套餐.
fn side_by_side(rows: &[Row]) -> Option<Vec<Part<Row>>> {
    let headed = |row: &Row| {
        let labels: Vec<Whose> = row
            .iter()
            .filter_map(|cell| Some(of_column(cell)?.whose))
            .collect();
        several(labels.iter())
    };
    // A row of headings: nothing that is served stands in it.
    let is_header = |row: &Row| {
        // A title that is merged over the whole width is one cell.
        let full: Vec<&Cell> = distinct(row)
            .into_iter()
            .filter(|cell| !cell.is_blank())
            .collect();
        full.len() > 1
            && full
                .into_iter()
                .all(|cell| of_column(cell).is_some() || role(cell).is_some())
    };
    let (at_row, whose) = rows
        .iter()
        .take(12)
        .enumerate()
        .filter(|(_, row)| is_header(row))
        .find_map(|(index, row)| Some((index, headed(row)?)))?;
    let staffed = whose.contains(&Whose::Staff);
    let mut owners: Vec<Option<Whose>> = Vec::new();
    for cell in &rows[at_row] {
        let own = of_column(cell).map(|label| label.whose);
        let served = matches!(
            role(cell),
            Some(Role::Of(_) | Role::Dish | Role::Parts | Role::Grams(_))
        );
        let goes_on = || owners.last().cloned().flatten().filter(|_| cell.is_blank());
        owners.push(
            own.or_else(|| (staffed && served).then_some(Whose::Pupils))
                .or_else(goes_on),
        );
    }
    let two_rows = rows
        .get(at_row + 1)
        .is_some_and(|row| row.iter().filter_map(role).count() > 1);
    let heading = |cell: &Cell| match of_column(cell) {
        Some(label) => {
            let typed = if label.meal.is_empty() && !two_rows {
                "菜品"
            } else {
                label.meal
            };
            Cell::new(cell.place.clone(), typed)
        }
        None => cell.clone(),
    };
    let part = |whose: &Whose| {
        let kept = |row: &Row| -> Row {
            let cells = row.iter().zip(&owners);
            let own = cells.filter(|(_, owner)| owner.as_ref().is_none_or(|owner| owner == whose));
            own.map(|(cell, _)| cell.clone()).collect()
        };
        let title = rows[at_row]
            .iter()
            .find(|cell| of_column(cell).is_some_and(|label| label.whose == *whose));
        let mut of: Vec<Row> = rows.iter().map(kept).collect();
        of[at_row] = of[at_row].iter().map(heading).collect();
        Part {
            title: title.cloned(),
            of,
            own: true,
            day: String::new(),
        }
    };
    Some(whose.iter().map(part).collect())
}

/// Until where the label of some rows holds.
#[derive(Clone, Copy, PartialEq)]
enum Until {
    /// The next label.
    Label,
    /// The next label or meal.
    Meal,
    /// The next cell in the column of the label.
    Cell(usize),
}

/// Menus in rows of their own, blocks or rows of each meal.
fn under_each_other(rows: &[Row]) -> Option<Vec<Part<Row>>> {
    let labelled = |row: &Row| -> Option<(usize, Cell)> {
        let column = row.iter().take(3).position(|cell| alone(cell).is_some())?;
        Some((column, row[column].clone())).filter(|_| !grid::is_header(row))
    };
    let found: Vec<Option<(usize, Cell)>> = rows.iter().map(labelled).collect();
    let labels: Vec<Whose> = found
        .iter()
        .flatten()
        .filter_map(|(_, cell)| Some(alone(cell)?.whose))
        .collect();
    let mut parts = Parts::of(several(labels.iter())?);
    let (mut until, mut begun, mut day) = (Until::Label, false, None);
    for (row, found) in rows.iter().zip(&found) {
        let header = grid::is_header(row) || row.iter().filter_map(role).count() > 2;
        if let Some((column, cell)) = row
            .iter()
            .take(3)
            .enumerate()
            .find(|(_, cell)| when::whole(&cell.text).is_some())
            && !header
        {
            day = Some((column, cell.clone()));
        }
        if let Some((column, cell)) = found
            && let Some(label) = alone(cell)
        {
            parts.turn(&label, cell);
            let block = row
                .iter()
                .all(|other| other.is_blank() || other.text == cell.text);
            until = match (block, label.meal) {
                (true, "") => Until::Label,
                (true, _) => Until::Meal,
                (false, _) => Until::Cell(*column),
            };
            if !block || !label.meal.is_empty() {
                let mut row = row.clone();
                for other in row.iter_mut().filter(|other| other.text == cell.text) {
                    *other = Cell::new(other.place.clone(), label.meal);
                }
                parts.row(row, day.as_ref());
            }
            continue;
        }
        let ends = match until {
            Until::Label => false,
            Until::Meal => row
                .iter()
                .take(2)
                .any(|cell| words::meal_in(&cell.text).is_some()),
            Until::Cell(column) => !at(row, column).is_blank(),
        };
        if ends && !header {
            parts.current = None;
        }
        let common = !begun && parts.current.is_none();
        match common || note(row).is_some() || (header && parts.current.is_none()) {
            true => parts.all_take(row),
            false => parts.row(row.clone(), day.as_ref()),
        }
        begun |= header;
    }
    Some(parts.all())
}

impl Parts<Row> {
    /// Takes a row, under the day that a row of another part may have named.
    fn row(&mut self, mut row: Row, day: Option<&(usize, Cell)>) {
        if let (Some((column, cell)), Some(part)) = (day, self.place()) {
            if row.get(*column).is_some_and(Cell::is_blank) && self.parts[part].day != cell.text {
                row[*column] = cell.clone();
            }
            self.parts[part].day.clone_from(&cell.text);
        }
        self.push(row);
    }
}
