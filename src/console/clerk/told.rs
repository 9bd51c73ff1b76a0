//! What became of what was pushed, record by record, with the way out.

use super::desk::Desk;
use super::words;
use crate::console::read::Ground;
use crate::console::trouble::html;
use crate::console::words::Word;
use crate::outlets::words as named;
use crate::wire::v1;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use prost::Message as _;
use v1::mutation::Wish;

/// The answer to one mutation.
pub struct Told {
    /// What it is about.
    title: String,
    /// What was wished.
    wish: Word,
    outcome: Word,
    /// It is in: nothing is left to do about it.
    settled: bool,
    /// It is kept on this computer until there is a line.
    waits: bool,
    /// Where the decision is made, when it clashed.
    conflict: Option<String>,
    refusals: Vec<(String, String)>,
    warnings: Vec<(String, String)>,
    notes: Vec<(String, String)>,
}

impl Told {
    /// What a hub answered a mutation; `content`: of the record, when the mutation carries none.
    pub fn of(
        mutation: &v1::Mutation,
        result: Option<&v1::PushResult>,
        content: Option<&Bytes>,
        ground: &Ground,
    ) -> Self {
        let result = result.cloned().unwrap_or_default();
        let content = match &mutation.wish {
            Some(Wish::Put(put)) => Some(&put.content),
            _ => content,
        };
        let said = |findings: &[v1::Finding]| {
            let both = findings.iter().map(|finding| {
                let zh = words::said(&finding.message_zh, ground);
                (zh, finding.message_en.clone())
            });
            both.collect()
        };
        Told {
            title: content.map_or_else(String::new, |content| title(content, ground)),
            wish: wished(mutation),
            outcome: outcome(result.outcome()),
            settled: is_settled(result.outcome()),
            waits: result.outcome() == v1::Outcome::Unspecified,
            conflict: Some(result.conflict_id)
                .filter(|id| !id.is_empty())
                .map(|id| format!("/desk/conflict/{id}")),
            refusals: said(&result.refusals),
            warnings: said(&result.warnings),
            notes: said(&result.notes),
        }
    }

    /// Whether nothing is left to do about it.
    pub fn is_settled(&self) -> bool {
        self.settled
    }
}

/// What a content is about, in a few words.
pub fn title(content: &Bytes, ground: &Ground) -> String {
    let kind = v1::Content::decode(content.clone())
        .ok()
        .and_then(|content| content.kind);
    let name = |id: &str| ground.name(id).to_owned();
    kind.map_or_else(String::new, |kind| named::title(&kind, name, "人"))
}

/// An edit that lost a clash is kept whole by the hub, so it is in too.
fn is_settled(outcome: v1::Outcome) -> bool {
    !matches!(outcome, v1::Outcome::Rejected | v1::Outcome::NotApplied)
}

fn outcome(outcome: v1::Outcome) -> Word {
    use v1::Outcome::{
        Applied, ConflictKept, Merged, NotApplied, Rejected, Unchanged, Unspecified,
    };
    let (zh, en, tone) = match outcome {
        Applied => ("已收", "applied", "good"),
        Merged => ("已合并", "merged", "good"),
        ConflictKept => ("两处改动待定", "conflict", "warn"),
        Unchanged => ("无变化", "unchanged", "quiet"),
        Rejected | NotApplied => ("未收", "rejected", "bad"),
        Unspecified => ("待上报", "waits for a line", "plain"),
    };
    Word { zh, en, tone }
}

/// What a mutation wishes, in a word.
fn wished(mutation: &v1::Mutation) -> Word {
    use v1::action::Kind;
    use v1::{exchange_action as exchange, menu_action as menu, session_action as session};
    let action = match &mutation.wish {
        Some(Wish::Act(act)) => v1::Action::decode(act.action.clone())
            .ok()
            .and_then(|of| of.kind),
        Some(Wish::Delete(_)) => return Word::of("删除 delete"),
        _ => return Word::of("内容 content"),
    };
    Word::of(match action {
        Some(Kind::Menu(of)) => match of.action {
            Some(menu::Action::Publish(_)) => "公布 publish",
            Some(menu::Action::Amend(_)) => "调整 amend",
            _ => "食谱 menu",
        },
        Some(Kind::Session(of)) => match of.action {
            Some(session::Action::Announce(_)) => "通知 announce",
            Some(session::Action::Hold(_)) => "已举行 held",
            Some(session::Action::Record(_)) => "归档 record",
            Some(session::Action::ReportAttendance(_)) => "报到会人数 attendance",
            _ => "教研活动 session",
        },
        Some(Kind::Exchange(of)) => match of.action {
            Some(exchange::Action::Propose(_)) => "拟派 propose",
            Some(exchange::Action::Accept(_)) => "接收 accept",
            Some(exchange::Action::Decline(_)) => "不接收 decline",
            Some(exchange::Action::ConfirmArrival(_)) => "确认到岗 arrival",
            Some(exchange::Action::Complete(_)) => "期满 complete",
            Some(exchange::Action::AgreeExtension(_)) => "同意延期 agree",
            Some(exchange::Action::RefuseExtension(_)) => "不同意延期 refuse",
            _ => "交流轮岗 exchange",
        },
        _ => "–",
    })
}

/// A sheet that was handed in, as its page carries it.
pub struct Carried {
    /// Its draft, by id.
    pub id: String,
    /// The fields to go back with.
    pub fields: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "templates/desk_told.html")]
struct Page {
    frame: crate::console::frame::Frame,
    told: Vec<Told>,
    settled: bool,
    /// Something is kept on this computer until there is a line.
    waits: bool,
    /// The sheet that it comes from.
    carried: Option<Carried>,
}

/// The page of the answers.
pub fn page<D: Desk>(
    desk: &D,
    ground: &Ground,
    told: Vec<Told>,
    carried: Option<Carried>,
) -> Response {
    let mut frame = desk.frame(ground, "上报结果 Answers");
    // It is an answer, and not to be had again.
    frame.live = false;
    let page = Page {
        frame,
        settled: told.iter().all(Told::is_settled),
        waits: told.iter().any(|of| of.waits),
        told,
        carried,
    };
    html(StatusCode::OK, &page)
}
