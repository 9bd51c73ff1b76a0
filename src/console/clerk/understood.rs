//! What a sheet was understood as, held against what the campus has, and what is to be pushed of it.

use super::desk::Desk;
use super::draft::{Draft, name_of, same};
use super::{duties, fields};
use crate::console::read::Ground;
use crate::console::trouble::Trouble;
use crate::intake::again::{Filing, Had, Untyped, file};
use crate::intake::doubt::Place;
use crate::intake::known::Known;
use crate::intake::reading::{Item, Reading};
use crate::intake::sheet::Sheet;
use crate::intake::source::{Unreadable, sheets};
use crate::intake::understand;
use crate::intake::wishes::{self, Wish};
use crate::model::date::Span;
use crate::model::limits::CONTRACT;
use crate::wire::v1::{self, content, mutation, state};
use bytes::Bytes;
use prost::Message as _;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A sheet and what became of it.
pub struct Understood {
    /// The sheets as typed, but for what was corrected.
    pub sheets: Vec<Sheet>,
    /// The cells in which something else stands than came, by the names of their inputs.
    pub corrected: HashSet<String>,
    /// What was read, before its fields were corrected.
    pub read: Vec<Item>,
    /// What was read, and what is doubtful about it.
    pub reading: Reading,
    /// What each content is of, by the name that its inputs bear.
    pub keys: Vec<String>,
    /// What becomes of it.
    pub filing: Filing,
    /// The campus's records of the same days, by id.
    pub had: HashMap<String, v1::Record>,
    /// What is to be pushed.
    pub plan: Vec<Planned>,
    /// What cannot be pushed: of which content, and the paths that no longer change.
    pub stuck: Vec<(usize, Vec<String>)>,
}

/// A mutation that is to be pushed.
pub struct Planned {
    /// The content that it is of; `None`: it deletes a record that the sheet no longer names.
    pub item: Option<usize>,
    /// The mutation, still without an id.
    pub mutation: v1::Mutation,
}

/// Reads a sheet, and holds it against what the campus has.
///
/// # Errors
/// When it is nothing that could be read, or what it is held against cannot be had.
pub async fn understood<D: Desk>(
    desk: &D,
    ground: &Ground,
    draft: &Draft,
) -> Result<Understood, Trouble> {
    let campus = desk.campus();
    let known = known(desk, draft, &campus).await?;
    let (bytes, what, cells) = (draft.bytes.clone(), draft.what, draft.cells.clone());
    // A large workbook takes a processor for a moment.
    let reading = tokio::task::spawn_blocking(move || read(&bytes, &cells, what, known));
    let reading = reading
        .await
        .map_err(|_| unreadable(&Unreadable::Other("broken")))?;
    let (sheets, corrected, reading, known) = reading.map_err(|why| unreadable(&why))?;
    let keys = keys(&reading.items);
    let read = reading.items.clone();
    let reading = said(reading, &keys, draft, ground)?;
    let had = had(desk, &campus, &reading.items).await?;
    let records: Vec<Had> = had
        .values()
        .map(|record| Had {
            record_id: record.id.clone(),
            content: record.content.clone(),
        })
        .collect();
    let untyped = match draft.rows_go {
        true => Untyped::Go,
        false => Untyped::Stay,
    };
    let filing = file(&reading.items, &campus, &records, &known, untyped);
    let (plan, stuck) = plan(&filing, &reading.items, &had);
    Ok(Understood {
        sheets,
        corrected,
        read,
        reading,
        keys,
        filing,
        had,
        plan,
        stuck,
    })
}

async fn known<D: Desk>(desk: &D, draft: &Draft, campus: &str) -> Result<Known, Trouble> {
    let mut known = Known::on(draft.today);
    for kind in ["campus", "calendar", "vocabulary", "person"] {
        for record in desk.records(kind, Span::ALWAYS).await? {
            if let Some(content) = kind_of(&record.content) {
                known = known.with(&record.id, content);
            }
        }
    }
    known.as_campus(campus).map_err(|error| {
        Trouble::bad_form("学校登记里还没有贵校，请集团办先登记。", &error.to_string())
    })
}

fn kind_of(content: &Bytes) -> Option<content::Kind> {
    v1::Content::decode(content.as_ref()).ok()?.kind
}

type Read = (Vec<Sheet>, HashSet<String>, Reading, Known);

fn read(
    bytes: &[u8],
    cells: &[(Place, String)],
    what: crate::intake::What,
    known: Known,
) -> Result<Read, Unreadable> {
    let (mut sheets, doubts) = sheets(bytes)?;
    let mut corrected = HashSet::new();
    for (place, text) in cells {
        let stands = |cell: &&crate::intake::sheet::Cell| name_of(&cell.place) == name_of(place);
        let mut all = sheets.iter().flat_map(|sheet| sheet.rows.iter().flatten());
        if all
            .find(stands)
            .is_some_and(|cell| !same(&cell.typed, text))
        {
            for sheet in &mut sheets {
                sheet.correct(place, text);
            }
            corrected.insert(name_of(place));
        }
    }
    let mut reading = understand(what, &sheets, &known);
    reading.doubts.splice(0..0, doubts);
    Ok((sheets, corrected, reading, known))
}

/// Why a file cannot be read, and the way out.
pub fn unreadable(why: &Unreadable) -> Trouble {
    let zh = match why {
        Unreadable::Empty => "文件里没有内容：请重新保存表格或文字，再交一次。".to_owned(),
        Unreadable::TooLarge(most) => format!("文件超过 {most}：请只交要报的那一部分。"),
        Unreadable::Broken(_) => {
            "看起来是表格，但打不开：请用 WPS 或 Excel 打开，去掉密码，另存一份再交。".to_owned()
        }
        Unreadable::Other(_) => {
            "这个文件读不了（图片、PDF 等）：请另存为 .xlsx、.xls、.csv 或文字再交。".to_owned()
        }
    };
    Trouble::bad_form(&zh, &why.to_string())
}

/// The names of contents: by where they begin, as another correction may bring others before them.
fn keys(items: &[Item]) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut key = |item: &Item| {
        let place = name_of(&item.place);
        let count = seen.entry(place.clone()).or_default();
        *count += 1;
        format!("{place}~{count}")
    };
    items.iter().map(&mut key).collect()
}

/// What was read, with what was said of its fields.
fn said(
    mut reading: Reading,
    keys: &[String],
    draft: &Draft,
    ground: &Ground,
) -> Result<Reading, Trouble> {
    for (item, key) in reading.items.iter_mut().zip(keys) {
        let of = draft.fields.iter().filter(|(of, ..)| of == key);
        let values: Vec<(&str, &str)> = of
            .map(|(_, pointer, value)| (pointer.as_str(), value.as_str()))
            .collect();
        if values.is_empty() {
            continue;
        }
        let corrected = fields::corrected(&item.content, &values, ground);
        item.content = corrected.ok_or_else(|| {
            Trouble::bad_form(
                "改过的栏目里有写法不对的，请退回上一页改好再试。",
                "A field was corrected to what cannot stand there: go back, put it right and try again.",
            )
        })?;
    }
    Ok(reading)
}

/// The campus's own records that what was read may be the same as.
async fn had<D: Desk>(
    desk: &D,
    campus: &str,
    items: &[Item],
) -> Result<HashMap<String, v1::Record>, Trouble> {
    let kinds: HashSet<&str> = items.iter().map(|item| kind_name(&item.content)).collect();
    let span = wishes::span(items);
    let mut had = HashMap::new();
    for kind in kinds {
        for record in desk.records(kind, span).await? {
            if record.campus_id == campus && !wishes::is_cancelled(&record.state) {
                had.insert(record.id.clone(), record);
            }
        }
    }
    Ok(had)
}

fn kind_name(content: &content::Kind) -> &'static str {
    match content {
        content::Kind::Menu(_) => "menu",
        content::Kind::Session(_) => "session",
        content::Kind::Exchange(_) => "exchange",
        // The office's: no campus has any.
        _ => "calendar",
    }
}

fn plan(
    filing: &Filing,
    items: &[Item],
    had: &HashMap<String, v1::Record>,
) -> (Vec<Planned>, Vec<(usize, Vec<String>)>) {
    let (mut plan, mut stuck) = (Vec::new(), Vec::new());
    for filed in &filing.filed {
        let record = had.get(&filed.record_id);
        let state = record
            .map(|record| record.state.clone())
            .unwrap_or_default();
        let planned = |wish| Planned {
            item: Some(filed.item),
            mutation: v1::Mutation {
                record_id: filed.record_id.clone(),
                wish: Some(wish),
                ..Default::default()
            },
        };
        let mut version = record.map_or(0, |record| record.version);
        if filed.is_changed() {
            match filed.wish(&state) {
                Ok(Wish::Put(content)) => {
                    plan.push(planned(mutation::Wish::Put(v1::Put {
                        base: record.map(base),
                        content,
                        contract: CONTRACT,
                        resolves: Vec::new(),
                    })));
                    version += 1;
                }
                Ok(Wish::Amend(amend)) => plan.push(planned(amended(amend, version))),
                Err(left) => stuck.push((filed.item, left)),
            }
        }
        let also = also(&items[filed.item].content, record);
        plan.extend(also.map(|action| {
            planned(mutation::Wish::Act(v1::Act {
                seen_version: version,
                action: action.encoded(),
            }))
        }));
    }
    plan.extend(
        filing
            .missing
            .iter()
            .filter_map(|id| had.get(id))
            .map(deletion),
    );
    (plan, stuck)
}

/// What a content started from.
pub fn base(record: &v1::Record) -> v1::Base {
    v1::Base {
        version: record.version,
        content_digest: record.content_digest.clone(),
        ..Default::default()
    }
}

fn amended(amend: v1::AmendMenu, seen_version: i64) -> mutation::Wish {
    let action = v1::MenuAction {
        action: Some(v1::menu_action::Action::Amend(amend)),
    };
    mutation::Wish::Act(v1::Act {
        seen_version,
        action: v1::action::Kind::Menu(action).encoded(),
    })
}

fn deletion(record: &v1::Record) -> Planned {
    let delete = v1::Delete {
        base: Some(base(record)),
    };
    Planned {
        item: None,
        mutation: v1::Mutation {
            record_id: record.id.clone(),
            wish: Some(mutation::Wish::Delete(delete)),
            ..Default::default()
        },
    }
}

/// The step that makes of a draft what it is for: a menu is published, a session announced, an exchange proposed.
fn also(content: &content::Kind, record: Option<&v1::Record>) -> Option<v1::action::Kind> {
    use v1::action::Kind;
    use v1::{exchange_action as exchange, menu_action as menu, session_action as session};
    if !record
        .and_then(duties::kept)
        .is_none_or(|state| is_draft(&state))
    {
        return None;
    }
    match content {
        content::Kind::Menu(_) => Some(Kind::Menu(v1::MenuAction {
            action: Some(menu::Action::Publish(v1::PublishMenu {})),
        })),
        content::Kind::Session(_) => Some(Kind::Session(v1::SessionAction {
            action: Some(session::Action::Announce(v1::AnnounceSession {})),
        })),
        content::Kind::Exchange(_) => Some(Kind::Exchange(v1::ExchangeAction {
            action: Some(exchange::Action::Propose(v1::ProposeExchange {})),
        })),
        _ => None,
    }
}

fn is_draft(state: &state::Kind) -> bool {
    use v1::MenuStatus::{Draft, Withdrawn};
    match state {
        state::Kind::Menu(of) => matches!(of.status(), Draft | Withdrawn),
        state::Kind::Session(of) => of.status() == v1::SessionStatus::Planned,
        state::Kind::Exchange(of) => of.status() == v1::ExchangeStatus::Draft,
        _ => false,
    }
}

/// Whether a mutation is the amendment of a published menu.
pub fn amends(mutation: &v1::Mutation) -> bool {
    amendment(mutation).is_some()
}

fn amendment(mutation: &v1::Mutation) -> Option<(i64, v1::AmendMenu)> {
    let Some(mutation::Wish::Act(act)) = &mutation.wish else {
        return None;
    };
    match v1::Action::decode(act.action.clone()).ok()?.kind? {
        v1::action::Kind::Menu(v1::MenuAction {
            action: Some(v1::menu_action::Action::Amend(amend)),
        }) => Some((act.seen_version, amend)),
        _ => None,
    }
}

/// A mutation as it is pushed: with why a menu changes, and the id that it has however often it is sent.
pub fn ready(mut mutation: v1::Mutation, draft: Uuid, reason: v1::AmendReason) -> v1::Mutation {
    if let Some((seen, mut amend)) = amendment(&mutation) {
        amend.set_reason(reason);
        mutation.wish = Some(amended(amend, seen));
    }
    mutation.mutation_id = Uuid::new_v5(&draft, &mutation.encode_to_vec()).to_string();
    mutation
}
