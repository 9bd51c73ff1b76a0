//! Bad items: each is refused with its code, its field and a sentence, and stops nobody.

use crate::answers::{argument, outcomes, refused};
use crate::harness::{Client, HEAD, LAKE, SPRING, TestHub, campus, limits};
use crate::reader::Reader;
use crate::wishes::{
    Content as _, act, create, delete, edit, exchange, fresh, id, lunch, menu, publish, session,
    wish,
};
use bytes::Bytes;
use lianxiao::model::limits::Limits;
use lianxiao::wire::convert::push_request;
use lianxiao::wire::v1;
use prost::Message as _;
use prost::encoding::{WireType, encode_key, encode_varint};
use v1::Outcome::{Applied, Rejected};

const MONDAY: &str = "2026-05-11";

fn prep(title: &str) -> v1::Session {
    session(title, "2026-05-12")
}

/// Pushes an item between two good ones, which are stored; the item's answer.
async fn between_good_ones(client: &Client, item: v1::Mutation) -> v1::PushResult {
    let before = client.newest().await;
    let items = [
        create(&fresh(), prep("之前")),
        item,
        create(&fresh(), prep("之后")),
    ];
    let mut results = client.push(items).await;
    assert_eq!(outcomes(&results), [Applied, Rejected, Applied]);
    let positions = (results[0].position, results[2].position);
    assert_eq!(positions, (before + 1, before + 2));
    assert_eq!(client.newest().await, before + 2);
    results.remove(1)
}

/// A content with one field more.
fn with_field(message: &impl prost::Message, kind: u32, number: u32, value: u64) -> Bytes {
    let mut body = message.encode_to_vec();
    encode_key(number, WireType::Varint, &mut body);
    encode_varint(value, &mut body);
    wrap(kind, &body)
}

fn wrap(kind: u32, body: &[u8]) -> Bytes {
    let mut content = Vec::new();
    encode_key(kind, WireType::LengthDelimited, &mut content);
    encode_varint(body.len() as u64, &mut content);
    content.extend(body);
    content.into()
}

const SESSION: u32 = 20;
const MENU: u32 = 22;

#[tokio::test]
async fn unknown_enum_values_are_refused_with_those_that_there_are() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let meal = v1::DayMeal {
        meal: 99,
        ..lunch(MONDAY, "米饭")
    };
    let menu = v1::Menu {
        meals: vec![lunch(MONDAY, "米饭"), meal],
        ..menu(&[MONDAY])
    };
    let result = between_good_ones(&head, create(&fresh(), menu)).await;
    let refusal = refused(&result, "ENUM_UNKNOWN", "put.content.menu.meals[1].meal");
    assert_eq!(argument(refusal, "value"), "99");
    assert!(argument(refusal, "known").contains("MEAL_LUNCH"));
}

#[tokio::test]
async fn fields_of_a_client_that_is_newer_than_the_hub_are_refused_and_not_dropped() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let top = with_field(&prep("数学"), SESSION, 99, 7);
    let result = between_good_ones(&head, create(&fresh(), top)).await;
    refused(&result, "FIELD_UNKNOWN", "put.content.session.99");
    let mut day = prep("数学").days[0].encode_to_vec();
    encode_key(77, WireType::Varint, &mut day);
    encode_varint(1, &mut day);
    let mut body = v1::Session {
        days: Vec::new(),
        ..prep("数学")
    }
    .encode_to_vec();
    encode_key(9, WireType::LengthDelimited, &mut body);
    encode_varint(day.len() as u64, &mut body);
    body.extend(day);
    let nested = create(&fresh(), wrap(SESSION, &body));
    let result = between_good_ones(&head, nested).await;
    refused(&result, "FIELD_UNKNOWN", "put.content.session.days[0].77");
    let kind = create(&fresh(), wrap(99, &[]));
    let result = between_good_ones(&head, kind).await;
    refused(&result, "FIELD_UNKNOWN", "put.content.99");
    let record = fresh();
    head.applied(create(&record, menu(&[MONDAY]))).await;
    let action = act(
        &record,
        1,
        with_field(&v1::MenuAction::default(), MENU, 99, 1),
    );
    let result = between_good_ones(&head, action).await;
    refused(&result, "FIELD_UNKNOWN", "act.action.menu.99");
}

#[tokio::test]
async fn an_envelope_with_an_unknown_field_or_broken_bytes_is_refused_alone() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let good = create(&fresh(), prep("数学"));
    let mut newer = create(&fresh(), prep("语文")).encode_to_vec();
    encode_key(15, WireType::Varint, &mut newer);
    encode_varint(1, &mut newer);
    let mut push = push_request(&[good.clone(), good]);
    push.mutations[1] = newer.into();
    push.mutations.push(vec![0x0a, 0x7f].into());
    let results = head.try_push(push).await.expect("the push is taken");
    assert_eq!(results[0].outcome(), Applied);
    refused(&results[1], "FIELD_UNKNOWN", "15");
    refused(&results[2], "CONTENT_MALFORMED", "");
}

#[tokio::test]
async fn ids_have_one_spelling() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    for bad in [
        "",
        "x",
        "00000000-0000-0000-0000-000000000000",
        &fresh().to_uppercase(),
    ] {
        let without_id = v1::Mutation {
            mutation_id: bad.to_owned(),
            ..create(&fresh(), prep("数学"))
        };
        let result = between_good_ones(&head, without_id).await;
        let refusal = refused(&result, "ID_INVALID", "mutation_id");
        assert_eq!(argument(refusal, "value"), bad);
        let result = between_good_ones(&head, create(bad, prep("数学"))).await;
        refused(&result, "ID_INVALID", "record_id");
    }
    let invited = v1::Session {
        invites_all: false,
        invited_campus_ids: vec!["春风".to_owned()],
        ..prep("数学")
    };
    let result = between_good_ones(&head, create(&fresh(), invited)).await;
    refused(
        &result,
        "ID_INVALID",
        "put.content.session.invited_campus_ids[0]",
    );
}

#[tokio::test]
async fn an_item_must_wish_something_for_a_reason_that_is_a_code() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let idle = v1::Mutation {
        wish: None,
        ..create(&fresh(), prep("数学"))
    };
    let result = between_good_ones(&head, idle).await;
    refused(&result, "WISH_MISSING", "");
    let chatty = v1::Mutation {
        reason: "因为下雨".to_owned(),
        ..create(&fresh(), prep("数学"))
    };
    let result = between_good_ones(&head, chatty).await;
    refused(&result, "REASON_INVALID", "reason");
    let record = fresh();
    let coded = v1::Mutation {
        reason: "RAIN_2".to_owned(),
        ..create(&record, prep("数学"))
    };
    head.applied(coded).await;
    assert_eq!(head.get(&record).await.expect("it").reason, "RAIN_2");
}

#[tokio::test]
async fn nobody_writes_a_record_of_another_campus() {
    let hub = TestHub::start().await;
    let (head, lake) = (hub.campus(HEAD), hub.campus(LAKE));
    let (seen, unseen) = (fresh(), fresh());
    head.applied(create(&seen, prep("数学"))).await;
    head.applied(create(&unseen, menu(&[MONDAY]))).await;
    for item in [
        edit(&seen, 1, prep("我的")),
        create(&seen, prep("我的")),
        delete(&seen, 1),
    ] {
        let result = between_good_ones(&lake, item).await;
        let refusal = refused(&result, "NOT_OWNER", "record_id");
        assert_eq!(argument(refusal, "owner"), HEAD);
    }
    for item in [
        edit(&unseen, 1, menu(&[MONDAY])),
        create(&unseen, menu(&[MONDAY])),
        delete(&unseen, 1),
        act(&unseen, 1, publish()),
        delete(&fresh(), 1),
        act(&fresh(), 1, publish()),
    ] {
        let result = between_good_ones(&lake, item).await;
        refused(&result, "RECORD_NOT_FOUND", "record_id");
        assert_eq!(result.current, None);
    }
    let office = hub.office().one(edit(&unseen, 1, menu(&[MONDAY]))).await;
    refused(&office, "NOT_OWNER", "record_id");
    assert_eq!(head.get(&seen).await.expect("it").version, 1);
}

#[tokio::test]
async fn days_that_do_not_exist_are_refused() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let on = |day: &str| create(&fresh(), session("数学", day));
    for day in ["2026-02-30", "2026-2-3", "", "明天"] {
        let result = between_good_ones(&head, on(day)).await;
        let path = "put.content.session.days[0].date";
        let refusal = refused(&result, "DATE_INVALID", path);
        assert_eq!(argument(refusal, "value"), day);
    }
    let result = between_good_ones(&head, create(&fresh(), menu(&[MONDAY, "2026-02-30"]))).await;
    let found: Vec<_> = result
        .refusals
        .iter()
        .map(|r| (&*r.code, &*r.path))
        .collect();
    let expected = [
        ("DATE_INVALID", "put.content.menu.service_dates[1]"),
        ("DATE_INVALID", "put.content.menu.meals[1].date"),
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn an_end_before_its_start_is_refused() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let mut backwards = prep("数学");
    backwards.days[0].start = "16:00".to_owned();
    backwards.days[0].end = "14:30".to_owned();
    let result = between_good_ones(&head, create(&fresh(), backwards)).await;
    refused(
        &result,
        "END_BEFORE_START",
        "put.content.session.days[0].end",
    );
    let backwards = v1::Exchange {
        planned_start: "2024-09".to_owned(),
        planned_end: "2024-06".to_owned(),
        ..exchange(&id(HEAD), &id(SPRING))
    };
    let result = between_good_ones(&head, create(&fresh(), backwards)).await;
    let refusal = refused(
        &result,
        "END_BEFORE_START",
        "put.content.exchange.planned_end",
    );
    assert_eq!(argument(refusal, "start"), "2024-09");
    assert_eq!(argument(refusal, "end"), "2024-06");
}

#[tokio::test]
async fn a_campus_that_the_group_does_not_have_is_refused() {
    let hub = TestHub::start().await;
    let other = hub.add_group("另一集团").await;
    let head = hub.campus(HEAD);
    let stranger = fresh();
    let invited = v1::Session {
        invites_all: false,
        invited_campus_ids: vec![id(SPRING), stranger.clone()],
        ..prep("数学")
    };
    let result = between_good_ones(&head, create(&fresh(), invited)).await;
    let path = "put.content.session.invited_campus_ids[1]";
    let refusal = refused(&result, "CAMPUS_UNKNOWN", path);
    assert_eq!(argument(refusal, "id"), stranger);
    // Neither is a campus of another group, nor a record that is no campus.
    let theirs = hub.client(Some(&other.office), "");
    let new_campus = campus("水北", v1::CampusRole::Member);
    theirs.applied(create(&stranger, new_campus)).await;
    let record = fresh();
    head.applied(create(&record, prep("语文"))).await;
    for host in [&stranger, &record] {
        let exchange = exchange(&id(HEAD), host);
        let result = between_good_ones(&head, create(&fresh(), exchange)).await;
        let path = "put.content.exchange.host.campus_id";
        refused(&result, "CAMPUS_UNKNOWN", path);
    }
}

#[tokio::test]
async fn a_put_on_a_tombstone_is_refused() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, prep("数学"))).await;
    head.applied(delete(&record, 1)).await;
    let result = between_good_ones(&head, edit(&record, 1, prep("语文"))).await;
    let refusal = refused(&result, "RECORD_DELETED", "record_id");
    assert_eq!(argument(refusal, "id"), record);
}

#[tokio::test]
async fn registers_are_for_the_office_and_the_rest_is_not() {
    let hub = TestHub::start().await;
    let (head, office) = (hub.campus(HEAD), hub.office());
    let new_campus = campus("水北", v1::CampusRole::Member);
    let result = between_good_ones(&head, create(&fresh(), new_campus)).await;
    refused(&result, "NOT_ALLOWED", "put.content");
    let renamed = campus("大总校", v1::CampusRole::Head);
    let result = between_good_ones(&head, edit(&id(HEAD), 1, renamed)).await;
    refused(&result, "NOT_OWNER", "record_id");
    let result = office.one(create(&fresh(), menu(&[MONDAY]))).await;
    refused(&result, "NOT_ALLOWED", "put.content");
}

#[tokio::test]
async fn content_that_is_no_content_is_refused() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let good = prep("数学").encode();
    let cut = good.slice(..good.len() - 3);
    let result = between_good_ones(&head, create(&fresh(), cut)).await;
    refused(&result, "CONTENT_MALFORMED", "put.content");
    let noise = Bytes::from_static(b"\xff\xff\xff\xff\xff\xff\xff");
    let result = between_good_ones(&head, create(&fresh(), noise)).await;
    refused(&result, "CONTENT_MALFORMED", "put.content");
    let not_utf8 = wrap(SESSION, b"\x12\x02\xff\xfe");
    let result = between_good_ones(&head, create(&fresh(), not_utf8)).await;
    refused(&result, "CONTENT_MALFORMED", "put.content.session.title");
    for not_one in [Bytes::new(), [good.clone(), good].concat().into()] {
        let result = between_good_ones(&head, create(&fresh(), not_one)).await;
        let refusal = refused(&result, "KIND_UNKNOWN", "put.content");
        assert!(argument(refusal, "known").contains("menu"));
    }
    let record = fresh();
    head.applied(create(&record, prep("语文"))).await;
    let other_kind = edit(&record, 1, menu(&[MONDAY]));
    let result = between_good_ones(&head, other_kind).await;
    refused(&result, "KIND_CHANGED", "put.content");
}

#[tokio::test]
async fn content_over_the_limit_is_refused_and_at_the_limit_taken() {
    let few = Limits {
        content_bytes_max: 1_000,
        ..limits()
    };
    let hub = TestHub::start_with(few).await;
    let head = hub.campus(HEAD);
    let of_size = |bytes: usize| {
        let notes = |length| v1::Session {
            audience_note: "x".repeat(length),
            ..prep("数学")
        };
        let more = bytes - notes(200).encode().len();
        let content = notes(200 + more).encode();
        assert_eq!(content.len(), bytes);
        content
    };
    let result = between_good_ones(&head, create(&fresh(), of_size(1_001))).await;
    let refusal = refused(&result, "CONTENT_TOO_LARGE", "put.content");
    assert_eq!(argument(refusal, "bytes"), "1001");
    assert_eq!(argument(refusal, "max"), "1000");
    head.applied(create(&fresh(), of_size(1_000))).await;
}

#[tokio::test]
async fn an_item_made_for_a_newer_contract_waits_for_a_newer_hub() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let contract = head.describe().await.contract;
    let made_for = |contract| {
        let put = v1::Put {
            content: prep("数学").encode(),
            contract,
            ..Default::default()
        };
        wish(&fresh(), v1::mutation::Wish::Put(put))
    };
    let newer = made_for(contract + 1);
    let result = between_good_ones(&head, newer).await;
    let refusal = refused(&result, "CONTRACT_TOO_NEW", "put.contract");
    assert_eq!(argument(refusal, "known"), contract.to_string());
    head.applied(made_for(contract)).await;
}

#[tokio::test]
async fn a_push_of_nothing_but_bad_items_leaves_no_trace() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let before = Reader::all(&hub.office()).await;
    let items = [
        create("", prep("数学")),
        create(&fresh(), session("数学", "2026-02-30")),
        delete(&fresh(), 1),
    ];
    let results = head.push(items).await;
    assert_eq!(outcomes(&results), [Rejected; 3]);
    assert_eq!(Reader::all(&hub.office()).await, before);
}

#[tokio::test]
async fn every_fault_of_an_item_is_named_at_once() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let mut session = v1::Session {
        title: "两\n行".to_owned(),
        form: 0,
        ..prep("数学")
    };
    session.days[0].start = "25:00".to_owned();
    let result = head.one(create(&fresh(), session)).await;
    let found: Vec<_> = result
        .refusals
        .iter()
        .map(|r| (&*r.code, &*r.path))
        .collect();
    let expected = [
        ("REQUIRED", "put.content.session.form"),
        ("TEXT_NOT_ONE_LINE", "put.content.session.title"),
        ("TIME_INVALID", "put.content.session.days[0].start"),
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_product_lies_behind_a_web_link_or_nowhere() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let lies_at = |link: &str| {
        let product = v1::Product {
            name: "课件".to_owned(),
            link: link.to_owned(),
            ..Default::default()
        };
        let session = v1::Session {
            products: vec![product],
            ..prep("备课")
        };
        create(&fresh(), session)
    };
    for link in [
        "",
        "https://pan.hhjy.cn/s/1",
        "http://10.1.2.3/课件.pptx",
        "HTTPS://a.cn",
    ] {
        head.applied(lies_at(link)).await;
    }
    for link in [
        "javascript:alert(1)",
        "javascript://%0aalert(1)",
        " https://a.cn",
        "data:text/html,x",
        "file:///etc/passwd",
        "pan.hhjy.cn/s/1",
        "https:a.cn",
    ] {
        let path = "put.content.session.products[0].link";
        refused(&head.one(lies_at(link)).await, "LINK_INVALID", path);
    }
}
