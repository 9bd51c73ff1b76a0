//! A branch school: somebody types, a replica brings it to the hub over a weak line.

use super::log::{Book, Copied, Pen, Typed, by_id};
use super::proxy::{Proxy, Weather};
use super::script::Deed;
use super::stage::{CANTEEN, Place, Stage};
use crate::wishes::{Content as _, announce, lunch, publish, report_attendance, session, withdraw};
use bytes::Bytes;
use lianxiao::client::{Line, Replica, ReplicaError};
use lianxiao::wire::v1;
use prost::Message as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use uuid::Uuid;
use v1::content::Kind;

/// A sync that takes longer hangs.
const PATIENCE: Duration = Duration::from_mins(1);

/// A branch and its line.
pub struct Branch {
    pub name: String,
    pub place: Place,
    index: usize,
    file: PathBuf,
    pub replica: Replica,
    pen: Arc<Pen>,
    book: Book,
    line: Line,
    proxy: Proxy,
    created: Vec<String>,
}

impl Branch {
    pub async fn open(stage: &Stage, book: &Book, index: usize, place: usize) -> Self {
        let place = stage.places[place].clone();
        let proxy = Proxy::start(stage.address(index)).await;
        let line = Line::new(&format!("http://{}", proxy.address), &place.token);
        let file = stage.file(&format!("replica-{index}.db"));
        let pen = Arc::new(Pen {
            book: book.clone(),
            whole: Mutex::new(None),
        });
        let replica = Replica::open(&file).await.expect("a replica");
        Branch {
            name: format!("branch {index}"),
            place,
            index,
            file,
            replica: replica.observed_by(pen.clone()),
            pen,
            book: book.clone(),
            line: line.expect("a line"),
            proxy,
            created: Vec::new(),
        }
    }

    /// One deed after the other.
    pub async fn live(&mut self, deeds: &[Deed]) {
        for deed in deeds {
            self.deed(*deed).await;
        }
    }

    async fn deed(&mut self, deed: Deed) {
        match deed {
            Deed::Create { menu, mark } => {
                self.create(menu, mark).await;
            }
            Deed::Edit { pick, field, mark } => self.edit_any(pick, Some((field, mark))).await,
            Deed::SayAgain { pick } => self.edit_any(pick, None).await,
            Deed::Settle { pick, mark } => self.settle(pick, mark).await,
            Deed::Delete { pick } => self.delete(pick).await,
            Deed::Act { pick, which } => self.act(pick, which).await,
            Deed::Sync => self.sync().await,
            Deed::SyncLosingReplies => {
                self.proxy.turn(Weather::Swallows);
                self.sync().await;
                self.proxy.turn(Weather::Fair);
            }
            Deed::SyncCut(after) => self.sync_cut(after).await,
            Deed::SyncCrash(after) => {
                let after = Duration::from_millis(after);
                let _ = timeout(after, self.replica.sync(&self.line)).await;
                self.crash().await;
            }
            Deed::Watch(long) => self.watch(long).await,
        }
    }

    /// Everything that is not on the disk is forgotten.
    async fn crash(&mut self) {
        let replica = Replica::open(&self.file).await.expect("a replica");
        self.replica = replica.observed_by(self.pen.clone());
        *self.pen.whole.lock().expect("nobody panicked") = None;
    }

    async fn sync_cut(&mut self, after: u64) {
        let cut = async {
            sleep(Duration::from_millis(after)).await;
            self.proxy.turn(Weather::Cut);
        };
        let ((), ()) = tokio::join!(cut, self.sync());
        self.proxy.turn(Weather::Fair);
    }

    /// A sync, and a look at the copy after it.
    pub async fn sync(&self) {
        match timeout(PATIENCE, self.replica.sync(&self.line)).await {
            Ok(Ok(_)) => self.copy().await,
            Ok(Err(error)) => self.judge(&error),
            Err(_) => self.impossible("a sync hangs".to_owned()),
        }
    }

    async fn watch(&self, long: u64) {
        let typed = Notify::new();
        let watch = self.replica.watch(&self.line, &typed, |_| {});
        match timeout(Duration::from_millis(5 * long), watch).await {
            Ok(Err(error)) => self.judge(&error),
            Ok(Ok(())) => self.impossible("a watch ended well".to_owned()),
            Err(_) => self.copy().await,
        }
    }

    fn judge(&self, error: &ReplicaError) {
        if !error.passes() {
            self.impossible(format!("{error:?}"));
        }
    }

    fn impossible(&self, what: String) {
        let what = format!("{}: {what}", self.name);
        self.book.write(|log| log.impossible.push(what));
    }

    async fn copy(&self) {
        let Some(checkpoint) = self.pen.whole.lock().expect("nobody panicked").clone() else {
            return;
        };
        let records = self.replica.records().await.expect("a copy");
        let state = self.replica.state().await.expect("a state");
        if state.whole_at == checkpoint.newest_position {
            self.book.write(|log| {
                log.copied.push(Copied {
                    who: self.name.clone(),
                    campus_id: self.place.campus_id.clone(),
                    position: checkpoint.newest_position,
                    chain: checkpoint.chain.to_vec(),
                    records: by_id(records),
                });
            });
        }
    }

    fn typed(&self, mutation: v1::Mutation, mark: String) {
        let branch = self.index;
        self.book.write(|log| {
            log.typed.push(Typed {
                branch,
                mutation,
                mark,
            });
        });
    }

    /// The id of what a campus makes; the office makes nothing.
    pub async fn create(&mut self, menu: bool, number: usize) -> Option<String> {
        if self.place.campus_id.is_empty() {
            return None;
        }
        let id = Uuid::from_u128(0xc0de << 64 | number as u128).to_string();
        let mark = mark(number);
        let content = if menu {
            a_menu(number, &mark).encode()
        } else {
            let mut new = session("集体备课", "2031-05-12");
            new.lesson.clone_from(&mark);
            new.encode()
        };
        let mutation = self.replica.put(&id, content).await.expect("it is typed");
        self.created.push(id.clone());
        self.typed(mutation, mark);
        Some(id)
    }

    /// What this branch may write, or at least thinks so.
    async fn pick(&self, pick: usize) -> Option<(String, Bytes)> {
        let copy = self.replica.records().await.expect("a copy");
        let mine = |record: &&v1::Record| {
            record.campus_id == self.place.campus_id
                && ["session", "menu"].contains(&record.kind.as_str())
        };
        let mut ids: Vec<_> = copy.iter().filter(mine).map(|r| r.id.clone()).collect();
        ids.extend(self.created.iter().cloned());
        ids.sort();
        ids.dedup();
        let id = ids.get(pick % ids.len().max(1))?.clone();
        let content = self.replica.content(&id).await.expect("a content")?;
        Some((id, content))
    }

    /// Edits what the copy holds.
    pub async fn edit(&self, id: &str, number: usize) {
        let content = self.replica.content(id).await.expect("a copy");
        let content = content.expect("a record");
        self.edit_one(id, content, Some((0, number)), Vec::new())
            .await;
    }

    async fn edit_any(&self, pick: usize, change: Option<(usize, usize)>) {
        if let Some((id, content)) = self.pick(pick).await {
            self.edit_one(&id, content, change, Vec::new()).await;
        }
    }

    async fn edit_one(
        &self,
        id: &str,
        content: Bytes,
        change: Option<(usize, usize)>,
        resolves: Vec<String>,
    ) {
        let (content, mark) = match change {
            None => (content, String::new()),
            Some((field, number)) => (changed(&content, field, &mark(number)), mark(number)),
        };
        let mutation = self.replica.settle(id, content, resolves).await;
        self.typed(mutation.expect("it is typed"), mark);
    }

    async fn settle(&self, pick: usize, number: usize) {
        let copy = self.replica.records().await.expect("a copy");
        let conflicts = copy
            .iter()
            .filter(|record| record.kind == "conflict" && record.campus_id == self.place.campus_id);
        let conflicts: Vec<_> = conflicts.collect();
        let Some(conflict) = conflicts.get(pick % conflicts.len().max(1)) else {
            return;
        };
        let state = v1::State::decode(conflict.state.clone()).expect("a state");
        let Some(v1::state::Kind::Conflict(about)) = state.kind else {
            panic!("a conflict")
        };
        let content = self.replica.content(&about.record_id).await.expect("it");
        if let Some(content) = content {
            let settles = vec![conflict.id.clone()];
            let change = Some((pick % 3, number));
            self.edit_one(&about.record_id, content, change, settles)
                .await;
        }
    }

    async fn delete(&self, pick: usize) {
        if let Some((id, _)) = self.pick(pick).await {
            let mutation = self.replica.delete(&id).await.expect("it is typed");
            self.typed(mutation, String::new());
        }
    }

    /// Something of one's own, or of anybody's.
    async fn act(&self, pick: usize, which: usize) {
        let copy = self.replica.records().await.expect("a copy");
        let any: Vec<_> = copy.iter().filter(|r| r.kind == "session").collect();
        let own = self.pick(pick).await;
        let (id, action) = match (which, own) {
            (0, _) if !any.is_empty() => {
                let id = any[pick % any.len()].id.clone();
                (id, report_attendance(9, 3))
            }
            (_, Some((id, content))) => match (v1::Content::decode(content), which) {
                (
                    Ok(v1::Content {
                        kind: Some(Kind::Menu(_)),
                    }),
                    3,
                ) => (id, withdraw()),
                (
                    Ok(v1::Content {
                        kind: Some(Kind::Menu(_)),
                    }),
                    _,
                ) => (id, publish()),
                _ => (id, announce()),
            },
            _ => return,
        };
        let mutation = self.replica.act(&id, action).await.expect("it is typed");
        self.typed(mutation, String::new());
    }
}

/// A word that is found again.
fn mark(number: usize) -> String {
    format!("m{number}!")
}

/// A menu whose day no other menu has.
fn a_menu(number: usize, mark: &str) -> v1::Menu {
    let (month, day) = (1 + number / 28 % 12, 1 + number % 28);
    let date = format!("{}-{month:02}-{day:02}", 2031 + number / 336);
    v1::Menu {
        canteen: CANTEEN.to_owned(),
        audience: v1::MenuAudience::Pupils.into(),
        meals: vec![lunch(&date, "红烧狮子头")],
        service_dates: vec![date],
        remarks: vec![mark.to_owned()],
        ..Default::default()
    }
}

fn changed(content: &Bytes, field: usize, mark: &str) -> Bytes {
    let content = v1::Content::decode(content.clone()).expect("a content");
    match content.kind {
        Some(Kind::Session(mut session)) => {
            let fields = [
                &mut session.lesson,
                &mut session.textbook,
                &mut session.audience_note,
            ];
            let [lesson, textbook, note] = fields;
            mark.clone_into([lesson, textbook, note][field]);
            session.encode()
        }
        Some(Kind::Menu(mut menu)) => {
            match field {
                0 => mark.clone_into(&mut menu.label),
                _ => menu.remarks = vec![mark.to_owned()],
            }
            menu.encode()
        }
        _ => panic!("nothing else is typed"),
    }
}
