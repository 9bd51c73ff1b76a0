//! What everybody sees by a public link.

use super::browser::Browser;
use super::{hire, published};
use crate::harness::{SPRING, TestHub};
use crate::wishes::{create, fresh, id, menu};
use lianxiao::model::ids::Place;
use lianxiao::wire::v1;

fn with_fish(days: &[&str]) -> v1::Menu {
    let mut menu = menu(days);
    menu.meals[0].dishes[0].allergens = vec![v1::Allergen {
        scheme: "GB7718".to_owned(),
        code: "fish".to_owned(),
        presence: v1::Presence::Contains.into(),
    }];
    menu.remarks = vec!["欧阳晓明值班".to_owned()];
    menu
}

#[tokio::test]
async fn a_public_link_shows_this_week_and_the_next_without_names() {
    let hub = TestHub::start().await;
    let words = v1::Vocabulary {
        topic: v1::VocabularyTopic::Allergen.into(),
        scheme: "GB7718".to_owned(),
        words: vec![v1::Word {
            code: "fish".to_owned(),
            name: "鱼类及其制品".to_owned(),
            ..Default::default()
        }],
    };
    hub.office().applied(create(&fresh(), words)).await;
    published(&hub, SPRING, with_fish(&["2026-05-11"])).await;
    // A draft is nobody's business.
    let mut draft = menu(&["2026-05-12"]);
    "草稿里的菜".clone_into(&mut draft.meals[0].dishes[0].name);
    hub.campus(SPRING).applied(create(&fresh(), draft)).await;
    let (credential, link) = hire(&hub, Place::Public, "公开").await;
    let parent = Browser::new(&hub);
    let list = parent.get(&format!("/public/{link}")).await;
    list.is(200);
    list.shows(SPRING);
    let page = format!("/public/{link}/{}", id(SPRING));
    let shown = parent.get(&page).await;
    shown.is(200);
    for text in ["红烧狮子头", "鱼类及其制品", "本校申报", "5月11日 周一"] {
        shown.shows(text);
    }
    for hidden in ["欧阳晓明", "草稿里的菜", "总务处"] {
        assert!(!shown.body.contains(hidden), "{hidden}\n{}", shown.body);
    }
    parent
        .get(&format!("/public/{link}/{}", fresh()))
        .await
        .is(404);
    hub.hub()
        .revoke_credential(hub.group.id, credential)
        .await
        .expect("revoked");
    parent.get(&page).await.is(401);
}

#[tokio::test]
async fn a_public_page_is_sent_once_and_anew_after_a_publish_and_the_next_day() {
    let hub = TestHub::start().await;
    let (_, link) = hire(&hub, Place::Public, "公开").await;
    let parent = Browser::new(&hub);
    let page = format!("/public/{link}/{}", id(SPRING));
    let again = async |mark: &str| {
        parent
            .ask("GET", &page, &[("if-none-match", mark)], "")
            .await
    };
    let first = parent.get(&page).await;
    first.shows("还没有公布");
    assert_eq!(first.header("cache-control"), Some("private, no-cache"));
    let mark = first.header("etag").expect("a mark").to_owned();
    let same = again(&mark).await;
    same.is(304);
    assert_eq!((same.header("etag"), same.bytes.len()), (Some(&*mark), 0));
    // The same page for whoever has none.
    assert_eq!(parent.get(&page).await.body, first.body);
    published(&hub, SPRING, menu(&["2026-05-11"])).await;
    let changed = again(&mark).await;
    changed.is(200);
    changed.shows("红烧狮子头");
    // On Monday next week is this one.
    let mark = changed.header("etag").expect("a mark").to_owned();
    hub.clock
        .set("2026-05-11T00:00:00+08:00".parse().expect("a time"));
    let monday = again(&mark).await;
    monday.is(200);
    monday.shows("class=\"today\"");
    parent.get(&format!("/public/{link}")).await.shows(SPRING);
}

#[tokio::test]
async fn no_other_token_is_a_public_link() {
    let hub = TestHub::start().await;
    let parent = Browser::new(&hub);
    for token in [
        "x",
        hub.group.office.as_str(),
        &hub.group.member(SPRING).token,
    ] {
        parent.get(&format!("/public/{token}")).await.is(401);
        parent
            .get(&format!("/public/{token}/{}", id(SPRING)))
            .await
            .is(401);
    }
}

#[tokio::test]
async fn a_public_link_signs_in_to_nothing_but_what_it_may_read() {
    let hub = TestHub::start().await;
    let (_, link) = hire(&hub, Place::Public, "公开").await;
    let browser = Browser::signed_in(&hub, &link).await;
    for path in ["/exchanges", "/matrix.xlsx"] {
        browser.get(path).await.is(403);
    }
}
