//! A clerk's pages: what her campus has to do, and the way from a sheet to 已收. They keep nothing of hers: what is
//! not sent yet is in her browser.

mod act;
mod conflict;
mod copy;
mod desk;
mod draft;
mod duties;
mod fields;
mod hub;
mod preview;
mod sheet;
mod told;
mod understood;
pub mod words;

pub use copy::{CopyDesk, Kept};
pub use desk::Desk;
pub use hub::HubDesk;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts};
use axum::routing::{get, post};
use std::collections::HashMap;

/// The fields of a form, by name.
type Fields = HashMap<String, String>;

/// The pages, over a desk that is made for each request.
pub fn pages<D, S>() -> Router<S>
where
    D: Desk + FromRequestParts<S>,
    S: Clone + Send + Sync + 'static,
{
    Router::new()
        .route("/desk", get(duties::page::<D>))
        .route("/desk/act", post(act::act::<D>))
        .route("/desk/blank/{file}", get(super::blank::sheet::<D>))
        .route(
            "/desk/conflict/{id}",
            get(conflict::page::<D>).post(conflict::settle::<D>),
        )
        .merge(with_sheets::<D, S>())
}

fn with_sheets<D, S>() -> Router<S>
where
    D: Desk + FromRequestParts<S>,
    S: Clone + Send + Sync + 'static,
{
    let sheet = get(sheet::page::<D>).post(sheet::take::<D>);
    Router::new()
        .route("/desk/sheet", sheet)
        .route("/desk/sheet/again", post(sheet::again::<D>))
        .route("/desk/sheet/send", post(sheet::send::<D>))
        .layer(DefaultBodyLimit::max(sheet::FORM_BYTES_MAX))
}

fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map_or("", |value| value.trim())
}
