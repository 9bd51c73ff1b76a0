//! `lianxiao campus verify`: whether the hub's history still is the one that this school was told. Status 0:
//! it is; 1: it is not; 2: that could not be found out.

use super::Door;
use crate::cli::{Error, Outcome, fail};
use crate::client::{Difference, Forged, Proof};
use clap::Args;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::process::ExitCode;

/// Trouble, as `diff` and `cmp` say it.
const TROUBLE: u8 = 2;

#[derive(Args)]
pub struct Verify {
    /// From the start, not from where the last verification ended, and what older versions said too
    #[arg(long)]
    all: bool,
}

impl Verify {
    pub async fn run(self, door: &Door, json: bool) -> Outcome {
        let proof = match self.verify(door).await {
            Ok(proof) => proof,
            Err(error) => {
                fail(&*error);
                return Ok(ExitCode::from(TROUBLE));
            }
        };
        match json {
            true => println!("{:#}", as_json(&proof)),
            false => print!("{}", as_text(&proof)),
        }
        Ok(match proof.whole() {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        })
    }

    async fn verify(&self, door: &Door) -> Result<Proof, Error> {
        let (replica, line) = door.open().await?;
        let proof = replica.verify(&line, self.all).await?;
        replica.close().await;
        Ok(proof)
    }
}

fn as_json(proof: &Proof) -> Value {
    let forged = |forged: &Forged| {
        json!({
            "record_id": forged.id,
            "kind": forged.kind,
            "version": forged.version,
            "position": forged.position,
        })
    };
    json!({
        "whole": proof.whole(),
        "after": proof.after,
        "position": proof.position,
        "chain": hex(&proof.chain),
        "heads": proof.heads,
        "heads_lost": proof.heads_lost,
        "restored_to": proof.restored_to,
        "records": proof.records,
        "changed": proof.changed,
        "versions": proof.versions,
        "erased": proof.erased,
        "difference": proof.difference.map(difference_as_json),
        "forged": proof.forged.iter().map(forged).collect::<Vec<_>>(),
    })
}

fn difference_as_json(difference: Difference) -> Value {
    match difference {
        Difference::Missing { position } => json!({"what": "missing", "position": position}),
        Difference::Broken { first, last } => {
            json!({"what": "broken", "first": first, "last": last})
        }
        Difference::Rewritten { after, by } => {
            json!({"what": "rewritten", "after": after, "by": by})
        }
        Difference::Shorter { newest, remembered } => {
            json!({"what": "shorter", "newest": newest, "remembered": remembered})
        }
    }
}

fn as_text(proof: &Proof) -> String {
    let mut text = String::new();
    let mut say = |zh: String, en: String| {
        let _ = writeln!(text, "{zh}\n{en}");
    };
    if let Some(difference) = proof.difference {
        let (zh, en) = difference_as_text(difference);
        say(zh, en);
    }
    for Forged {
        id,
        kind,
        version,
        position,
    } in &proof.forged
    {
        say(
            format!("内容不符：{kind} {id} 第{version}版（位置 {position}）不是当时登记的那一版"),
            format!(
                "forged: {kind} {id}, version {version} (position {position}), is not what was hashed"
            ),
        );
    }
    let (after, position, heads) = (proof.after, proof.position, proof.heads);
    if proof.whole() && position == after {
        say(
            format!("链头一致：位置 {position} 以前已核对过，链头未变"),
            format!(
                "agrees: everything up to position {position} was verified before and leads to the same head"
            ),
        );
    } else if proof.whole() {
        let first = after + 1;
        say(
            format!("链头一致：位置 {first} 到 {position} 已重算，与记住的 {heads} 个链头一致"),
            format!(
                "agrees: positions {first} to {position} were computed anew and lead to the {heads} heads remembered"
            ),
        );
    }
    counts_as_text(proof, say);
    text
}

fn difference_as_text(difference: Difference) -> (String, String) {
    match difference {
        Difference::Missing { position } => (
            format!("历史有缺：位置 {position} 上没有版本"),
            format!("missing: there is no version at position {position}"),
        ),
        Difference::Broken { first, last } => (
            format!("历史不符：由位置 {first} 到 {last} 算不出中心给出的链头"),
            format!(
                "broken: positions {first} to {last} do not lead to the head that the hub states"
            ),
        ),
        Difference::Rewritten { after, by } => (
            format!("历史被改写：到位置 {after} 还是本校得知的历史，到位置 {by} 已经不是"),
            format!(
                "rewritten: up to position {after} it is the history this school was told, at {by} it is another"
            ),
        ),
        Difference::Shorter { newest, remembered } => (
            format!(
                "历史变短：中心只到位置 {newest}，本校曾得知位置 {remembered}，而中心没有说恢复过备份"
            ),
            format!(
                "shorter: the hub ends at position {newest} and tells of no restore, but this school was told position {remembered}"
            ),
        ),
    }
}

fn counts_as_text(proof: &Proof, mut say: impl FnMut(String, String)) {
    let records = proof.records;
    say(
        format!("本地 {records} 条记录的现行版与当时登记的内容相符"),
        format!("{records} records of the copy are, as they stand, what was hashed"),
    );
    match proof.versions {
        Some(versions) => say(
            format!("中心所述的 {versions} 个旧版，内容、填报人、原因与当时登记的相符"),
            format!(
                "{versions} older versions are, as the hub tells them, what was hashed: content, writer and reason"
            ),
        ),
        None if proof.difference.is_some() => {}
        None => say(
            "旧版的内容这次没有核对：加 --all 一并核对".to_owned(),
            "what older versions said was not compared this time: --all compares it".to_owned(),
        ),
    }
    if proof.changed > 0 {
        let changed = proof.changed;
        say(
            format!("{changed} 条在上次同步后有变动，未核对"),
            format!("{changed} have changed since the last sync and were not compared"),
        );
    }
    if proof.erased > 0 {
        let erased = proof.erased;
        say(
            format!("{erased} 个版本的内容已抹除，无从核对"),
            format!("{erased} versions were erased; nobody can check them any more"),
        );
    }
    if let Some(kept) = proof.restored_to {
        let lost = proof.heads_lost;
        say(
            format!("中心恢复过备份，只保留到位置 {kept}：本校记住的 {lost} 个链头属于撤回的历史"),
            format!(
                "the hub was restored and kept position {kept}: {lost} heads remembered are of what was taken back"
            ),
        );
    }
    let (position, chain) = (proof.position, hex(&proof.chain));
    say(
        format!("位置 {position} 的链头（各校应当相同）"),
        format!("the head at position {position}, the same at every school: {chain}"),
    );
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
