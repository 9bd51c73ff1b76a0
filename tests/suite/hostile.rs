//! Bytes that no honest client sends: answered in words, bounded, and soon forgotten.
//!
//! Method: one hub, and pushes, contents and cursors made of noise, of good ones with wounds, and of nests
//! far deeper than the contract. Whatever comes, the call is refused as a bad argument or each item gets its
//! answer; a fault of the hub's own would end the call otherwise.

use crate::answers::{failed, refused};
use crate::harness::{Client, HEAD, TestHub, within};
use crate::wishes::{Content as _, create, fresh, lunch, menu, session};
use bytes::{Buf, BufMut, Bytes};
use lianxiao::wire::convert::push_request;
use lianxiao::wire::v1;
use proptest::prelude::*;
use prost::Message as _;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Code, Request, Status};

/// Sends bytes as they are, and reads a push's answer.
#[derive(Clone, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = v1::PushResponse;
    type Encoder = Raw;
    type Decoder = Raw;

    fn encoder(&mut self) -> Raw {
        Raw
    }

    fn decoder(&mut self) -> Raw {
        Raw
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, bytes: Bytes, into: &mut EncodeBuf<'_>) -> Result<(), Status> {
        into.put(bytes);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = v1::PushResponse;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<v1::PushResponse>, Status> {
        let bytes = from.copy_to_bytes(from.remaining());
        Ok(Some(
            v1::PushResponse::decode(bytes).expect("an answer of the contract"),
        ))
    }
}

/// A hub that all cases of a property call, and the runtime it lives in.
struct Stage {
    runtime: tokio::runtime::Runtime,
    hub: TestHub,
}

impl Stage {
    fn open() -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let hub = runtime.block_on(TestHub::start());
        Stage { runtime, hub }
    }

    /// Pushes bytes; the answers, unless the call was refused in words.
    fn push(&self, bytes: Bytes) -> Option<Vec<v1::PushResult>> {
        let answer = self.runtime.block_on(push_raw(&self.hub, bytes));
        match answer {
            Ok(answer) => Some(answer.results),
            Err(status) => {
                let allowed = [Code::InvalidArgument, Code::ResourceExhausted];
                assert!(allowed.contains(&status.code()), "{status:?}");
                None
            }
        }
    }

    fn head(&self) -> Client {
        let _runtime = self.runtime.enter();
        self.hub.campus(HEAD)
    }

    /// The hub is as well as before.
    fn still_works(&self) {
        let head = self.head();
        let good = create(&fresh(), session("备课", "2026-05-12"));
        self.runtime.block_on(head.applied(good));
    }
}

async fn push_raw(hub: &TestHub, bytes: Bytes) -> Result<v1::PushResponse, Status> {
    let address = format!("http://{}", hub.address());
    let endpoint = tonic::transport::Endpoint::from_shared(address).expect("an address");
    let mut grpc = tonic::client::Grpc::new(endpoint.connect_lazy());
    grpc.ready().await.expect("the hub is there");
    let token = &hub.group.campuses[0].token;
    let mut request = Request::new(bytes);
    let bearer = format!("Bearer {token}").parse().expect("a header");
    request.metadata_mut().insert("authorization", bearer);
    let path = "/lianxiao.v1.SyncService/Push".parse().expect("a path");
    let answer = within("a push is answered", grpc.unary(request, path, Raw)).await;
    answer.map(tonic::Response::into_inner)
}

/// A good push of two items.
fn good() -> Vec<u8> {
    let items = [
        create(&fresh(), menu(&["2026-05-18"])),
        create(&fresh(), session("备课", "2026-05-12")),
    ];
    push_request(&items).encode_to_vec()
}

/// A length-delimited field, nested in itself so many times.
fn nest(field: u32, depth: usize) -> Vec<u8> {
    let mut nest = Vec::new();
    for _ in 0..depth {
        let mut outer = Vec::new();
        prost::encoding::bytes::encode(field, &nest, &mut outer);
        nest = outer;
    }
    nest
}

fn wounds() -> impl Strategy<Value = Vec<u8>> {
    let wound = (any::<prop::sample::Index>(), any::<u8>());
    prop::collection::vec(wound, 1..6).prop_map(|wounds| {
        let mut push = good();
        for (at, byte) in wounds {
            let at = at.index(push.len());
            push[at] = byte;
        }
        push
    })
}

fn cut() -> impl Strategy<Value = Vec<u8>> {
    any::<prop::sample::Index>().prop_map(|at| {
        let push = good();
        push[..at.index(push.len())].to_vec()
    })
}

fn noise() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..2_000)
}

fn nests() -> impl Strategy<Value = Vec<u8>> {
    (1..8_u32, 1..3_000_usize).prop_map(|(field, depth)| nest(field, depth))
}

/// A mutation that is in order but for its content.
fn carrying(content: Vec<u8>) -> v1::Mutation {
    create(&fresh(), Bytes::from(content))
}

#[test]
fn whatever_is_pushed_is_answered_or_refused_in_words() {
    let stage = Stage::open();
    let pushes = prop_oneof![noise(), wounds(), cut(), nests()];
    proptest!(|(push in pushes)| {
        stage.push(push.into());
    });
    stage.still_works();
}

#[test]
fn whatever_a_content_is_made_of_its_item_alone_is_refused() {
    let stage = Stage::open();
    // A true content that is cut short now and then is only a smaller one; so is noise of no bytes.
    let contents = prop_oneof![
        noise(),
        nests(),
        (20..60_u32, 1..3_000_usize).prop_map(|(f, d)| nest(f, d))
    ];
    proptest!(|(content in contents)| {
        let good = create(&fresh(), session("备课", "2026-05-12"));
        let push = push_request(&[carrying(content), good]).encode_to_vec();
        let results = stage.push(push.into()).expect("the push is taken");
        prop_assert_eq!(results[0].outcome(), v1::Outcome::Rejected);
        prop_assert!(!results[0].refusals.is_empty());
        prop_assert_eq!(results[1].outcome(), v1::Outcome::Applied);
    });
}

#[test]
fn whatever_a_cursor_is_made_of_it_is_read_refused_or_reset() {
    let stage = Stage::open();
    let head = stage.head();
    let pull = |cursor: String| {
        let pull = v1::PullRequest {
            cursor,
            ..Default::default()
        };
        stage.runtime.block_on(head.pull(pull))
    };
    let cursor = pull(String::new()).expect("a page").cursor;
    let wounded = (any::<prop::sample::Index>(), "[A-Za-z0-9_-]").prop_map(|(at, with)| {
        let at = at.index(cursor.len());
        format!("{}{with}{}", &cursor[..at], &cursor[at + 1..])
    });
    let cursors = prop_oneof![".{0,300}", "[A-Za-z0-9_-]{0,3000}", wounded];
    proptest!(|(sent in cursors)| {
        let known = sent.is_empty() || sent == cursor;
        match pull(sent) {
            Ok(page) => prop_assert!(known || page.reset_required.is_some()),
            Err(status) => {
                failed::<()>(Err(status), Code::InvalidArgument, "ARGUMENT_INVALID");
                prop_assert!(!known);
            }
        }
    });
}

async fn judged(client: &Client, content: Bytes) -> v1::PushResult {
    client.one(create(&fresh(), content)).await
}

#[tokio::test]
async fn a_character_that_nobody_sees_is_refused_wherever_it_stands() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    for hidden in [
        "\0",
        "\u{1b}[2J",
        "\u{7f}",
        "\u{200b}",
        "\u{2028}",
        "\u{2029}",
        "\u{202e}",
        "\u{2066}",
    ] {
        let title = session(&format!("备课{hidden}"), "2026-05-12").encode();
        refused(
            &judged(&head, title).await,
            "TEXT_HIDDEN",
            "put.content.session.title",
        );
        let mut remarks = menu(&["2026-05-18"]);
        remarks.remarks = vec!["好".to_owned(), format!("少盐{hidden}")];
        let answer = judged(&head, remarks.encode()).await;
        refused(&answer, "TEXT_HIDDEN", "put.content.menu.remarks[1]");
    }
    let lines = v1::Session {
        audience_note: "第一行\r\n\t第二行".to_owned(),
        ..session("备课", "2026-05-12")
    };
    head.applied(create(&fresh(), lines)).await;
}

#[tokio::test]
async fn a_formula_is_a_name_like_any_other_and_comes_back_as_it_was() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    for formula in [
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-2",
        "@SUM(A1)",
        "=HYPERLINK(\"http://x\")",
    ] {
        let record = fresh();
        let mut dish = menu(&["2026-05-18"]);
        dish.menu_set = record[..8].to_owned();
        dish.meals = vec![lunch("2026-05-18", formula)];
        let content = dish.encode();
        head.applied(create(&record, content.clone())).await;
        assert_eq!(head.get(&record).await.expect("it").content, content);
    }
}

#[tokio::test]
async fn a_list_without_end_is_refused_at_once_and_the_answer_is_short() {
    const ROWS: usize = 300_000;
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let mut answered = Vec::new();
    for field in [6_u32, 7, 10] {
        let mut rows = Vec::new();
        for _ in 0..ROWS {
            prost::encoding::bytes::encode(field, &Vec::new(), &mut rows);
        }
        let mut content = Vec::new();
        prost::encoding::bytes::encode(22, &rows, &mut content);
        answered.push(judged(&head, content.into()).await);
    }
    // Within the bound every row may be wrong.
    let mut wrong = menu(&["2026-05-18"]);
    wrong.meals = vec![v1::DayMeal::default(); 1_000];
    for (i, row) in wrong.meals.iter_mut().enumerate() {
        row.date = format!("no day {i} {}", "长".repeat(1_000));
    }
    wrong.meals.truncate(250);
    answered.push(judged(&head, wrong.encode()).await);
    for answer in answered {
        assert_eq!(answer.outcome(), v1::Outcome::Rejected);
        assert!(
            (1..=20).contains(&answer.refusals.len()),
            "{}",
            answer.refusals.len()
        );
        assert!(
            answer.encoded_len() < 128 << 10,
            "{} bytes",
            answer.encoded_len()
        );
    }
}
