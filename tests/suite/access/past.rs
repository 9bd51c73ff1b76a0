//! Who may no longer see a record has no longer a right to its past.

use super::cast::Cast;
use crate::answers::failed;
use crate::harness::{Client, HEAD, SPRING};
use crate::wishes::{act, edit, exchange, id, propose, withdraw};
use tonic::Code;

/// Neither the record now, nor as it stood when the client saw it, nor its history.
async fn is_out_of_sight(client: &Client, record: &str, cast: &Cast) {
    failed(client.get(record).await, Code::NotFound, "NOT_FOUND");
    let stood = client.get_as_of(record, cast.now()).await;
    failed(stood, Code::NotFound, "NOT_FOUND");
    failed(client.history(record).await, Code::NotFound, "NOT_FOUND");
}

#[tokio::test]
async fn a_school_that_is_host_no_more_reads_the_exchange_at_no_time() {
    let cast = Cast::meet().await;
    let (lake, record) = (cast.client("lake"), cast.id("exchange, proposed"));
    lake.get_as_of(record, cast.now()).await.expect("its host");
    let elsewhere = exchange(&id(SPRING), &id(HEAD));
    let version = cast.version("exchange, proposed");
    let spring = cast.client("spring");
    spring.applied(edit(record, version, elsewhere)).await;
    spring.applied(act(record, version + 1, propose())).await;
    is_out_of_sight(lake, record, &cast).await;
    // The new host did not see what was proposed to another.
    let head = cast.client("head");
    head.get(record).await.expect("its host");
    let stood = head.get_as_of(record, cast.now()).await;
    failed(stood, Code::NotFound, "NOT_FOUND");
    let stood = spring.get_as_of(record, cast.now()).await;
    assert_eq!(stood.expect("its own").version, version);
}

#[tokio::test]
async fn a_menu_that_was_withdrawn_is_read_by_its_campus_and_the_office_alone() {
    let cast = Cast::meet().await;
    let record = cast.id("menu, published");
    let version = cast.version("menu, published");
    let spring = cast.client("spring");
    spring.applied(act(record, version, withdraw())).await;
    for caller in ["member", "lake", "head"] {
        is_out_of_sight(cast.client(caller), record, &cast).await;
    }
    for caller in ["spring", "office"] {
        let stood = cast.client(caller).get_as_of(record, cast.now()).await;
        assert_eq!(stood.expect(caller).version, version, "{caller}");
    }
}
