//! The play, scene by scene.

use super::cast::{self, CAMPUSES, GROUP, OFFICE};
use super::stage::{Error, START, Stage, act, put};
use super::week::{self, CHASE, EXPECTED, WEEK};
use super::{clash, doubts, kill, sheet, trespass};
use crate::outlets;
use crate::wire::v1::{self, action, content, exchange_action, menu_action, session_action};
use tokio::sync::oneshot;

/// Plays every scene; true when the hub's figures are the script's.
pub async fn play(stage: &mut Stage) -> Result<bool, Error> {
    println!("联校 Lianxiao — {GROUP}");
    println!(
        "演示时钟 (the demo's clock): {START}，周五；次日 5 月 9 日周六调休上课 (a make-up Saturday)\n"
    );
    founding(stage).await?;
    let watcher = onlooker(stage, "五叶").await?;
    sessions(stage).await?;
    exchanges(stage).await?;
    menus(stage).await?;
    doubts::play(stage).await?;
    sheet::play(stage).await?;
    trespass::play(stage).await?;
    clash::play(stage).await?;
    weekdays_pass(stage).await?;
    kill::play().await?;
    let status = status(stage).await?;
    let position = status
        .instant
        .as_ref()
        .map_or(0, |instant| instant.position);
    let seen = watcher.until(position).await?;
    say(&format!(
        "五叶一直在看 (watched all along): {seen} 处变化，直到第 {position} 号"
    ));
    let as_written = show(&status);
    Ok(chase(stage).await? && as_written)
}

fn say(line: &str) {
    println!("  ✓ {line}");
}

async fn founding(stage: &mut Stage) -> Result<(), Error> {
    say(&format!(
        "建集团、{} 所学校和各自的凭证 (a group, its campuses, a credential each)",
        CAMPUSES.len()
    ));
    let registers = cast::registers();
    let mutations = registers
        .into_iter()
        .map(|(record, kind)| put(&record, kind))
        .collect();
    stage.push(OFFICE, mutations).await?;
    say("集团办写校历、规则、人员 (the office writes calendar, policy and persons)");
    Ok(())
}

fn announce(record: &str) -> v1::Mutation {
    let action = session_action::Action::Announce(v1::AnnounceSession {});
    act(
        record,
        1,
        action::Kind::Session(v1::SessionAction {
            action: Some(action),
        }),
    )
}

fn hold(record: &str) -> v1::Mutation {
    let action = session_action::Action::Hold(v1::HoldSession {});
    act(
        record,
        2,
        action::Kind::Session(v1::SessionAction {
            action: Some(action),
        }),
    )
}

async fn sessions(stage: &Stage) -> Result<(), Error> {
    let chinese = week::session(
        "五年级语文 大单元集体备课",
        ("语文", "五年级"),
        ("2026-05-11", "13:30", "15:30"),
        ("总校", "报告厅", "庄老师"),
    );
    let computing = week::session(
        "信息科技 七年级",
        ("信息科技", "七年级"),
        ("2026-05-12", "14:00", "16:30"),
        ("滨湖分校", "三楼录播室", "张老师"),
    );
    let morals = week::session(
        "道德与法治 三年级 同课异构",
        ("道德与法治", "三年级"),
        ("2026-05-13", "14:30", "16:00"),
        ("春风分校", "阶梯教室", "王老师"),
    );
    let maths = week::session(
        "六年级数学 毕业复习备课",
        ("数学", "六年级"),
        ("2026-05-14", "09:00", "11:00"),
        ("水北", "会议室", "李老师"),
    );
    for (host, record, session) in [
        ("总校", "session 语文", chinese),
        ("春风分校", "session 道法", morals),
        ("水北", "session 数学", maths),
    ] {
        stage
            .push(
                host,
                vec![
                    put(record, content::Kind::Session(session)),
                    announce(record),
                ],
            )
            .await?;
        say(&format!(
            "{host}上报教研并通知各校 (a session, pushed and announced)"
        ));
    }
    one_refused(stage, computing).await
}

/// One bad item stops nobody.
async fn one_refused(stage: &Stage, session: v1::Session) -> Result<(), Error> {
    let mut impossible = session.clone();
    impossible.days[0].date = "2026-02-30".into();
    let record = "session 信息科技";
    let mutations = vec![
        put("session 不可能", content::Kind::Session(impossible)),
        put(record, content::Kind::Session(session)),
        announce(record),
    ];
    let results = stage.try_push("滨湖分校", mutations).await?;
    let outcomes: Vec<v1::Outcome> = results.iter().map(v1::PushResult::outcome).collect();
    if outcomes
        != [
            v1::Outcome::Rejected,
            v1::Outcome::Applied,
            v1::Outcome::Applied,
        ]
    {
        return Err(format!("滨湖分校的三项应为一拒两收，实为 {outcomes:?}").into());
    }
    let refusal = &results[0].refusals[0];
    say("滨湖分校上报三项：两项已收，一项未收 (one item refused, the others stored):");
    println!("      未收 {}：{}", refusal.code, refusal.message_zh);
    println!("      {}", refusal.message_en);
    Ok(())
}

async fn exchanges(stage: &Stage) -> Result<(), Error> {
    let pair = Some("pair 李谢");
    let halves = [
        ("李老师", "总校", "春风分校"),
        ("谢老师", "春风分校", "总校"),
    ];
    for (person, home, host) in halves {
        let record = format!("exchange {person}");
        let content = content::Kind::Exchange(week::exchange(person, home, host, pair));
        let propose = exchange_action::Action::Propose(v1::ProposeExchange {});
        let accept = exchange_action::Action::Accept(v1::AcceptExchange {});
        let proposed = vec![put(&record, content), exchange(&record, 1, propose)];
        stage.push(home, proposed).await?;
        stage.push(host, vec![exchange(&record, 2, accept)]).await?;
        say(&format!(
            "{home}{person}交流到{host}：拟派、接收 (proposed, accepted)"
        ));
    }
    let approve = |(person, ..): (&str, &str, &str)| {
        let approve = exchange_action::Action::Approve(v1::ApproveExchange {});
        exchange(&format!("exchange {person}"), 3, approve)
    };
    let both = halves.map(approve).to_vec();
    stage.push_together(OFFICE, both).await?;
    say("集团办一并批准双向交流的两条 (both halves of a two-way exchange are approved, or none)");
    for (person, _, host) in halves {
        let arrived = v1::ConfirmArrival {
            date: "2026-05-08".into(),
        };
        let arrived = exchange_action::Action::ConfirmArrival(arrived);
        let record = format!("exchange {person}");
        stage
            .push(host, vec![exchange(&record, 4, arrived)])
            .await?;
        say(&format!("{host}确认{person}到岗 (arrived)"));
    }
    let waiting = "exchange 周老师";
    let content = content::Kind::Exchange(week::exchange("周老师", "总校", "儒林", None));
    let propose = exchange_action::Action::Propose(v1::ProposeExchange {});
    stage
        .push(
            "总校",
            vec![put(waiting, content), exchange(waiting, 1, propose)],
        )
        .await?;
    say("总校拟派周老师到儒林，等待接收 (proposed, waiting for the host)");
    Ok(())
}

fn exchange(record: &str, seen: i64, action: exchange_action::Action) -> v1::Mutation {
    act(
        record,
        seen,
        action::Kind::Exchange(v1::ExchangeAction {
            action: Some(action),
        }),
    )
}

async fn menus(stage: &Stage) -> Result<(), Error> {
    for campus in ["总校", "春风分校", "滨湖分校"] {
        publish_menu(stage, campus, &[]).await?;
    }
    publish_menu(stage, "五叶", &["2026-05-15"]).await?;
    say(
        "总校、春风、滨湖、五叶公布下周食谱，五叶周五研学停餐 (menus of the coming week, one day without service)",
    );
    stage.clock_to("2026-05-09T18:40:00+08:00")?;
    publish_menu(stage, "水北", &[]).await?;
    say("周六 18:40，水北在 18:00 截止之后才公布 (late); 儒林一直没有报 (missing)");
    Ok(())
}

async fn publish_menu(stage: &Stage, campus: &str, closed: &[&str]) -> Result<(), Error> {
    let record = week::menu_record(campus);
    let content = content::Kind::Menu(week::menu(campus, closed));
    let publish = menu_action::Action::Publish(v1::PublishMenu {});
    let publish = action::Kind::Menu(v1::MenuAction {
        action: Some(publish),
    });
    stage
        .push(
            campus,
            vec![put(&record, content), act(&record, 1, publish)],
        )
        .await
}

async fn weekdays_pass(stage: &Stage) -> Result<(), Error> {
    stage.clock_to("2026-05-12T17:00:00+08:00")?;
    stage.push("总校", vec![hold("session 语文")]).await?;
    stage
        .push("滨湖分校", vec![hold("session 信息科技")])
        .await?;
    let report = v1::ReportAttendance {
        expected: 3,
        attended: 2,
    };
    let report = session_action::Action::ReportAttendance(report);
    let report = action::Kind::Session(v1::SessionAction {
        action: Some(report),
    });
    stage
        .push("水北", vec![act("session 信息科技", 3, report)])
        .await?;
    say(
        "周二 17:00，两场教研已举行，水北报了出席 (two sessions held, one campus reported attendance)",
    );
    Ok(())
}

async fn status(stage: &Stage) -> Result<v1::GetGroupStatusResponse, Error> {
    let request = v1::GetGroupStatusRequest {
        first_date: WEEK.0.into(),
        last_date: WEEK.1.into(),
        time: None,
    };
    Ok(stage
        .line(OFFICE)?
        .office()
        .get_group_status(request)
        .await?
        .into_inner())
}

/// Prints the table; true when it is what the script, counted by hand, says it should be.
fn show(status: &v1::GetGroupStatusResponse) -> bool {
    println!();
    println!(
        "{}",
        outlets::table::tables(&outlets::status::sheets(status))
    );
    let mut as_written = status.campuses.len() == EXPECTED.len();
    for (expected, campus) in EXPECTED.iter().zip(&status.campuses) {
        if !week::as_expected(expected, campus) {
            println!("✗ {} 与剧本不符 (not as the script says)", expected.campus);
            as_written = false;
        }
    }
    as_written
}

/// Prints the line to paste into the chat group; true when it is what the script says.
async fn chase(stage: &Stage) -> Result<bool, Error> {
    let mut office = stage.line(OFFICE)?.office();
    let list = office
        .get_chase_list(v1::GetChaseListRequest::default())
        .await?;
    let line = list.into_inner().line;
    println!("\n{line}");
    let as_written = line == CHASE;
    if !as_written {
        println!("✗ 与剧本不符 (not as the script says): {CHASE}");
    }
    Ok(as_written)
}

/// A campus that watches while the others work.
struct Onlooker {
    wanted: oneshot::Sender<i64>,
    seen: tokio::task::JoinHandle<Result<usize, Error>>,
}

async fn onlooker(stage: &Stage, campus: &str) -> Result<Onlooker, Error> {
    let mut client = stage.line(campus)?.sync();
    let mut stream = client
        .watch(v1::WatchRequest::default())
        .await?
        .into_inner();
    let (wanted, mut until) = oneshot::channel();
    let seen = tokio::spawn(async move {
        let (mut changes, mut whole_at, mut target) = (0, 0, i64::MAX);
        while whole_at < target {
            tokio::select! {
                position = &mut until, if target == i64::MAX => target = position.unwrap_or(0),
                event = stream.message() => match event?.and_then(|event| event.event) {
                    Some(v1::watch_response::Event::Changes(part)) => changes += part.changes.len(),
                    Some(v1::watch_response::Event::Checkpoint(point)) => whole_at = point.newest_position,
                    Some(_) => {}
                    None => break,
                },
            }
        }
        Ok(changes)
    });
    Ok(Onlooker { wanted, seen })
}

impl Onlooker {
    /// Waits until its copy is whole at a position, and tells how many changes it was sent.
    async fn until(self, position: i64) -> Result<usize, Error> {
        let _ = self.wanted.send(position);
        let waited = tokio::time::timeout(std::time::Duration::from_secs(10), self.seen).await;
        waited.map_err(|_| "五叶没有看到全部变化 (the watcher fell behind)")??
    }
}
