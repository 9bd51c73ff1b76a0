//! How credentials come by tokens, and how those end.

use super::catalog::{credential, held, hired, id, token};
use super::scribe::{at_campus, group, time};
use jiff::Timestamp;
use lianxiao::model::audit::{Audited, Deed};
use lianxiao::model::ids::{GroupKey, Place};
use lianxiao::model::secret::Purpose;
use lianxiao::store::{Handover, Loan, Store, Trade};
use std::time::Duration;

/// The code of a number, good until a time, whose trade leaves the other tokens 10 seconds.
fn code(number: u8, expires_at: i64) -> Handover {
    Handover::Invitation {
        code: [number; 32],
        expires_at: time(expires_at),
        overlap: Duration::from_secs(10),
    }
}

async fn hand_over(store: &dyn Store, group: GroupKey, to: u8, handover: &Handover) {
    let kept = store.hand_over(group, id(to), handover, time(1)).await;
    kept.expect("the handover is kept");
}

async fn trade(store: &dyn Store, code: u8, token: u8, now: i64) -> Trade {
    let trade = store.trade(&[code; 32], &[token; 32], time(now)).await;
    trade.expect("an answer")
}

/// When the tokens of these numbers end.
async fn ends(store: &dyn Store, tokens: &[u8]) -> Vec<Option<Timestamp>> {
    let mut ends = Vec::new();
    for token in tokens {
        ends.push(held(store, *token).await.expect("a credential").ends_at);
    }
    ends
}

pub async fn the_next_token_ends_the_others_and_lengthens_none(store: &dyn Store) {
    let group = group(store, "g").await.key;
    hired(store, 1, group, at_campus(1)).await;
    hired(store, 9, group, at_campus(1)).await;
    for (token, others_end) in [(2, 50), (3, 20), (4, 30)] {
        let next = Handover::Token {
            token: [token; 32],
            others_end: time(others_end),
        };
        hand_over(store, group, 1, &next).await;
    }
    let (first, second) = (Some(time(20)), Some(time(30)));
    let all = [first, first, second, None];
    assert_eq!(ends(store, &[1, 2, 3, 4]).await, all);
    assert_eq!(ends(store, &[9]).await, [None], "another credential's");
}

pub async fn a_code_is_traded_for_one_token_and_the_same_again_changes_nothing(store: &dyn Store) {
    let group = group(store, "g").await.key;
    hired(store, 1, group, Place::Office).await;
    hand_over(store, group, 1, &code(7, 100)).await;
    assert_eq!(trade(store, 8, 2, 5).await, Trade::Unknown);
    assert_eq!(held(store, 2).await, None);
    assert_eq!(trade(store, 7, 2, 5).await, Trade::Done(id(1)));
    let found = held(store, 2).await.expect("a credential");
    assert_eq!((found.credential.id, found.ends_at), (id(1), None));
    // Later, even after the code has ended.
    assert_eq!(trade(store, 7, 2, 500).await, Trade::Done(id(1)));
    assert_eq!(ends(store, &[1, 2]).await, [Some(time(15)), None]);
    assert_eq!(trade(store, 7, 3, 6).await, Trade::Used);
    assert_eq!(held(store, 3).await, None);
}

pub async fn a_trade_ends_the_other_tokens_after_the_overlap(store: &dyn Store) {
    let group = group(store, "g").await.key;
    hired(store, 1, group, Place::Office).await;
    hired(store, 9, group, Place::Office).await;
    hand_over(store, group, 1, &code(7, 100)).await;
    assert_eq!(ends(store, &[1]).await, [None], "nobody brought it yet");
    assert_eq!(trade(store, 7, 2, 40).await, Trade::Done(id(1)));
    let all = [Some(time(50)), None, None];
    assert_eq!(ends(store, &[1, 2, 9]).await, all);
}

pub async fn a_code_comes_too_late_from_the_time_it_ends_at(store: &dyn Store) {
    let group = group(store, "g").await.key;
    hired(store, 1, group, Place::Office).await;
    hand_over(store, group, 1, &code(7, 100)).await;
    assert_eq!(trade(store, 7, 2, 100).await, Trade::Expired);
    assert_eq!(held(store, 2).await, None);
    assert_eq!(ends(store, &[1]).await, [None]);
    assert_eq!(trade(store, 7, 2, 99).await, Trade::Done(id(1)));
}

pub async fn a_token_that_is_somebodys_is_traded_for_no_code(store: &dyn Store) {
    let group = group(store, "g").await.key;
    hired(store, 1, group, Place::Office).await;
    hired(store, 2, group, at_campus(1)).await;
    hand_over(store, group, 1, &code(7, 100)).await;
    for token in [1, 2] {
        assert_eq!(trade(store, 7, token, 5).await, Trade::TokenTaken);
    }
    assert_eq!(trade(store, 7, 3, 5).await, Trade::Done(id(1)), "unused");
    hand_over(store, group, 2, &code(8, 100)).await;
    assert_eq!(trade(store, 8, 3, 5).await, Trade::TokenTaken);
}

pub async fn a_newer_code_for_a_credential_voids_one_that_nobody_brought(store: &dyn Store) {
    let group = group(store, "g").await.key;
    hired(store, 1, group, Place::Office).await;
    hired(store, 2, group, Place::Office).await;
    hand_over(store, group, 2, &code(6, 100)).await;
    hand_over(store, group, 1, &code(7, 100)).await;
    assert_eq!(trade(store, 7, 11, 5).await, Trade::Done(id(1)));
    hand_over(store, group, 1, &code(8, 100)).await;
    hand_over(store, group, 1, &code(9, 100)).await;
    assert_eq!(trade(store, 8, 12, 5).await, Trade::Unknown);
    assert_eq!(trade(store, 7, 11, 5).await, Trade::Done(id(1)), "brought");
    assert_eq!(
        trade(store, 6, 13, 5).await,
        Trade::Done(id(2)),
        "another's"
    );
    assert_eq!(trade(store, 9, 14, 5).await, Trade::Done(id(1)));
}

pub async fn a_revoked_credential_keeps_the_time_it_was_taken_back_at(store: &dyn Store) {
    let (a, b) = (group(store, "a").await.key, group(store, "b").await.key);
    hired(store, 1, a, Place::Office).await;
    hired(store, 2, a, Place::Office).await;
    let revoke = async |group, number, at| store.revoke(group, id(number), time(at)).await;
    assert!(
        !revoke(b, 1, 5).await.expect("an answer"),
        "another group's"
    );
    assert!(!revoke(a, 9, 5).await.expect("an answer"), "there is none");
    for at in [6, 7] {
        assert!(revoke(a, 1, at).await.expect("an answer"));
    }
    let listed = store.credentials(a).await.expect("credentials");
    let revoked: Vec<_> = listed.iter().map(|of| of.revoked_at).collect();
    assert_eq!(revoked, [Some(time(6)), None]);
    // Another token does not bring it back.
    hand_over(store, a, 1, &token(3)).await;
    let revoked = async |token| held(store, token).await.expect("a credential").revoked;
    assert!(revoked(1).await && revoked(3).await);
    assert!(!revoked(2).await);
}

pub async fn each_step_of_a_credential_is_written_down_once(store: &dyn Store) {
    let group = group(store, "g").await.key;
    let invited = credential(1, group, Place::Office);
    let code_7 = code(7, 100);
    let kept = store.create_credential(&invited, &code_7, time(2)).await;
    kept.expect("the credential is kept");
    for now in [3, 4] {
        assert_eq!(trade(store, 7, 1, now).await, Trade::Done(id(1)));
    }
    assert_eq!(trade(store, 7, 2, 4).await, Trade::Used);
    let next = store.hand_over(group, id(1), &token(3), time(5)).await;
    next.expect("the handover is kept");
    let next = store.hand_over(group, id(1), &code(8, 100), time(6)).await;
    next.expect("the handover is kept");
    for at in [7, 8] {
        let revoked = store.revoke(group, id(1), time(at)).await;
        assert!(revoked.expect("an answer"));
    }
    let deeds = store.deeds(group, (time(0), 0), Timestamp::MAX, 9).await;
    let deeds: Vec<_> = deeds
        .expect("deeds")
        .into_iter()
        .map(|(_, of)| of)
        .collect();
    let deed = |at, deed, by: Option<u8>| Audited {
        by: by.map(id),
        ..Audited::new(time(at), deed, id(1).0)
    };
    let expected = [
        deed(2, Deed::Invited, None),
        deed(3, Deed::Joined, Some(1)),
        deed(5, Deed::Rotated, None),
        deed(6, Deed::Invited, None),
        deed(7, Deed::Revoked, None),
    ];
    assert_eq!(deeds, expected);
}

pub async fn a_loan_is_good_for_one_purpose_until_it_ends_or_is_taken_back(store: &dyn Store) {
    let group = group(store, "g").await.key;
    hired(store, 1, group, Place::Office).await;
    hired(store, 9, group, Place::Office).await;
    let lend = async |to, token, purpose, ends_at: Option<i64>, now| {
        let loan = Loan {
            token: [token; 32],
            purpose,
            ends_at: ends_at.map(time),
        };
        let lent = store.lend(group, id(to), &loan, time(now)).await;
        lent.expect("it is lent");
    };
    lend(1, 2, Purpose::Pages, Some(20), 5).await;
    lend(1, 3, Purpose::Pages, Some(30), 6).await;
    lend(1, 4, Purpose::Calendar, None, 7).await;
    lend(9, 5, Purpose::Calendar, None, 8).await;
    let found = held(store, 2).await.expect("a credential");
    assert_eq!(
        (found.purpose, found.ends_at),
        (Purpose::Pages, Some(time(20)))
    );
    let found = held(store, 4).await.expect("a credential");
    assert_eq!((found.purpose, found.ends_at), (Purpose::Calendar, None));
    assert_eq!(
        held(store, 1).await.expect("a credential").purpose,
        Purpose::Calls
    );
    // One that has ended is forgotten with the next of its purpose; no other is.
    lend(1, 6, Purpose::Pages, Some(50), 20).await;
    assert_eq!(held(store, 2).await, None);
    let take_back = async |purpose, token: Option<u8>| {
        let hash = token.map(|token| [token; 32]);
        let ended = store.take_back(group, id(1), purpose, hash.as_ref()).await;
        ended.expect("it is taken back");
    };
    take_back(Purpose::Pages, Some(3)).await;
    assert_eq!(held(store, 3).await, None);
    // Another purpose's, and another credential's, is none.
    take_back(Purpose::Pages, Some(4)).await;
    take_back(Purpose::Calendar, Some(5)).await;
    for token in [1, 4, 5, 6, 9] {
        assert!(held(store, token).await.is_some(), "{token}");
    }
    take_back(Purpose::Calendar, None).await;
    assert_eq!(held(store, 4).await, None);
    assert!(held(store, 5).await.is_some());
}
