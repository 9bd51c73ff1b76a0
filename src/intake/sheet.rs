//! What was handed in, whatever its format: sheets of cells that know their place.
//!
//! A text is a sheet of one cell a line.

use super::doubt::Place;
use super::fold;

/// A cell, or a line of a text.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// Where it stands.
    pub place: Place,
    /// What was typed, without what nobody sees and without blanks around it.
    pub typed: String,
    /// The same folded, character for character.
    pub text: String,
}

impl Cell {
    /// A cell of a sheet or a line of a text.
    #[must_use]
    pub fn new(place: Place, typed: &str) -> Self {
        let tidy = fold::tidy(typed);
        let typed = tidy.trim().to_owned();
        let text = fold::fold(&typed);
        Cell { place, typed, text }
    }

    /// Whether nothing stands in it: a dash or a slash is how people write nothing.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text
            .chars()
            .all(|c| c.is_whitespace() || matches!(c, '-' | '/' | '\\' | '_'))
    }

    /// Whether not even a dash stands in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// A part of the folded text, as it was typed. The part is a slice of `text`.
    #[must_use]
    pub fn typed_of(&self, part: &str) -> &str {
        let Some(from) = self.offset(part) else {
            return "";
        };
        let count = part.chars().count();
        let byte = |n: usize| {
            let mut indices = self.typed.char_indices();
            indices.nth(n).map_or(self.typed.len(), |(byte, _)| byte)
        };
        &self.typed[byte(from)..byte(from + count)]
    }

    /// A part of the folded text as a cell of its own, at its own place.
    #[must_use]
    pub fn part(&self, part: &str) -> Cell {
        let part = part.trim();
        let offset = self.offset(part).unwrap_or_default();
        let mut place = self.place.clone();
        if let Place::Line { column, .. } = &mut place {
            *column += u32::try_from(offset).unwrap_or_default();
        }
        Cell {
            place,
            typed: self.typed_of(part).to_owned(),
            text: part.to_owned(),
        }
    }

    /// Where a slice of the folded text begins, in characters.
    fn offset(&self, part: &str) -> Option<usize> {
        let start = (part.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        let before = self.text.get(..start)?;
        (start + part.len() <= self.text.len()).then(|| before.chars().count())
    }
}

/// A row of cells.
pub type Row = Vec<Cell>;

/// One sheet. Rows and columns in which nothing stands anywhere are not there; cells know their place.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Its name; empty for a .csv and for a text.
    pub name: String,
    /// Its rows, each as long as the longest. What a merged range holds stands in each of its cells.
    pub rows: Vec<Row>,
    /// Its merged ranges: the first row and column, and the last.
    pub merged: Vec<[(u32, u32); 2]>,
}

impl Sheet {
    /// Whether it is a text: no row has a second cell.
    #[must_use]
    pub fn is_text(&self) -> bool {
        let seconds = |row: &Row| row.iter().skip(1).any(|cell| !cell.is_empty());
        !self.rows.iter().any(seconds)
    }

    /// Writes something else into a cell, and into those that are merged with it. A line is replaced whole.
    pub fn correct(&mut self, at: &Place, text: &str) {
        let range = self.range(at);
        for cell in self.rows.iter_mut().flatten() {
            let meant = match (&cell.place, at) {
                (Place::Line { line, .. }, Place::Line { line: other, .. }) => line == other,
                (Place::Cell { sheet, row, column }, Place::Cell { sheet: other, .. }) => {
                    let [(top, left), (bottom, right)] = range;
                    let within = (top..=bottom).contains(row) && (left..=right).contains(column);
                    sheet == other && within
                }
                _ => false,
            };
            if meant {
                *cell = Cell::new(cell.place.clone(), text);
            }
        }
    }

    /// The merged range that a cell lies in, or the cell alone.
    #[must_use]
    pub fn range(&self, at: &Place) -> [(u32, u32); 2] {
        let &Place::Cell { row, column, .. } = at else {
            return [(0, 0); 2];
        };
        let holds = |[(top, left), (bottom, right)]: &&[(u32, u32); 2]| {
            (*top..=*bottom).contains(&row) && (*left..=*right).contains(&column)
        };
        let found = self.merged.iter().find(holds).copied();
        found.unwrap_or([(row, column); 2])
    }

    /// Its lines, when it is a text.
    pub fn lines(&self) -> impl Iterator<Item = &Cell> {
        self.rows.iter().filter_map(|row| row.first())
    }
}

/// The cell of a row, or an empty one beside it.
#[must_use]
pub fn at(row: &Row, column: usize) -> Cell {
    row.get(column).cloned().unwrap_or_default()
}

/// The cells of a row that hold something, without the repetitions of merged ones.
#[must_use]
pub fn distinct(row: &Row) -> Vec<&Cell> {
    let mut cells: Vec<&Cell> = row.iter().filter(|cell| !cell.is_empty()).collect();
    cells.dedup_by(|later, earlier| later.typed == earlier.typed);
    cells
}

/// The text of those cells, for a title or a note.
#[must_use]
pub fn joined(row: &Row) -> String {
    let parts: Vec<&str> = distinct(row)
        .into_iter()
        .map(|cell| cell.typed.as_str())
        .collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_line_knows_its_column_and_how_it_was_typed() {
        let place = Place::Line { line: 2, column: 1 };
        let cell = Cell::new(place, " 主備：張老師（總校） ");
        assert_eq!(cell.text, "主备:张老师(总校)");
        let name = cell.text.split(':').nth(1).unwrap();
        let part = cell.part(name);
        assert_eq!(part.typed, "張老師（總校）");
        assert_eq!(part.place, Place::Line { line: 2, column: 4 });
        assert_eq!(cell.typed_of("elsewhere"), "");
    }

    #[test]
    fn what_is_corrected_is_corrected_in_the_whole_merged_range_and_nowhere_else() {
        let place = |row, column| Place::Cell {
            sheet: "一".to_owned(),
            row,
            column,
        };
        let cell = |row, column| Cell::new(place(row, column), "5月33日");
        let mut sheet = Sheet {
            name: "一".to_owned(),
            rows: vec![vec![cell(1, 0), cell(1, 1)], vec![cell(4, 0), cell(4, 1)]],
            merged: vec![[(1, 0), (4, 0)]],
        };
        sheet.correct(&place(4, 0), "5月13日");
        let typed = |row: &Row| {
            row.iter()
                .map(|cell| cell.typed.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            sheet.rows.iter().map(typed).collect::<Vec<_>>(),
            [["5月13日", "5月33日"]; 2]
        );
        sheet.correct(&Place::Line { line: 1, column: 1 }, "x");
        assert_eq!(typed(&sheet.rows[0]), ["5月13日", "5月33日"]);
    }

    #[test]
    fn a_dash_is_nothing() {
        for nothing in ["", " ", "—", "/", "——", "\n"] {
            assert!(Cell::new(Place::Whole, nothing).is_blank(), "{nothing:?}");
        }
        assert!(!Cell::new(Place::Whole, "无").is_blank());
    }
}
