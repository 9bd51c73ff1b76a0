//! The clerk's pages from the copy of her school, on her own computer: nobody else of the machine is let in.

use super::FORM_BYTES_MAX;
use super::assets;
use super::clerk::{self, CopyDesk, Kept};
use super::guard::{dressed, of_this_hub};
use super::trouble::{Trouble, no_page};
use super::visit::go_to;
use crate::model::secret::SecretHash;
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, Request, State};
use axum::http::header::{COOKIE, HOST, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use std::sync::{Arc, Mutex, PoisonError};

/// What its pages have at hand.
#[derive(Clone)]
struct Copy {
    kept: Kept,
    door: Arc<Door>,
}

/// Who is let in.
struct Door {
    /// The address as a browser names it: a page of another name that leads here is none of ours.
    host: String,
    /// Lets in whoever has it, once.
    key: Mutex<Option<String>>,
    /// What the browser that was let in keeps.
    cookie: String,
}

/// The pages of a copy at an address (`127.0.0.1:PORT`). `/enter/KEY` lets in the first browser that asks, and no other
/// afterwards; `session` is what that one keeps. Both are secrets.
pub fn pages(kept: Kept, host: String, key: String, session: &str) -> Router {
    let door = Arc::new(Door {
        cookie: format!("lianxiao-copy={session}"),
        key: Mutex::new(Some(key)),
        host,
    });
    let copy = Copy { kept, door };
    Router::new()
        .route("/", get(async || go_to("/desk")))
        .route("/enter/{key}", get(enter))
        .route("/copy", get(async |desk: CopyDesk| desk.outbox().await))
        .merge(clerk::pages::<CopyDesk, Copy>())
        .route("/assets/{name}", get(assets::asset))
        .fallback(no_page)
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(axum::middleware::from_fn_with_state(copy.clone(), guard))
        .with_state(copy)
}

impl FromRequestParts<Copy> for CopyDesk {
    type Rejection = Response;

    async fn from_request_parts(_: &mut Parts, copy: &Copy) -> Result<Self, Response> {
        let desk = CopyDesk::of(&copy.kept).await;
        desk.map_err(Trouble::into_response)
    }
}

async fn enter(State(copy): State<Copy>, Path(key): Path<String>) -> Result<Response, Trouble> {
    let mut kept = copy.door.key.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.as_ref().is_none_or(|of| !same(of, &key)) {
        return Err(Trouble::not_let_in());
    }
    *kept = None;
    let cookie = format!("{}; Path=/; HttpOnly; SameSite=Strict", copy.door.cookie);
    let mut answer = go_to("/desk");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(answer)
}

/// Whether two secrets are the same, told in a time that tells nothing of them.
fn same(a: &str, b: &str) -> bool {
    let hash = |text: &str| -> SecretHash {
        use sha2::{Digest as _, Sha256};
        Sha256::digest(text).into()
    };
    hash(a) == hash(b)
}

async fn guard(State(copy): State<Copy>, request: Request, next: Next) -> Response {
    let entering = request.uri().path().starts_with("/enter/");
    let (headers, door) = (request.headers(), &copy.door);
    let mut named = headers.get_all(HOST).iter().peekable();
    let named = named.peek().is_some() && named.all(|host| host == door.host.as_str());
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    dressed(if !named || !(entering || keeps(headers, &door.cookie)) {
        Trouble::not_let_in().into_response()
    } else if !reads && !of_this_hub(headers, None) {
        Trouble::foreign_form().into_response()
    } else {
        next.run(request).await
    })
}

fn keeps(headers: &HeaderMap, cookie: &str) -> bool {
    let lines = headers.get_all(COOKIE).iter();
    let mut pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split("; "));
    pairs.any(|pair| same(pair, cookie))
}
