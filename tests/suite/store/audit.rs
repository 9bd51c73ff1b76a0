//! Who did what, and how often somebody was refused.

use super::catalog::{credential, id};
use super::scribe::{at_campus, group, time};
use jiff::Timestamp;
use lianxiao::model::audit::{Audited, Deed, NO_GROUP, Refusal};
use lianxiao::model::ids::{GroupKey, Place};
use lianxiao::store::{Credential, Store};
use uuid::Uuid;

const FOREVER: Timestamp = Timestamp::MAX;

async fn deeds(store: &dyn Store, group: GroupKey) -> Vec<(i64, Audited)> {
    let deeds = store.deeds(group, (time(0), 0), FOREVER, 1_000).await;
    deeds.expect("deeds")
}

/// Deeds of these times, told apart by their counts.
async fn did(store: &dyn Store, group: GroupKey, times: &[i64]) {
    let mut count = 0;
    let deeds: Vec<Audited> = times
        .iter()
        .map(|at| {
            count += 1;
            Audited {
                count,
                ..Audited::new(time(*at), Deed::Revoked, None)
            }
        })
        .collect();
    store.note(group, &deeds).await.expect("noted");
}

pub async fn a_deed_comes_back_as_it_was_written(store: &dyn Store) {
    let group = group(store, "a").await.key;
    let office = credential(1, group, Place::Office);
    let kept = store.create_credential(&office, None, time(1)).await;
    kept.expect("the credential is kept");
    let whole = Audited {
        by: Some(office.id),
        kinds: vec!["exchange".to_owned(), "person".to_owned()],
        count: 17,
        positions: Some((3, 40)),
        ..Audited::new(time(2), Deed::Read, None)
    };
    let bare = Audited::new(time(3), Deed::Erased, Uuid::from_u128(9));
    for deed in [&whole, &bare] {
        let noted = store.note(group, std::slice::from_ref(deed)).await;
        noted.expect("noted");
    }
    let made = Audited::new(time(1), Deed::Created, office.id.0);
    assert_eq!(
        deeds(store, group).await,
        [(1, made), (2, whole), (3, bare)]
    );
    let unknown = Audited {
        by: Some(id(9)),
        ..Audited::new(time(4), Deed::Read, None)
    };
    assert!(store.note(group, &[unknown]).await.is_err(), "nobody's");
}

pub async fn deeds_are_numbered_without_a_gap_each_group_for_itself(store: &dyn Store) {
    let (a, b) = (group(store, "a").await.key, group(store, "b").await.key);
    did(store, a, &[5, 6]).await;
    did(store, b, &[5]).await;
    did(store, a, &[7]).await;
    let of = async |group| {
        let deeds = deeds(store, group).await;
        let listed = deeds.iter().map(|(seq, deed)| (*seq, deed.at));
        listed.collect::<Vec<_>>()
    };
    assert_eq!(of(a).await, [(1, time(5)), (2, time(6)), (3, time(7))]);
    assert_eq!(of(b).await, [(1, time(5))]);
}

pub async fn deeds_come_by_time_from_one_to_another_in_pages(store: &dyn Store) {
    let group = group(store, "a").await.key;
    // The clock was set back before the fourth.
    did(store, group, &[5, 6, 6, 4, 8]).await;
    let page = async |after: (i64, i64), until, limit| {
        let deeds = store.deeds(group, (time(after.0), after.1), until, limit);
        let deeds = deeds.await.expect("deeds");
        let listed = deeds.iter().map(|(seq, deed)| (deed.at, *seq));
        listed.collect::<Vec<_>>()
    };
    let all = [(4, 4), (5, 1), (6, 2), (6, 3), (8, 5)].map(|(at, seq)| (time(at), seq));
    assert_eq!(page((0, 0), FOREVER, 9).await, all);
    assert_eq!(page((0, 0), FOREVER, 2).await, all[..2]);
    assert_eq!(page((5, 1), FOREVER, 2).await, all[2..4]);
    assert_eq!(page((6, 2), FOREVER, 2).await, all[3..]);
    assert_eq!(page((6, 0), FOREVER, 9).await, all[2..], "the time itself");
    assert_eq!(page((0, 0), time(6), 9).await, all[..2], "before the time");
}

pub async fn a_credential_and_its_deeds_are_written_together(store: &dyn Store) {
    let group = group(store, "a").await.key;
    let locked = |number| Credential {
        locked: true,
        ..credential(number, group, at_campus(1))
    };
    for (number, token, is_kept) in [(1, 1, true), (2, 2, true), (3, 3, true), (4, 1, false)] {
        let (credential, token) = (locked(number), [token; 32]);
        let kept = store.create_credential(&credential, Some(&token), time(1));
        assert_eq!(kept.await.is_ok(), is_kept, "{number}");
    }
    let second = [id(2)];
    let confirm = |ids, at| store.confirm(group, ids, time(at));
    confirm(Some(&second), 3).await.expect("confirmed");
    confirm(None, 4).await.expect("confirmed");
    confirm(None, 5).await.expect("nothing left to confirm");
    let mut expected = Vec::new();
    for (at, deed, number) in [
        (1, Deed::Created, 1),
        (1, Deed::Created, 2),
        (1, Deed::Created, 3),
        (3, Deed::Confirmed, 2),
        (4, Deed::Confirmed, 1),
        (4, Deed::Confirmed, 3),
    ] {
        expected.push(Audited::new(time(at), deed, id(number).0));
    }
    let mut found = deeds(store, group).await;
    // Those confirmed together come in no order.
    found.sort_by_key(|(_, deed)| (deed.at, deed.subject));
    let found: Vec<Audited> = found.into_iter().map(|(_, deed)| deed).collect();
    assert_eq!(found, expected);
}

fn refusal(group: GroupKey, minute: i64, who: &str, reason: &str, count: i64) -> Refusal {
    Refusal {
        group,
        minute: time(minute),
        who: who.to_owned(),
        reason: reason.to_owned(),
        count,
    }
}

pub async fn refusals_add_up_each_group_for_itself(store: &dyn Store) {
    let (a, b) = (group(store, "a").await.key, group(store, "b").await.key);
    let counted = [
        refusal(a, 60, "clerk", "NOT_ALLOWED", 2),
        refusal(b, 60, "clerk", "NOT_ALLOWED", 7),
        refusal(NO_GROUP, 60, "192.0.2.1", "TOKEN_UNKNOWN", 10_000),
        refusal(a, 120, "clerk", "NOT_ALLOWED", 1),
        refusal(a, 60, "clerk", "NOT_FOUND", 3),
        refusal(a, 60, "bursar", "NOT_FOUND", 4),
    ];
    store.count_refusals(&counted).await.expect("counted");
    let more = [refusal(a, 60, "clerk", "NOT_ALLOWED", 40)];
    store.count_refusals(&more).await.expect("counted");
    store.count_refusals(&[]).await.expect("nothing to count");
    let of = async |group| {
        let refusals = store.refusals(group, (time(0), "", ""), FOREVER, 9).await;
        refusals.expect("refusals")
    };
    let [_, of_b, of_nobody, later, not_found, bursar] = counted;
    let added = refusal(a, 60, "clerk", "NOT_ALLOWED", 42);
    assert_eq!(of(a).await, [bursar, added, not_found, later]);
    assert_eq!(of(b).await, [of_b]);
    assert_eq!(of(NO_GROUP).await, [of_nobody]);
}

pub async fn refusals_come_by_minute_who_and_reason_in_pages(store: &dyn Store) {
    let group = group(store, "a").await.key;
    let mut all = Vec::new();
    for minute in [60, 120] {
        for who in ["a", "b"] {
            all.extend(["x", "y"].map(|reason| refusal(group, minute, who, reason, 1)));
        }
    }
    let shuffled: Vec<Refusal> = [5, 0, 7, 2, 4, 1, 6, 3].map(|i| all[i].clone()).into();
    store.count_refusals(&shuffled).await.expect("counted");
    let page = async |(minute, who, reason), until, limit| {
        let refusals = store.refusals(group, (time(minute), who, reason), until, limit);
        refusals.await.expect("refusals")
    };
    assert_eq!(page((0, "", ""), FOREVER, 9).await, all);
    assert_eq!(page((0, "", ""), FOREVER, 3).await, all[..3]);
    assert_eq!(page((60, "b", "x"), FOREVER, 2).await, all[3..5]);
    assert_eq!(page((120, "", ""), FOREVER, 9).await, all[4..]);
    assert_eq!(page((0, "", ""), time(120), 9).await, all[..4]);
}

pub async fn many_refusals_are_counted_whole(store: &dyn Store) {
    let group = group(store, "a").await.key;
    let refusals: Vec<Refusal> = (0..203)
        .map(|n| refusal(group, 60, &format!("{n:03}"), "x", n + 1))
        .collect();
    store.count_refusals(&refusals).await.expect("counted");
    let found = store.refusals(group, (time(0), "", ""), FOREVER, 1_000);
    assert_eq!(found.await.expect("refusals"), refusals);
}
