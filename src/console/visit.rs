//! Who looks: a browser that signed in, by its cookie.

use super::Console;
use super::frame::Frame;
use super::trouble::html;
use crate::model::caller::Caller;
use crate::model::secret::Token;
use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::header::{COOKIE, LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};

/// As long as the token in it (`Hub::sign_in`).
const COOKIE_SECONDS: u32 = 12 * 60 * 60;

/// Whoever is signed in.
#[derive(Clone)]
pub struct Visitor(pub Caller);

/// A cookie came along that lets nobody in any more.
#[derive(Clone, Copy)]
pub struct Lost;

/// The name of the cookie. With the prefix a browser keeps it from every other host and from plain text.
fn name(secure: bool) -> &'static str {
    if secure {
        "__Host-lianxiao"
    } else {
        "lianxiao"
    }
}

/// The token in the cookie.
pub fn cookie(headers: &HeaderMap, secure: bool) -> Option<String> {
    let lines = headers.get_all(COOKIE).iter();
    let mut pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split("; "))
        .filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(of, _)| *of == name(secure))
        .map(|(_, token)| token.to_owned())
}

/// Makes the browser keep a token, or (`None`) forget it.
pub fn keep(mut answer: Response, token: Option<&Token>, secure: bool) -> Response {
    let (value, seconds) = token.map_or(("", 0), |token| (token.reveal(), COOKIE_SECONDS));
    let only = if secure { "; Secure" } else { "" };
    let cookie = format!(
        "{}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{only}",
        name(secure)
    );
    let cookie = HeaderValue::from_str(&cookie).expect("a token is ASCII");
    answer.headers_mut().append(SET_COOKIE, cookie);
    answer
}

/// Sends the browser on to another page.
pub fn go_to(path: &str) -> Response {
    let path = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, path)]).into_response()
}

/// A path of this hub to go on to, or its first page: nobody is sent elsewhere.
pub fn path_of_ours(path: &str) -> &str {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-');
    let ours = path.starts_with('/') && !path.starts_with("//") && path.chars().all(plain);
    if ours { path } else { "/" }
}

#[derive(Template)]
#[template(path = "templates/again.html")]
struct Again<'a> {
    frame: Frame,
    path: &'a str,
}

impl FromRequestParts<Console> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        console: &Console,
    ) -> Result<Self, Self::Rejection> {
        if let Some(visitor) = parts.extensions.get::<Visitor>() {
            return Ok(visitor.clone());
        }
        let path = path_of_ours(parts.uri.path());
        let site = parts.headers.get("sec-fetch-site");
        if site.is_some_and(|site| site == "cross-site") && path != "/live" {
            // Somebody followed a link from another page, and the browser kept the cookie back.
            let frame = Frame::outside("联校");
            return Err(html(StatusCode::OK, &Again { frame, path }));
        }
        let answer = go_to(&format!("/sign-in?next={path}"));
        Err(match parts.extensions.get::<Lost>() {
            Some(Lost) => keep(answer, None, console.secure),
            None => answer,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_host() {
        for (path, ours) in [
            ("/campus/0b6f4a2e-7c1d", "/campus/0b6f4a2e-7c1d"),
            ("//evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/a?b", "/"),
            ("", "/"),
        ] {
            assert_eq!(path_of_ours(path), ours);
        }
    }
}
