//! Scene: a hub is killed in mid-push, and nothing is lost.
//!
//! It needs a hub that can be killed without ending the play: another process of this program, on a data
//! folder of its own.

use super::stage::{Error, Folder, put};
use super::week;
use crate::cli::admin;
use crate::client::Line;
use crate::wire::convert::push_request;
use crate::wire::v1::{self, Outcome, content};
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

const CAMPUS: &str = "6f1d2c3b-4a59-4e87-b6c5-d4e3f2a1b0c9";
/// Acknowledged pushes after which the hub is killed, while more are under way.
const KILL_AFTER: usize = 40;
const PUSHERS: usize = 4;

pub async fn play() -> Result<(), Error> {
    let folder = Folder::new("kill");
    let mut hub = Hub::start(folder.path()).await?;
    let token = clerk(folder.path()).await?;
    let (acknowledged, sent) = push_until_killed(&mut hub, &token).await?;
    let hub = Hub::start(folder.path()).await?;
    let lost = push_again(&hub, &token, &acknowledged, sent).await?;
    drop(hub);
    if lost > 0 {
        return Err(format!("{lost} 项已收的上报不见了 (acknowledged and lost)").into());
    }
    println!(
        "  ✓ 另起一个中心，上报中途 kill -9：{} 项已收全部还在，重报一遍无一重复 (killed in mid-push, nothing lost, nothing twice)",
        acknowledged.len()
    );
    Ok(())
}

/// A hub in a process of its own, killed when it is dropped.
struct Hub {
    child: Child,
    address: String,
}

impl Hub {
    async fn start(data: &Path) -> Result<Self, Error> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("LIANXIAO_LOG", "error")
            .env_remove("LIANXIAO_TLS_CERT")
            .env_remove("LIANXIAO_TLS_KEY")
            .stdout(std::process::Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let out = child.stdout.take().ok_or("no standard output")?;
        let mut lines = BufReader::new(out).lines();
        let said = lines.next_line();
        let line = tokio::time::timeout(Duration::from_secs(10), said).await??;
        let address = line
            .as_deref()
            .and_then(|line| line.strip_prefix("listening on "));
        let address = address.ok_or("the hub did not come up")?.to_owned();
        Ok(Hub { child, address })
    }

    fn line(&self, token: &str) -> Result<Line, Error> {
        Ok(Line::new(&format!("http://{}", self.address), token)?)
    }
}

async fn clerk(data: &Path) -> Result<String, Error> {
    let mut admin = admin::connect(&data.join("admin.sock")).await?;
    let made = admin
        .create_group(v1::CreateGroupRequest {
            name: "试验集团".into(),
        })
        .await?;
    let group_id = made.into_inner().group.unwrap_or_default().id;
    let campus = v1::Campus {
        name: "试验小学".into(),
        role: v1::CampusRole::Head.into(),
        ..Default::default()
    };
    let request = v1::CreateCampusRequest {
        group_id: group_id.clone(),
        campus_id: CAMPUS.into(),
        campus: Some(campus),
    };
    admin.create_campus(request).await?;
    let request = v1::CreateCredentialRequest {
        group_id,
        place: v1::PlaceKind::Campus.into(),
        campus_id: CAMPUS.into(),
        holder: "教导处".into(),
        ..Default::default()
    };
    Ok(admin.create_credential(request).await?.into_inner().token)
}

/// The mutation of a number: the same whenever it is sent, so that sending it again is safe.
fn mutation(number: usize) -> v1::Mutation {
    let mut mutation = put(
        &format!("session {number}"),
        content::Kind::Session(week::short_session(&format!("第{number}次备课"))),
    );
    mutation.mutation_id = super::cast::record_id(&format!("mutation {number}"));
    mutation
}

/// `None`: the line broke before the answer.
async fn push(line: &Line, number: usize) -> Option<v1::PushResult> {
    let request = push_request(&[mutation(number)]);
    let answer = line.sync().push(request).await.ok()?;
    answer.into_inner().results.pop()
}

/// Pushes from several lines at once, kills the hub when enough was acknowledged, and tells what was
/// acknowledged and how far each line came.
async fn push_until_killed(hub: &mut Hub, token: &str) -> Result<(Vec<usize>, usize), Error> {
    let (acknowledged, mut answers) = tokio::sync::mpsc::unbounded_channel();
    let mut lines = Vec::new();
    for first in 0..PUSHERS {
        let (line, acknowledged) = (hub.line(token)?, acknowledged.clone());
        lines.push(tokio::spawn(async move {
            let mut number = first;
            while push(&line, number).await.is_some() {
                let _ = acknowledged.send(number);
                number += PUSHERS;
            }
            number
        }));
    }
    drop(acknowledged);
    let mut known = Vec::new();
    while let Some(number) = answers.recv().await {
        known.push(number);
        if known.len() == KILL_AFTER {
            hub.child.kill().await?;
        }
    }
    let mut sent = 0;
    for line in lines {
        sent = sent.max(line.await? + 1);
    }
    Ok((known, sent))
}

/// Sends everything again; how many acknowledged pushes the hub does not know any more.
async fn push_again(
    hub: &Hub,
    token: &str,
    acknowledged: &[usize],
    sent: usize,
) -> Result<usize, Error> {
    let line = hub.line(token)?;
    let mut lost = 0;
    for number in 0..sent {
        let result = push(&line, number).await.ok_or("the hub is gone again")?;
        if result.outcome() != Outcome::Applied || result.version != 1 {
            return Err(format!("第 {number} 项答复不对：{result:?}").into());
        }
        if acknowledged.contains(&number) && !result.replayed {
            lost += 1;
        }
    }
    Ok(lost)
}
