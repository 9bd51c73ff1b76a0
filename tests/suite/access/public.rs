//! What leaves the group by a public link: chosen records, and of them chosen fields.

use super::cast::Cast;
use crate::answers::failed;
use crate::personal::holds;
use crate::reader::{Reader, Watcher};
use crate::wishes::{Content as _, act, create, edit, fresh, menu, publish, session};
use lianxiao::wire::convert::digest_to_hex;
use lianxiao::wire::v1;
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use tonic::Code;

const REMARK: &str = "欧阳晓明值班";

fn remarked() -> v1::Menu {
    v1::Menu {
        remarks: vec![REMARK.to_owned(), "少盐".to_owned()],
        ..menu(&["2026-05-25"])
    }
}

fn digest(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    digest_to_hex(std::array::from_fn(|i| digest[i]))
}

#[tokio::test]
async fn a_public_link_gets_menus_without_what_is_marked_and_without_who_wrote_them() {
    let cast = Cast::meet().await;
    let (public, lake) = (cast.client("public"), cast.client("lake"));
    let mut live = Watcher::start(public, v1::Filter::default()).await;
    live.until(lake.newest().await).await;
    let record = fresh();
    let published = [create(&record, remarked()), act(&record, 1, publish())];
    cast.client("logistics").push(published).await;
    live.until(lake.newest().await).await;
    let pulled = Reader::all(public).await;
    let got = public.get(&record).await.expect("it is published");
    let whole = lake.get(&record).await.expect("it is published");
    assert!(holds(&whole.content, REMARK) && whole.actor == "总务处");
    let bare = v1::Menu {
        remarks: Vec::new(),
        ..remarked()
    };
    let bare = bare.encode();
    // What else a campus sees is there as it is, and the digest tells nothing of what is not.
    let expected = v1::Record {
        content_digest: digest(&bare),
        content: bare,
        actor: String::new(),
        ..whole
    };
    for shown in [
        &got,
        &pulled.records[&record],
        &live.mirror.records[&record],
    ] {
        assert_eq!(shown, &expected);
    }
    for shown in pulled.records.values() {
        assert_eq!(shown.actor, "", "{shown:?}");
        assert_eq!(shown.content_digest, digest(&shown.content));
    }
    assert_eq!(live.mirror, pulled);
    let commits = v1::ListCommitsRequest::default();
    let commits = public.sync.clone().list_commits(commits).await;
    failed(commits, Code::PermissionDenied, "NOT_ALLOWED");
}

#[tokio::test]
async fn a_public_link_reads_no_other_kinds_than_menus_words_days_rules_and_campuses() {
    let cast = Cast::meet().await;
    let office = cast.client("office");
    let words = v1::Vocabulary {
        topic: v1::VocabularyTopic::Grade.into(),
        ..Default::default()
    };
    let term = v1::Term {
        name: "2025-2026学年第二学期".to_owned(),
        first_day: "2026-03-02".to_owned(),
        last_day: "2026-06-30".to_owned(),
    };
    let days = v1::Calendar {
        terms: vec![term],
        ..Default::default()
    };
    for register in [words.encode(), days.encode()] {
        office.applied(create(&fresh(), register)).await;
    }
    let shared = v1::Session {
        shared: true,
        ..session("公开课", "2026-05-12")
    };
    cast.client("spring")
        .applied(create(&fresh(), shared))
        .await;
    let note = v1::CanteenNote {
        topic: "留样".to_owned(),
        measure: "专人登记".to_owned(),
        ..Default::default()
    };
    cast.client("spring").applied(create(&fresh(), note)).await;
    let copy = Reader::all(cast.client("public")).await;
    let kinds = copy.records.values().map(|record| record.kind.as_str());
    let kinds: std::collections::BTreeSet<&str> = kinds.collect();
    let expected = ["calendar", "campus", "menu", "policy", "vocabulary"];
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), expected);
    let counted = cast.id("staff count");
    let refused = cast.client("public").get(counted).await;
    failed(refused, Code::NotFound, "NOT_FOUND");
    cast.client("member").get(counted).await.expect("a count");
    // An edit changes nothing of that.
    let again = edit(counted, 1, cast.count(31));
    office.applied(again).await;
    let copy = Reader::all(cast.client("public")).await;
    assert!(!copy.records.contains_key(counted));
    assert!(
        !copy
            .records
            .values()
            .any(|of| holds(&of.encode_to_vec(), "集团办"))
    );
}
