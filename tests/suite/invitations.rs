//! Codes that are traded for a credential.

use crate::answers::{bad_argument, failed};
use crate::harness::{Client, HEAD, NOW, SPRING, TestHub, within};
use crate::operator::{ADDRESS, Operator, milliseconds, new_credential};
use crate::wishes::{create, fresh, id, session};
use jiff::{SignedDuration, Timestamp};
use lianxiao::grpc::{Doorplate, Identity};
use lianxiao::model::invitation::Invitation;
use lianxiao::model::secret::Token;
use lianxiao::store::SqliteStore;
use lianxiao::wire::convert::kind_rights;
use lianxiao::wire::v1;
use std::net::SocketAddr;
use std::sync::Arc;
use tonic::{Code, Status};
use v1::audit_entry::What;
use v1::create_invitation_request::Invited;

/// A token as a client makes it.
fn token(number: u8) -> String {
    Token::from_random([number; 32]).reveal().to_owned()
}

pub async fn join(hub: &TestHub, code: &str, token: &str) -> Result<v1::DescribeResponse, Status> {
    let request = v1::JoinRequest {
        code: code.to_owned(),
        token: token.to_owned(),
    };
    let mut stranger = hub.client(None, "").about;
    let joined = within("a code is traded", stranger.join(request)).await?;
    Ok(joined.into_inner().description.expect("a description"))
}

pub fn to_spring(operator: &Operator) -> v1::CreateInvitationRequest {
    let new = new_credential(&id(SPRING), "总务处");
    v1::CreateInvitationRequest {
        group_id: operator.group_id.clone(),
        invited: Some(Invited::NewCredential(new)),
        ..Default::default()
    }
}

fn to_holder(operator: &Operator, credential: &str, overlap: i64) -> v1::CreateInvitationRequest {
    v1::CreateInvitationRequest {
        invited: Some(Invited::CredentialId(credential.to_owned())),
        overlap: Some(milliseconds(overlap)),
        ..to_spring(operator)
    }
}

/// The code of a new invitation.
pub async fn code(operator: &Operator, request: v1::CreateInvitationRequest) -> String {
    let made = operator.invite(request).await.expect("an invitation");
    let invitation: Invitation = made.line.parse().expect("an invitation");
    invitation.code.reveal().to_owned()
}

async fn is_let_in(client: &Client) {
    let news = create(&fresh(), session("备课", "2026-05-12"));
    client.applied(news).await;
}

async fn refused(hub: &TestHub, token: &str, reason: &str) {
    let client = hub.client(Some(token), "");
    let page = client.pull(v1::PullRequest::default()).await;
    failed(page, Code::Unauthenticated, reason);
}

#[tokio::test]
async fn whoever_brings_a_code_is_let_in_with_the_token_it_brought_and_told_what_it_joined() {
    let hub = TestHub::start().await;
    let operator = Operator::of(&hub);
    let rights = "session=draft,act menu=read".parse().expect("rights");
    let invited = v1::NewCredential {
        rights: kind_rights(&rights),
        label: "教务室的电脑".to_owned(),
        ..new_credential(&id(SPRING), "教导处")
    };
    let request = v1::CreateInvitationRequest {
        invited: Some(Invited::NewCredential(invited)),
        ..to_spring(&operator)
    };
    let made = operator.invite(request).await.expect("an invitation");
    let invitation: Invitation = made.line.parse().expect("an invitation");
    refused(&hub, &token(1), "TOKEN_UNKNOWN").await;
    let joined = join(&hub, invitation.code.reveal(), &token(1)).await;
    let joined = joined.expect("joined");
    let client = hub.client(Some(&token(1)), &id(SPRING));
    is_let_in(&client).await;
    let described = client.describe().await;
    assert_eq!(joined.hub_id, described.hub_id);
    assert_eq!(joined.group.expect("a group").name, "春风教育集团");
    let caller = joined.caller.expect("a caller");
    assert_eq!(described.caller.as_ref(), Some(&caller));
    assert_eq!(caller.place(), v1::PlaceKind::Campus);
    assert_eq!(
        (caller.campus_id, caller.campus_name.as_str()),
        (id(SPRING), SPRING)
    );
    assert_eq!(
        (caller.holder.as_str(), caller.expire_time),
        ("教导处", None)
    );
    assert_eq!(caller.rights, kind_rights(&rights), "rights are listed");
    assert_eq!(caller.credential_id, made.credential_id);
}

#[tokio::test]
async fn the_same_code_with_the_same_token_is_answered_again_and_with_another_one_refused() {
    let mut hub = TestHub::start().await;
    let operator = Operator::of(&hub);
    let code = code(&operator, to_spring(&operator)).await;
    operator.leave().await;
    let first = join(&hub, &code, &token(1)).await.expect("joined").caller;
    for restarted in [false, true] {
        if restarted {
            hub.stop().await;
            hub.reopen().await;
        }
        let again = join(&hub, &code, &token(1)).await.expect("joined").caller;
        assert_eq!(again, first);
        let other = join(&hub, &code, &token(2)).await;
        failed(other, Code::FailedPrecondition, "INVITATION_USED");
        refused(&hub, &token(2), "TOKEN_UNKNOWN").await;
    }
    is_let_in(&hub.client(Some(&token(1)), &id(SPRING))).await;
}

#[tokio::test]
async fn many_who_bring_one_code_at_once_are_one_who_is_let_in() {
    let hub = TestHub::start().await;
    let operator = Operator::of(&hub);
    let code = code(&operator, to_spring(&operator)).await;
    let tokens: Vec<String> = (0..16).map(token).collect();
    let joining = tokens.iter().map(|token| join(&hub, &code, token));
    let answers = futures::future::join_all(joining).await;
    let mut let_in = 0;
    for (answer, token) in answers.into_iter().zip(&tokens) {
        if answer.is_ok() {
            let_in += 1;
            is_let_in(&hub.client(Some(token), &id(SPRING))).await;
        } else {
            failed(answer, Code::FailedPrecondition, "INVITATION_USED");
            refused(&hub, token, "TOKEN_UNKNOWN").await;
        }
    }
    assert_eq!(let_in, 1);
}

#[tokio::test]
async fn a_code_that_is_none_is_refused_the_same_whatever_it_looks_like_and_said_nowhere() {
    let hub = TestHub::start().await;
    let operator = Operator::of(&hub);
    let code = code(&operator, to_spring(&operator)).await;
    let mut answers = Vec::new();
    for wrong in [
        "",
        "x",
        &code[1..],
        "AAAAAAAAAAAAAAAAAAAAAA",
        &code.repeat(1_000),
    ] {
        let answer = join(&hub, wrong, &token(1)).await;
        let (status, _) = failed(answer, Code::NotFound, "INVITATION_UNKNOWN");
        answers.push((status.message().to_owned(), status.details().to_vec()));
    }
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
    for wrong in [
        "",
        "lianxiao_",
        &token(1)[1..],
        &format!("{}x", token(1)),
        &code,
    ] {
        let message = bad_argument(join(&hub, &code, wrong).await, "token");
        assert!(wrong.len() < 10 || !message.contains(wrong), "{message}");
    }
    join(&hub, &code, &token(1)).await.expect("it was not used");
}

#[tokio::test]
async fn a_code_that_is_none_is_counted_as_a_strangers_by_its_address() {
    let hub = TestHub::start().await;
    for _ in 0..3 {
        let answer = join(&hub, "x", &token(1)).await;
        failed(answer, Code::NotFound, "INVITATION_UNKNOWN");
    }
    let request = v1::ListAuditRequest::default();
    let listed = Operator::of(&hub).admin.list_audit(request).await;
    let entries = listed.expect("the audit").into_inner().entries;
    let [entry] = &entries[..] else {
        panic!("one entry: {entries:#?}");
    };
    let expected = v1::Refusals {
        reason: "INVITATION_UNKNOWN".to_owned(),
        count: 3,
    };
    assert_eq!(entry.what, Some(What::Refusals(expected)));
    let caller = entry.caller.clone().expect("a caller");
    assert_eq!(
        (caller.address.as_str(), caller.credential_id.as_str()),
        ("127.0.0.1", "")
    );
}

#[tokio::test]
async fn a_token_that_somebody_has_is_not_taken_for_a_code() {
    let hub = TestHub::start().await;
    let operator = Operator::of(&hub);
    let (first, second) = (
        code(&operator, to_spring(&operator)).await,
        code(&operator, to_spring(&operator)).await,
    );
    join(&hub, &first, &token(1)).await.expect("joined");
    bad_argument(join(&hub, &second, &token(1)).await, "token");
    bad_argument(join(&hub, &second, &hub.group.office).await, "token");
    join(&hub, &second, &token(2)).await.expect("joined");
}

#[tokio::test]
async fn a_code_is_good_for_seven_days_of_the_hubs_clock() {
    let hub = TestHub::start().await;
    let operator = Operator::of(&hub);
    let now: Timestamp = NOW.parse().expect("a time");
    let after = |days: i64, minutes| {
        now + SignedDuration::from_hours(24 * days) + SignedDuration::from_mins(minutes)
    };
    let used = code(&operator, to_spring(&operator)).await;
    let late = code(&operator, to_spring(&operator)).await;
    hub.clock.set(after(7, -1));
    join(&hub, &used, &token(1)).await.expect("joined");
    hub.clock.set(after(7, 1));
    let answer = join(&hub, &late, &token(2)).await;
    failed(answer, Code::FailedPrecondition, "INVITATION_EXPIRED");
    refused(&hub, &token(2), "TOKEN_UNKNOWN").await;
    let again = join(&hub, &used, &token(1)).await;
    again.expect("a lost answer is answered again at any time");
}

#[tokio::test]
async fn an_invitation_of_a_holder_is_its_next_token_and_the_older_one_ends_after_the_overlap() {
    let hub = TestHub::start().await;
    let operator = Operator::of(&hub);
    let hired = operator.hire(new_credential(&id(SPRING), "总务处")).await;
    let (credential, older) = hired;
    let hour = 60 * 60 * 1_000;
    let void = code(&operator, to_holder(&operator, &credential, hour)).await;
    let code = code(&operator, to_holder(&operator, &credential, hour)).await;
    let answer = join(&hub, &void, &token(1)).await;
    failed(answer, Code::NotFound, "INVITATION_UNKNOWN");
    let older_client = hub.client(Some(&older), &id(SPRING));
    let told = async || {
        older_client
            .describe()
            .await
            .caller
            .expect("a caller")
            .expire_time
    };
    assert_eq!(told().await, None, "the overlap begins with the trade");
    let joined = join(&hub, &code, &token(1)).await.expect("joined");
    assert_eq!(joined.caller.expect("a caller").credential_id, credential);
    assert!(told().await.is_some());
    is_let_in(&older_client).await;
    let now: Timestamp = NOW.parse().expect("a time");
    hub.clock.set(now + SignedDuration::from_mins(62));
    refused(&hub, &older, "CREDENTIAL_EXPIRED").await;
    is_let_in(&hub.client(Some(&token(1)), &id(SPRING))).await;
}

#[tokio::test]
async fn a_code_of_a_revoked_credential_lets_nobody_in() {
    let hub = TestHub::start().await;
    let operator = Operator::of(&hub);
    let made = operator.invite(to_spring(&operator)).await.expect("made");
    let invitation: Invitation = made.line.parse().expect("an invitation");
    operator.revoke(&made.credential_id).await.expect("revoked");
    for _ in 0..2 {
        let answer = join(&hub, invitation.code.reveal(), &token(1)).await;
        failed(answer, Code::Unauthenticated, "CREDENTIAL_REVOKED");
    }
    refused(&hub, &token(1), "CREDENTIAL_REVOKED").await;
}

#[tokio::test]
async fn a_restore_voids_every_invitation() {
    let mut hub = TestHub::start().await;
    let operator = Operator::of(&hub);
    let open = code(&operator, to_spring(&operator)).await;
    let used = code(&operator, to_spring(&operator)).await;
    join(&hub, &used, &token(1)).await.expect("joined");
    operator.leave().await;
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup.db");
    hub.hub().back_up(&backup).await.expect("a backup");
    hub.stop().await;
    let now = NOW.parse().expect("a time");
    let restored = SqliteStore::restore(&hub.data(), &backup, now).await;
    restored.expect("restored");
    hub.reopen().await;
    let confirmed = hub.hub().confirm_credentials(hub.group.id, &[]).await;
    assert_eq!(
        confirmed.expect("confirmed"),
        6,
        "those of the invitations too"
    );
    for (code, token) in [(&open, token(2)), (&used, token(1)), (&used, token(2))] {
        let answer = join(&hub, code, &token).await;
        failed(answer, Code::NotFound, "INVITATION_UNKNOWN");
    }
    // What was traded before the backup stays.
    is_let_in(&hub.client(Some(&token(1)), &id(SPRING))).await;
}

#[tokio::test]
async fn joining_is_the_only_call_of_the_hubs_that_needs_no_token() {
    let hub = TestHub::start().await;
    let answer = hub
        .client(None, "")
        .about
        .describe(v1::DescribeRequest {})
        .await;
    failed(answer, Code::Unauthenticated, "TOKEN_UNKNOWN");
    for path in ["Joined", "join", "Join/"] {
        let path = format!("/lianxiao.v1.HubService/{path}")
            .parse()
            .expect("a path");
        let mut raw = tonic::client::Grpc::new(hub.channel());
        raw.ready().await.expect("a line");
        let codec = tonic_prost::ProstCodec::<v1::JoinRequest, v1::JoinResponse>::default();
        let request = tonic::Request::new(v1::JoinRequest::default());
        let answer = raw.unary(request, path, codec).await;
        failed(answer, Code::Unauthenticated, "TOKEN_UNKNOWN");
    }
    // A token that is none does not keep anybody from joining.
    let operator = Operator::of(&hub);
    let code = code(&operator, to_spring(&operator)).await;
    let request = v1::JoinRequest {
        code,
        token: token(1),
    };
    let joined = hub.client(Some(&token(1)), "").about.join(request).await;
    joined.expect("joined");
}

#[tokio::test]
async fn an_invitation_says_where_the_hub_is_and_what_it_is_recognised_by() {
    let hub = TestHub::start().await;
    let address: SocketAddr = "0.0.0.0:50051".parse().expect("an address");
    let identity = Identity::self_made(&hub.data().join("tls"), address.ip());
    let identity = Arc::new(identity.expect("a certificate"));
    let fingerprint = identity.fingerprint();
    let everywhere = Doorplate {
        address,
        identity: Some(identity),
    };
    let operator = Operator::of(&hub);
    let at = |request: v1::CreateInvitationRequest, address: &str| v1::CreateInvitationRequest {
        address: address.to_owned(),
        ..request
    };
    let line = async |operator: &Operator, address| {
        let made = operator.invite(at(to_spring(operator), address)).await;
        let line = made.expect("an invitation").line;
        let (before, _) = line.split_once("#code=").expect("a code");
        let (_, after) = line.split_once('&').unwrap_or_default();
        (before.to_owned(), after.to_owned())
    };
    let plain = (format!("http://{ADDRESS}/join"), String::new());
    assert_eq!(line(&operator, "").await, plain);
    for wrong in [
        "hub.hhjy.cn",
        "https://hub.hhjy.cn:50051",
        "hub.hhjy.cn:50051/x",
    ] {
        let answer = operator.invite(at(to_spring(&operator), wrong)).await;
        bad_argument(answer, "address");
    }
    operator.leave().await;
    let operator = Operator::at(&hub, everywhere);
    let answer = operator.invite(to_spring(&operator)).await;
    bad_argument(answer, "address");
    let covered = "https://hub.hhjy.cn:50051/join".to_owned();
    let fingerprint = format!("sha256={fingerprint}");
    let told = line(&operator, "hub.hhjy.cn:50051").await;
    assert_eq!(told, (covered, fingerprint));
}

#[tokio::test]
async fn an_invitation_is_for_somebody_whom_the_group_can_have() {
    let hub = TestHub::start().await;
    let operator = Operator::of(&hub);
    let nobody = v1::CreateInvitationRequest {
        invited: None,
        ..to_spring(&operator)
    };
    bad_argument(operator.invite(nobody).await, "new_credential");
    let of = |new| v1::CreateInvitationRequest {
        invited: Some(Invited::NewCredential(new)),
        ..to_spring(&operator)
    };
    let nowhere = of(new_credential(&fresh(), "总务处"));
    failed(operator.invite(nowhere).await, Code::NotFound, "NOT_FOUND");
    let unnamed = of(new_credential(&id(HEAD), ""));
    bad_argument(operator.invite(unnamed).await, "holder");
    let unknown = to_holder(&operator, &fresh(), 0);
    failed(operator.invite(unknown).await, Code::NotFound, "NOT_FOUND");
}
