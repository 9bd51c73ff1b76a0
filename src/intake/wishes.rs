//! What becomes of what was filed, as something to push: whoever pushes it (a page, a command) decides only why and
//! whether.

use super::again::{Filed, amendment, dates};
use super::reading::Item;
use crate::content::diff::{Change, diff};
use crate::model::date::{Span, day};
use crate::wire::v1::{self, content, state};
use bytes::Bytes;
use jiff::ToSpan as _;
use prost::Message as _;

/// What is to be pushed of a record.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// Its content, encoded.
    Put(Bytes),
    /// A published menu changes by amendment only. Why it does is still to be said.
    Amend(v1::AmendMenu),
}

impl Filed {
    /// Whether the sheet says anything new of it.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.before.as_ref() != Some(&self.after)
    }

    /// What the sheet says new.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        let before = self.before.clone().unwrap_or_default();
        diff("lianxiao.v1.Content", &before, &self.after)
    }

    /// What is to be pushed of it; `state`: of the record, encoded, empty for a new one.
    ///
    /// # Errors
    /// The paths of what the sheet changes and no amendment can.
    pub fn wish(&self, state: &[u8]) -> Result<Wish, Vec<String>> {
        let amended = |before| amendment(before, &self.after, v1::AmendReason::Unspecified);
        match self
            .before
            .as_ref()
            .filter(|_| is_published(state))
            .map(amended)
        {
            Some(Some((amend, left))) if left.is_empty() => Ok(Wish::Amend(amend)),
            Some(Some((_, left))) => Err(left),
            _ => Ok(Wish::Put(self.after.clone())),
        }
    }
}

/// The days on which records stand that what was read may be the same as; what has no certain days may be any.
#[must_use]
pub fn span(items: &[Item]) -> Span {
    let dated = |item: &Item| {
        matches!(
            item.content,
            content::Kind::Menu(_) | content::Kind::Session(_)
        )
    };
    let days = items.iter().flat_map(|item| dates(&item.content));
    let days: Vec<_> = days.filter_map(|date| day(&date)).collect();
    match (
        items.iter().all(dated),
        days.iter().min(),
        days.iter().max(),
    ) {
        // A menu is known by its week.
        (true, Some(first), Some(last)) => Span {
            first: first.saturating_sub(7.days()),
            last: last.saturating_add(7.days()),
        },
        _ => Span::ALWAYS,
    }
}

/// Whether an encoded state is of a menu that is announced and may be amended.
fn is_published(state: &[u8]) -> bool {
    use v1::MenuStatus::{Amended, Published};
    matches!(read(state), Some(state::Kind::Menu(menu)) if matches!(menu.status(), Published | Amended))
}

/// Whether an encoded state is of a record that was called off: nothing of a sheet is that one.
#[must_use]
pub fn is_cancelled(state: &[u8]) -> bool {
    match read(state) {
        Some(state::Kind::Session(of)) => of.status() == v1::SessionStatus::Cancelled,
        Some(state::Kind::Exchange(of)) => of.status() == v1::ExchangeStatus::Cancelled,
        _ => false,
    }
}

fn read(state: &[u8]) -> Option<state::Kind> {
    v1::State::decode(state).ok()?.kind
}
