//! What the holder of a credential may do with the records of each kind.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// One thing that may be done with records of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// See them. Whoever may do anything else with a kind may see it too.
    Read,
    /// Put and delete them.
    Draft,
    /// Move their state by actions.
    Act,
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = Self::NAMED.iter().find(|(_, right)| right == self);
        f.write_str(named.expect("every right has a name").0)
    }
}

impl Right {
    /// All of them, by the name each is written with.
    const NAMED: [(&'static str, Right); 3] = [
        ("read", Right::Read),
        ("draft", Right::Draft),
        ("act", Right::Act),
    ];
}

/// Rights by kind. Without any, a credential gives everything that its place may do; with some, nothing
/// beyond them. They are written `menu=draft,act session=read`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights(BTreeMap<String, BTreeSet<Right>>);

/// Text that is no list of rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write KIND=RIGHT[,RIGHT] with the rights read, draft and act, for example menu=draft,act")]
pub struct NotRights;

impl Rights {
    /// Adds a right.
    pub fn give(&mut self, kind: &str, right: Right) {
        self.0.entry(kind.to_owned()).or_default().insert(right);
    }

    /// Whether everything is given that the place may do.
    #[must_use]
    pub fn unlimited(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a right is given.
    #[must_use]
    pub fn allow(&self, kind: &str, right: Right) -> bool {
        let given = self.0.get(kind);
        self.unlimited()
            || given.is_some_and(|given| right == Right::Read || given.contains(&right))
    }

    /// The kinds with the rights given on each.
    pub fn by_kind(&self) -> impl Iterator<Item = (&str, impl Iterator<Item = Right>)> {
        let given = self.0.iter();
        given.map(|(kind, rights)| (kind.as_str(), rights.iter().copied()))
    }
}

impl FromStr for Rights {
    type Err = NotRights;

    fn from_str(text: &str) -> Result<Self, NotRights> {
        let mut rights = Rights::default();
        for of_kind in text.split_whitespace() {
            let (kind, names) = of_kind.split_once('=').ok_or(NotRights)?;
            for name in names.split(',') {
                let right = Right::NAMED.iter().find(|(known, _)| *known == name);
                rights.give(kind, right.ok_or(NotRights)?.1);
            }
        }
        Ok(rights)
    }
}

impl fmt::Display for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (kind, rights)) in self.by_kind().enumerate() {
            let names: Vec<String> = rights.map(|right| right.to_string()).collect();
            let space = if i == 0 { "" } else { " " };
            write!(f, "{space}{kind}={}", names.join(","))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_have_one_written_form() {
        let rights: Rights = "session=read  menu=act,draft menu=draft".parse().unwrap();
        assert_eq!(rights.to_string(), "menu=draft,act session=read");
        assert_eq!(rights.to_string().parse(), Ok(rights));
        assert_eq!("".parse(), Ok(Rights::default()));
        for bad in [
            "menu",
            "menu=",
            "menu=write",
            "menu=draft;act",
            "menu=Draft",
        ] {
            assert_eq!(bad.parse::<Rights>(), Err(NotRights), "{bad}");
        }
    }

    #[test]
    fn rights_allow_what_they_say_and_nothing_beyond() {
        let rights: Rights = "menu=draft session=read".parse().unwrap();
        for (kind, allowed) in [
            ("menu", [true, true, false]),
            ("session", [true, false, false]),
            ("exchange", [false, false, false]),
        ] {
            let rights = Right::NAMED.map(|(_, right)| rights.allow(kind, right));
            assert_eq!(rights, allowed, "{kind}");
        }
        assert!(Rights::default().allow("exchange", Right::Act));
    }
}
