//! The only conversions between the contract's types and the model's.

mod answer;
mod audit;
mod credential;
mod limits;

pub use answer::{bare_finding, finding, findings, push_result, stored_finding};
pub use audit::{audit_entry, audit_token, list_audit};
pub use credential::{campus_name, kind_rights, overlap, place, place_kind, rights};
pub use limits::limits;

use super::v1;
use crate::model::date;
use crate::model::feed::{Checkpoint, Event, Filter, Page, ResetReason};
use crate::model::finding::{Code, Finding};
use crate::model::ids::{MutationId, RecordId};
use crate::model::mutation::{Base, ERASED, Item, Mutation, Push, Put, Wish};
use bytes::Bytes;
use jiff::Timestamp;
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use std::str::FromStr;

/// A time as the contract writes it.
#[must_use]
pub fn timestamp(time: Timestamp) -> prost_types::Timestamp {
    let (mut seconds, mut nanos) = (time.as_second(), time.subsec_nanosecond());
    if nanos < 0 {
        (seconds, nanos) = (seconds - 1, nanos + 1_000_000_000);
    }
    prost_types::Timestamp { seconds, nanos }
}

/// A time read from the contract; `None` when it lies outside the calendar.
#[must_use]
pub fn time(time: &prost_types::Timestamp) -> Option<Timestamp> {
    Timestamp::new(time.seconds, time.nanos).ok()
}

/// A time of the calendar's range, or its start: for times that the hub itself wrote.
#[must_use]
pub fn stored_time(time: Option<&prost_types::Timestamp>) -> Option<Timestamp> {
    time.and_then(self::time)
}

/// A call's argument that cannot be used: which one, and why.
#[derive(Debug, PartialEq, Eq)]
pub struct BadArgument {
    /// The field of the request.
    pub field: String,
    /// What is wrong, and what would be right.
    pub why: String,
}

impl BadArgument {
    /// An argument that cannot be used.
    pub fn new(field: impl Into<String>, why: impl Into<String>) -> Self {
        BadArgument {
            field: field.into(),
            why: why.into(),
        }
    }
}

/// A UUID argument.
///
/// # Errors
/// When it is none.
pub fn id<I: FromStr>(field: &str, text: &str) -> Result<I, BadArgument> {
    let why = || format!("{field} must be a UUID in lower case with hyphens, not \"{text}\"");
    text.parse().map_err(|_| BadArgument::new(field, why()))
}

/// A record's id.
///
/// # Errors
/// When it is none.
pub fn record_id(field: &str, text: &str) -> Result<RecordId, BadArgument> {
    id(field, text)
}

/// A day argument.
///
/// # Errors
/// When it is none.
pub fn day(field: &str, text: &str) -> Result<jiff::civil::Date, BadArgument> {
    let why = || format!("{field} must be a day written YYYY-MM-DD, not \"{text}\"");
    date::day(text).ok_or_else(|| BadArgument::new(field, why()))
}

/// A day that may be left out.
///
/// # Errors
/// When it is none.
pub fn optional_day(field: &str, text: &str) -> Result<Option<jiff::civil::Date>, BadArgument> {
    let said = Some(text).filter(|text| !text.is_empty());
    said.map(|text| day(field, text)).transpose()
}

/// The first and the last day of a span, either of which may be left out.
///
/// # Errors
/// When one is none.
pub fn days(first_date: &str, last_date: &str) -> Result<date::Days, BadArgument> {
    Ok(date::Days {
        first: optional_day("first_date", first_date)?,
        last: optional_day("last_date", last_date)?,
    })
}

/// The calendar year in which a school year begins; 0: it was left out. The same years as in the register of staff
/// counts.
///
/// # Errors
/// When it is of another age.
pub fn school_year(field: &str, year: i32) -> Result<Option<i16>, BadArgument> {
    let known = |year: &i16| *year == 0 || (2_000..=2_100).contains(year);
    let known = i16::try_from(year).ok().filter(known);
    let why = || BadArgument::new(field, format!("{field} must be 2000 to 2100"));
    Ok(Some(known.ok_or_else(why)?).filter(|year| *year != 0))
}

/// A time argument that may be left out.
///
/// # Errors
/// When it lies outside the calendar.
pub fn optional_time(
    field: &str,
    time: Option<&prost_types::Timestamp>,
) -> Result<Option<Timestamp>, BadArgument> {
    let outside = || BadArgument::new(field, format!("{field} lies outside the calendar"));
    time.map(|time| self::time(time).ok_or_else(outside))
        .transpose()
}

/// Mutation ids.
///
/// # Errors
/// When one is no UUID.
pub fn mutation_ids(ids: &[String]) -> Result<Vec<MutationId>, BadArgument> {
    let read = |(i, text): (usize, &String)| id(&format!("mutation_ids[{i}]"), text);
    ids.iter().enumerate().map(read).collect()
}

/// Which versions of which record a page of history holds: below which number, and how many.
///
/// # Errors
/// When an argument is none.
pub fn list_history(
    request: &v1::ListHistoryRequest,
) -> Result<(RecordId, i64, usize), BadArgument> {
    let id = record_id("record_id", &request.record_id)?;
    let below = match request.page_token.as_str() {
        "" => i64::MAX,
        token => token.parse().map_err(|_| {
            BadArgument::new(
                "page_token",
                "page_token must be the next_page_token of a page",
            )
        })?,
    };
    match request.page_size {
        0 => Ok((id, below, 20)),
        size @ 1..=100 => Ok((id, below, usize::try_from(size).unwrap_or(100))),
        _ => Err(BadArgument::new(
            "page_size",
            "page_size must be 1 to 100, or 0 for 20",
        )),
    }
}

/// After which position a part of the history begins, and how many leaves it may hold.
///
/// # Errors
/// When an argument is negative.
pub fn list_commits(request: &v1::ListCommitsRequest) -> Result<(i64, usize), BadArgument> {
    let negative = |field: &str| BadArgument::new(field, format!("{field} must not be negative"));
    let after = request.after_position;
    let limit = usize::try_from(request.page_size).map_err(|_| negative("page_size"))?;
    match after {
        0.. => Ok((after, limit)),
        _ => Err(negative("after_position")),
    }
}

/// Reads a push, but for its items.
///
/// # Errors
/// For a fault of the message itself.
pub fn push(request: &v1::PushRequest) -> Result<Push, BadArgument> {
    let unknown = |field: &str| BadArgument::new(field, format!("{field} has no such value"));
    let mode = v1::PushMode::try_from(request.mode).map_err(|_| unknown("mode"))?;
    let atomicity = v1::Atomicity::try_from(request.atomicity).map_err(|_| unknown("atomicity"))?;
    if request.mutations.is_empty() {
        return Err(BadArgument::new(
            "mutations",
            "mutations must hold at least one mutation",
        ));
    }
    Ok(Push {
        items: Vec::with_capacity(request.mutations.len()),
        validate_only: mode == v1::PushMode::Validate,
        all_or_nothing: atomicity == v1::Atomicity::All,
    })
}

/// Reads an item of a push. A fault becomes its finding.
#[must_use]
pub fn item(raw: Bytes) -> Item {
    let Ok(mutation) = v1::Mutation::decode(raw.clone()) else {
        let finding = Finding::new(Code::ContentMalformed, "").with("detail", "it is no mutation");
        return Item {
            raw,
            mutation_id: String::new(),
            record_id: String::new(),
            mutation: Err(finding),
        };
    };
    Item {
        raw,
        mutation_id: mutation.mutation_id.clone(),
        record_id: mutation.record_id.clone(),
        mutation: read_mutation(mutation),
    }
}

/// A push of these mutations, to be carried out item by item.
#[must_use]
pub fn push_request(mutations: &[v1::Mutation]) -> v1::PushRequest {
    let encoded = |mutation: &v1::Mutation| Bytes::from(mutation.encode_to_vec());
    v1::PushRequest {
        mutations: mutations.iter().map(encoded).collect(),
        ..Default::default()
    }
}

const REASON_MAX: usize = 40;

fn read_mutation(mutation: v1::Mutation) -> Result<Mutation, Finding> {
    let hash = Sha256::digest(mutation.encode_to_vec()).into();
    let id = item_id("mutation_id", &mutation.mutation_id).map(MutationId)?;
    let record = item_id("record_id", &mutation.record_id).map(RecordId)?;
    if !is_reason(&mutation.reason) {
        let finding = Finding::new(Code::ReasonInvalid, "reason").with("max", REASON_MAX);
        return Err(finding.with("own", ERASED));
    }
    let wish = match mutation.wish {
        None => return Err(Finding::new(Code::WishMissing, "")),
        Some(v1::mutation::Wish::Put(put)) => Wish::Put(Put {
            base: base("put.base", put.base)?,
            content: put.content,
            contract: put.contract,
            resolves: resolves(&put.resolves)?,
        }),
        Some(v1::mutation::Wish::Delete(delete)) => Wish::Delete {
            base: base("delete.base", delete.base)?,
        },
        Some(v1::mutation::Wish::Act(act)) => Wish::Act {
            seen_version: act.seen_version,
            action: act.action,
        },
    };
    Ok(Mutation {
        id,
        record,
        reason: mutation.reason,
        hash,
        wish,
    })
}

/// A code, so that no free text is kept; nor a number, which might be somebody's.
fn is_reason(reason: &str) -> bool {
    let code = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let begins = reason.is_empty() || reason.starts_with(|first: char| first.is_ascii_uppercase());
    begins && reason.len() <= REASON_MAX && reason.bytes().all(code) && reason != ERASED
}

fn item_id(path: &str, text: &str) -> Result<uuid::Uuid, Finding> {
    let bad = || Finding::new(Code::IdInvalid, path).with("value", text);
    text.parse::<RecordId>().map(|id| id.0).map_err(|_| bad())
}

fn resolves(ids: &[String]) -> Result<Vec<RecordId>, Finding> {
    let read = |(i, id): (usize, &String)| item_id(&format!("put.resolves[{i}]"), id).map(RecordId);
    ids.iter().enumerate().map(read).collect()
}

fn base(path: &str, base: Option<v1::Base>) -> Result<Base, Finding> {
    let base = base.unwrap_or_default();
    if !base.mutation_id.is_empty() {
        if base.version != 0 || !base.content_digest.is_empty() {
            return Err(
                Finding::new(Code::NotWithOther, format!("{path}.mutation_id"))
                    .with("other", format!("{path}.version")),
            );
        }
        let id = item_id(&format!("{path}.mutation_id"), &base.mutation_id)?;
        return Ok(Base::Mutation(MutationId(id)));
    }
    if base.version < 0 {
        return Err(Finding::new(Code::OutOfRange, format!("{path}.version"))
            .with("min", 0)
            .with("max", i64::MAX)
            .with("value", base.version));
    }
    let digest = match base.content_digest.as_str() {
        "" => None,
        text => Some(digest_from_hex(text).ok_or_else(|| {
            Finding::new(Code::ContentMalformed, format!("{path}.content_digest"))
                .with("detail", "16 hex digits")
        })?),
    };
    Ok(Base::Version(base.version, digest))
}

fn digest_from_hex(text: &str) -> Option<[u8; 8]> {
    let plain = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = plain.then(|| u64::from_str_radix(text, 16).ok())??;
    Some(number.to_be_bytes())
}

/// The digest of a content as the contract writes it.
#[must_use]
pub fn digest_to_hex(digest: [u8; 8]) -> String {
    format!("{:016x}", u64::from_be_bytes(digest))
}

/// The record inside an encoded change; `None` when the change is no upsert.
#[must_use]
pub fn record(change: Bytes) -> Option<v1::Record> {
    match v1::Change::decode(change).ok()?.change? {
        v1::change::Change::Upsert(record) => Some(record),
        _ => None,
    }
}

/// A filter in its one form.
///
/// # Errors
/// When a campus is no id. Unknown kinds are for the hub to refuse.
pub fn filter(filter: Option<v1::Filter>) -> Result<Filter, BadArgument> {
    let filter = filter.unwrap_or_default();
    let campus = |(i, id): (usize, &String)| record_id(&format!("filter.campus_ids[{i}]"), id);
    let campuses = filter
        .campus_ids
        .iter()
        .enumerate()
        .map(campus)
        .collect::<Result<_, _>>()?;
    Ok(Filter::new(filter.kinds, campuses))
}

fn checkpoint(checkpoint: Checkpoint, cursor: String) -> v1::Checkpoint {
    let Checkpoint { head, backed_up } = checkpoint;
    v1::Checkpoint {
        cursor,
        backed_up_position: backed_up,
        newest_position: head.position,
        chain: Bytes::copy_from_slice(&head.chain),
    }
}

/// A page as the contract writes it.
#[must_use]
pub fn page(page: Result<Page, ResetReason>) -> v1::PullResponse {
    match page {
        Err(reason) => v1::PullResponse {
            reset_required: Some(reset_required(reason)),
            ..Default::default()
        },
        Ok(page) => v1::PullResponse {
            checkpoint: page
                .checkpoint
                .map(|at| checkpoint(at, page.cursor.clone())),
            changes: page.changes,
            cursor: page.cursor,
            reset_required: None,
        },
    }
}

fn reset_required(reason: ResetReason) -> v1::ResetRequired {
    let reason = match reason {
        ResetReason::Epoch => v1::ResetReason::Epoch,
        ResetReason::Diverged => v1::ResetReason::Diverged,
        ResetReason::Filter => v1::ResetReason::Filter,
    };
    v1::ResetRequired {
        reason: reason.into(),
    }
}

/// An event as the contract writes it.
#[must_use]
pub fn event(event: Event) -> v1::WatchResponse {
    use v1::watch_response::Event as Wire;
    let event = match event {
        Event::Changes(changes, cursor) => Wire::Changes(v1::Changes { changes, cursor }),
        Event::Checkpoint(at, cursor) => Wire::Checkpoint(checkpoint(at, cursor)),
        Event::Heartbeat {
            cursor,
            newest,
            time,
        } => Wire::Heartbeat(v1::Heartbeat {
            cursor,
            newest_position: newest,
            time: Some(timestamp(time)),
        }),
        Event::Reset(reason) => Wire::ResetRequired(reset_required(reason)),
        Event::Goodbye(cursor) => Wire::Goodbye(v1::Goodbye { cursor }),
    };
    v1::WatchResponse { event: Some(event) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_before_1970_keep_their_fraction() {
        for text in [
            "1969-12-31T23:59:59.25Z",
            "2026-05-08T07:00:00.000001Z",
            "1970-01-01T00:00:00Z",
        ] {
            let expected: Timestamp = text.parse().unwrap();
            let wire = timestamp(expected);
            assert!((0..1_000_000_000).contains(&wire.nanos));
            assert_eq!(time(&wire), Some(expected));
        }
    }
}
