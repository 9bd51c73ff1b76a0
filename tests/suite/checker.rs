//! The checker of promises 1 to 4 and 9: branches with real replicas live over weak lines, the real
//! program is killed, restored and given a full disk, and the verdict is read from the branches' own logs
//! and what the hub answers through the public door, never from its tables.
//!
//! The script is made from a seed and is the same for the same seed; how things fall between each other is
//! not. A failing script is run again in shorter and shorter parts, and the shortest that fails is shown.

mod branch;
mod evidence;
mod log;
pub mod proxy;
mod script;
mod stage;
mod verdict;

use crate::dice::Dice;
use branch::Branch;
use evidence::{Evidence, gather};
use log::Book;
use script::{Fate, Round, fate_of_a_file, fate_of_hubs, script};
use stage::Stage;
use std::time::Duration;
use verdict::verdict;

const CAMPUSES: [&str; 3] = ["总校", "春风分校", "滨湖分校"];
/// Which place each branch is of: the second campus has two replicas, the last place is the office.
const BRANCHES: [usize; 5] = [0, 1, 1, 2, 3];
const DEEDS: usize = 16;
/// The number of what two clash over: no script counts so far.
const CLASH: usize = 1_000_000;
/// How often everybody syncs at the end, at most.
const LAST_SYNCS: usize = 30;

/// What the branches call, and what may happen to it.
#[derive(Clone, Copy)]
struct Setting {
    stage: fn(&[&str]) -> Stage,
    fate: fn(&mut Dice, usize) -> Option<Fate>,
}

const A_FILE: Setting = Setting {
    stage: Stage::on_a_file,
    fate: fate_of_a_file,
};

const HUBS: Setting = Setting {
    stage: Stage::of_hubs,
    fate: fate_of_hubs,
};

/// Lives a script and gathers the evidence.
async fn live(setting: Setting, rounds: &[Round]) -> Evidence {
    let mut stage = tokio::task::block_in_place(|| (setting.stage)(&CAMPUSES));
    let book = Book::default();
    let mut branches = Vec::new();
    for (index, place) in BRANCHES.into_iter().enumerate() {
        branches.push(Branch::open(&stage, &book, index, place).await);
    }
    for round in rounds {
        live_round(&mut stage, &mut branches, &book, round).await;
    }
    stage.kill_and_restart();
    two_clash(&mut branches).await;
    if stage.is_a_file() {
        stage.back_up().await;
        everybody_syncs(&branches).await;
    }
    gather(&stage, &branches, &book).await
}

async fn live_round(stage: &mut Stage, branches: &mut [Branch], book: &Book, round: &Round) {
    if let Some(Fate::DiskFull) = round.fate {
        stage.fill_the_disk();
    }
    let lives = branches.iter_mut().zip(&round.deeds);
    let lives = lives.map(|(branch, deeds)| branch.live(deeds));
    let ((), _) = tokio::join!(strike(stage, round.fate), futures::future::join_all(lives));
    match round.fate {
        Some(Fate::Restore | Fate::RestoreSilently) if stage.backed_up.is_none() => {}
        Some(Fate::Restore) => {
            book.restored(stage.backed_up.expect("a backup"));
            stage.restore();
        }
        Some(Fate::RestoreSilently) => {
            book.restored(stage.backed_up.expect("a backup"));
            stage.restore_silently();
        }
        Some(Fate::DiskFull) => stage.kill_and_restart(),
        _ => {}
    }
}

/// What falls into the middle of a round.
async fn strike(stage: &mut Stage, fate: Option<Fate>) {
    match fate {
        Some(Fate::Kill(after)) => {
            tokio::time::sleep(Duration::from_millis(after)).await;
            tokio::task::block_in_place(|| stage.kill_and_restart());
        }
        Some(Fate::CrashDatabase(after)) => {
            tokio::time::sleep(Duration::from_millis(after)).await;
            tokio::task::block_in_place(|| stage.crash_the_database());
        }
        Some(Fate::BackUp(after)) => {
            tokio::time::sleep(Duration::from_millis(after)).await;
            stage.back_up().await;
        }
        _ => {}
    }
}

/// Whatever chance brought, a conflict stands at the end: two of one campus write one field apart.
async fn two_clash(branches: &mut [Branch]) {
    let clash = branches[1].create(false, CLASH).await.expect("a campus");
    everybody_syncs(branches).await;
    for (branch, number) in branches[1..=2].iter().zip(CLASH + 1..) {
        branch.edit(&clash, number).await;
    }
    everybody_syncs(branches).await;
}

/// Until nothing waits anywhere.
async fn everybody_syncs(branches: &[Branch]) {
    for round in 0..LAST_SYNCS {
        let mut waiting = 0;
        for branch in branches {
            branch.sync().await;
            let outbox = branch.replica.outbox().await.expect("an outbox");
            waiting += outbox.iter().filter(|entry| !entry.refused).count();
        }
        if waiting == 0 && round > 1 {
            return;
        }
    }
}

/// Lives a script; a failing one is shortened, and the shortest failing one is told.
async fn check(setting: Setting, seed: u64, rounds: usize) -> Evidence {
    let mut dice = Dice::of(seed);
    let rounds = script(&mut dice, rounds, BRANCHES.len(), DEEDS, setting.fate);
    let evidence = live(setting, &rounds).await;
    let broken = verdict(&evidence);
    if broken.is_empty() {
        return evidence;
    }
    let (mut shortest, mut why) = (rounds.as_slice(), broken);
    while shortest.len() > 1 {
        let half = &shortest[..shortest.len() / 2];
        let broken = verdict(&live(setting, half).await);
        if broken.is_empty() {
            break;
        }
        (shortest, why) = (half, broken);
    }
    panic!(
        "LIANXIAO_TEST_SEED={seed}: {} promises broken within {} of {} rounds:\n{}\n{shortest:#?}",
        why.len(),
        shortest.len(),
        rounds.len(),
        why.join("\n")
    );
}

/// Lives in which nothing happens prove nothing. What falls between what is chance: of one life alone nobody
/// can demand everything.
fn were_lively(lives: &[Evidence]) {
    use lianxiao::wire::v1::Outcome::{Applied, ConflictKept, Merged, Rejected, Unchanged};
    let answered = || lives.iter().flat_map(|life| &life.log.answered);
    for outcome in [Applied, Merged, ConflictKept, Unchanged, Rejected] {
        let came = answered().any(|answered| answered.result.outcome() == outcome);
        assert!(came, "nothing was {outcome:?}");
    }
    let replayed = answered().any(|answered| answered.result.replayed);
    assert!(replayed, "no reply was lost");
    for life in lives {
        let copies = life.log.copied.len();
        assert!(copies > 30, "{copies} copies");
    }
}

/// Nor does one in which nothing was restored.
fn was_restored(evidence: &Evidence) {
    let log = &evidence.log;
    let again = log.answered.iter().filter(|answered| answered.era > 0);
    assert!(again.count() > 10 && log.restored_to.len() > 1);
}

/// How many lives are lived, and of how many rounds.
fn lives_and_rounds() -> (u64, usize) {
    match std::env::var_os("LIANXIAO_LONG") {
        Some(_) => (20, 120),
        None => (3, 14),
    }
}

/// The same with two hubs on one database, one of which is killed again and again, the database too.
pub async fn check_hubs() {
    let (lives, rounds) = lives_and_rounds();
    let mut all = Vec::new();
    for life in 0..lives {
        all.push(check(HUBS, Dice::seed() + life, rounds).await);
    }
    were_lively(&all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn replicas_on_weak_lines_to_a_hub_that_is_killed_and_restored_lose_and_double_nothing() {
    let (lives, rounds) = lives_and_rounds();
    let mut all = Vec::new();
    for life in 0..lives {
        let evidence = check(A_FILE, Dice::seed() + life, rounds).await;
        was_restored(&evidence);
        all.push(evidence);
    }
    were_lively(&all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_verdict_notices_every_kind_of_broken_promise() {
    let evidence = check(A_FILE, 7, 8).await;
    let complains = |name: &str, harm: &dyn Fn(&mut Evidence)| {
        let mut harmed = evidence.clone();
        harm(&mut harmed);
        let broken = verdict(&harmed);
        assert!(!broken.is_empty(), "nobody noticed: {name}");
    };
    let mut last = evidence.log.answered.iter().rev();
    let stored = last.find(|answered| answered.result.position > 0);
    let id = stored.expect("something").result.mutation_id.clone();
    complains("an acknowledged mutation is gone", &|evidence| {
        evidence.results.remove(&id);
    });
    complains("an acknowledged mutation moved", &|evidence| {
        evidence.results.get_mut(&id).expect("it").position += 1;
    });
    complains("a mutation was done twice", &|evidence| {
        let record = evidence.results[&id].record_id.clone();
        *evidence.versions.entry(record).or_insert(0) += 1;
    });
    complains("a copy misses a record", &|evidence| {
        // The last is a fresh reader's: this one is held against the same again.
        let mut copied = evidence.log.copied.last().expect("a copy").clone();
        copied.records.pop_first();
        evidence.log.copied.push(copied);
    });
    complains("a history lost an edit", &|evidence| {
        evidence.histories.clear();
    });
    complains("a client drops what was refused", &|evidence| {
        evidence.in_outbox.clear();
    });
    complains("a conflict is gone", &|evidence| {
        evidence.conflicts.clear();
    });
    complains("a client forgets a typed put", &|evidence| {
        let forgotten = evidence.log.typed.last().expect("a put").clone();
        evidence.results.remove(&forgotten.mutation.mutation_id);
        evidence.in_outbox.remove(&forgotten.mutation.mutation_id);
    });
}
