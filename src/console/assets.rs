//! The files that pages use. There are no others, and none from elsewhere.

use super::trouble::{Trouble, no_page};
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

/// A file by its name.
///
/// # Errors
/// When there is none of that name.
pub async fn asset(Path(name): Path<String>) -> Result<Response, Trouble> {
    let (kind, text) = match name.as_str() {
        "pages.css" => ("text/css; charset=utf-8", include_str!("assets/pages.css")),
        "pages.js" => (
            "text/javascript; charset=utf-8",
            include_str!("assets/pages.js"),
        ),
        "desk.js" => (
            "text/javascript; charset=utf-8",
            include_str!("assets/desk.js"),
        ),
        "mark.svg" => ("image/svg+xml", include_str!("assets/mark.svg")),
        _ => return Err(no_page().await),
    };
    // A newer program has newer files; a browser asks again after an hour.
    let headers = [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, "public, max-age=3600"),
    ];
    Ok((headers, text).into_response())
}
