//! The stage: a hub on an empty data folder, whose clock the play sets, and a client for each place.

use super::cast::{self, OFFICE, record_id};
use crate::cli::admin;
use crate::cli::running::{Cover, Running};
use crate::client::Line;
use crate::hub::{Config, LOOK_EVERY};
use crate::model::clock::SteppedClock;
use crate::model::limits::Limits;
use crate::wire::convert::push_request;
use crate::wire::v1;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpListener;

pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// When the play begins: a Friday before a make-up Saturday.
pub const START: &str = "2026-05-08T15:00:00+08:00";

pub struct Stage {
    _folder: Folder,
    running: Running,
    clock: Arc<SteppedClock>,
    tokens: BTreeMap<&'static str, String>,
}

impl Stage {
    /// Opens a hub on a new data folder.
    pub async fn open(listen: SocketAddr) -> Result<Self, Error> {
        let listener = match TcpListener::bind(listen).await {
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
                TcpListener::bind((listen.ip(), 0)).await?
            }
            bound => bound?,
        };
        let folder = Folder::new("demo");
        let clock = Arc::new(SteppedClock::starting_at(START.parse()?));
        let config = Config {
            data: folder.path().to_owned(),
            database: None,
            limits: Limits::default(),
            look_every: LOOK_EVERY,
        };
        let hub_clock: Arc<SteppedClock> = Arc::clone(&clock);
        let running = Running::start(&config, hub_clock, listener, Cover::PlainText).await?;
        Ok(Stage {
            _folder: folder,
            running,
            clock,
            tokens: BTreeMap::new(),
        })
    }

    /// Closes the hub and throws its data away.
    pub async fn close(self) -> Result<(), Error> {
        self.running.stop().await
    }

    pub fn address(&self) -> SocketAddr {
        self.running.address
    }

    pub fn token(&self, place: &str) -> &str {
        self.tokens
            .get(place)
            .map(String::as_str)
            .unwrap_or_default()
    }

    /// Sets the hub's clock forward.
    pub fn clock_to(&self, time: &str) -> Result<(), Error> {
        self.clock.set(time.parse()?);
        Ok(())
    }

    /// Makes the group, its campuses and a credential for each place, as an operator does.
    pub async fn found_group(&mut self) -> Result<(), Error> {
        let mut admin = admin::connect(&self.running.admin_socket).await?;
        let made = admin
            .create_group(v1::CreateGroupRequest {
                name: cast::GROUP.into(),
            })
            .await?;
        let group_id = made.into_inner().group.unwrap_or_default().id;
        for (name, campus) in cast::campuses() {
            let request = v1::CreateCampusRequest {
                group_id: group_id.clone(),
                campus_id: cast::campus_id(name),
                campus: Some(campus),
            };
            admin.create_campus(request).await?;
        }
        for name in cast::CAMPUSES.into_iter().chain([OFFICE]) {
            let (place, campus_id) = match name {
                OFFICE => (v1::PlaceKind::Office, String::new()),
                campus => (v1::PlaceKind::Campus, cast::campus_id(campus)),
            };
            let credential = v1::NewCredential {
                place: place.into(),
                campus_id,
                holder: if name == OFFICE {
                    OFFICE.into()
                } else {
                    "总务处".into()
                },
                ..Default::default()
            };
            let request = v1::CreateCredentialRequest {
                group_id: group_id.clone(),
                credential: Some(credential),
            };
            let token = admin.create_credential(request).await?.into_inner().token;
            self.tokens.insert(name, token);
        }
        Ok(())
    }

    /// A line to the hub for a place.
    pub fn line(&self, place: &str) -> Result<Line, Error> {
        Ok(Line::new(
            &format!("http://{}", self.running.address),
            self.token(place),
        )?)
    }

    /// Pushes for a place; what must not be refused is an error when it is.
    pub async fn push(&self, place: &str, mutations: Vec<v1::Mutation>) -> Result<(), Error> {
        all_stored(place, &self.try_push(place, mutations).await?)
    }

    /// Pushes for a place what stands or falls together.
    pub async fn push_together(
        &self,
        place: &str,
        mutations: Vec<v1::Mutation>,
    ) -> Result<(), Error> {
        let request = v1::PushRequest {
            atomicity: v1::Atomicity::All.into(),
            ..push_request(&mutations)
        };
        let answer = self.line(place)?.sync().push(request).await?;
        all_stored(place, &answer.into_inner().results)
    }

    pub async fn try_push(
        &self,
        place: &str,
        mutations: Vec<v1::Mutation>,
    ) -> Result<Vec<v1::PushResult>, Error> {
        let request = push_request(&mutations);
        Ok(self
            .line(place)?
            .sync()
            .push(request)
            .await?
            .into_inner()
            .results)
    }
}

fn all_stored(place: &str, results: &[v1::PushResult]) -> Result<(), Error> {
    let mut refusals = results.iter().flat_map(|result| &result.refusals);
    match refusals.next() {
        Some(refusal) => Err(format!("{place} 未收：{}", refusal.message_zh).into()),
        None => Ok(()),
    }
}

/// A folder of the play, thrown away when it is dropped.
pub struct Folder(PathBuf);

impl Folder {
    /// A folder that does not exist yet: whoever opens a hub in it makes it.
    pub fn new(name: &str) -> Self {
        let unique = crate::hub::random_uuid();
        Folder(std::env::temp_dir().join(format!("lianxiao-{name}-{unique}")))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A put of a new record.
pub fn put(record: &str, kind: v1::content::Kind) -> v1::Mutation {
    let content = prost::Message::encode_to_vec(&v1::Content { kind: Some(kind) });
    let put = v1::Put {
        content: content.into(),
        ..Default::default()
    };
    mutation(record, v1::mutation::Wish::Put(put))
}

/// A put upon a version of a menu.
pub fn edit(record: &str, version: i64, menu: v1::Menu) -> v1::Mutation {
    settle(record, version, menu, String::new())
}

/// The same, which also settles a conflict.
pub fn settle(record: &str, version: i64, menu: v1::Menu, conflict: String) -> v1::Mutation {
    let kind = v1::content::Kind::Menu(menu);
    let content = prost::Message::encode_to_vec(&v1::Content { kind: Some(kind) });
    let put = v1::Put {
        base: Some(v1::Base {
            version,
            ..Default::default()
        }),
        content: content.into(),
        resolves: Some(conflict)
            .filter(|id| !id.is_empty())
            .into_iter()
            .collect(),
        ..Default::default()
    };
    mutation(record, v1::mutation::Wish::Put(put))
}

/// An action on a record seen in a version.
pub fn act(record: &str, seen_version: i64, kind: v1::action::Kind) -> v1::Mutation {
    let action = prost::Message::encode_to_vec(&v1::Action { kind: Some(kind) });
    let act = v1::Act {
        seen_version,
        action: action.into(),
    };
    mutation(record, v1::mutation::Wish::Act(act))
}

fn mutation(record: &str, wish: v1::mutation::Wish) -> v1::Mutation {
    v1::Mutation {
        mutation_id: crate::hub::random_uuid().to_string(),
        record_id: record_id(record),
        wish: Some(wish),
        ..Default::default()
    }
}
