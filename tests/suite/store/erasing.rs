//! How erasures stand.

use super::scribe::Scribe;
use lianxiao::model::ids::CredentialId;
use lianxiao::store::{Due, Erasure, Of, Store};
use uuid::Uuid;

pub async fn an_erasure_that_a_restore_took_back_stays_so_until_it_is_done(store: &dyn Store) {
    let scribe = Scribe::new(store, "g").await;
    let now = jiff::Timestamp::UNIX_EPOCH;
    let note = async |due, looked| {
        let erasure = Erasure {
            group: scribe.group,
            id: Uuid::from_u128(7),
            of: Of::Person,
            looked,
            due,
            by: CredentialId(Uuid::from_u128(8)),
        };
        let noted = store.note_erasures(&[erasure], now).await;
        noted.expect("it is noted");
        let due = store.erasures_due(scribe.group).await.expect("erasures");
        due.into_iter()
            .map(|of| (of.due, of.looked))
            .collect::<Vec<_>>()
    };
    assert_eq!(note(Due::UnderWay, 0).await, [(Due::UnderWay, 0)]);
    assert_eq!(note(Due::TakenBack, 0).await, [(Due::TakenBack, 0)]);
    // Asked for again, it is carried out, and what is pushed again later is looked for all the same.
    assert_eq!(note(Due::UnderWay, 0).await, [(Due::TakenBack, 0)]);
    assert_eq!(note(Due::TakenBack, 5).await, [(Due::TakenBack, 5)]);
    assert_eq!(note(Due::Done, 6).await, []);
    assert_eq!(note(Due::UnderWay, 0).await, [(Due::UnderWay, 0)]);
}
