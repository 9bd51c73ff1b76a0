//! A replica verifies the hub's whole history against its copy.

use crate::pull::{RECORDS, filled};
use crate::report::{ROUNDS, beside, rate};
use lianxiao::client::Replica;
use std::time::Instant;

pub async fn whole_history() {
    let (mut stage, line) = filled().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let replica = Replica::open(&folder.path().join("copy.db")).await;
    let replica = replica.expect("a replica");
    replica.sync(&line).await.expect("it syncs");
    let mut verified = Vec::new();
    for _ in 0..=ROUNDS {
        let start = Instant::now();
        let proof = replica.verify(&line, true).await.expect("an answer");
        verified.push(rate(proof.records, start.elapsed()));
        assert!(proof.whole() && proof.records > RECORDS, "{proof:?}");
    }
    stage.stop().await;
    let mut scans = Vec::new();
    for _ in 0..=ROUNDS {
        let start = Instant::now();
        let count = stage.scan().await;
        scans.push(rate(count, start.elapsed()));
    }
    let name = "verify 100,000 positions and records";
    beside(name, &verified, "two-column sqlx scan", &scans, "-");
}
