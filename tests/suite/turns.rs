//! A long push is written in turns, and each turn is planned while the one before it is written: nobody can tell.
//! What every item is answered, and what stands in the end, is as if each had been pushed alone.

use crate::database::Database;
use crate::dice::Dice;
use crate::harness::{Client, HEAD, LAKE, SPRING, TestHub, within};
use crate::verify::School;
use crate::wishes::{
    act, after, announce, at, create, delete, fresh, id, menu, publish, put, session,
};
use bytes::Bytes;
use lianxiao::hub::LOOK_EVERY;
use lianxiao::wire::v1;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use tokio::task::JoinHandle;

/// So many turns long that most of them are planned early: with other campuses a turn has five or six such items.
const ITEMS: usize = 200;
const DAYS: [&str; 3] = ["2026-05-12", "2026-05-13", "2026-05-14"];
const MONDAY: &str = "2026-05-11";

/// What somebody may think of who remembers what was pushed, but not what became of it.
struct Script {
    dice: Dice,
    items: Vec<v1::Mutation>,
    /// What was last put of each session, and how often.
    sessions: BTreeMap<String, (v1::Session, i64)>,
    /// The last mutation of each session.
    last: BTreeMap<String, v1::Mutation>,
    deletions: usize,
    name: String,
}

impl Script {
    fn of(name: &str, mut dice: Dice) -> Vec<v1::Mutation> {
        let sessions = (0..8).map(|number| {
            let mut session = session("集体备课", dice.pick(&DAYS));
            session.audience_note = "备".repeat(900);
            (id(&format!("{name} session {number}")), (session, 0))
        });
        let mut script = Script {
            sessions: sessions.collect(),
            items: Vec::new(),
            last: BTreeMap::new(),
            deletions: 0,
            name: name.to_owned(),
            dice,
        };
        while script.items.len() < ITEMS {
            let item = script.item();
            script.items.push(item);
        }
        script.items
    }

    fn item(&mut self) -> v1::Mutation {
        let ids: Vec<String> = self.sessions.keys().cloned().collect();
        let record = self.dice.pick(&ids);
        let puts = self.sessions[&record].1;
        let seen = puts - i64::from(self.dice.chance(20));
        match self.dice.below(100) {
            0..10 if !self.items.is_empty() => self.dice.pick(&self.items.clone()),
            10..20 => act(&record, seen, announce()),
            20..22 if self.spare() => delete(&record, seen),
            22..24 if !self.items.is_empty() => self.reused(),
            24..40 => self.of_menu(),
            _ => self.edit(record, seen),
        }
    }

    /// A new record by an old mutation id: the store does not take it, and the turn is planned once more.
    fn reused(&mut self) -> v1::Mutation {
        let mutation_id = self.dice.pick(&self.items.clone()).mutation_id;
        let record = id(&format!("{} reused {}", self.name, self.items.len()));
        v1::Mutation {
            mutation_id,
            ..create(&record, session("集体备课", DAYS[0]))
        }
    }

    /// Whether one more may be deleted: a push deletes ten records at most.
    fn spare(&mut self) -> bool {
        self.deletions += 1;
        self.deletions <= 10
    }

    /// Menus of one week: one at a time holds its days.
    fn of_menu(&mut self) -> v1::Mutation {
        let number = self.dice.below(12);
        let record = id(&format!("{} menu {number}", self.name));
        match self.dice.below(5) {
            0 if self.spare() => delete(&record, 1),
            1 => act(&record, 1, publish()),
            _ => create(&record, menu(&[MONDAY])),
        }
    }

    fn edit(&mut self, record: String, seen: i64) -> v1::Mutation {
        let (session, puts) = self.sessions.get_mut(&record).expect("it is known");
        let number = self.dice.below(40);
        match self.dice.below(3) {
            0 => session.title = format!("备课{number}"),
            1 => session.lesson = format!("第{number}课"),
            _ => session.audience_note = format!("{}{number}", "备".repeat(900)),
        }
        *puts += 1;
        let last = self.last.get(&record);
        let base = match last {
            _ if *puts == 1 => None,
            Some(last) if self.dice.chance(60) => Some(after(last)),
            _ => Some(at(seen)),
        };
        let mutation = put(&record, base, session.clone());
        self.last.insert(record, mutation.clone());
        mutation
    }
}

/// What an answer says but for where it was written.
fn told(result: v1::PushResult) -> v1::PushResult {
    v1::PushResult {
        position: 0,
        conflict_id: String::new(),
        current: None,
        ..result
    }
}

/// What every item is answered, and what a place sees of the records in the end.
type Told = (Vec<v1::PushResult>, Vec<Option<(i64, Bytes)>>);

async fn standing(client: &Client, script: &[v1::Mutation]) -> Vec<Option<(i64, Bytes)>> {
    let records: BTreeSet<&String> = script.iter().map(|item| &item.record_id).collect();
    let mut all = Vec::new();
    for record in records {
        let found = client.get(record).await.ok();
        all.push(found.map(|record| (record.version, record.content)));
    }
    all
}

/// Each item in a push of its own.
async fn one_by_one(client: &Client, script: &[v1::Mutation]) -> Told {
    let mut answers = Vec::new();
    for item in script {
        answers.push(told(client.one(item.clone()).await));
    }
    (answers, standing(client, script).await)
}

async fn at_once(client: Client, script: Vec<v1::Mutation>) -> Told {
    let answers = client.push(script.clone()).await.into_iter();
    (
        answers.map(told).collect(),
        standing(&client, &script).await,
    )
}

/// Somebody else, who pushes on another day until it is enough: turns are short while two push.
fn beside(client: Client, enough: Arc<AtomicBool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        while !enough.load(Relaxed) {
            client
                .applied(create(&fresh(), session("备课", "2026-06-30")))
                .await;
        }
    })
}

fn same(told: &Told, expected: &Told) {
    for (number, (told, expected)) in told.0.iter().zip(&expected.0).enumerate() {
        assert_eq!(told, expected, "item {number}");
    }
    assert_eq!(told, expected);
}

/// Whether the script is worth its while.
fn mixed(told: &Told) {
    let results = || told.0.iter();
    let outcomes: BTreeSet<_> = results()
        .map(|result| result.outcome().as_str_name())
        .collect();
    let findings = results().flat_map(|result| [&result.refusals, &result.warnings, &result.notes]);
    let codes: BTreeSet<&str> = findings.flatten().map(|finding| &*finding.code).collect();
    assert!(
        outcomes.len() >= 5 && results().any(|result| result.replayed),
        "{outcomes:?}"
    );
    let looked_for = [
        "BASE_UNKNOWN",
        "CHANGED_SINCE_SEEN",
        "KEY_TAKEN",
        "MUTATION_ID_REUSED",
        "SESSION_TWIN",
    ];
    assert!(
        looked_for.iter().all(|code| codes.contains(code)),
        "{codes:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_push_is_answered_as_if_each_of_its_items_had_come_alone() {
    let hub = TestHub::start().await;
    let other = hub.add_group("另一集团").await;
    let script = Script::of(HEAD, Dice::seeded());
    let expected = one_by_one(&hub.campus_of(&other, HEAD), &script).await;
    mixed(&expected);
    let enough = Arc::new(AtomicBool::new(false));
    let crowd = beside(hub.campus(LAKE), Arc::clone(&enough));
    let long = at_once(hub.campus(HEAD), script);
    let long = within("it is answered", long).await;
    enough.store(true, Relaxed);
    crowd.await.expect("no panic");
    same(&long, &expected);
    School::synced(&hub, HEAD).await.is_whole(&hub).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_pushes_at_two_hubs_are_answered_as_if_each_item_had_come_alone() {
    let hub = TestHub::start_on(Database::fresh()).await;
    let next = hub.beside(hub.database().address(), LOOK_EVERY).await;
    let other = hub.add_group("另一集团").await;
    let seed = Dice::seed();
    let (mut expected, mut pushing) = (Vec::new(), Vec::new());
    for (number, (hub, name)) in [(&hub, HEAD), (&next, SPRING), (&next, LAKE)]
        .into_iter()
        .enumerate()
    {
        let script = Script::of(name, Dice::of(seed + number as u64));
        expected.push(one_by_one(&hub.campus_of(&other, name), &script).await);
        pushing.push((hub.campus(name), script));
    }
    let pushing = pushing
        .into_iter()
        .map(|(client, script)| tokio::spawn(at_once(client, script)));
    for (pushing, expected) in pushing.collect::<Vec<_>>().into_iter().zip(expected) {
        mixed(&expected);
        let told = within("it is answered", pushing).await.expect("no panic");
        same(&told, &expected);
    }
    School::synced(&hub, HEAD).await.is_whole(&hub).await;
}
