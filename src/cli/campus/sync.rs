//! `lianxiao campus sync` and `watch`: the outbox to the hub, and the hub's changes to the copy; once, or for as
//! long as it runs.

use super::lang::{Lang, say};
use super::progress::Ear;
use super::told::{self, Copy};
use super::{Door, Screen, WAITS, trouble, words};
use crate::cli::{Error, Outcome};
use crate::client::{Line, Observer, Replica};
use crate::wire::v1;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// How often a watch looks whether another program typed something.
const LOOK: Duration = Duration::from_millis(500);

pub async fn run(door: &Door, screen: Screen) -> Outcome {
    let (replica, line, ear) = listening(door, screen.lang).await?;
    let checkpoint = replica.sync(&line).await?;
    let answers = ear.take();
    let state = Standing::of(&replica).await?;
    let waits = state.refused > 0 || conflicts(&answers) > 0;
    if screen.json {
        println!("{:#}", as_json(&checkpoint, &answers, &state));
    } else {
        print!("{}", answers_told(&replica, &answers, screen.lang).await?);
        println!("{}", in_step(&checkpoint, &state, screen.lang));
    }
    replica.close().await;
    Ok(match waits {
        true => ExitCode::from(WAITS),
        false => ExitCode::SUCCESS,
    })
}

/// The first copy, behind a join. Whatever becomes of it, what was joined is joined.
pub async fn first(door: &Door, screen: Screen) -> Outcome {
    let lang = screen.lang;
    run(door, screen).await.or_else(|error| {
        let (why, _) = trouble::told(&error, lang);
        let said = say!(
            lang,
            "已经加入，凭证已存好；第一份副本还没有取到，稍后运行 lianxiao campus sync。{why}",
            "joined, and the credential is kept; the first copy is not made yet: run lianxiao campus sync later. {why}"
        );
        eprintln!("lianxiao: {said}");
        Ok(ExitCode::SUCCESS)
    })
}

async fn listening(door: &Door, lang: Lang) -> Result<(Replica, Line, Arc<Ear>), Error> {
    let (replica, line) = door.open().await?;
    let what = lang.pick("正在同步，已读", "syncing, read").to_owned();
    let ear = Arc::new(Ear::new(what));
    let replica = replica.observed_by(Arc::clone(&ear) as Arc<dyn Observer>);
    Ok((replica, line, ear))
}

/// How much there is, and how much waits.
struct Standing {
    records: usize,
    waiting: usize,
    refused: usize,
}

impl Standing {
    async fn of(replica: &Replica) -> Result<Self, Error> {
        let outbox = replica.outbox().await?;
        let refused = outbox.iter().filter(|entry| entry.refused).count();
        Ok(Standing {
            records: replica.records().await?.len(),
            waiting: outbox.len() - refused,
            refused,
        })
    }
}

fn conflicts(answers: &[(v1::Mutation, v1::PushResult)]) -> usize {
    let kept = |(_, result): &&(_, v1::PushResult)| result.outcome() == v1::Outcome::ConflictKept;
    answers.iter().filter(kept).count()
}

fn in_step(checkpoint: &v1::Checkpoint, state: &Standing, lang: Lang) -> String {
    let position = checkpoint.newest_position;
    let Standing {
        records,
        waiting,
        refused,
    } = state;
    say!(
        lang,
        "已同步到位置 {position}：{records} 条记录，{waiting} 条待上报，{refused} 条未收",
        "in step at position {position}: {records} records, {waiting} waiting, {refused} refused"
    )
}

/// What became of each wish: 已收 or 未收, and why.
async fn answers_told(
    replica: &Replica,
    answers: &[(v1::Mutation, v1::PushResult)],
    lang: Lang,
) -> Result<String, Error> {
    let copy = Copy::of(replica).await?;
    let mut text = String::new();
    for (mutation, result) in answers {
        let title = title(replica, &copy, mutation, lang).await?;
        let outcome = words::outcome(result.outcome(), lang);
        let wish = told::wish(mutation, lang);
        text += &crate::model::text::harmless(&format!("{outcome}  {title} {wish}"));
        text.push('\n');
        for line in told::refusals(result, lang).lines() {
            let _ = writeln!(text, "      {line}");
        }
        let all = [&result.warnings, &result.notes];
        for finding in all.into_iter().flatten() {
            let _ = writeln!(text, "      {}", told::finding(finding, lang));
        }
        if !result.conflict_id.is_empty() {
            let id = &result.conflict_id;
            text += &say!(
                lang,
                "      两处改动不同，两份都留着：lianxiao campus conflicts {id}\n",
                "      two edits differ, both are kept: lianxiao campus conflicts {id}\n"
            );
        }
    }
    Ok(text)
}

/// What a mutation is about.
pub async fn title(
    replica: &Replica,
    copy: &Copy,
    mutation: &v1::Mutation,
    lang: Lang,
) -> Result<String, Error> {
    let content = match &mutation.wish {
        Some(v1::mutation::Wish::Put(put)) => Some(put.content.clone()),
        _ => replica.content(&mutation.record_id).await?,
    };
    let title = content.map(|content| {
        let kind = words::kind(&told::kind_name(&content), lang);
        format!("{kind} {}", copy.title(&content, lang))
    });
    Ok(title.unwrap_or_else(|| mutation.record_id.clone()))
}

fn as_json(
    checkpoint: &v1::Checkpoint,
    answers: &[(v1::Mutation, v1::PushResult)],
    state: &Standing,
) -> Value {
    let findings = |all: &[v1::Finding]| all.iter().map(told::finding_json).collect::<Vec<_>>();
    let answer = |(_, result): &(v1::Mutation, v1::PushResult)| {
        json!({
            "mutation_id": result.mutation_id,
            "record_id": result.record_id,
            "outcome": result.outcome().as_str_name(),
            "version": result.version,
            "conflict_id": result.conflict_id,
            "refusals": findings(&result.refusals),
            "warnings": findings(&result.warnings),
            "notes": findings(&result.notes),
        })
    };
    json!({
        "position": checkpoint.newest_position,
        "records": state.records,
        "waiting": state.waiting,
        "refused": state.refused,
        "answers": answers.iter().map(answer).collect::<Vec<_>>(),
    })
}

/// Stays in step until Ctrl-C.
pub async fn watch(door: &Door, screen: Screen) -> Outcome {
    let (replica, line, ear) = listening(door, screen.lang).await?;
    let typed = Notify::new();
    let (whole, mut news) = tokio::sync::mpsc::unbounded_channel();
    let on_change = |checkpoint: &v1::Checkpoint| {
        let _ = whole.send(checkpoint.clone());
    };
    let told = async {
        let mut seen = -1;
        loop {
            let next = tokio::time::timeout(LOOK, news.recv()).await;
            if let Some(why) = ear.lost() {
                lost(&why, screen);
            }
            let Ok(Some(checkpoint)) = next else {
                continue;
            };
            let answers = ear.take();
            if checkpoint.newest_position == seen && answers.is_empty() {
                continue;
            }
            seen = checkpoint.newest_position;
            let state = Standing::of(&replica).await?;
            if screen.json {
                println!("{}", as_json(&checkpoint, &answers, &state));
            } else {
                print!("{}", answers_told(&replica, &answers, screen.lang).await?);
                println!("{}", in_step(&checkpoint, &state, screen.lang));
            }
        }
    };
    let outcome: Result<(), Error> = tokio::select! {
        ended = replica.watch(&line, &typed, on_change) => ended.map_err(Error::from),
        ended = notify(&replica, &typed) => ended,
        ended = told => ended,
        ended = tokio::signal::ctrl_c() => ended.map_err(Error::from),
    };
    replica.close().await;
    outcome.map(|()| ExitCode::SUCCESS)
}

fn lost(why: &str, screen: Screen) {
    if screen.json {
        println!("{}", json!({"lost": why}));
    } else {
        println!(
            "{}",
            say!(
                screen.lang,
                "线路断了，正在重新联系中心；录入的都存在本机（{why}）",
                "the line is lost, looking for the hub again; what is typed is kept on this computer ({why})"
            )
        );
    }
}

/// Tells the watch of what other programs type.
pub async fn notify(replica: &Replica, typed: &Notify) -> Result<(), Error> {
    let mut seen = replica.typed().await?;
    loop {
        tokio::time::sleep(LOOK).await;
        let now = replica.typed().await?;
        if now != seen {
            seen = now;
            typed.notify_one();
        }
    }
}
