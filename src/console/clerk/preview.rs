//! A sheet before it is sent: as typed, with each doubt beside its cell, and what was understood, beside what the
//! campus has.

use super::desk::Desk;
use super::draft::{Draft, carry, digest, kinds, name_of};
use super::fields::{self, Field, Input};
use super::told::title;
use super::understood::{Planned, Understood, amends, ready};
use super::words;
use crate::console::frame::Frame;
use crate::console::menu::{Grid, grid};
use crate::console::read::Ground;
use crate::console::trouble::{Trouble, html};
use crate::console::words::Word;
use crate::intake::again::{Filed, Filing};
use crate::intake::doubt::{Code, Doubt, Place};
use crate::intake::reading::Item;
use crate::intake::sheet::Sheet;
use crate::outlets::week::{self, Cell};
use crate::outlets::words as named;
use crate::wire::v1::{self, content, mutation};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use std::collections::{HashMap, HashSet};

/// So many rows of a sheet are shown whole; of the rest, those with a doubt.
const ROWS_SHOWN: usize = 120;
/// So many inputs a page has for cells at most.
const INPUTS_MAX: usize = 1_500;

/// A sentence in Chinese and in English.
type Both = (String, String);

/// A content that was understood.
pub struct ItemView {
    number: usize,
    place: String,
    title: String,
    days: String,
    standing: Word,
    /// Something about it is to be looked at.
    open: bool,
    doubts: Vec<Both>,
    fields: Vec<FieldView>,
    grid: Option<Grid>,
    changes: Vec<[String; 3]>,
    unnamed: String,
    stuck: String,
    refusals: Vec<Both>,
    warnings: Vec<Both>,
}

/// A field of it.
struct FieldView {
    name: String,
    /// The name under which what was read comes along.
    read_name: String,
    /// What was read, before somebody corrected it.
    read: String,
    field: Field,
    choices: Vec<(String, String)>,
}

/// A sheet as typed.
pub struct SheetView {
    name: String,
    rows: Vec<Vec<CellView>>,
    /// Rows that are not shown: nothing is doubtful in them.
    left_out: usize,
}

/// A cell of it.
struct CellView {
    text: String,
    /// The name of its input, when it can be typed anew.
    input: Option<String>,
    label: String,
    doubts: Vec<Both>,
    /// It belongs to the merged one before it.
    merged: bool,
}

/// A record that the sheet no longer names.
struct Gone {
    id: String,
    title: String,
}

#[derive(Template)]
#[template(path = "templates/desk_preview.html")]
struct Page<'a> {
    frame: Frame,
    campus: String,
    draft: &'a Draft,
    what: Vec<(&'static str, Word, bool)>,
    notice: Option<Both>,
    doubts: Vec<Both>,
    doubted: usize,
    sheets: Vec<SheetView>,
    items: Vec<ItemView>,
    gone: Vec<Gone>,
    campuses: Vec<String>,
    push: String,
    seen: String,
    /// Something is to be pushed.
    sends: bool,
    /// What else can be asked for at once.
    also: Option<(Word, bool)>,
    /// A published menu changes: why is to be said.
    amends: bool,
    reasons: Vec<(&'static str, &'static str, bool)>,
    rows: bool,
}

/// The page.
///
/// # Errors
/// When nobody can say what the hub would make of it.
pub async fn page<D: Desk>(
    desk: &D,
    ground: &Ground,
    draft: &Draft,
    understood: Understood,
    notice: Option<Both>,
) -> Result<Response, Trouble> {
    let judged = judged(desk, draft, &understood.plan).await?;
    let items = items(&understood, &judged, ground);
    let sheets = sheets(&understood, draft.all);
    let doubts = understood.reading.doubts.iter();
    let loose = doubts
        .clone()
        .filter(|doubt| doubt.place == Place::Whole && doubt.item.is_none());
    let mutations: Vec<v1::Mutation> = understood
        .plan
        .iter()
        .map(|planned| planned.mutation.clone())
        .collect();
    let mut frame = desk.frame(ground, "请核对 Check");
    // It is an answer to a form, and not to be had again.
    frame.live = false;
    let page = Page {
        frame,
        campus: desk.campus(),
        what: kinds(draft.what_name()),
        notice,
        doubts: loose.map(both).collect(),
        doubted: doubts.count(),
        seen: digest(inputs(&sheets, &items, draft)),
        sheets,
        gone: gone(&understood, ground),
        campuses: ground
            .campuses
            .iter()
            .map(|(_, of)| of.name.clone())
            .collect(),
        push: carry(&mutations),
        sends: !mutations.is_empty(),
        also: also(&understood, draft),
        amends: mutations.iter().any(amends),
        reasons: reasons(draft),
        rows: items.iter().any(|item| !item.unnamed.is_empty()) || draft.rows_go,
        items,
        draft,
    };
    Ok(html(StatusCode::OK, &page))
}

/// What a push would be answered, by its place in the plan; deletions are asked for one by one.
async fn judged<D: Desk>(
    desk: &D,
    draft: &Draft,
    plan: &[Planned],
) -> Result<HashMap<usize, v1::PushResult>, Trouble> {
    let asked: Vec<(usize, v1::Mutation)> = plan
        .iter()
        .enumerate()
        .filter(|(_, planned)| planned.item.is_some())
        .map(|(at, planned)| {
            let reason = v1::AmendReason::Misprint;
            (at, ready(planned.mutation.clone(), draft.id, reason))
        })
        .collect();
    if asked.is_empty() {
        return Ok(HashMap::new());
    }
    let (places, mutations): (Vec<usize>, Vec<v1::Mutation>) = asked.into_iter().unzip();
    Ok(places
        .into_iter()
        .zip(desk.judge(mutations).await?)
        .collect())
}

/// What a browser will send of these inputs when nobody touches them.
fn inputs<'a>(
    sheets: &'a [SheetView],
    items: &'a [ItemView],
    draft: &'a Draft,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let cells = sheets.iter().flat_map(|sheet| sheet.rows.iter().flatten());
    let cells = cells.filter_map(|cell| Some((cell.input.as_deref()?, cell.text.as_str())));
    let fields = items.iter().flat_map(|item| &item.fields);
    let fields = fields.map(|of| (of.name.as_str(), of.field.value.as_str()));
    let rows = draft.rows_go.then_some(("rows", "1"));
    cells
        .chain(fields)
        .chain(rows)
        .chain([("what", draft.what_name())])
}

fn both(doubt: &Doubt) -> Both {
    (words::valued(&doubt.zh()), doubt.en())
}

fn said(findings: &[v1::Finding], ground: &Ground) -> Vec<Both> {
    let both = |finding: &v1::Finding| {
        (
            words::said(&finding.message_zh, ground),
            finding.message_en.clone(),
        )
    };
    findings.iter().map(both).collect()
}

fn items(
    understood: &Understood,
    judged: &HashMap<usize, v1::PushResult>,
    ground: &Ground,
) -> Vec<ItemView> {
    let all = understood.reading.items.iter().enumerate();
    all.map(|(number, item)| item_view(understood, judged, ground, (number, item)))
        .collect()
}

fn item_view(
    understood: &Understood,
    judged: &HashMap<usize, v1::PushResult>,
    ground: &Ground,
    (number, item): (usize, &Item),
) -> ItemView {
    let mut filed = understood.filing.filed.iter();
    let filed = filed.find(|filed| filed.item == number);
    let joined = |paths: &[String]| {
        let all = paths.iter().map(|path| words::place(path, ground));
        all.collect::<Vec<_>>().join("、")
    };
    let stuck = understood.stuck.iter().find(|(of, _)| *of == number);
    let answers = understood.plan.iter().enumerate();
    let answers = answers.filter(|(_, planned)| planned.item == Some(number));
    let answers: Vec<&v1::PushResult> = answers.filter_map(|(at, _)| judged.get(&at)).collect();
    let all_said = |of: fn(&v1::PushResult) -> &Vec<v1::Finding>| -> Vec<Both> {
        let all = answers.iter().flat_map(|answer| said(of(answer), ground));
        all.collect()
    };
    let refusals = all_said(|answer| &answer.refusals);
    let about = |doubt: &&Doubt| doubt.item == Some(number);
    let doubts = understood.reading.doubts.iter().filter(about);
    // What stands beside a cell is told there.
    let loose = doubts.clone().filter(|doubt| doubt.place == Place::Whole);
    ItemView {
        number: number + 1,
        place: place_text(&item.place),
        title: title(&item.content.clone().encoded(), ground),
        days: days(&item.content),
        standing: standing(filed, &understood.filing, number),
        open: doubts.count() > 0 || !refusals.is_empty(),
        doubts: loose.map(both).collect(),
        fields: field_views(understood, ground, number, item),
        grid: week_of(&item.content, ground),
        changes: filed.map_or_else(Vec::new, |filed| changes(filed, ground)),
        unnamed: filed.map_or_else(String::new, |filed| joined(&filed.unnamed)),
        stuck: stuck.map_or_else(String::new, |(_, paths)| joined(paths)),
        refusals,
        warnings: all_said(|answer| &answer.warnings),
    }
}

/// What of a record changes: where, from what, to what.
fn changes(filed: &Filed, ground: &Ground) -> Vec<[String; 3]> {
    if filed.before.is_none() {
        return Vec::new();
    }
    let side = |side: &Option<String>| {
        let told = side.as_ref().map(|json| words::value(json, ground));
        told.unwrap_or_default()
    };
    let changes = filed.changes().into_iter().map(|change| {
        let place = words::place(&change.path, ground);
        [place, side(&change.before), side(&change.after)]
    });
    changes.collect()
}

/// How a content stands to what the campus has.
fn standing(filed: Option<&Filed>, filing: &Filing, number: usize) -> Word {
    let quiet = |both| Word {
        tone: "quiet",
        ..Word::of(both)
    };
    let owner = || filing.foreign.iter().find(|(of, _)| *of == number);
    match filed {
        Some(filed) if filed.before.is_none() => Word::of("新增 new"),
        Some(filed) if filed.is_changed() => Word {
            tone: "warn",
            ..Word::of("修改 changed")
        },
        Some(_) => quiet("无变化 unchanged"),
        None if owner().is_some_and(|(_, owner)| owner.is_empty()) => {
            quiet("由集团办上报，此处不报 the office's")
        }
        None => quiet("由别的学校上报，此处不报 another campus's"),
    }
}

fn field_views(
    understood: &Understood,
    ground: &Ground,
    number: usize,
    item: &Item,
) -> Vec<FieldView> {
    let key = &understood.keys[number];
    let before = fields::of(&understood.read[number].content, ground);
    let now = fields::of(&item.content, ground).into_iter().zip(before);
    let view = |(field, before): (Field, Field)| FieldView {
        name: format!("field.{}@{key}", field.pointer),
        read_name: format!("read.{}@{key}", field.pointer),
        read: before.value,
        choices: field.choices(),
        field,
    };
    now.map(view).collect()
}

fn days(content: &content::Kind) -> String {
    match content {
        content::Kind::Menu(menu) => super::duties::ends(menu.service_dates.iter()),
        content::Kind::Session(session) => {
            super::duties::ends(session.days.iter().map(|day| &day.date))
        }
        content::Kind::Exchange(of) => format!("{} – {}", of.planned_start, of.planned_end),
        _ => String::new(),
    }
}

/// The meals of a menu as its page will show them.
fn week_of(content: &content::Kind, ground: &Ground) -> Option<Grid> {
    let content::Kind::Menu(menu) = content else {
        return None;
    };
    let days = menu.service_dates.iter().filter_map(|day| day.parse().ok());
    let names = week::AllergenNames::default();
    Some(grid(
        week::week([menu], days, |_| true, &names),
        ground.today(),
    ))
}

fn place_text(place: &Place) -> String {
    match place {
        Place::Whole => String::new(),
        Place::Cell { .. } => place.cell().unwrap_or_default(),
        Place::Line { line, .. } => format!("第{line}行"),
    }
}

fn sheets(understood: &Understood, all: bool) -> Vec<SheetView> {
    let mut doubts: HashMap<String, Vec<&Doubt>> = HashMap::new();
    for doubt in &understood.reading.doubts {
        doubts.entry(name_of(&doubt.place)).or_default().push(doubt);
    }
    let mut room = INPUTS_MAX;
    let mut view =
        |sheet: &Sheet| sheet_view(sheet, &doubts, &understood.corrected, all, &mut room);
    understood.sheets.iter().map(&mut view).collect()
}

fn sheet_view(
    sheet: &Sheet,
    doubts: &HashMap<String, Vec<&Doubt>>,
    corrected: &HashSet<String>,
    all: bool,
    room: &mut usize,
) -> SheetView {
    let merged = merged(sheet);
    let mut rows = Vec::new();
    for (number, row) in sheet.rows.iter().enumerate() {
        let touched = |name: &String| doubts.contains_key(name) || corrected.contains(name);
        if number >= ROWS_SHOWN && !row.iter().any(|cell| touched(&name_of(&cell.place))) {
            continue;
        }
        let cell = |cell: &crate::intake::sheet::Cell| {
            let name = name_of(&cell.place);
            let input = (all && !cell.typed.is_empty() || touched(&name)) && *room > 0;
            *room -= usize::from(input);
            CellView {
                text: cell.typed.clone(),
                label: place_text(&cell.place),
                doubts: doubts
                    .get(&name)
                    .into_iter()
                    .flatten()
                    .map(|doubt| both(doubt))
                    .collect(),
                merged: merged.contains(&name),
                input: input.then_some(name),
            }
        };
        rows.push(row.iter().map(cell).collect());
    }
    SheetView {
        name: sheet.name.clone(),
        left_out: sheet.rows.len() - rows.len(),
        rows,
    }
}

/// The cells that only repeat what the first of their merged range holds.
fn merged(sheet: &Sheet) -> HashSet<String> {
    let mut inner = HashSet::new();
    for [(top, left), (bottom, right)] in sheet.merged.iter().take(ROWS_SHOWN * 4) {
        let (bottom, right) = ((*bottom).min(top + 400), (*right).min(left + 100));
        for row in *top..=bottom {
            for column in *left..=right {
                if (row, column) != (*top, *left) {
                    let sheet = sheet.name.clone();
                    inner.insert(name_of(&Place::Cell { sheet, row, column }));
                }
            }
        }
    }
    inner
}

fn gone(understood: &Understood, ground: &Ground) -> Vec<Gone> {
    let known = understood
        .filing
        .missing
        .iter()
        .filter_map(|id| understood.had.get(id));
    let gone = known.map(|record| Gone {
        id: record.id.clone(),
        title: title(&record.content, ground),
    });
    gone.collect()
}

/// What else can be asked for at once, and whether it is, unless somebody says otherwise: menus are due to be
/// published, unless a day of them is missing; the others may be plans.
fn also(understood: &Understood, draft: &Draft) -> Option<(Word, bool)> {
    let acts = understood.plan.iter().any(|planned| {
        let act = matches!(planned.mutation.wish, Some(mutation::Wish::Act(_)));
        act && !amends(&planned.mutation)
    });
    let mut doubts = understood.reading.doubts.iter();
    let missing = doubts.any(|doubt| doubt.code == Code::DayMissing);
    let menu = draft.what == crate::intake::What::Menu && !missing;
    let word = match draft.what {
        crate::intake::What::Menu => "收下后随即公布 publish it at once",
        crate::intake::What::Session => "收下后随即通知各校 announce it at once",
        _ => "收下后随即拟派 propose it at once",
    };
    acts.then(|| (Word::of(word), draft.also.unwrap_or(menu)))
}

fn reasons(draft: &Draft) -> Vec<(&'static str, &'static str, bool)> {
    use v1::AmendReason::{Event, Misprint, OutOfStock, Stopped, Swapped};
    let all = [OutOfStock, Misprint, Stopped, Swapped, Event];
    let one = |of: v1::AmendReason| {
        (
            of.as_str_name(),
            named::amend_reason(of),
            of == draft.reason,
        )
    };
    all.map(one).into()
}
