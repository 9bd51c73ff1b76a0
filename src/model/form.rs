//! An empty sheet to be filled in: what it asks for, in no form yet.

/// The name of the hidden sheet that holds the words of a workbook's drop-down lists. Nobody types into it.
pub const LISTS: &str = "下拉词表";

/// One sheet of a workbook to be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// The name of its tab.
    pub name: String,
    /// What it is, and whose.
    pub title: String,
    /// How to fill it in, and by when: one short line without a colon, which a reader takes for a title.
    pub how: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// The rows to be filled in: what they say already, from the first column on.
    pub rows: Vec<Vec<String>>,
}

/// A column of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub head: &'static str,
    /// Its width, in characters.
    pub width: u8,
    /// What to write in it, shown beside a cell that is being filled in; empty: nothing.
    pub hint: &'static str,
    /// The words that it offers; something else may be written, too. Empty: no list.
    pub choices: Vec<String>,
}
