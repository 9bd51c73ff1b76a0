//! A statement with its values, in one text for every engine: `?` stands for a value, a list or rows, and
//! is written as the engine wants it when the statement is carried out.
//!
//! Columns hold BIGINT, TEXT and blobs only, so these are all the values there are.

use super::chunks::filled;
use crate::store::Result;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments as _, AssertSqlSafe, Decode, Postgres, Row as _, Sqlite, Type};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;

/// What stands in a column.
#[derive(Clone)]
pub enum Value<'q> {
    Int(Option<i64>),
    Text(Option<Cow<'q, str>>),
    Blob(Option<Cow<'q, [u8]>>),
}

macro_rules! values {
    ($($variant:ident: $type:ty, $as:expr;)+) => { $(
        impl<'q> From<$type> for Value<'q> {
            fn from(value: $type) -> Self {
                Value::$variant(Some($as(value)))
            }
        }
        impl<'q> From<Option<$type>> for Value<'q> {
            fn from(value: Option<$type>) -> Self {
                Value::$variant(value.map($as))
            }
        }
    )+ };
}

values! {
    Int: i64, std::convert::identity;
    Text: &'q str, Cow::Borrowed;
    Text: String, Cow::Owned;
    Blob: &'q [u8], Cow::Borrowed;
    Blob: Vec<u8>, Cow::Owned;
}

impl<'q> From<&'q String> for Value<'q> {
    fn from(value: &'q String) -> Self {
        value.as_str().into()
    }
}

/// What a `?` stands for.
enum Part<'q> {
    Value(Value<'q>),
    /// What a column's value may be: ` IN` and the list.
    List(Vec<Value<'q>>),
    /// Where a statement for each of some rows of so many columns begins.
    Each(usize, Arc<Vec<Value<'q>>>),
    /// Where it says which columns hold the row, and ends.
    Held(Vec<&'static str>, Arc<Vec<Value<'q>>>),
    /// Where it says what holds of the row, and ends with so many.
    Within(Vec<&'static str>, Arc<Vec<Value<'q>>>, usize),
    /// Rows of so many columns.
    Rows(usize, Vec<Value<'q>>),
}

/// A statement.
pub struct Sql<'q> {
    text: Cow<'static, str>,
    parts: Vec<Part<'q>>,
}

/// A statement whose text is all there.
pub fn query<'q>(text: &'static str) -> Sql<'q> {
    Sql {
        text: Cow::Borrowed(text),
        parts: Vec::new(),
    }
}

impl<'q> Sql<'q> {
    /// The value of the next `?`.
    pub fn bind(mut self, value: impl Into<Value<'q>>) -> Self {
        self.parts.push(Part::Value(value.into()));
        self
    }

    /// More text.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.to_mut().push_str(text);
        self
    }

    /// A value.
    pub fn push_bind(&mut self, value: impl Into<Value<'q>>) -> &mut Self {
        self.put(Part::Value(value.into()))
    }

    /// Is one of these.
    pub fn push_in(&mut self, values: impl IntoIterator<Item: Into<Value<'q>>>) -> &mut Self {
        self.put(Part::List(values.into_iter().map(Into::into).collect()))
    }

    /// Rows to be written.
    pub fn push_rows<const N: usize>(
        &mut self,
        rows: impl IntoIterator<Item = [Value<'q>; N]>,
    ) -> &mut Self {
        self.push_values(N, rows.into_iter().flatten().collect())
    }

    /// Rows of so many columns to be written, one value after another.
    pub fn push_values(&mut self, width: usize, values: Vec<Value<'q>>) -> &mut Self {
        self.put(Part::Rows(width, values))
    }

    /// For each of these rows, what is found where some columns hold it; that is the end of the statement.
    /// PostgreSQL is asked row by row, down an index: told to look for lists or to join, its planner walks a
    /// whole group instead while nobody has counted how large that is, or when it keeps a plan from when it
    /// was small.
    pub fn for_each<const N: usize>(
        mut self,
        columns: [&'static str; N],
        rows: impl IntoIterator<Item = [Value<'q>; N]>,
    ) -> Self {
        let values = self.begin_each(rows);
        self.put(Part::Held(columns.to_vec(), values));
        self
    }

    /// For each of these rows, at most so many of what is found where all conditions hold: each is followed by its
    /// value of the row. SQLite takes one row.
    pub fn some_for_each<const N: usize>(
        mut self,
        conditions: [&'static str; N],
        rows: impl IntoIterator<Item = [Value<'q>; N]>,
        most: usize,
    ) -> Self {
        let values = self.begin_each(rows);
        self.put(Part::Within(conditions.to_vec(), values, most));
        self
    }

    fn begin_each<const N: usize>(
        &mut self,
        rows: impl IntoIterator<Item = [Value<'q>; N]>,
    ) -> Arc<Vec<Value<'q>>> {
        let values = Arc::new(rows.into_iter().flatten().collect());
        self.text.to_mut().insert(0, '?');
        self.parts.insert(0, Part::Each(N, Arc::clone(&values)));
        values
    }

    fn put(&mut self, part: Part<'q>) -> &mut Self {
        self.parts.push(part);
        self.push("?")
    }

    /// The statement behind other text.
    pub fn after(mut self, text: &str) -> Self {
        self.text.to_mut().insert_str(0, text);
        self
    }

    /// Carries out statements that touch no row in common, as parts of one.
    pub fn together(statements: Vec<Self>) -> Self {
        let mut all = query("");
        for (number, one) in statements.into_iter().enumerate() {
            let with = if number == 0 { "WITH" } else { "," };
            all.push(&format!("{with} w{number} AS ({})", one.text));
            all.parts.extend(one.parts);
        }
        all.push(" SELECT 1");
        all
    }

    /// As PostgreSQL wants it: numbered placeholders, and an array for a list or a column of rows, so that
    /// one text serves any number of them.
    pub fn for_postgres(&self) -> Query<'static, Postgres, PgArguments> {
        let (mut text, mut arguments) = (
            String::with_capacity(self.text.len()),
            PgArguments::default(),
        );
        let mut pieces = self.text.split('?');
        text.push_str(pieces.next().unwrap_or_default());
        for (part, piece) in self.parts.iter().zip(pieces) {
            match part {
                Part::Value(value) => {
                    add_postgres(&mut arguments, value);
                    number(&mut text, &arguments);
                }
                Part::List(values) if values.is_empty() => text.push_str("IN (NULL)"),
                Part::List(values) => {
                    add_array(&mut arguments, values.iter());
                    text.push_str("= ANY (");
                    number(&mut text, &arguments);
                    text.push(')');
                }
                Part::Each(width, values) => {
                    text.push_str("SELECT each_row.* FROM UNNEST (");
                    arrays(&mut text, &mut arguments, *width, values);
                    let columns: Vec<String> = (0..*width).map(|i| format!("c{i}")).collect();
                    let _ = write!(text, ") w ({}) CROSS JOIN LATERAL (", columns.join(", "));
                }
                Part::Held(columns, _) => {
                    let held = columns.iter().enumerate();
                    let held: Vec<String> = held
                        .map(|(i, column)| format!("{column} = w.c{i}"))
                        .collect();
                    // The planner does not take apart what is cut.
                    let _ = write!(text, "{} OFFSET 0) each_row", held.join(" AND "));
                }
                Part::Within(conditions, _, most) => {
                    let hold = conditions.iter().enumerate();
                    let hold: Vec<String> = hold
                        .map(|(i, condition)| format!("{condition} w.c{i}"))
                        .collect();
                    let _ = write!(text, "{} LIMIT {most}) each_row", hold.join(" AND "));
                }
                Part::Rows(width, values) => {
                    text.push_str("SELECT * FROM UNNEST (");
                    arrays(&mut text, &mut arguments, *width, values);
                    // It bounds nothing but the planner's guess: of few rows, a join begins there. Otherwise a
                    // plan that was made while a group was small, and is kept, may begin at the group and
                    // walk all of it.
                    let rows = i64::try_from(values.len() / (*width).max(1)).unwrap_or(i64::MAX);
                    add_postgres(&mut arguments, &rows.into());
                    text.push_str(") LIMIT ");
                    number(&mut text, &arguments);
                }
            }
            text.push_str(piece);
        }
        sqlx::query_with(AssertSqlSafe(text), arguments)
    }

    /// As SQLite wants it: plain placeholders, which do not get slower as statements grow. A list is filled
    /// up, so that it comes in few lengths.
    pub fn for_sqlite(&self) -> Query<'static, Sqlite, SqliteArguments> {
        let mut arguments = SqliteArguments::default();
        for part in &self.parts {
            let values: &mut dyn Iterator<Item = &Value<'_>> = match part {
                Part::Value(value) => &mut std::iter::once(value),
                Part::List(values) => &mut filled(values),
                Part::Each(..) => &mut std::iter::empty(),
                Part::Held(columns, values) => &mut filled_rows(columns.len(), values),
                Part::Within(_, values, _) => &mut values.iter(),
                Part::Rows(_, values) => &mut values.iter(),
            };
            for value in values {
                add_sqlite(&mut arguments, value);
            }
        }
        sqlx::query_with(AssertSqlSafe(self.sqlite_text()), arguments)
    }

    /// The text for SQLite.
    pub fn sqlite_text(&self) -> Cow<'static, str> {
        let single = |part: &Part<'_>| matches!(part, Part::Value(_));
        if self.parts.iter().all(single) {
            return self.text.clone();
        }
        let mut pieces = self.text.split('?');
        let mut text = pieces.next().unwrap_or_default().to_owned();
        for (part, piece) in self.parts.iter().zip(pieces) {
            match part {
                Part::Value(_) => text.push('?'),
                Part::List(values) => {
                    text.push_str("IN ");
                    placeholders(&mut text, filled(values).count());
                }
                Part::Each(..) => {}
                Part::Held(columns, values) => {
                    let width = columns.len();
                    let _ = write!(text, "({}) IN (", columns.join(", "));
                    rows_of(&mut text, width, filled_rows(width, values).count() / width);
                    text.push(')');
                }
                Part::Within(conditions, _, most) => {
                    let hold: Vec<String> = conditions
                        .iter()
                        .map(|condition| format!("{condition} ?"))
                        .collect();
                    let _ = write!(text, "{} LIMIT {most}", hold.join(" AND "));
                }
                Part::Rows(width, values) => rows_of(&mut text, *width, values.len() / width),
            }
            text.push_str(piece);
        }
        text.into()
    }
}

/// Rows as an array for each column.
fn arrays(text: &mut String, arguments: &mut PgArguments, width: usize, values: &[Value<'_>]) {
    for column in 0..width {
        add_array(arguments, values.iter().skip(column).step_by(width));
        text.push_str(if column == 0 { "" } else { ", " });
        number(text, arguments);
    }
}

/// Filled up with the last row: looked for twice, a row is found once.
fn filled_rows<'v>(width: usize, values: &'v [Value<'v>]) -> impl Iterator<Item = &'v Value<'v>> {
    let wanted = (values.len() / width).next_power_of_two() * width - values.len();
    let last = &values[values.len().saturating_sub(width)..];
    values.iter().chain(last.iter().cycle().take(wanted))
}

fn rows_of(text: &mut String, width: usize, count: usize) {
    text.push_str("VALUES ");
    for row in 0..count {
        text.push_str(if row == 0 { "" } else { ", " });
        placeholders(text, width);
    }
}

fn placeholders(text: &mut String, count: usize) {
    text.push('(');
    for i in 0..count {
        text.push_str(if i == 0 { "?" } else { ", ?" });
    }
    text.push(')');
}

fn number(text: &mut String, arguments: &PgArguments) {
    let _ = write!(text, "${}", arguments.len());
}

const ENCODES: &str = "numbers, text and bytes can be encoded";

fn add_sqlite(arguments: &mut SqliteArguments, value: &Value<'_>) {
    match value {
        Value::Int(value) => arguments.add(*value),
        Value::Text(value) => arguments.add(value.as_deref()),
        Value::Blob(value) => arguments.add(value.as_deref()),
    }
    .expect(ENCODES);
}

fn add_postgres(arguments: &mut PgArguments, value: &Value<'_>) {
    match value {
        Value::Int(value) => arguments.add(*value),
        Value::Text(value) => arguments.add(value.as_deref()),
        Value::Blob(value) => arguments.add(value.as_deref()),
    }
    .expect(ENCODES);
}

/// Adds values of one column, which are all of one type.
fn add_array<'v>(arguments: &mut PgArguments, values: impl Iterator<Item = &'v Value<'v>>) {
    let (mut ints, mut texts, mut blobs) = (Vec::new(), Vec::new(), Vec::new());
    for value in values {
        match value {
            Value::Int(value) => ints.push(*value),
            Value::Text(value) => texts.push(value.as_deref()),
            Value::Blob(value) => blobs.push(value.as_deref()),
        }
    }
    if !texts.is_empty() {
        arguments.add(texts)
    } else if !blobs.is_empty() {
        arguments.add(blobs)
    } else {
        arguments.add(ints)
    }
    .expect(ENCODES);
}

/// A question that is asked together with others.
pub struct Look<'q> {
    /// What its rows hold.
    pub columns: &'static [Column],
    /// Its statements.
    pub statements: Vec<Sql<'q>>,
}

/// A column's name, and what PostgreSQL calls its type.
pub type Column = (&'static str, &'static str);

impl<'q> Look<'q> {
    /// All looks as one statement. Each row says in `look` which of them found it, and has the columns of
    /// all of them.
    pub fn together<const N: usize>(looks: [Look<'q>; N]) -> Sql<'q> {
        let mut columns: Vec<Column> = Vec::new();
        for column in looks.iter().flat_map(|look| look.columns) {
            if !columns.contains(column) {
                columns.push(*column);
            }
        }
        let mut all = query("");
        for (number, look) in looks.into_iter().enumerate() {
            for one in look.statements {
                let union = if all.text.is_empty() {
                    ""
                } else {
                    " UNION ALL "
                };
                all.push(&format!("{union}SELECT {number}::BIGINT AS look"));
                for (name, of) in &columns {
                    let has = look.columns.iter().any(|(column, _)| column == name);
                    all.push(&match has {
                        true => format!(", t.{name}"),
                        false => format!(", NULL::{of} AS {name}"),
                    });
                }
                all.push(&format!(" FROM ({}) t", one.text));
                all.parts.extend(one.parts);
            }
        }
        all
    }
}

/// A row of either engine.
pub enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// What either engine reads from a column.
pub trait Read<'r>:
    Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>
{
}

impl<'r, T> Read<'r> for T where
    T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>
{
}

impl Row {
    /// What stands in a column.
    pub fn try_get<'r, T: Read<'r>>(&'r self, column: &str) -> Result<T> {
        Ok(match self {
            Row::Sqlite(row) => row.try_get(column)?,
            Row::Postgres(row) => row.try_get(column)?,
        })
    }
}
