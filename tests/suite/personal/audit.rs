//! Exports and erasures leave rows in the audit: who, whom and how much, by ids only.

use super::{NAME, Staff, erase, export};
use crate::harness::HEAD;
use crate::wishes::{create, fresh, named, session};
use jiff::Timestamp;
use lianxiao::model::audit::{Audited, Deed, Entry, Mark};
use lianxiao::wire::v1;

impl Staff {
    /// The exports, erasures and ends of retentions so far.
    async fn deeds(&self) -> Vec<Audited> {
        let mark = Mark::before(Timestamp::UNIX_EPOCH);
        let group = Some(self.hub.group.id);
        let page = self.hub.hub().audit(group, mark, Timestamp::MAX, 1_000);
        let deeds = page.await.expect("the audit").entries.into_iter();
        let about_people = |entry: Entry| match entry {
            Entry::Deed(_, deed) if OF_PEOPLE.contains(&deed.deed) => Some(deed),
            _ => None,
        };
        deeds.filter_map(about_people).collect()
    }
}

const OF_PEOPLE: [Deed; 3] = [Deed::Exported, Deed::Erased, Deed::Expired];

/// What was done, to whom, to which kinds and how many.
fn said(deed: &Audited) -> (Deed, Option<String>, String, i64) {
    let subject = deed.subject.map(|id| id.to_string());
    (deed.deed, subject, deed.kinds.join(" "), deed.count)
}

#[tokio::test]
async fn exports_and_erasures_are_written_down_with_who_asked() {
    let staff = Staff::start().await;
    staff.held_session().await;
    let (office, typed) = (staff.hub.office(), fresh());
    let naming = v1::Session {
        lead: Some(named(NAME)),
        ..session("备课", "2026-05-12")
    };
    let head = staff.hub.campus(HEAD);
    head.applied(create(&typed, naming)).await;
    assert_eq!(staff.deeds().await, []);
    export(&head, &staff.person).await.expect_err("denied");
    export(&office, &staff.person).await.expect("an export");
    erase(&office, &staff.person, &[&typed])
        .await
        .expect("erased");
    erase(&office, &staff.person, &[&typed])
        .await
        .expect("nothing left");

    let deeds = staff.deeds().await;
    let person = Some(staff.person.clone());
    let expected = [
        (
            Deed::Exported,
            person.clone(),
            "person session".to_owned(),
            3,
        ),
        (Deed::Erased, Some(typed), "session".to_owned(), 1),
        (Deed::Erased, person, "person session".to_owned(), 2),
    ];
    assert_eq!(deeds.iter().map(said).collect::<Vec<_>>(), expected);
    let by = deeds[0].by.expect("somebody asked");
    assert!(deeds.iter().all(|deed| deed.by == Some(by)));
    let newest = office.newest().await;
    assert_eq!(deeds[1].positions, Some((newest - 2, newest - 2)));
    assert_eq!(deeds[2].positions, Some((newest - 1, newest)));
}

#[tokio::test]
async fn the_end_of_a_retention_is_written_down_as_the_hubs_own() {
    let staff = Staff::start().await;
    let policy = v1::Policy {
        time_zone: "Asia/Shanghai".to_owned(),
        retentions: vec![v1::Retention {
            kind: "session".to_owned(),
            months: 12,
        }],
        ..Default::default()
    };
    staff.hub.office().applied(create(&fresh(), policy)).await;
    staff.held_session().await;
    staff
        .hub
        .clock
        .set("2028-01-01T12:00:00+08:00".parse().unwrap());
    staff.hub.hub().keep_up().await.expect("it looks");
    staff.hub.hub().keep_up().await.expect("it looks again");
    let deeds = staff.deeds().await;
    let expected = (Deed::Expired, None, "session".to_owned(), 1);
    assert_eq!(deeds.iter().map(said).collect::<Vec<_>>(), [expected]);
    assert_eq!(deeds[0].by, None);
}
