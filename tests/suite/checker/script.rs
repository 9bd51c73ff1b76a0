//! What happens, made from a seed: the same seed, the same script. How the branches' deeds fall between
//! each other and against the hub's fate is left to the machine.

use crate::dice::Dice;

/// What a branch does. The numbers are rolls: which record, which field, which mark.
#[derive(Clone, Copy, Debug)]
pub enum Deed {
    Create {
        menu: bool,
        mark: usize,
    },
    Edit {
        pick: usize,
        field: usize,
        mark: usize,
    },
    SayAgain {
        pick: usize,
    },
    Settle {
        pick: usize,
        mark: usize,
    },
    Delete {
        pick: usize,
    },
    Act {
        pick: usize,
        which: usize,
    },
    Sync,
    SyncLosingReplies,
    /// The line is cut after so many milliseconds.
    SyncCut(u64),
    /// The program is ended after so many milliseconds, and started again.
    SyncCrash(u64),
    Watch(u64),
}

/// What happens to the hub, after so many milliseconds of a round.
#[derive(Clone, Copy, Debug)]
pub enum Fate {
    Kill(u64),
    BackUp(u64),
    DiskFull,
    /// After the round.
    Restore,
    /// After the round, by a copy of the file.
    RestoreSilently,
    CrashDatabase(u64),
}

/// Everybody's deeds at one time.
#[derive(Clone, Debug)]
pub struct Round {
    pub deeds: Vec<Vec<Deed>>,
    pub fate: Option<Fate>,
}

/// A script of so many rounds for so many branches.
pub fn script(
    dice: &mut Dice,
    rounds: usize,
    branches: usize,
    deeds: usize,
    fate: fn(&mut Dice, usize) -> Option<Fate>,
) -> Vec<Round> {
    let mut mark = 0;
    (0..rounds)
        .map(|round| Round {
            deeds: (0..branches)
                .map(|_| (0..deeds).map(|_| deed(dice, &mut mark)).collect())
                .collect(),
            fate: fate(dice, round),
        })
        .collect()
}

/// One hub is killed again and again; now and then the database is, under the feet of both.
pub fn fate_of_hubs(dice: &mut Dice, round: usize) -> Option<Fate> {
    let when = u64::try_from(dice.below(120)).expect("a short time");
    match (round, dice.below(100)) {
        (1, _) => Some(Fate::Kill(when)),
        (2, _) | (_, 0..15) => Some(Fate::CrashDatabase(when)),
        (_, 15..60) => Some(Fate::Kill(when)),
        _ => None,
    }
}

/// The first rounds see everything once; then it is chance.
pub fn fate_of_a_file(dice: &mut Dice, round: usize) -> Option<Fate> {
    let when = u64::try_from(dice.below(120)).expect("a short time");
    match round {
        1 => Some(Fate::BackUp(when)),
        2 => Some(Fate::Kill(when)),
        3 => Some(Fate::Restore),
        5 => Some(Fate::DiskFull),
        6 => Some(Fate::RestoreSilently),
        _ => match dice.below(100) {
            0..14 => Some(Fate::Kill(when)),
            14..24 => Some(Fate::BackUp(when)),
            24..30 => Some(Fate::Restore),
            30..34 => Some(Fate::RestoreSilently),
            34..39 => Some(Fate::DiskFull),
            _ => None,
        },
    }
}

fn deed(dice: &mut Dice, mark: &mut usize) -> Deed {
    *mark += 1;
    let mark = *mark;
    let pick = dice.below(1 << 20);
    let short = u64::try_from(dice.below(80)).expect("a short time");
    match dice.below(100) {
        0..12 => Deed::Create {
            menu: dice.chance(30),
            mark,
        },
        12..46 => Deed::Edit {
            pick,
            field: dice.below(3),
            mark,
        },
        46..48 => Deed::SayAgain { pick },
        48..52 => Deed::Settle { pick, mark },
        52..55 => Deed::Delete { pick },
        55..66 => Deed::Act {
            pick,
            which: dice.below(4),
        },
        66..82 => Deed::Sync,
        82..87 => Deed::SyncLosingReplies,
        87..91 => Deed::SyncCut(short),
        91..95 => Deed::SyncCrash(short),
        _ => Deed::Watch(short),
    }
}
