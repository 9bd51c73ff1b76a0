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
    error.log();
    let message = error.to_string();
    let mut details = ErrorDetails::new();
    let code = match error {
        HubError::Unauthenticated
        | HubError::Revoked(_)
        | HubError::Expired(_)
        | HubError::Locked(_) => Code::Unauthenticated,
        HubError::InvitationUnknown => Code::NotFound,
        HubError::InvitationUsed | HubError::InvitationExpired | HubError::BacksUpItself => {
            Code::FailedPrecondition
        }
        HubError::Denied(_) => Code::PermissionDenied,
        HubError::Invalid { field, why } => {
            details.add_bad_request_violation(field, why);
            Code::InvalidArgument
        }
        HubError::NotFound { what, id, .. } => {
            details.set_resource_info(*what, id, "", &message);
            Code::NotFound
        }
        HubError::Exists { what, name } => {
            details.set_resource_info(*what, name, "", &message);
            Code::AlreadyExists
        }
        HubError::TooMuch { limit, .. }
        | HubError::Full { limit, .. }
        | HubError::TooOften { limit, .. } => {
            details.add_quota_failure_violation(*limit, &message);
            over(error, &mut details);
            Code::ResourceExhausted
        }
        HubError::Behind { .. } | HubError::Stopping => retry(&mut details),
        HubError::Store(_) => match (retry(&mut details), error.disk_full()) {
            (_, true) => Code::ResourceExhausted,
            (passes, _) => passes,
        },
        HubError::InUse(_) | HubError::Folder(_) => Code::Internal,
    };
    details.set_error_info(error.reason(), DOMAIN, metadata(error));
    let message = match error {
        HubError::Store(_) if error.disk_full() => {
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

/// What passes by itself of what is over its limit.
fn over(error: &HubError, details: &mut ErrorDetails) {
    match error {
        HubError::TooOften { wait, .. } => {
            details.set_retry_info(Some(*wait));
        }
        HubError::Full { .. } => {
            retry(details);
        }
        _ => {}
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
