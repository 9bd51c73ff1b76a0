//! `lianxiao campus sync`: the outbox to the hub, and the hub's changes to the copy.

use super::Door;
use crate::cli::Outcome;
use std::process::ExitCode;

pub async fn run(door: &Door) -> Outcome {
    let (replica, line) = door.open().await?;
    let checkpoint = replica.sync(&line).await?;
    let (records, outbox) = (replica.records().await?, replica.outbox().await?);
    let (refused, waiting): (Vec<_>, Vec<_>) = outbox.iter().partition(|entry| entry.refused);
    let position = checkpoint.newest_position;
    let (records, waiting, refused) = (records.len(), waiting.len(), refused.len());
    println!("已同步到位置 {position}：{records} 条记录，{waiting} 条待上报，{refused} 条未收");
    println!(
        "in step at position {position}: {records} records, {waiting} waiting, {refused} refused"
    );
    replica.close().await;
    Ok(ExitCode::SUCCESS)
}
