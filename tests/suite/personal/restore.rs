//! A restore brings nothing back that was erased: the hub erases again before it answers.

use super::free_text::note;
use super::{NAME, Staff, erase, files_with, holds};
use crate::harness::{HEAD, NOW};
use crate::process::program;
use crate::reader::Reader;
use crate::wishes::{create, fresh, named, session};
use lianxiao::store::SqliteStore;
use lianxiao::wire::v1;
use std::path::{Path, PathBuf};

/// A hub with a backup that names the person.
struct Kept {
    staff: Staff,
    folder: tempfile::TempDir,
}

impl Kept {
    async fn start() -> Self {
        let staff = Staff::start().await;
        let folder = tempfile::tempdir().expect("a folder");
        Kept { staff, folder }
    }

    async fn back_up(&self) -> PathBuf {
        let file = self.folder.path().join("backup.db");
        self.staff.hub.hub().back_up(&file).await.expect("a backup");
        file
    }

    /// Stops the hub, restores, and starts it again with every credential confirmed.
    async fn restore(&mut self, file: &Path) {
        self.staff.hub.stop().await;
        let data = self.staff.hub.data();
        let restored = SqliteStore::restore(&data, file, NOW.parse().unwrap());
        assert_ne!(restored.await.expect("restored").erased, None);
        self.reopen().await;
    }

    async fn reopen(&mut self) {
        self.staff.hub.reopen().await;
        let group = self.staff.hub.group.id;
        let confirmed = self.staff.hub.hub().confirm_credentials(group, &[]);
        confirmed.await.expect("confirmed");
    }

    /// The files of the hub that hold the name, but for what was set aside.
    fn files(&self) -> Vec<String> {
        let mut files = files_with(&self.staff.hub.data(), NAME);
        files.retain(|name| !name.contains("replaced"));
        files
    }
}

#[tokio::test]
async fn what_was_erased_after_the_backup_is_erased_again_before_the_hub_answers() {
    let mut kept = Kept::start().await;
    let led = kept.staff.held_session().await;
    let typed = fresh();
    let named = v1::Session {
        lead: Some(named(NAME)),
        ..session("备课", "2026-05-12")
    };
    let head = kept.staff.hub.campus(HEAD);
    head.applied(create(&typed, named)).await;
    let file = kept.back_up().await;
    assert!(
        !files_with(kept.folder.path(), NAME).is_empty(),
        "a backup keeps what it held"
    );
    let office = kept.staff.hub.office();
    let erased = erase(&office, &kept.staff.person, &[&typed]).await;
    assert_eq!(erased.expect("erased").records, 3);
    kept.restore(&file).await;
    assert_eq!(kept.files(), Vec::<String>::new());
    let copy = Reader::all(&kept.staff.hub.office()).await;
    for id in [&led, &typed, &kept.staff.person] {
        let told = &copy.records[id];
        assert_eq!(
            (told.reason.as_str(), told.actor.as_str()),
            ("ERASED", "hub")
        );
    }
    // Restored a second time, it is known from the first.
    kept.restore(&file).await;
    assert_eq!(kept.files(), Vec::<String>::new());
    // A backup that was made after it has nothing to erase again.
    std::fs::remove_file(&file).unwrap();
    let file = kept.back_up().await;
    let newest = kept.staff.hub.office().newest().await;
    kept.restore(&file).await;
    assert_eq!(kept.staff.hub.office().newest().await, newest);
}

#[tokio::test]
async fn a_name_in_free_text_goes_again_because_its_person_was_named_in_the_same_call() {
    let mut kept = Kept::start().await;
    let record = fresh();
    let head = kept.staff.hub.campus(HEAD);
    head.applied(create(&record, note())).await;
    let file = kept.back_up().await;
    let office = kept.staff.hub.office();
    let erased = erase(&office, &kept.staff.person, &[&record]).await;
    assert_eq!(erased.expect("erased").records, 2);
    kept.restore(&file).await;
    assert_eq!(kept.files(), Vec::<String>::new());
}

#[tokio::test]
async fn what_comes_again_after_a_restore_is_erased_when_it_is_there() {
    let mut kept = Kept::start().await;
    let file = kept.back_up().await;
    let head = kept.staff.hub.campus(HEAD);
    let typed = fresh();
    let naming = v1::Session {
        lead: Some(named(NAME)),
        ..session("备课", "2026-05-12")
    };
    let push = create(&typed, naming);
    head.applied(push.clone()).await;
    let erased = erase(&kept.staff.hub.office(), "", &[&typed]).await;
    assert_eq!(erased.expect("erased").records, 1);
    kept.restore(&file).await;
    // A replica that was away brings back what the backup does not know.
    let head = kept.staff.hub.campus(HEAD);
    let again = head.applied(push).await;
    assert!(!again.replayed && !kept.files().is_empty());
    kept.staff.hub.hub().keep_up().await.expect("it looks");
    assert!(!holds(&head.get(&typed).await.expect("it").content, NAME));
    // From then on the record is its owner's again.
    let next = v1::Session {
        lead: Some(named("李老师")),
        ..session("备课", "2026-05-12")
    };
    head.applied(crate::wishes::edit(&typed, 2, next)).await;
    kept.staff.hub.hub().keep_up().await.expect("it looks");
    assert!(holds(
        &head.get(&typed).await.expect("it").content,
        "李老师"
    ));
}

#[tokio::test]
async fn a_person_who_comes_again_after_a_restore_is_erased_each_time() {
    let mut kept = Kept::start().await;
    // A backup from before anybody knew the person.
    let (hub, folder) = (&kept.staff.hub, kept.folder.path().join("early.db"));
    let late = fresh();
    hub.hub().back_up(&folder).await.expect("a backup");
    let (head, office) = (hub.campus(HEAD), hub.office());
    let register = create(
        &late,
        v1::Person {
            display_name: NAME.to_owned(),
            home_campus_id: head.campus_id.clone(),
            ..Default::default()
        },
    );
    office.applied(register.clone()).await;
    let led = v1::Session {
        lead: Some(super::who(&late)),
        ..session("备课", "2026-05-12")
    };
    let pushes = [create(&fresh(), led.clone()), create(&fresh(), led)];
    head.applied(pushes[0].clone()).await;
    head.applied(pushes[1].clone()).await;
    erase(&office, &late, &[]).await.expect("erased");
    erase(&office, &kept.staff.person, &[])
        .await
        .expect("erased");
    kept.restore(&folder).await;
    assert_eq!(kept.files(), Vec::<String>::new());
    let (head, office) = (kept.staff.hub.campus(HEAD), kept.staff.hub.office());
    office.applied(register).await;
    for push in pushes {
        // While the register names the person again, others may.
        let result = head.one(push).await;
        kept.staff.hub.hub().keep_up().await.expect("it looks");
        assert_eq!(kept.files(), Vec::<String>::new());
        if result.outcome() == v1::Outcome::Rejected {
            assert_eq!(result.refusals[0].code, "PERSON_ERASED");
            return;
        }
    }
    panic!("the second push comes when the name is gone");
}

#[tokio::test]
async fn a_restore_says_when_it_cannot_know_what_was_erased() {
    let mut kept = Kept::start().await;
    let file = kept.back_up().await;
    kept.staff.erase().await;
    kept.staff.hub.stop().await;
    let data = kept.staff.hub.data();
    let restore = || {
        let run = program()
            .arg("restore")
            .arg("--data")
            .arg(&data)
            .arg(&file)
            .output();
        let output = run.expect("it runs");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    let said = restore();
    assert!(said.contains("erased again when the hub starts"), "{said}");
    std::fs::write(data.join("lianxiao.db"), [7; 9_000]).expect("ruined");
    let said = restore();
    assert!(said.contains("the office must erase it again"), "{said}");
}
