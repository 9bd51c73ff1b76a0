//! Three copies of one thing: as both began with it, and as each left it.

/// The three copies.
#[derive(Clone, Copy, Debug)]
pub struct Sides<T> {
    /// What both began with.
    pub base: T,
    /// What the hub has.
    pub ours: T,
    /// What was pushed.
    pub theirs: T,
}

/// One of the two edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The hub's.
    Ours,
    /// The pushed one.
    Theirs,
}

impl<T> Sides<T> {
    /// Does the same to all three.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Sides<U> {
        Sides {
            base: f(self.base),
            ours: f(self.ours),
            theirs: f(self.theirs),
        }
    }

    /// The three, borrowed.
    pub fn as_ref(&self) -> Sides<&T> {
        Sides {
            base: &self.base,
            ours: &self.ours,
            theirs: &self.theirs,
        }
    }

    /// The copy of one side.
    pub fn take(self, side: Side) -> T {
        match side {
            Side::Ours => self.ours,
            Side::Theirs => self.theirs,
        }
    }
}

impl<T> Sides<Option<T>> {
    /// The three, when all are there.
    pub fn all(self) -> Option<Sides<T>> {
        Some(Sides {
            base: self.base?,
            ours: self.ours?,
            theirs: self.theirs?,
        })
    }
}

impl<T: PartialEq> Sides<T> {
    /// The side that has every change, when at most one was made: ours when both made the same.
    pub fn settled(&self) -> Option<Side> {
        if self.ours == self.theirs || self.theirs == self.base {
            Some(Side::Ours)
        } else if self.ours == self.base {
            Some(Side::Theirs)
        } else {
            None
        }
    }
}
