//! What is asked of the hub when all is over, through the public door.

use super::branch::Branch;
use super::log::{Book, Copied, Log, by_id};
use super::stage::{Place, Stage};
use lianxiao::client::Line;
use lianxiao::wire::v1;
use prost::Message as _;
use std::collections::{BTreeMap, HashMap, HashSet};
use v1::change::Change;

/// Everything the verdict is read from.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    pub log: Log,
    /// What stands in an outbox: waiting, or refused and visible.
    pub in_outbox: HashSet<String>,
    /// What the hub answers about every mutation that was ever typed.
    pub results: HashMap<String, v1::PushResult>,
    /// The last version of every record, by its owner's or the office's reading.
    pub versions: BTreeMap<String, i64>,
    /// The conflicts that stand: what each keeps.
    pub conflicts: HashMap<String, Vec<u8>>,
    /// What every version changed, by record and version.
    pub histories: HashMap<(String, i64), String>,
    /// Branches that are the only replica of their campus.
    pub alone: HashSet<usize>,
}

/// Asks for everything.
pub async fn gather(stage: &Stage, branches: &[Branch], book: &Book) -> Evidence {
    let mut evidence = Evidence::default();
    for branch in branches {
        for entry in branch.replica.outbox().await.expect("an outbox") {
            evidence.in_outbox.insert(entry.mutation.mutation_id);
        }
    }
    for place in &stage.places {
        let fresh = evidence.read_afresh(stage, place).await;
        book.write(|log| log.copied.push(fresh));
    }
    evidence.log = book.write(|log| log.clone());
    for (index, branch) in branches.iter().enumerate() {
        let campus = &branch.place.campus_id;
        let same = |other: &&Branch| other.place.campus_id == *campus;
        if branches.iter().filter(same).count() == 1 {
            evidence.alone.insert(index);
        }
        evidence
            .ask_for_results(index, &stage.line(&branch.place))
            .await;
    }
    let office = stage.places.last().expect("the office");
    evidence.ask_for_histories(stage, branches, office).await;
    evidence
}

impl Evidence {
    /// A reader that knows nothing reads everything.
    async fn read_afresh(&mut self, stage: &Stage, place: &Place) -> Copied {
        let line = stage.line(place);
        let (mut records, mut cursor, mut last) = (Vec::new(), String::new(), 0);
        loop {
            let pull = v1::PullRequest {
                cursor,
                max_bytes: 40_000,
                ..Default::default()
            };
            let page = line.sync().pull(pull).await.expect("a page").into_inner();
            for change in page.changes {
                let change = v1::Change::decode(change).expect("a change");
                let position = self.note(change.change.expect("a change"), &mut records);
                assert!(position > last, "{position} came after {last}");
                last = position;
            }
            if let Some(checkpoint) = page.checkpoint {
                return Copied {
                    who: "a fresh reader".to_owned(),
                    campus_id: place.campus_id.clone(),
                    position: checkpoint.newest_position,
                    chain: checkpoint.chain.to_vec(),
                    records: by_id(records),
                };
            }
            cursor = page.cursor;
        }
    }

    fn note(&mut self, change: Change, records: &mut Vec<v1::Record>) -> i64 {
        match change {
            Change::Upsert(record) => {
                let position = record.position;
                if record.kind == "conflict" {
                    let state = record.state.to_vec();
                    self.conflicts.insert(record.id.clone(), state);
                } else {
                    self.versions.insert(record.id.clone(), record.version);
                }
                records.push(record);
                position
            }
            Change::Deleted(deleted) => {
                if deleted.kind != "conflict" {
                    self.versions.insert(deleted.id, deleted.version);
                }
                deleted.position
            }
            Change::Removed(removed) => removed.position,
        }
    }

    async fn ask_for_results(&mut self, branch: usize, line: &Line) {
        let typed = self.log.typed.iter().filter(|typed| typed.branch == branch);
        let ids: Vec<_> = typed
            .map(|typed| typed.mutation.mutation_id.clone())
            .collect();
        for ids in ids.chunks(500) {
            let ask = v1::GetPushResultsRequest {
                mutation_ids: ids.to_vec(),
            };
            let told = line.sync().get_push_results(ask).await.expect("results");
            for result in told.into_inner().results {
                self.results.insert(result.mutation_id.clone(), result);
            }
        }
    }

    /// The histories of what was typed, read by each record's owner.
    async fn ask_for_histories(&mut self, stage: &Stage, branches: &[Branch], office: &Place) {
        let owner: BTreeMap<String, usize> = self
            .log
            .typed
            .iter()
            .filter(|typed| !typed.mark.is_empty())
            .map(|typed| (typed.mutation.record_id.clone(), typed.branch))
            .collect();
        for id in self.versions.clone().into_keys() {
            let place = owner
                .get(&id)
                .map_or(office, |branch| &branches[*branch].place);
            self.ask_for_history(&stage.line(place), &id).await;
        }
    }

    async fn ask_for_history(&mut self, line: &Line, id: &str) {
        let mut page_token = String::new();
        loop {
            let ask = v1::ListHistoryRequest {
                record_id: id.to_owned(),
                page_size: 100,
                page_token,
                whole: false,
            };
            let told = line.sync().list_history(ask).await.expect("a history");
            let told = told.into_inner();
            for entry in told.entries {
                let after: Vec<_> = entry.changes.into_iter().map(|c| c.after).collect();
                let key = (id.to_owned(), entry.version);
                self.histories.insert(key, after.join("\n"));
            }
            page_token = told.next_page_token;
            if page_token.is_empty() {
                return;
            }
        }
    }
}
