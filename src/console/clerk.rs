//! A clerk's pages: what her campus has to do, and the way from a sheet to 已收. They keep nothing of hers: what is
//! not sent yet is in her browser.

mod act;
mod copy;
mod desk;
mod duties;
mod hub;
mod told;
mod words;

pub use copy::{CopyDesk, Kept};
pub use desk::Desk;
pub use hub::HubDesk;

use axum::Router;
use axum::extract::FromRequestParts;
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
}

fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map_or("", |value| value.trim())
}
