//! The audit, as the contract lists it.

use super::{BadArgument, optional_time, timestamp};
use crate::model::audit::{Audited, Deed, Entry, Mark};
use crate::model::ids::RecordId;
use crate::wire::v1;
use jiff::Timestamp;
use uuid::Uuid;

/// Reads which part of the audit is asked for: of which group, from which mark, before which time, and how
/// many entries.
///
/// # Errors
/// When an argument is none.
pub fn list_audit(
    request: &v1::ListAuditRequest,
) -> Result<(Option<Uuid>, Mark, Timestamp, usize), BadArgument> {
    let group = match request.group_id.as_str() {
        "" => None,
        id => Some(super::id::<RecordId>("group_id", id)?.0),
    };
    let start = optional_time("start_time", request.start_time.as_ref())?;
    let until = optional_time("end_time", request.end_time.as_ref())?;
    let mark = match request.page_token.as_str() {
        "" => Mark::before(start.unwrap_or(Timestamp::UNIX_EPOCH)),
        token => mark(token).ok_or_else(|| {
            let why = "page_token must be the next_page_token of a page";
            BadArgument::new("page_token", why)
        })?,
    };
    let limit = match request.page_size {
        0 => 100,
        size @ 1..=1_000 => usize::try_from(size).unwrap_or(1_000),
        _ => {
            let why = "page_size must be 1 to 1000, or 0 for 100";
            return Err(BadArgument::new("page_size", why));
        }
    };
    Ok((group, mark, until.unwrap_or(Timestamp::MAX), limit))
}

/// A mark as a page token.
#[must_use]
pub fn audit_token(mark: &Mark) -> String {
    let ((at, number), (minute, who, reason)) = (&mark.deed, &mark.refusal);
    let (at, minute) = (at.as_microsecond(), minute.as_microsecond());
    format!("{at}/{number}/{minute}/{who}/{reason}")
}

fn mark(token: &str) -> Option<Mark> {
    let parts: Vec<&str> = token.split('/').collect();
    let [at, number, minute, who, reason] = parts[..] else {
        return None;
    };
    let time = |micros: &str| Timestamp::from_microsecond(micros.parse().ok()?).ok();
    Some(Mark {
        deed: (time(at)?, number.parse().ok()?),
        refusal: (time(minute)?, who.to_owned(), reason.to_owned()),
    })
}

/// An entry of the audit, whose caller is looked up elsewhere.
#[must_use]
pub fn audit_entry(entry: &Entry, caller: Option<v1::AuditCaller>) -> v1::AuditEntry {
    use v1::audit_entry::What;
    let what = match entry {
        Entry::Deed(number, audited) => What::Deed(audit_deed(*number, audited)),
        Entry::Refusal(refusal) => What::Refusals(v1::Refusals {
            reason: refusal.reason.clone(),
            count: refusal.count,
        }),
    };
    v1::AuditEntry {
        time: Some(timestamp(entry.time())),
        caller,
        what: Some(what),
    }
}

fn audit_deed(number: i64, audited: &Audited) -> v1::AuditDeed {
    let (first_position, last_position) = audited.positions.unwrap_or_default();
    let subject = audited.subject.map(|subject| subject.to_string());
    v1::AuditDeed {
        number,
        deed: deed(audited.deed).into(),
        subject_id: subject.unwrap_or_default(),
        record_kinds: audited.kinds.clone(),
        count: audited.count,
        first_position,
        last_position,
    }
}

fn deed(deed: Deed) -> v1::Deed {
    match deed {
        Deed::Created => v1::Deed::Created,
        Deed::Invited => v1::Deed::Invited,
        Deed::Joined => v1::Deed::Joined,
        Deed::Rotated => v1::Deed::Rotated,
        Deed::Revoked => v1::Deed::Revoked,
        Deed::Confirmed => v1::Deed::Confirmed,
        Deed::Restored => v1::Deed::Restored,
        Deed::Read => v1::Deed::Read,
        Deed::Exported => v1::Deed::Exported,
        Deed::Erased => v1::Deed::Erased,
        Deed::Expired => v1::Deed::Expired,
        Deed::SignedIn => v1::Deed::SignedIn,
        Deed::Linked => v1::Deed::Linked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_token_is_the_mark_it_was_made_of() {
        let time = |second| Timestamp::from_second(second).unwrap();
        for who in ["", "*", "2001:db8:1:2::", "192.0.2.1"] {
            let mark = Mark {
                deed: (time(7), 3),
                refusal: (time(60), who.to_owned(), "TOKEN_UNKNOWN".to_owned()),
            };
            let request = v1::ListAuditRequest {
                page_token: audit_token(&mark),
                ..Default::default()
            };
            let read = list_audit(&request).unwrap();
            assert_eq!(read, (None, mark, Timestamp::MAX, 100));
        }
        for noise in [
            "1",
            "1/2/3/a",
            "1/2/3/a/b/c",
            "x/2/3/a/b",
            "1/2/9223372036854775807/a/b",
        ] {
            let request = v1::ListAuditRequest {
                page_token: noise.to_owned(),
                ..Default::default()
            };
            assert_eq!(list_audit(&request).unwrap_err().field, "page_token");
        }
    }
}
