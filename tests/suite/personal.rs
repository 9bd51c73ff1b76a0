//! Personal data: exported, erased everywhere and for good, ended with its time, never in a log.

mod audit;
mod contract;
mod cut_off;
mod erase;
mod export;
mod free_text;
mod holders;
mod logs;
mod replicas;
mod restore;
mod retention;
mod unnamed;
mod whose;

use crate::database;
use crate::harness::{Client, HEAD, LAKE, TestHub, within};
use crate::wishes::{create, edit, exchange, fresh, named, session};
use lianxiao::wire::v1;
use std::path::Path;
use tonic::Status;

/// A name that nobody else has, not even in part.
pub const NAME: &str = "欧阳晓明";
/// A name that several people have.
pub const COMMON: &str = "王老师";

/// A hub on which somebody is known.
pub struct Staff {
    pub hub: TestHub,
    /// The record id of [`NAME`].
    pub person: String,
}

impl Staff {
    pub async fn start() -> Self {
        let hub = TestHub::start().await;
        let person = register(&hub.office(), &hub.campus(HEAD).campus_id, NAME).await;
        Staff { hub, person }
    }

    /// The person, as other records point at somebody.
    pub fn who(&self) -> v1::PersonRef {
        who(&self.person)
    }

    /// A session that the person leads, speaks at under another name, and is named in.
    pub fn led_session(&self) -> v1::Session {
        let minutes = v1::Minutes {
            view: format!("{NAME}、{COMMON}都说好"),
            ..Default::default()
        };
        v1::Session {
            lead: Some(self.who()),
            speakers: vec![named(COMMON)],
            minutes: Some(minutes),
            textbook: format!("{NAME}编校本教材"),
            co_hosts: vec![format!("{NAME}名师工作室")],
            ..session(&format!("{NAME}公开课"), "2026-05-12")
        }
    }

    /// The person's exchange from the head school to the lake campus.
    pub fn exchange(&self) -> v1::Exchange {
        let (head, lake) = (self.hub.campus(HEAD), self.hub.campus(LAKE));
        v1::Exchange {
            person: Some(self.who()),
            rank_at_start: v1::Rank::Senior.into(),
            years_at_home: Some(7),
            ..exchange(&head.campus_id, &lake.campus_id)
        }
    }

    /// Erases the person.
    pub async fn erase(&self) -> v1::ErasePersonResponse {
        let erased = erase(&self.hub.office(), &self.person, &[]).await;
        erased.expect("erased")
    }

    /// The session pushed by the head school, edited once.
    pub async fn held_session(&self) -> String {
        let (head, record) = (self.hub.campus(HEAD), fresh());
        head.applied(create(&record, self.led_session())).await;
        let later = v1::Session {
            lesson: "分数".to_owned(),
            ..self.led_session()
        };
        head.applied(edit(&record, 1, later)).await;
        record
    }
}

/// Registers somebody; the record id.
pub async fn register(office: &Client, home: &str, name: &str) -> String {
    let person = fresh();
    let content = v1::Person {
        display_name: name.to_owned(),
        home_campus_id: home.to_owned(),
        ranks: vec![v1::DatedRank {
            rank: v1::Rank::Senior.into(),
            from: "2020-09".to_owned(),
        }],
        titles: vec![v1::Title {
            title: "骨干教师".to_owned(),
            level: v1::TitleLevel::City.into(),
            ..Default::default()
        }],
        ..Default::default()
    };
    office.applied(create(&person, content)).await;
    person
}

/// [`NAME`], by id and name.
pub fn who(person: &str) -> v1::PersonRef {
    v1::PersonRef {
        person_id: person.to_owned(),
        affiliation: "乙小学".to_owned(),
        ..named(NAME)
    }
}

/// Asks to erase.
pub async fn erase(
    client: &Client,
    person: &str,
    records: &[&str],
) -> Result<v1::ErasePersonResponse, Status> {
    let request = v1::ErasePersonRequest {
        person_id: person.to_owned(),
        record_ids: records.iter().map(|id| (*id).to_owned()).collect(),
        ..Default::default()
    };
    ask(client, request).await
}

/// Asks to erase whoever writes under a name.
pub async fn erase_holder(
    client: &Client,
    holder: &str,
) -> Result<v1::ErasePersonResponse, Status> {
    let request = v1::ErasePersonRequest {
        holder: holder.to_owned(),
        ..Default::default()
    };
    ask(client, request).await
}

async fn ask(
    client: &Client,
    request: v1::ErasePersonRequest,
) -> Result<v1::ErasePersonResponse, Status> {
    let mut office = client.office.clone();
    let erased = within("somebody is erased", office.erase_person(request)).await;
    erased.map(tonic::Response::into_inner)
}

/// Everything that is kept about a person.
pub async fn export(
    client: &Client,
    person: &str,
) -> Result<Vec<v1::ExportPersonResponse>, Status> {
    let request = v1::ExportPersonRequest {
        person_id: person.to_owned(),
    };
    let mut stream = client
        .office
        .clone()
        .export_person(request)
        .await?
        .into_inner();
    let mut all = Vec::new();
    while let Some(kept) = within("a version comes", stream.message()).await? {
        all.push(kept);
    }
    Ok(all)
}

/// Whether bytes hold a text.
pub fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

/// The files below a hub's data folder that hold a text, its database included.
pub fn files_with(data: &Path, text: &str) -> Vec<String> {
    let mut found = files_below(data, text);
    found.extend(holds(&database::contents(data), text).then(|| "a table".to_owned()));
    found
}

/// The files below a folder that hold a text.
pub fn files_below(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).unwrap_or_default();
        if path.is_dir() {
            found.extend(files_below(&path, text));
        } else if holds(&bytes, text) {
            found.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    found.sort_unstable();
    found
}

/// Where every campus stands in the week of the tests.
pub async fn figures(office: &Client, time: &str) -> v1::GetGroupStatusResponse {
    let time: jiff::Timestamp = time.parse().expect("a time");
    let request = v1::GetGroupStatusRequest {
        first_date: "2026-05-04".to_owned(),
        last_date: "2026-05-17".to_owned(),
        time: Some(lianxiao::wire::convert::timestamp(time)),
    };
    let mut office = office.office.clone();
    let status = office.get_group_status(request).await.expect("figures");
    let mut status = status.into_inner();
    for campus in &mut status.campuses {
        // Of now, whatever the instant.
        campus.last_heard_time = None;
    }
    status
}
