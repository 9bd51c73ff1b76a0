//! Every RPC of the campuses' door, and who may call it.

use super::cast::Cast;
use crate::harness::{Client, limited};
use crate::wishes::{create, fresh, menu};
use lianxiao::model::ids::Place;
use lianxiao::wire::v1;
use lianxiao::wire::{CONTRACT, convert::push_request};
use std::collections::BTreeSet;
use tonic::{Code, Status};

/// How a call of each RPC ends, by who calls: without a token, with one that nobody has, a campus, a post
/// of one right, the office, a post of the office that may not read exchanges, a public link. C: for the
/// want of a good code, whoever it is.
const CALLS: &str = "
                      none unknown campus post office partial public
    Describe          U    U       ok     ok   ok     ok      ok
    Join              C    C       C      C    C      C       C
    Push              U    U       ok     ok   ok     ok      P
    Pull              U    U       ok     ok   ok     ok      ok
    Watch             U    U       ok     ok   ok     ok      ok
    GetRecord         U    U       ok     ok   ok     ok      ok
    ListHistory       U    U       ok     ok   ok     ok      P
    GetPushResults    U    U       ok     ok   ok     ok      P
    ListCommits       U    U       ok     ok   ok     ok      P
    ReportStatus      U    U       ok     ok   ok     ok      P
    GetGroupStatus    U    U       P      P    ok     P       P
    WatchGroupStatus  U    U       P      P    ok     P       P
    GetChaseList      U    U       P      P    ok     P       P
    GetMenuMatrix     U    U       P      P    ok     ok      P
    GetMealTable      U    U       P      P    ok     ok      P
    GetSessionReport  U    U       P      P    ok     ok      P
    GetExchangeBook   U    U       P      P    ok     P       P
    GetExchangeShares U    U       P      P    ok     P       P
    ExportPerson      U    U       P      P    ok     P       P
    ErasePerson       U    U       P      P    ok     P       P
";

async fn call(client: &Client, rpc: &str, cast: &Cast) -> Result<(), Status> {
    let record_id = cast.id("menu, published").to_owned();
    let person = cast.id("person, at home");
    let (mut sync, mut about) = (client.sync.clone(), client.about.clone());
    match rpc {
        "Describe" => about.describe(v1::DescribeRequest {}).await.map(drop),
        "Join" => {
            let request = v1::JoinRequest {
                code: "A".repeat(22),
                token: format!("lianxiao_{}", "A".repeat(43)),
            };
            about.join(request).await.map(drop)
        }
        "Push" => {
            let push = push_request(&[create(&fresh(), menu(&["2026-06-01"]))]);
            sync.push(push).await.map(drop)
        }
        "Pull" => sync.pull(v1::PullRequest::default()).await.map(drop),
        "Watch" => {
            let watch = sync.watch(v1::WatchRequest::default()).await;
            // A refusal may come with the stream or as its first message.
            watch?.into_inner().message().await.map(drop)
        }
        "GetRecord" => {
            let request = v1::GetRecordRequest {
                record_id,
                ..Default::default()
            };
            sync.get_record(request).await.map(drop)
        }
        "ListHistory" => {
            let request = v1::ListHistoryRequest {
                record_id,
                ..Default::default()
            };
            sync.list_history(request).await.map(drop)
        }
        "GetPushResults" => {
            let request = v1::GetPushResultsRequest::default();
            sync.get_push_results(request).await.map(drop)
        }
        "ListCommits" => {
            let request = v1::ListCommitsRequest::default();
            sync.list_commits(request).await.map(drop)
        }
        "ReportStatus" => {
            let request = v1::ReportStatusRequest::default();
            sync.report_status(request).await.map(drop)
        }
        "ExportPerson" => crate::personal::export(client, person).await.map(drop),
        "ErasePerson" => crate::personal::erase(client, person, &[]).await.map(drop),
        rpc => ask(client, rpc).await,
    }
}

/// The reports.
async fn ask(client: &Client, rpc: &str) -> Result<(), Status> {
    let mut office = client.office.clone();
    let (first_date, last_date) = ("2026-05-11".to_owned(), "2026-05-15".to_owned());
    match rpc {
        "GetGroupStatus" => {
            let request = v1::GetGroupStatusRequest {
                first_date,
                last_date,
                ..Default::default()
            };
            office.get_group_status(request).await.map(drop)
        }
        "WatchGroupStatus" => {
            let request = v1::WatchGroupStatusRequest::default();
            office.watch_group_status(request).await.map(drop)
        }
        "GetChaseList" => {
            let request = v1::GetChaseListRequest::default();
            office.get_chase_list(request).await.map(drop)
        }
        "GetMenuMatrix" => {
            let request = v1::GetMenuMatrixRequest {
                first_date,
                last_date,
                ..Default::default()
            };
            office.get_menu_matrix(request).await.map(drop)
        }
        "GetMealTable" => {
            let request = v1::GetMealTableRequest {
                first_date,
                last_date,
                ..Default::default()
            };
            office.get_meal_table(request).await.map(drop)
        }
        "GetSessionReport" => {
            let request = v1::GetSessionReportRequest {
                first_date,
                last_date,
                ..Default::default()
            };
            office.get_session_report(request).await.map(drop)
        }
        "GetExchangeBook" => {
            let request = v1::GetExchangeBookRequest::default();
            office.get_exchange_book(request).await.map(drop)
        }
        "GetExchangeShares" => {
            let request = v1::GetExchangeSharesRequest {
                school_year: 2025,
                ..Default::default()
            };
            office.get_exchange_shares(request).await.map(drop)
        }
        rpc => panic!("how is {rpc} called?"),
    }
}

fn table() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    CALLS.lines().skip(2).filter_map(|line| {
        let mut cells = line.split_whitespace();
        Some((cells.next()?, cells.collect()))
    })
}

#[tokio::test]
async fn every_rpc_is_answered_to_those_it_is_for() {
    let cast = Cast::meet().await;
    let hub = cast.hub();
    let partial = "menu=read session=read";
    let partial = limited(hub.hub(), hub.group.id, Place::Office, "督导", partial).await;
    let unknown = format!("lianxiao_{}", "A".repeat(43));
    let callers = [
        hub.client(None, ""),
        hub.client(Some(&unknown), ""),
        cast.client("lake").clone(),
        cast.client("kitchen").clone(),
        cast.client("office").clone(),
        hub.client(Some(&partial), ""),
        cast.client("public").clone(),
    ];
    for (rpc, expected) in table() {
        for (column, (client, expected)) in callers.iter().zip(expected).enumerate() {
            let answer = call(client, rpc, &cast).await;
            let ended = match answer.map_err(|status| status.code()) {
                Ok(()) => "ok",
                Err(Code::Unauthenticated) => "U",
                Err(Code::PermissionDenied) => "P",
                Err(Code::NotFound) if rpc == "Join" => "C",
                Err(other) => panic!("{rpc}, column {column}: {other:?}"),
            };
            assert_eq!(ended, expected, "{rpc}, column {column}");
        }
    }
}

#[test]
fn the_table_names_every_rpc_of_the_campuses_door() {
    let services = CONTRACT.services();
    let ours = services.filter(|service| {
        // The operator's stands on a socket of its own.
        service.parent_file().package_name() == "lianxiao.v1" && service.name() != "AdminService"
    });
    let methods: BTreeSet<String> = ours
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .map(|method| method.name().to_owned())
        .collect();
    let named: BTreeSet<String> = table().map(|(rpc, _)| rpc.to_owned()).collect();
    assert_eq!(named, methods);
}

#[tokio::test]
async fn the_operators_service_is_not_behind_the_campuses_door() {
    let cast = Cast::meet().await;
    let address = cast.hub().address();
    let channel = tonic::transport::Endpoint::from_shared(format!("http://{address}"));
    let channel = channel.expect("an address").connect_lazy();
    let mut admin = v1::admin_service_client::AdminServiceClient::new(channel);
    let mut request = tonic::Request::new(v1::ListGroupsRequest {});
    let token = format!("Bearer {}", cast.hub().group.office);
    let token = token.parse().expect("a header");
    request.metadata_mut().insert("authorization", token);
    let refused = admin.list_groups(request).await.expect_err("no such door");
    assert_eq!(refused.code(), Code::Unimplemented);
}
