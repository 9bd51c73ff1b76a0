//! Promise 3 under a life that nobody planned: campuses push what comes to mind, readers read along in
//! pages of any size, and at every checkpoint a reader's copy is what a fresh reader gets.

use crate::dice::Dice;
use crate::harness::{Client, HEAD, LAKE, SPRING, TestHub, campus};
use crate::reader::{Mirror, Reader, campuses, kinds};
use crate::wishes::{
    accept, act, announce, approve, confirm_arrival, create, delete, edit, exchange, fresh, hold,
    id, menu, propose, publish, report_attendance, session, settle, withdraw,
};
use lianxiao::wire::v1;
use prost::Message as _;
use std::collections::{BTreeMap, HashMap};
use v1::{Atomicity, Outcome, PushMode};

const CAMPUSES: [&str; 3] = [HEAD, SPRING, LAKE];
/// The office's place, after the campuses.
const OFFICE: usize = 3;

/// What the pushers know of a record: not always the truth.
struct Known {
    id: String,
    kind: &'static str,
    owner: usize,
    /// 0 while nothing of it is stored.
    version: i64,
    conflicts: Vec<String>,
}

struct Life {
    dice: Dice,
    places: Vec<Client>,
    known: Vec<Known>,
    /// What was stored, with its first answer.
    stored: Vec<(usize, v1::Mutation, v1::PushResult)>,
    readers: Vec<Reader>,
    outcomes: HashMap<Outcome, usize>,
    checkpoints: usize,
}

/// The register record of a campus.
fn register(name: &str) -> Known {
    Known {
        id: id(name),
        kind: "campus",
        owner: OFFICE,
        version: 1,
        conflicts: Vec::new(),
    }
}

/// A campus under one more name.
fn renamed(name: &str) -> v1::Campus {
    v1::Campus {
        aliases: vec![fresh()],
        ..campus(name, v1::CampusRole::Branch)
    }
}

fn places(hub: &TestHub) -> Vec<Client> {
    let campuses = CAMPUSES.iter().map(|name| hub.campus(name));
    campuses.chain([hub.office()]).collect()
}

impl Life {
    fn new(hub: &TestHub) -> Self {
        let places = places(hub);
        let filters = [
            v1::Filter::default(),
            kinds(&["menu"]),
            kinds(&["exchange", "conflict"]),
            campuses(&[&id(HEAD), &id(LAKE)]),
        ];
        let readers = places.iter().flat_map(|place| {
            let reader = |filter: &v1::Filter| Reader::new(place.clone(), filter.clone());
            filters.iter().map(reader).collect::<Vec<_>>()
        });
        Life {
            dice: Dice::seeded(),
            known: CAMPUSES.map(register).into(),
            stored: Vec::new(),
            readers: readers.collect(),
            outcomes: HashMap::new(),
            checkpoints: 0,
            places,
        }
    }

    async fn push_something(&mut self) {
        let place = self.dice.below(4);
        let count = 1 + self.dice.below(4);
        let mutations: Vec<_> = (0..count).map(|_| self.any_mutation(place)).collect();
        let mode = match self.dice.below(10) {
            0 => PushMode::Validate,
            _ => PushMode::Commit,
        };
        let atomicity = match self.dice.below(5) {
            0 => Atomicity::All,
            _ => Atomicity::Item,
        };
        let client = &self.places[place];
        let results = client.push_as(mode, atomicity, mutations.clone()).await;
        for (mutation, result) in mutations.into_iter().zip(results) {
            *self.outcomes.entry(result.outcome()).or_default() += 1;
            let meant = mode == PushMode::Commit;
            self.learn(place, mutation, result, meant);
        }
        self.known.retain(|known| known.version > 0);
    }

    fn learn(&mut self, place: usize, sent: v1::Mutation, result: v1::PushResult, meant: bool) {
        let mut known = self.known.iter_mut();
        let about = known.find(|known| known.id == result.record_id);
        if let Some(known) = about.filter(|_| meant) {
            known.version = known.version.max(result.version);
            if !result.conflict_id.is_empty() {
                known.conflicts.push(result.conflict_id.clone());
            }
        }
        if meant && result.position > 0 && !result.replayed {
            self.stored.push((place, sent, result));
        }
    }

    fn any_mutation(&mut self, place: usize) -> v1::Mutation {
        let of_mine: Vec<usize> = (0..self.known.len())
            .filter(|index| self.known[*index].owner == place)
            .collect();
        match self.dice.below(100) {
            0..5 if !self.stored.is_empty() => self.again(place),
            5..60 if !of_mine.is_empty() => {
                let mine = self.dice.pick(&of_mine);
                self.any_wish(place, mine)
            }
            60..75 if !self.known.is_empty() => {
                let any = self.dice.below(self.known.len());
                self.any_wish(place, any)
            }
            _ if place == OFFICE => self.any_register(),
            _ => self.any_creation(place),
        }
    }

    fn any_register(&mut self) -> v1::Mutation {
        let campus = self.dice.below(CAMPUSES.len());
        self.any_wish(OFFICE, campus)
    }

    /// Something that was stored, pushed again; from another place it is something new.
    fn again(&mut self, place: usize) -> v1::Mutation {
        let mine: Vec<_> = self.stored.iter().filter(|(of, ..)| *of == place).collect();
        match mine.as_slice() {
            [] => self.stored[0].1.clone(),
            mine => self.dice.pick(mine).1.clone(),
        }
    }

    fn any_creation(&mut self, place: usize) -> v1::Mutation {
        let (id, kind) = (fresh(), self.dice.pick(&["menu", "session", "exchange"]));
        self.known.push(Known {
            id: id.clone(),
            kind,
            owner: place,
            version: 0,
            conflicts: Vec::new(),
        });
        match kind {
            "menu" => create(&id, self.any_menu()),
            "session" => create(&id, self.any_session()),
            _ => create(&id, self.any_exchange(place)),
        }
    }

    fn any_menu(&mut self) -> v1::Menu {
        let days = ["2026-05-11", "2026-05-12", "2026-05-13", "2026-05-14"];
        let from = self.dice.below(days.len());
        let priced = self.dice.below(5).try_into().ok();
        v1::Menu {
            menu_set: self.dice.pick(&["", "A", "B", "C", "D", "E"]).to_owned(),
            price_fen: priced,
            ..menu(&days[from..])
        }
    }

    fn any_session(&mut self) -> v1::Session {
        let title = "备课".repeat(1 + self.dice.below(60));
        session(&title, self.dice.pick(&["2026-05-08", "2026-05-12"]))
    }

    fn any_exchange(&mut self, home: usize) -> v1::Exchange {
        let home = CAMPUSES[home];
        v1::Exchange {
            planned_end: self.dice.pick(&["", "2026-07", "2027-07"]).to_owned(),
            ..exchange(&id(home), &id(self.dice.pick(&CAMPUSES)))
        }
    }

    fn any_wish(&mut self, place: usize, about: usize) -> v1::Mutation {
        let Known { kind, owner, .. } = self.known[about];
        let record = self.known[about].id.clone();
        let newest = self.known[about].version;
        let seen = (newest - i64::from(self.dice.chance(25))).max(1);
        let conflict = self.known[about].conflicts.pop();
        match (self.dice.below(10), conflict) {
            _ if kind == "campus" => edit(&record, seen, renamed(CAMPUSES[about])),
            (0..4, None) | (0..2, Some(_)) => match kind {
                "menu" => edit(&record, seen, self.any_menu()),
                "session" => edit(&record, seen, self.any_session()),
                _ => edit(&record, seen, self.any_exchange(owner)),
            },
            (4, _) => delete(&record, seen),
            (2..4, Some(conflict)) if kind == "session" => {
                settle(&record, newest, self.any_session(), &[&conflict])
            }
            _ => act(&record, seen, self.any_action(kind, place)),
        }
    }

    fn any_action(&mut self, kind: &str, place: usize) -> bytes::Bytes {
        let attended = i32::try_from(self.dice.below(9)).expect("a small number");
        let choices = match (kind, place) {
            ("menu", _) => vec![publish(), publish(), withdraw()],
            ("session", _) => vec![announce(), hold(), report_attendance(9, attended)],
            (_, OFFICE) => vec![approve()],
            _ => vec![
                propose(),
                propose(),
                accept(),
                confirm_arrival("2026-05-08"),
            ],
        };
        self.dice.pick(&choices)
    }

    async fn read_something(&mut self) {
        for _ in 0..self.dice.below(4) {
            let reader = self.dice.below(self.readers.len());
            for _ in 0..=self.dice.below(3) {
                let max_bytes = self.dice.pick(&[1, 300, 900, 0]);
                let page = self.readers[reader].page(max_bytes).await;
                if let Some(checkpoint) = page.checkpoint {
                    self.checkpoints += 1;
                    is_whole(&self.readers[reader], &checkpoint).await;
                }
            }
        }
    }

    async fn everybody_reads_to_the_end(&mut self) {
        for reader in &mut self.readers {
            let checkpoint = reader.until_whole(0).await;
            is_whole(reader, &checkpoint).await;
        }
    }

    /// Every place sees all that the rules give it and nothing else, everybody in the same version.
    async fn everybody_sees_what_is_theirs(&self) {
        let mut copies = Vec::new();
        for place in &self.places {
            copies.push(Reader::all(place).await);
        }
        let mut all: BTreeMap<String, v1::Record> = BTreeMap::new();
        for (id, record) in copies.iter().flat_map(|copy| &copy.records) {
            let before = all.insert(id.clone(), record.clone());
            assert!(before.is_none_or(|before| before == *record), "two truths");
        }
        for (place, copy) in self.places.iter().zip(copies) {
            let mut theirs = all.clone();
            theirs.retain(|_, record| may_see(&place.campus_id, record));
            let got: Vec<_> = copy.records.keys().collect();
            let expected: Vec<_> = theirs.keys().collect();
            assert_eq!(got, expected, "what {:?} sees", place.campus_id);
        }
    }

    async fn nothing_is_done_twice(&self) {
        let newest = self.places[OFFICE].newest().await;
        for (place, mutation, first) in &self.stored {
            let again = self.places[*place].one(mutation.clone()).await;
            let expected = v1::PushResult {
                replayed: true,
                current: None,
                ..first.clone()
            };
            assert_eq!(again, expected);
        }
        assert_eq!(self.places[OFFICE].newest().await, newest);
    }

    fn was_lively(&self) {
        use Outcome::{Applied, ConflictKept, NotApplied, Rejected, Unchanged};
        for outcome in [Applied, ConflictKept, NotApplied, Rejected, Unchanged] {
            let count = self.outcomes.get(&outcome);
            assert!(
                count.is_some(),
                "nothing was {outcome:?}: {:?}",
                self.outcomes
            );
        }
        assert!(self.checkpoints > 20, "{} checkpoints", self.checkpoints);
    }

    fn call_again(&mut self, hub: &TestHub) {
        self.places = places(hub);
        let each = self.readers.len() / self.places.len();
        for (index, reader) in self.readers.iter_mut().enumerate() {
            reader.client = self.places[index / each].clone();
        }
    }
}

/// A copy at a checkpoint is what a fresh reader of the same wish gets.
async fn is_whole(reader: &Reader, checkpoint: &v1::Checkpoint) {
    let mut fresh = Reader::new(reader.client.clone(), reader.filter.clone());
    let expected = fresh.until_whole(0).await;
    assert_eq!(checkpoint.newest_position, expected.newest_position);
    assert_eq!(checkpoint.chain, expected.chain);
    same(&reader.mirror, &fresh.mirror);
}

fn same(copy: &Mirror, fresh: &Mirror) {
    for id in copy.records.keys().chain(fresh.records.keys()) {
        assert_eq!(copy.records.get(id), fresh.records.get(id), "{id}");
    }
}

/// The rules of who sees what, told once more and otherwise.
fn may_see(campus_id: &str, record: &v1::Record) -> bool {
    let office = campus_id.is_empty();
    let owner = record.campus_id == campus_id;
    let state = v1::State::decode(record.state.clone()).expect("a state");
    match state.kind {
        Some(v1::state::Kind::Menu(menu)) => {
            use v1::MenuStatus::{Amended, Closed, Published};
            owner || office || matches!(menu.status(), Published | Amended | Closed)
        }
        Some(v1::state::Kind::Exchange(exchange)) => {
            let draft = exchange.status() == v1::ExchangeStatus::Draft;
            owner || !draft && (office || is_host(campus_id, record))
        }
        Some(
            v1::state::Kind::Conflict(_)
            | v1::state::Kind::Correction(_)
            | v1::state::Kind::Proposal(_),
        ) => owner || office,
        Some(v1::state::Kind::Session(_) | v1::state::Kind::Person(_)) | None => true,
    }
}

fn is_host(campus_id: &str, record: &v1::Record) -> bool {
    let content = v1::Content::decode(record.content.clone()).expect("a content");
    let Some(v1::content::Kind::Exchange(exchange)) = content.kind else {
        panic!("an exchange");
    };
    let host = exchange.host.and_then(|host| host.unit);
    host == Some(v1::unit::Unit::CampusId(campus_id.to_owned()))
}

#[tokio::test]
async fn at_every_checkpoint_of_an_unplanned_life_a_copy_is_what_a_fresh_reader_gets() {
    let steps = match std::env::var_os("LIANXIAO_LONG") {
        Some(_) => 2_000,
        None => 200,
    };
    let mut hub = TestHub::start().await;
    let mut life = Life::new(&hub);
    for step in 0..steps {
        life.push_something().await;
        life.read_something().await;
        if step == steps / 2 {
            // The sessions of the Tuesday can be held now, and its menus are being eaten.
            hub.clock
                .set("2026-05-12T16:00:00+08:00".parse().expect("a time"));
            life.everybody_sees_what_is_theirs().await;
        }
    }
    life.everybody_reads_to_the_end().await;
    life.everybody_sees_what_is_theirs().await;
    hub.stop().await;
    hub.reopen().await;
    life.call_again(&hub);
    life.nothing_is_done_twice().await;
    life.everybody_reads_to_the_end().await;
    life.was_lively();
}
