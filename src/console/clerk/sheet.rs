//! From a sheet to 已收: it is dropped, looked at, corrected, and pushed.

use super::desk::Desk;
use super::draft::{Draft, WHAT, carried, digest, kinds};
use super::told::{Carried, Told};
use super::understood::{amends, ready, understood};
use super::{Fields, field, preview, told};
use crate::console::frame::Frame;
use crate::console::read::Ground;
use crate::console::trouble::{Trouble, html};
use crate::console::words::Word;
use crate::intake::What;
use crate::intake::guess::guess;
use crate::wire::v1::{self, mutation};
use askama::Template;
use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Query};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;

/// The largest sheet, in bytes.
pub const SHEET_BYTES_MAX: usize = 4 << 20;
/// The largest form that carries one, with all that was understood.
pub const FORM_BYTES_MAX: usize = 3 * SHEET_BYTES_MAX;
/// So many records go at once because a sheet no longer names them.
const GONE_MAX: usize = 5;

/// A form as it came: the same field may come more than once.
type Pairs = Vec<(String, String)>;
type Filled = Result<Form<Pairs>, FormRejection>;

#[derive(Template)]
#[template(path = "templates/desk_sheet.html")]
struct Page {
    frame: Frame,
    campus: String,
    what: Vec<(&'static str, Word, bool)>,
    refusal: Option<(String, String)>,
    text: String,
}

fn asking<D: Desk>(
    desk: &D,
    ground: &Ground,
    what: &str,
    refused: Option<(&Trouble, String)>,
) -> Response {
    let (trouble, text) = refused.unzip();
    let page = Page {
        frame: Frame {
            // Whoever chose a file is not interrupted.
            live: false,
            ..desk.frame(ground, "交一张表 Hand in a sheet")
        },
        campus: desk.campus(),
        what: kinds(what),
        refusal: trouble
            .map(Trouble::sentences)
            .map(|(zh, en)| (zh.to_owned(), en.to_owned())),
        text: text.unwrap_or_default(),
    };
    html(trouble.map_or(StatusCode::OK, Trouble::status), &page)
}

/// Asks for a sheet.
///
/// # Errors
/// When what stands around it cannot be read.
pub async fn page<D: Desk>(desk: D, Query(query): Query<Fields>) -> Result<Response, Trouble> {
    let ground = desk.ground().await?;
    Ok(asking(&desk, &ground, field(&query, "what"), None))
}

/// What was handed in.
#[derive(Default)]
struct HandedIn {
    name: String,
    bytes: Bytes,
    text: String,
    what: String,
}

/// Takes a sheet or a text, and shows what was understood.
///
/// # Errors
/// When what it is held against cannot be read. A sheet that cannot be read is asked for again.
pub async fn take<D: Desk>(
    desk: D,
    parts: Result<Multipart, MultipartRejection>,
) -> Result<Response, Trouble> {
    let parts =
        parts.map_err(|why| Trouble::bad_form("没有收到文件，请再选一次。", &why.body_text()))?;
    let handed = handed_in(parts)
        .await
        .map_err(|why| too_large(why.status()))?;
    let ground = desk.ground().await?;
    match looked_at(&desk, &ground, &handed).await {
        Ok(page) => Ok(page),
        Err(trouble) if trouble.status() == StatusCode::BAD_REQUEST => {
            let again = asking(&desk, &ground, &handed.what, Some((&trouble, handed.text)));
            Ok(trouble.counted(again))
        }
        Err(trouble) => Err(trouble),
    }
}

async fn handed_in(mut parts: Multipart) -> Result<HandedIn, MultipartError> {
    let mut handed = HandedIn::default();
    while let Some(part) = parts.next_field().await? {
        match part.name().unwrap_or_default() {
            "file" => {
                handed.name = part
                    .file_name()
                    .unwrap_or_default()
                    .chars()
                    .take(120)
                    .collect();
                handed.bytes = part.bytes().await?;
            }
            "text" => handed.text = part.text().await?,
            "what" => handed.what = part.text().await?,
            _ => {}
        }
    }
    Ok(handed)
}

fn too_large(status: StatusCode) -> Trouble {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Trouble::bad_form(
            "文件太大（最多 4 MB）：请只交要报的那一部分，或删去表里的图片再交。",
            "The file is larger than 4 MB: hand in the part that matters, or take pictures out of it.",
        ),
        _ => Trouble::bad_form(
            "文件没有传完，请再交一次。",
            "The file did not arrive whole: hand it in again.",
        ),
    }
}

async fn looked_at<D: Desk>(
    desk: &D,
    ground: &Ground,
    handed: &HandedIn,
) -> Result<Response, Trouble> {
    let bytes = match handed.bytes.is_empty() {
        true => Bytes::from(handed.text.trim().to_owned()),
        false => handed.bytes.clone(),
    };
    if bytes.len() > SHEET_BYTES_MAX {
        return Err(too_large(StatusCode::PAYLOAD_TOO_LARGE));
    }
    let what = what(handed, bytes.clone()).await?;
    let draft = Draft::new(&handed.name, what, ground.today(), bytes);
    let understood = understood(desk, ground, &draft).await?;
    preview::page(desk, ground, &draft, understood, None).await
}

/// What a sheet is: as was said, else by its words.
async fn what(handed: &HandedIn, bytes: Bytes) -> Result<What, Trouble> {
    if let Some((_, what, _)) = WHAT.iter().find(|(name, ..)| *name == handed.what) {
        return Ok(*what);
    }
    let name = handed.name.clone();
    let guessed = tokio::task::spawn_blocking(move || guess(&name, &bytes)).await;
    let guessed = guessed.unwrap_or(Err(crate::intake::source::Unreadable::Other("broken")));
    let guessed = guessed.map_err(|why| super::understood::unreadable(&why))?;
    guessed.ok_or_else(|| {
        Trouble::bad_form(
            "看不出是什么表：请在下面选定食谱、教研活动或交流轮岗，再交一次。",
            "What it is cannot be told: choose it below and hand it in again.",
        )
    })
}

fn pairs(form: Filled) -> Result<Pairs, Trouble> {
    match form {
        Ok(Form(pairs)) => Ok(pairs),
        Err(why) => Err(too_large(why.status())),
    }
}

/// Reads a sheet again, with what was corrected.
///
/// # Errors
/// When the form is none of these pages.
pub async fn again<D: Desk>(desk: D, form: Filled) -> Result<Response, Trouble> {
    let ground = desk.ground().await?;
    shown_again(&desk, &ground, &Draft::of(&pairs(form)?)?, None).await
}

async fn shown_again<D: Desk>(
    desk: &D,
    ground: &Ground,
    draft: &Draft,
    notice: Option<(&str, &str)>,
) -> Result<Response, Trouble> {
    let understood = understood(desk, ground, draft).await?;
    let notice = notice.map(|(zh, en)| (zh.to_owned(), en.to_owned()));
    preview::page(desk, ground, draft, understood, notice).await
}

/// Pushes what the page showed, and nothing else: what was corrected since is shown first.
///
/// # Errors
/// When the form is none of these pages, or the hub takes no push now.
pub async fn send<D: Desk>(desk: D, form: Filled) -> Result<Response, Trouble> {
    let pairs = pairs(form)?;
    let draft = Draft::of(&pairs)?;
    let ground = desk.ground().await?;
    let given = pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let seen = pairs
        .iter()
        .find(|(name, _)| name == "seen")
        .map(|(_, seen)| seen.as_str());
    if seen != Some(&digest(given)) {
        let corrected = (
            "改过的地方已经重新读过，还没有上报。看一遍，没有问题就按“上报”。",
            "What you corrected was read again and is not pushed yet. Look, then push.",
        );
        return shown_again(&desk, &ground, &draft, Some(corrected)).await;
    }
    let mutations = chosen(&draft, carried(&pairs)?);
    if let Some(notice) = missing(&draft, &mutations) {
        return shown_again(&desk, &ground, &draft, Some(notice)).await;
    }
    let reason = draft.reason;
    let mutations: Vec<v1::Mutation> = mutations
        .into_iter()
        .map(|of| ready(of, draft.id, reason))
        .collect();
    let results = desk.push(mutations.clone()).await?;
    let told = mutations.iter().zip(&results);
    let told = told.map(|(mutation, result)| {
        let put = mutations.iter().find_map(|other| match &other.wish {
            Some(mutation::Wish::Put(put)) if other.record_id == mutation.record_id => {
                Some(&put.content)
            }
            _ => None,
        });
        Told::of(mutation, Some(result), put, &ground)
    });
    let again = Carried {
        id: draft.id.to_string(),
        fields: pairs,
    };
    Ok(told::page(&desk, &ground, told.collect(), Some(again)))
}

/// What of it was chosen: deletions that were ticked, and the next step, if it was.
fn chosen(draft: &Draft, mutations: Vec<v1::Mutation>) -> Vec<v1::Mutation> {
    let goes = |of: &v1::Mutation| match &of.wish {
        Some(mutation::Wish::Delete(_)) => draft.gone.contains(&of.record_id),
        Some(mutation::Wish::Act(_)) => amends(of) || draft.also == Some(true),
        _ => true,
    };
    mutations.into_iter().filter(goes).collect()
}

/// What has to be said before it can be pushed.
fn missing(draft: &Draft, mutations: &[v1::Mutation]) -> Option<(&'static str, &'static str)> {
    if mutations.is_empty() {
        return Some(("没有要上报的。", "There is nothing to push."));
    }
    if mutations.iter().any(amends) && draft.reason == v1::AmendReason::Unspecified {
        return Some((
            "食谱已公布，要说明原因才能调整：请选一个原因。",
            "The menu is published and changes only for a reason: choose one.",
        ));
    }
    (draft.gone.len() > GONE_MAX).then_some((
        "一次最多删除 5 项：请核对表里是不是漏了什么，确实要删就分几次。",
        "At most 5 are deleted at once: look whether the sheet lacks something, or delete in turns.",
    ))
}
