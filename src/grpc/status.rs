//! The one error table: what a hub's error is called on the wire. The cause of what is our own fault is
//! logged here, once, and not told.

use crate::hub::HubError;
use crate::model::audit::Refused;
use crate::model::limits::Limits;
use crate::wire::convert::BadArgument;
use http::header::CONTENT_TYPE;
use std::collections::HashMap;
use std::time::Duration;
use tonic::body::Body;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

const DOMAIN: &str = "lianxiao";

/// When a client should try again after a fault that passes.
const RETRY_AFTER: Duration = Duration::from_secs(1);

pub fn status(error: &HubError) -> Status {
    let message = error.to_string();
    let mut details = ErrorDetails::new();
    let (code, reason) = match error {
        HubError::Unauthenticated => (Code::Unauthenticated, "TOKEN_UNKNOWN"),
        HubError::Revoked(_) => (Code::Unauthenticated, "CREDENTIAL_REVOKED"),
        HubError::Expired(_) => (Code::Unauthenticated, "CREDENTIAL_EXPIRED"),
        HubError::Locked(_) => (Code::Unauthenticated, "CREDENTIAL_LOCKED"),
        HubError::InvitationUnknown => (Code::NotFound, "INVITATION_UNKNOWN"),
        HubError::InvitationUsed => (Code::FailedPrecondition, "INVITATION_USED"),
        HubError::InvitationExpired => (Code::FailedPrecondition, "INVITATION_EXPIRED"),
        HubError::Denied(_) => (Code::PermissionDenied, "NOT_ALLOWED"),
        HubError::Invalid { field, why } => {
            details.add_bad_request_violation(field, why);
            (Code::InvalidArgument, "ARGUMENT_INVALID")
        }
        HubError::NotFound { what, id, deleted } => {
            details.set_resource_info(*what, id, "", &message);
            (
                Code::NotFound,
                if *deleted {
                    "RECORD_DELETED"
                } else {
                    "NOT_FOUND"
                },
            )
        }
        HubError::Exists { what, name } => {
            details.set_resource_info(*what, name, "", &message);
            (Code::AlreadyExists, "NAME_TAKEN")
        }
        HubError::TooMuch { limit, .. }
        | HubError::Full { limit, .. }
        | HubError::TooOften { limit, .. } => {
            details.add_quota_failure_violation(*limit, &message);
            (Code::ResourceExhausted, over(error, &mut details))
        }
        HubError::Behind { .. } => (retry(&mut details), "HUB_BEHIND"),
        HubError::Stopping => (retry(&mut details), "HUB_STOPPING"),
        HubError::BacksUpItself => (Code::FailedPrecondition, "DATABASE_BACKS_UP_ITSELF"),
        HubError::Store(cause) if cause.disk_full() => {
            tracing::error!(error = %cause, "the disk is full");
            retry(&mut details);
            (Code::ResourceExhausted, "DISK_FULL")
        }
        HubError::Store(cause) => {
            tracing::error!(error = %cause, "the database failed");
            (retry(&mut details), "DATABASE_FAILED")
        }
        HubError::InUse(_) | HubError::Folder(_) => (Code::Internal, "INTERNAL"),
    };
    details.set_error_info(reason, DOMAIN, metadata(error));
    let message = match error {
        HubError::Store(cause) if cause.disk_full() => {
            "the hub's disk is full: nothing was stored; reads that leave no audit row go on"
                .to_owned()
        }
        HubError::Store(_) => "the hub's database failed; try again".to_owned(),
        HubError::Unauthenticated => {
            "send the metadata `authorization: Bearer <token>` with a token that this hub knows"
                .to_owned()
        }
        _ => message,
    };
    Status::with_error_details(code, message, details)
}

/// What is over its limit, and what of it passes by itself.
fn over(error: &HubError, details: &mut ErrorDetails) -> &'static str {
    match error {
        HubError::TooOften { wait, .. } => {
            details.set_retry_info(Some(*wait));
            "RATE_LIMITED"
        }
        HubError::Full { .. } => {
            retry(details);
            "LIMIT_EXCEEDED"
        }
        _ => "LIMIT_EXCEEDED",
    }
}

fn retry(details: &mut ErrorDetails) -> Code {
    details.set_retry_info(Some(RETRY_AFTER));
    Code::Unavailable
}

fn metadata(error: &HubError) -> HashMap<String, String> {
    match error {
        HubError::TooMuch { limit, max, actual } => HashMap::from([
            ("limit".to_owned(), (*limit).to_owned()),
            ("max".to_owned(), max.to_string()),
            ("actual".to_owned(), actual.to_string()),
        ]),
        HubError::Full { limit, max } => HashMap::from([
            ("limit".to_owned(), (*limit).to_owned()),
            ("max".to_owned(), max.to_string()),
        ]),
        HubError::TooOften { limit, .. } => {
            HashMap::from([("limit".to_owned(), (*limit).to_owned())])
        }
        HubError::Behind { newest, .. } => {
            HashMap::from([("newest_position".to_owned(), newest.to_string())])
        }
        _ => HashMap::new(),
    }
}

impl From<BadArgument> for HubError {
    fn from(bad: BadArgument) -> Self {
        HubError::Invalid {
            field: bad.field,
            why: bad.why,
        }
    }
}

/// What the transport says without details, and so without us: nothing of ours answers so.
fn bare_code(response: &http::Response<Body>) -> Option<Code> {
    let headers = response.headers();
    let code = headers.get(Status::GRPC_STATUS)?;
    let bare = !headers.contains_key(Status::GRPC_STATUS_DETAILS);
    bare.then(|| Code::from_bytes(code.as_ref()))
}

/// Says in our words what the transport refuses by itself: a request so large that it was not read
/// (`OUT_OF_RANGE`) or grew too large while it was unpacked (`RESOURCE_EXHAUSTED`), and bytes that are no
/// message (`INTERNAL`, as if it were our fault).
pub fn in_our_words(
    limits: &Limits,
) -> impl Fn(http::Response<Body>) -> http::Response<Body> + Clone + Send + 'static {
    let max = limits.request_bytes_max;
    move |response| {
        let status = match bare_code(&response) {
            Some(Code::OutOfRange | Code::ResourceExhausted) => too_large(max),
            Some(Code::Internal) => no_message(),
            _ => return response,
        };
        let mut answer = status.into_http::<Body>();
        // Who was refused stays known.
        if let Some(who) = response.extensions().get::<Refused>() {
            answer.extensions_mut().insert(*who);
        }
        if let Some(content_type) = response.headers().get(CONTENT_TYPE) {
            answer
                .headers_mut()
                .insert(CONTENT_TYPE, content_type.clone());
        }
        answer
    }
}

fn too_large(max: usize) -> Status {
    let mut details = ErrorDetails::new();
    let message = format!("the request is over the limit request_bytes_max = {max}");
    details.add_quota_failure_violation("request_bytes_max", &message);
    let metadata = HashMap::from([
        ("limit".to_owned(), "request_bytes_max".to_owned()),
        ("max".to_owned(), max.to_string()),
    ]);
    details.set_error_info("LIMIT_EXCEEDED", DOMAIN, metadata);
    Status::with_error_details(Code::ResourceExhausted, message, details)
}

fn no_message() -> Status {
    let mut details = ErrorDetails::new();
    let message = "the request's bytes are no message of the contract lianxiao.v1";
    details.set_error_info("REQUEST_MALFORMED", DOMAIN, HashMap::new());
    Status::with_error_details(Code::InvalidArgument, message, details)
}

/// The reason of a refusal, as its details name it.
pub fn reason(status: &Status) -> String {
    let details = status.get_details_error_info();
    // The transport gives none.
    details.map_or_else(|| "CALL_UNREADABLE".to_owned(), |details| details.reason)
}
