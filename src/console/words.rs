//! Words as pages show them: Chinese, English beside it, and a tone that says it once more to whoever sees it.

use crate::outlets::words;
use crate::wire::v1;

/// A word of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
    /// How it looks: good, warn, bad, quiet or plain.
    pub tone: &'static str,
}

impl Word {
    /// A word of `outlets::words`: Chinese, then English.
    pub fn of(both: &'static str) -> Self {
        let (zh, en) = both.split_once(' ').unwrap_or((both, ""));
        Word {
            zh,
            en,
            tone: "plain",
        }
    }

    fn toned(both: &'static str, tone: &'static str) -> Self {
        Word {
            tone,
            ..Word::of(both)
        }
    }
}

/// How far a session is.
pub fn session_status(status: v1::SessionStatus) -> Word {
    use v1::SessionStatus::{Cancelled, Held, Postponed, Recorded};
    let tone = match status {
        Held | Recorded => "good",
        Postponed => "warn",
        Cancelled => "quiet",
        _ => "plain",
    };
    Word::toned(words::session_status(status), tone)
}

/// How far an exchange is.
pub fn exchange_status(status: v1::ExchangeStatus) -> Word {
    use v1::ExchangeStatus::{Active, Cancelled, Completed, Declined, Draft, Returned, Withdrawn};
    let tone = match status {
        Active | Completed => "good",
        Declined | Returned => "warn",
        Draft | Withdrawn | Cancelled => "quiet",
        _ => "plain",
    };
    Word::toned(words::exchange_status(status), tone)
}

/// Why the office looks at an exchange.
pub fn concern(of: v1::ExchangeConcern) -> Word {
    use v1::ExchangeConcern::{EndingSoon, NotArrived, PastEnd};
    let tone = match of {
        NotArrived | PastEnd => "bad",
        EndingSoon => "plain",
        _ => "warn",
    };
    Word::toned(words::concern(of), tone)
}

/// How far a menu is.
pub fn menu_status(status: v1::MenuStatus) -> Word {
    use v1::MenuStatus::{Amended, Closed, Draft, Published, Withdrawn};
    let tone = match status {
        Published | Closed => "good",
        Amended => "warn",
        Draft | Withdrawn => "quiet",
        v1::MenuStatus::Unspecified => "plain",
    };
    Word::toned(words::menu_status(status), tone)
}

/// Why a late menu may be excused, each as the contract names it.
pub fn excuse_reasons() -> Vec<(&'static str, Word)> {
    use v1::ExcuseReason::{Equipment, Force, Order, Other, People, Supply};
    let all = [Equipment, Supply, People, Order, Force, Other];
    all.map(|of| (of.as_str_name(), Word::of(words::excuse(of))))
        .into()
}

/// How a campus stands with its menus: the sign, and the word.
pub fn menu_standing(standing: &v1::MenuStanding) -> (&'static str, Word) {
    use v1::MenuStandingState::{Incomplete, Late, Missing, NotApplicable, OnTime};
    let tone = match standing.state() {
        Incomplete | Missing if standing.open => "plain",
        OnTime => "good",
        Late | Incomplete => "warn",
        Missing => "bad",
        NotApplicable => "quiet",
        _ => "plain",
    };
    let (sign, both) = match standing.state() {
        Incomplete | Missing if standing.open => ("…", "待报 not due yet"),
        state => words::menu_state(state)
            .split_once(' ')
            .unwrap_or(("–", "")),
    };
    (sign, Word::toned(both, tone))
}
