//! An erasure that is cut off by `kill -9`: it ends by itself when the hub starts, and counts nothing twice.

use super::{NAME, erase, files_with, register, who};
use crate::harness::{Client, within};
use crate::process::{admin, serve};
use crate::reader::{Reader, Watcher};
use crate::wishes::{create, fresh, session};
use lianxiao::wire::v1;
use std::path::Path;
use v1::watch_response::Event;

const SESSIONS: usize = 3_000;

/// A group with a campus: its id, and the tokens of its clerk and of the office.
fn group(data: &Path) -> (String, String, String) {
    let group = admin(data, &["group", "create", "河海教育集团"]);
    let of = ["--group", &group];
    let role = ["--role", "branch", "--name", "春风分校"];
    let campus = admin(data, &[&["campus", "create"][..], &of, &role].concat());
    let create = [&["credential", "create"][..], &of].concat();
    let clerk = [&create[..], &["--campus", &campus, "--holder", "教导处"]].concat();
    let office = [&create[..], &["--office", "--holder", "集团办"]].concat();
    let (clerk, office) = (admin(data, &clerk), admin(data, &office));
    (campus, clerk, office)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_cut_off_in_the_middle_ends_whole_when_the_hub_starts() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let (hub, address) = serve(&data);
    let (campus, clerk, office) = group(&data);
    let client = Client::of_program(&address, &clerk);
    let asking = Client::of_program(&address, &office);
    let person = register(&asking, &campus, NAME).await;
    let led = || v1::Session {
        lead: Some(who(&person)),
        ..session("备课", "2026-05-12")
    };
    let sessions: Vec<_> = (0..SESSIONS).map(|_| create(&fresh(), led())).collect();
    for some in sessions.chunks(500) {
        client.push(some).await;
    }
    let before = asking.newest().await;
    let mut watcher = Watcher::start(&client, v1::Filter::default()).await;
    watcher.until(before).await;
    let erasing = tokio::spawn(async move { erase(&asking, &person, &[]).await });
    let Event::Changes(_) = watcher.next_news().await else {
        panic!("the first part is told of")
    };
    hub.kill();
    let answer = within("the line breaks", erasing).await.expect("no panic");
    answer.expect_err("it was cut off");
    assert_ne!(
        files_with(&data, NAME),
        Vec::<String>::new(),
        "in the middle"
    );

    let (hub, address) = serve(&data);
    // Nobody is answered before it has ended.
    assert_eq!(files_with(&data, NAME), Vec::<String>::new());
    let office = Client::of_program(&address, &office);
    // Each session was told of once, and the person.
    let told = i64::try_from(SESSIONS).unwrap() + 1;
    assert_eq!(office.newest().await, before + told);
    let copy = Reader::all(&office).await;
    assert!(copy.ids("session").len() == SESSIONS);
    for id in copy.ids("session") {
        assert_eq!(
            (copy.records[id].version, copy.records[id].reason.as_str()),
            (2, "ERASED")
        );
    }
    let mut reader = Reader {
        client: office.clone(),
        filter: v1::Filter::default(),
        cursor: watcher.cursor.clone(),
        mirror: watcher.mirror.clone(),
    };
    reader.client = Client::of_program(&address, &clerk);
    reader.until_whole(0).await;
    assert_eq!(
        reader.mirror,
        Reader::all(&reader.client).await,
        "it went on"
    );
    drop(hub);
}
