//! The audit of the program as its operator runs it.

use crate::answers::failed;
use crate::faults::{Disk, SmallDisk};
use crate::harness::Client;
use crate::process::{admin, program, serve, serve_as, try_admin};
use crate::reader::Reader;
use crate::wishes::{act, create, exchange, fresh, propose, session};
use lianxiao::wire::convert::push_request;
use lianxiao::wire::v1;
use serde_json::Value;
use std::path::Path;
use tonic::Code;

/// A group with two campuses, by the operator's commands.
struct Cast {
    group: String,
    clerk: String,
    office: String,
    campuses: [String; 2],
}

impl Cast {
    fn hire(data: &Path) -> Self {
        let group = admin(data, &["group", "create", "河海教育集团"]);
        let campuses = ["春风分校", "滨湖分校"].map(|name| {
            let role = ["--role", "branch", "--name", name];
            let create = ["campus", "create", "--group", &group];
            admin(data, &[&create[..], &role].concat())
        });
        let credential = |place: &[&str]| {
            let create = [
                "credential",
                "create",
                "--group",
                &group,
                "--holder",
                "人事",
            ];
            admin(data, &[&create[..], place].concat())
        };
        Cast {
            clerk: credential(&["--campus", &campuses[0]]),
            office: credential(&["--office"]),
            group,
            campuses,
        }
    }

    /// Proposes an exchange, which the office sees.
    async fn propose(&self, address: &str) -> String {
        let clerk = Client::of_program(address, &self.clerk);
        let record = fresh();
        let [home, host] = &self.campuses;
        clerk.applied(create(&record, exchange(home, host))).await;
        clerk.applied(act(&record, 1, propose())).await;
        record
    }

    /// The entries of the audit, as JSON.
    fn audit(&self, data: &Path) -> Vec<Value> {
        let lines = admin(data, &["audit", "--json", "--group", &self.group]);
        let entry = |line: &str| serde_json::from_str(line).expect("a line of JSON");
        lines.lines().map(entry).collect()
    }
}

/// What was done, in its order.
fn deeds(entries: &[Value]) -> Vec<&str> {
    let deeds = entries
        .iter()
        .filter_map(|entry| entry["deed"]["deed"].as_str());
    deeds.collect()
}

#[tokio::test]
async fn what_the_office_was_told_before_a_kill_is_written_down() {
    let data = tempfile::tempdir().unwrap();
    let (hub, address) = serve(data.path());
    let cast = Cast::hire(data.path());
    let record = cast.propose(&address).await;
    let office = Client::of_program(&address, &cast.office);
    office.get(&record).await.expect("the exchange");
    hub.kill();
    let (_hub, _) = serve(data.path());
    let entries = cast.audit(data.path());
    assert_eq!(
        deeds(&entries),
        ["DEED_CREATED", "DEED_CREATED", "DEED_READ"]
    );
    let read = entries.last().unwrap();
    assert_eq!(read["deed"]["subjectId"], record.as_str());
    assert_eq!(read["deed"]["number"], "3");
    assert_eq!(read["caller"]["holder"], "人事");
    assert_eq!(read["caller"]["place"], "PLACE_KIND_OFFICE");
    let office = &entries[1];
    assert_eq!(read["caller"]["credentialId"], office["deed"]["subjectId"]);
    assert_eq!(office["caller"], Value::Null, "the operator made it");
}

/// A kill does not prove it: the kernel keeps what a killed process wrote. The control of this count is
/// that of pushes (`durability`).
#[tokio::test]
async fn the_office_is_told_of_persons_only_when_the_disk_has_it() {
    const LOOKS: usize = 20;
    let (data, disk) = (tempfile::tempdir().unwrap(), Disk::new());
    let mut command = program();
    let (_hub, address) = serve_as(
        data.path(),
        disk.carry(command.env("LIANXIAO_LOG", "error")),
    );
    let cast = Cast::hire(data.path());
    let record = cast.propose(&address).await;
    let office = Client::of_program(&address, &cast.office);
    // The first call of a credential is written down, and its sync must not count for a look.
    office.describe().await;
    disk.note_acknowledged();
    for _ in 0..LOOKS / 2 {
        Reader::all(&office).await;
        disk.note_acknowledged();
        office.get(&record).await.expect("the exchange");
        disk.note_acknowledged();
    }
    assert_eq!(disk.acknowledged_and_unsynced(), (LOOKS + 1, 0));
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_told_and_refusals_wait_for_room() {
    let disk = SmallDisk::mount("4m");
    let data = disk.path().join("data");
    let (_hub, address) = serve(&data);
    let cast = Cast::hire(&data);
    let record = cast.propose(&address).await;
    let (office, clerk) = (
        Client::of_program(&address, &cast.office),
        Client::of_program(&address, &cast.clerk),
    );
    let plan = fresh();
    clerk
        .applied(create(&plan, session("备课", "2026-05-12")))
        .await;
    // Both have called: that is written down once a minute.
    office.describe().await;
    disk.fill();
    let mut refused = 0;
    while refused < 3 {
        let push = push_request(&[create(&fresh(), session(&"备课".repeat(100), "2026-05-12"))]);
        refused += i64::from(clerk.try_push(push).await.is_err());
    }
    let told = office.get(&record).await;
    let (status, details) = failed(told, Code::ResourceExhausted, "DISK_FULL");
    assert!(details.retry_info().is_some(), "{status:?}");
    let pull = office.pull(v1::PullRequest::default()).await;
    failed(pull, Code::ResourceExhausted, "DISK_FULL");
    clerk.get(&record).await.expect("a campus reads on");
    office
        .get(&plan)
        .await
        .expect("the office reads of other things");
    let before = cast.audit(&data);
    assert_eq!(deeds(&before), ["DEED_CREATED"; 2], "the audit is read on");
    disk.make_room();
    office.get(&record).await.expect("the exchange");
    let after = cast.audit(&data);
    assert_eq!(deeds(&after), ["DEED_CREATED", "DEED_CREATED", "DEED_READ"]);
    let full: i64 = after
        .iter()
        .filter(|entry| entry["refusals"]["reason"] == "DISK_FULL")
        .filter_map(|entry| entry["refusals"]["count"].as_str()?.parse::<i64>().ok())
        .sum();
    assert_eq!(full, refused + 2);
}

#[tokio::test]
async fn what_the_operator_does_with_credentials_is_written_down_a_restore_too() {
    let (data, backups) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let data = data.path();
    let (hub, _) = serve(data);
    let cast = Cast::hire(data);
    let backup = backups.path().join("backup.db");
    admin(data, &["backup", backup.to_str().unwrap()]);
    let taken_back = [
        "credential",
        "create",
        "--holder",
        "人事",
        "--office",
        "--group",
    ];
    admin(data, &[&taken_back[..], &[&cast.group]].concat());
    assert_eq!(deeds(&cast.audit(data)), ["DEED_CREATED"; 3]);
    assert!(hub.end_with("TERM"));
    let restore = program()
        .args(["restore", "--data"])
        .arg(data)
        .arg(&backup)
        .output();
    assert!(restore.unwrap().status.success());
    let (_hub, address) = serve(data);
    let office = Client::of_program(&address, &cast.office);
    let locked = office.get(&fresh()).await;
    failed(locked, Code::Unauthenticated, "CREDENTIAL_LOCKED");
    admin(data, &["credential", "confirm", "--group", &cast.group]);
    let entries = cast.audit(data);
    let kept = ["DEED_CREATED", "DEED_CREATED", "DEED_RESTORED"];
    let confirmed = ["DEED_CONFIRMED", "DEED_CONFIRMED"];
    assert_eq!(deeds(&entries), [&kept[..], &confirmed].concat());
    let refused = |entry: &&Value| entry["refusals"]["reason"] == "CREDENTIAL_LOCKED";
    let refused: Vec<&Value> = entries.iter().filter(refused).collect();
    assert_eq!(refused.len(), 1, "{entries:#?}");
    assert_eq!(refused[0]["caller"]["place"], "PLACE_KIND_OFFICE");
}

#[tokio::test]
async fn the_audit_is_read_as_a_table_since_a_time_and_of_strangers() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path();
    let (_hub, address) = serve(data);
    let cast = Cast::hire(data);
    let record = cast.propose(&address).await;
    Client::of_program(&address, &cast.office)
        .get(&record)
        .await
        .expect("the exchange");
    let stranger = Client::of_program(&address, "lxh_nobody")
        .get(&record)
        .await;
    failed(stranger, Code::Unauthenticated, "TOKEN_UNKNOWN");
    let table = admin(data, &["audit", "--group", &cast.group]);
    let row = table
        .lines()
        .find(|line| line.contains("read"))
        .expect("the look");
    for cell in ["office 人事", "exchange", &record] {
        assert!(row.contains(cell), "{cell}:\n{table}");
    }
    assert_eq!(table.matches("operator").count(), 2, "{table}");
    let recent = admin(data, &["audit", "--group", &cast.group, "--since", "5m"]);
    assert_eq!(recent, table);
    let future = admin(
        data,
        &[
            "audit",
            "--group",
            &cast.group,
            "--since",
            "2999-01-01T00:00:00Z",
        ],
    );
    assert!(!future.contains("operator"), "{future}");
    let strangers = admin(data, &["audit"]);
    for cell in ["127.0.0.1", "refused: TOKEN_UNKNOWN"] {
        assert!(strangers.contains(cell), "{cell}:\n{strangers}");
    }
    assert!(!strangers.contains("operator"), "{strangers}");
    let unknown = try_admin(data, &["audit", "--group", &fresh()]);
    assert!(!unknown.status.success());
    let complaint = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(complaint.contains("there is no group"), "{complaint}");
    let noise = try_admin(data, &["audit", "--since", "yesterday"]);
    assert_eq!(noise.status.code(), Some(64));
}
