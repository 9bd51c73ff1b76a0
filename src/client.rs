//! What a program at a school embeds to talk to a hub: a line to it, and a replica that goes on working
//! without one.
//!
//! A [`Replica`] is one file: a copy of what the school may see, an outbox of what was typed, and a journal of what
//! the hub accepted and no backup of it holds yet. What is typed is on the disk when the call returns. [`sync`]
//! brings it to the hub and the hub's changes here; [`watch`] does so for as long as it runs. Whatever happens on the
//! way, nothing typed is lost and nothing has its effect twice.
//!
//! ```
//! # use lianxiao::hub::{Config, Hub, LOOK_EVERY, NewCredential};
//! # use lianxiao::model::{clock::SystemClock, ids::{Place, RecordId}, limits::Limits};
//! # use std::sync::Arc;
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
//! # let folder = tempfile::tempdir()?;
//! # let (data, database, limits) = (folder.path().join("hub"), None, Limits::default());
//! # let config = Config { data, database, limits, look_every: LOOK_EVERY };
//! # let (hub, _drained) = Hub::open(&config, Arc::new(SystemClock)).await?;
//! # let group = hub.create_group("河海教育集团").await?.id;
//! # let campus: RecordId = "6a6b43f0-5c1d-4e5f-8a9b-0c1d2e3f4a5b".parse().expect("an id");
//! # let register = lianxiao::wire::v1::Campus { name: "春风分校".into(), role: 2, ..Default::default() };
//! # hub.create_campus(group, campus, lianxiao::wire::v1::content::Kind::Campus(register).encoded()).await?;
//! # let new = NewCredential::new(Place::Campus(campus), "总务处");
//! # let token = hub.create_credential(group, new).await?.1.reveal().to_owned();
//! # let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! # let address = format!("http://{}", listener.local_addr()?);
//! # tokio::spawn(lianxiao::grpc::serve(hub, listener, std::future::pending()));
//! use lianxiao::client::{Line, Replica, fresh_id};
//! use lianxiao::wire::v1::{CanteenNote, content::Kind};
//!
//! let replica = Replica::open(&folder.path().join("school.db")).await?;
//! let (topic, measure) = ("留样".into(), "每餐专人留样".into());
//! let note = CanteenNote { topic, measure, ..Default::default() };
//! let id = fresh_id().to_string();
//! replica.put(&id, Kind::CanteenNote(note).encoded()).await?; // on the disk, with or without a line
//! assert_eq!(replica.outbox().await?.len(), 1);
//! let line = Line::new(&address, &token)?; // whoever joined: Credential::read(file)?.line()?
//! replica.sync(&line).await?;
//! assert_eq!(replica.record(&id).await?.expect("it is in the copy").version, 1);
//! # assert!(replica.outbox().await?.is_empty());
//! # replica.close().await;
//! # Ok(())
//! # }
//! ```
//!
//! Beside `put` there are [`act`](Replica::act) (publish, announce, accept …), [`act_all`](Replica::act_all) for what
//! is done together or not at all, [`delete`](Replica::delete),
//! [`correct`](Replica::correct) and [`discard`](Replica::discard) for what was refused, and
//! [`settle`](Replica::settle) for a conflict. An [`Observer`] hears of every answer once it is on the disk.
//!
//! [`sync`]: Replica::sync
//! [`watch`]: Replica::watch

mod backoff;
mod credential;
mod database;
mod error;
mod join;
mod line;
mod pinned;
mod proof;
mod pull;
mod push;
mod replica;
mod report;
mod seen;
mod sides;
mod verify;
mod watch;
mod wish;

pub use credential::{Credential, CredentialError};
pub use database::{Entry, Kept, State};
pub use error::{ReplicaError, Result};
pub use join::{JoinError, Joining};
pub use line::{Authorised, Line, LineError, Trust};
pub use proof::{Difference, Forged, Proof};
pub use replica::{Observer, Replica};
pub use seen::Seen;
pub use sides::{Side, sides};
pub use wish::fresh_id;
