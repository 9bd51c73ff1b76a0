//! What a campus has to do today, each with the button that does it.

use super::desk::Desk;
use super::{told, words};
use crate::console::frame::Frame;
use crate::console::read::{Ground, Seen, day_text, seen};
use crate::console::trouble::{Trouble, html};
use crate::console::words::{self as shown, Word};
use crate::hub::Duties;
use crate::model::date::{Span, day};
use crate::wire::convert::stored_time;
use crate::wire::v1::{self, ChaseReason, content, state, unit};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ToSpan as _;
use prost::Message as _;

/// Sessions are asked about for so long after their days.
const DAYS_BACK: i32 = 366;
/// And shown so long before them.
const DAYS_AHEAD: i32 = 60;

/// A week of menus.
struct Week {
    title: String,
    sign: &'static str,
    word: Word,
    deadline: String,
    missing: String,
    /// Nothing is to be done about it any more.
    done: bool,
}

/// One thing to do.
struct Task {
    href: String,
    title: String,
    /// Where it stands, or what is the matter.
    note: String,
    id: String,
    version: i64,
    doors: Vec<Door>,
}

/// A way to do it.
struct Door {
    /// The action, as `kind.name` of the contract in JSON.
    action: &'static str,
    label: Word,
    /// The fields that it takes: the name, what it is called, and the kind of input.
    takes: &'static [(&'static str, &'static str, &'static str)],
}

const ATTENDANCE: &[(&str, &str, &str)] = &[
    ("attended", "实到 attended", "number"),
    ("expected", "应到 expected", "number"),
];
const DATE: &[(&str, &str, &str)] = &[("date", "日期 date", "date")];

fn door(action: &'static str, label: &'static str) -> Door {
    taking(action, label, &[])
}

fn taking(
    action: &'static str,
    label: &'static str,
    takes: &'static [(&'static str, &'static str, &'static str)],
) -> Door {
    Door {
        action,
        label: Word::of(label),
        takes,
    }
}

/// Tasks of one sort, under a heading.
struct Tasks {
    heading: Word,
    tasks: Vec<Task>,
}

#[derive(Template)]
#[template(path = "templates/desk.html")]
struct Page {
    frame: Frame,
    campus: String,
    name: String,
    today: String,
    weeks: Vec<Week>,
    lists: Vec<Tasks>,
}

/// The page.
///
/// # Errors
/// When what it shows cannot be read.
pub async fn page<D: Desk>(desk: D) -> Result<Response, Trouble> {
    let ground = desk.ground().await?;
    let duties = desk.duties().await?;
    let campus = desk.campus();
    let menus = records(&desk, "menu", weeks(&ground)).await?;
    let sessions = records(&desk, "session", around(&ground)).await?;
    let exchanges = records(&desk, "exchange", Span::ALWAYS).await?;
    let owns = |seen: &&Seen| seen.record.campus_id == campus;
    let lists = [
        ("两处改动待定 conflicts", conflicts(&desk, &ground).await?),
        (
            "要求更正 to be put right",
            corrections(&desk, &ground).await?,
        ),
        (
            "待公布的食谱 menus to publish",
            menus
                .iter()
                .filter(owns)
                .filter_map(|of| menu(of, &ground))
                .collect(),
        ),
        (
            "教研活动 sessions",
            sessions
                .iter()
                .filter_map(|of| session(of, &campus, &duties, &ground))
                .collect(),
        ),
        (
            "交流轮岗 exchanges",
            exchanges
                .iter()
                .filter_map(|of| exchange(of, &campus, &ground))
                .collect(),
        ),
    ];
    let lists = lists.map(|(heading, tasks)| Tasks {
        heading: Word::of(heading),
        tasks,
    });
    let deadlines = duties.menus.iter();
    let deadlines = deadlines.filter_map(|(_, of)| stored_time(of.deadline.as_ref()));
    let mut frame = desk
        .frame(&ground, "今日事项 Desk")
        .again_at(ground.now, deadlines);
    // What is computed a moment later is shown then.
    frame.position = frame.position.min(duties.position);
    let page = Page {
        frame,
        name: ground.name(&campus).to_owned(),
        today: day_text(&ground.today().to_string()),
        weeks: duties.menus.iter().map(|of| week(of, &ground)).collect(),
        lists: lists
            .into_iter()
            .filter(|list| !list.tasks.is_empty())
            .collect(),
        campus,
    };
    Ok(html(StatusCode::OK, &page))
}

async fn records<D: Desk>(desk: &D, kind: &str, span: Span) -> Result<Vec<Seen>, Trouble> {
    let records = desk.records(kind, span).await?;
    Ok(records.into_iter().filter_map(seen).collect())
}

fn around(ground: &Ground) -> Span {
    let today = ground.today();
    Span {
        first: today.saturating_sub(DAYS_BACK.days()),
        last: today.saturating_add(DAYS_AHEAD.days()),
    }
}

/// This service week, and what may be announced ahead of it.
fn weeks(ground: &Ground) -> Span {
    let (_, week) = ground.week(ground.today());
    Span {
        first: week.first,
        last: week.first.saturating_add(DAYS_AHEAD.days()),
    }
}

fn week((monday, standing): &(String, v1::MenuStanding), ground: &Ground) -> Week {
    use v1::MenuStandingState::{Excused, Late, NotApplicable, OnTime};
    let (sign, word) = shown::menu_standing(standing);
    let missing: Vec<String> = standing
        .missing_dates
        .iter()
        .map(|day| day_text(day))
        .collect();
    Week {
        title: day(monday).map_or_else(
            || monday.clone(),
            |monday| format!("{}月{}日起的一周", monday.month(), monday.day()),
        ),
        sign,
        word,
        deadline: ground.told(standing.deadline.as_ref()),
        missing: missing.join("、"),
        done: matches!(standing.state(), OnTime | Late | Excused | NotApplicable),
    }
}

fn task(seen: &Seen, ground: &Ground, note: String, doors: Vec<Door>) -> Option<Task> {
    let record = &seen.record;
    (!doors.is_empty()).then(|| Task {
        href: format!("/{}/{}", record.kind, record.id),
        title: told::title(&record.content, ground),
        note,
        id: record.id.clone(),
        version: record.version,
        doors,
    })
}

fn menu(seen: &Seen, ground: &Ground) -> Option<Task> {
    use v1::MenuStatus::{Draft, Withdrawn};
    let (content::Kind::Menu(menu), Some(state::Kind::Menu(state))) = (&seen.content, &seen.state)
    else {
        return None;
    };
    let waits = matches!(state.status(), Draft | Withdrawn);
    let days = ends(menu.service_dates.iter());
    let doors = waits.then(|| door("menu.publish", "公布 publish"));
    task(seen, ground, days, doors.into_iter().collect())
}

/// The first and the last of some days, in words.
pub fn ends<'a>(days: impl Iterator<Item = &'a String> + Clone) -> String {
    let (first, last) = (days.clone().min(), days.max());
    match (first, last) {
        (Some(first), Some(last)) if first != last => {
            format!("{} – {}", day_text(first), day_text(last))
        }
        (Some(first), _) => day_text(first),
        _ => String::new(),
    }
}

fn session(seen: &Seen, campus: &str, duties: &Duties, ground: &Ground) -> Option<Task> {
    use v1::SessionStatus::{Announced, Held, Planned};
    let (content::Kind::Session(session), Some(state::Kind::Session(state))) =
        (&seen.content, &seen.state)
    else {
        return None;
    };
    let mut owed = duties
        .owed
        .iter()
        .filter(|item| item.record_id == seen.record.id);
    let silent = owed
        .clone()
        .any(|item| item.reason() == ChaseReason::AttendanceMissing);
    let open = owed.any(|item| item.reason() == ChaseReason::SessionOpen);
    let hosts = seen.record.campus_id == campus;
    let today = ground.today().to_string();
    let begun = session.days.iter().any(|day| day.date <= today);
    let mut doors = Vec::new();
    if silent {
        doors.push(taking(
            "session.reportAttendance",
            "报到会人数 attendance",
            ATTENDANCE,
        ));
    }
    match state.status() {
        Planned if hosts => doors.push(door("session.announce", "通知各校 announce")),
        Announced if hosts && begun => doors.push(door("session.hold", "已举行 held")),
        Held if open => doors.push(door("session.record", "归档 record")),
        _ => {}
    }
    let days = ends(session.days.iter().map(|day| &day.date));
    let status = shown::session_status(state.status());
    task(seen, ground, format!("{days} · {}", status.zh), doors)
}

fn exchange(seen: &Seen, campus: &str, ground: &Ground) -> Option<Task> {
    use v1::ExchangeStatus::{Active, Approved, Declined, Draft, Proposed, Returned};
    let (content::Kind::Exchange(exchange), Some(state::Kind::Exchange(state))) =
        (&seen.content, &seen.state)
    else {
        return None;
    };
    let is_own = |unit: Option<&v1::Unit>| {
        let unit = unit.and_then(|unit| unit.unit.as_ref());
        matches!(unit, Some(unit::Unit::CampusId(id)) if id == campus)
    };
    let outside = exchange.host.as_ref().and_then(|host| host.unit.as_ref());
    let outside = matches!(outside, Some(unit::Unit::Outside(_)));
    let (home, host) = (
        is_own(exchange.home.as_ref()),
        is_own(exchange.host.as_ref()),
    );
    // For a host outside the group home says what the host would.
    let confirms = host || home && outside;
    let today = ground.today().to_string();
    let over = !exchange.planned_end.is_empty() && exchange.planned_end <= today;
    let asked = state
        .extensions
        .last()
        .filter(|of| of.asked_by != campus && of.agree_time.is_none() && of.refuse_time.is_none());
    let mut doors = Vec::new();
    match state.status() {
        Draft | Declined | Returned if seen.record.campus_id == campus => {
            doors.push(door("exchange.propose", "拟派 propose"));
        }
        Proposed if host => {
            doors.push(door("exchange.accept", "接收 accept"));
            doors.push(door("exchange.decline", "不接收 decline"));
        }
        Approved if confirms => {
            doors.push(taking("exchange.confirmArrival", "确认到岗 arrived", DATE));
        }
        Active if confirms && over => {
            doors.push(taking("exchange.complete", "期满离岗 complete", DATE));
        }
        _ => {}
    }
    if asked.is_some() && (home || host) {
        doors.push(door("exchange.agreeExtension", "同意延期 agree"));
        doors.push(door("exchange.refuseExtension", "不同意延期 refuse"));
    }
    let status = shown::exchange_status(state.status());
    let longer = asked.map_or_else(String::new, |of| format!(" · 申请延期到 {}", of.new_end));
    let days = format!("{} – {}", exchange.planned_start, exchange.planned_end);
    task(
        seen,
        ground,
        format!("{days} · {}{longer}", status.zh),
        doors,
    )
}

/// What the office asked to be put right.
async fn corrections<D: Desk>(desk: &D, ground: &Ground) -> Result<Vec<Task>, Trouble> {
    let mut tasks = Vec::new();
    for record in desk.records("correction", Span::ALWAYS).await? {
        let Some(state::Kind::Correction(state)) = kept(&record) else {
            continue;
        };
        let about = desk.record(&state.record_id).await?;
        let asked = state.asked.iter();
        let asked = asked.map(|of| format!("{}：{}", words::place(&of.field, ground), of.text));
        tasks.push(Task {
            href: format!("/{}/{}", about.kind, about.id),
            title: told::title(&about.content, ground),
            note: asked.collect::<Vec<_>>().join("；"),
            id: about.id,
            version: about.version,
            doors: Vec::new(),
        });
    }
    Ok(tasks)
}

/// Edits that clashed and wait for a decision.
async fn conflicts<D: Desk>(desk: &D, ground: &Ground) -> Result<Vec<Task>, Trouble> {
    let records = desk.records("conflict", Span::ALWAYS).await?;
    let task = |record: v1::Record| match kept(&record) {
        Some(state::Kind::Conflict(state)) => Some(Task {
            href: format!("/desk/conflict/{}", record.id),
            title: told::title(&state.pushed, ground),
            note: format!("{} 的改动", record.actor),
            id: record.id,
            version: record.version,
            doors: Vec::new(),
        }),
        _ => None,
    };
    Ok(records.into_iter().filter_map(task).collect())
}

/// What the hub keeps of a record's course.
pub fn kept(record: &v1::Record) -> Option<state::Kind> {
    v1::State::decode(record.state.as_ref()).ok()?.kind
}
