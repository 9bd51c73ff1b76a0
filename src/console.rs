//! The pages of a hub, for a browser on the port where gRPC is spoken. A page is read by the functions that a
//! call is read by, for the same caller: nothing is decided here. One file a page.

mod asks;
mod assets;
mod blank;
mod board;
mod book;
mod calendar;
mod campus;
mod charts;
pub mod clerk;
pub mod copy;
mod exchange;
pub mod frame;
mod guard;
mod history;
mod home;
mod live;
mod menu;
mod public;
mod push;
pub mod read;
mod record;
mod report;
mod session;
mod sheets;
mod sign_in;
pub mod trouble;
mod visit;
mod words;

pub use clerk::Kept;

use crate::hub::Hub;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use std::sync::Arc;

/// The largest form: a pasted token or invitation.
const FORM_BYTES_MAX: usize = 16 << 10;

/// What every page has at hand.
#[derive(Clone)]
struct Console {
    hub: Arc<Hub>,
    /// Browsers come by TLS.
    secure: bool,
    /// What everybody is shown.
    public: Arc<public::Answers>,
}

/// The pages of a hub. Every request carries the address it came from (`IpAddr`) as an extension; `secure`:
/// browsers come by TLS.
pub fn pages(hub: Arc<Hub>, secure: bool) -> Router {
    let public = Arc::new(public::Answers::of(public::ANSWERS_BYTES_MAX));
    let console = Console {
        hub,
        secure,
        public,
    };
    Router::new()
        .route("/", get(home::page))
        .route("/matrix.xlsx", get(sheets::matrix))
        .route("/exchanges", get(book::page))
        .route("/exchanges.xlsx", get(sheets::exchanges))
        .route("/report/{name}", get(report::page))
        .route("/report/{name}/sheet.xlsx", get(report::sheet))
        .route("/campus/{id}", get(campus::page))
        .route("/campus/{id}/week.xlsx", get(sheets::week))
        .route("/session/{id}", get(session::page))
        .route("/exchange/{id}", get(exchange::page))
        .route("/menu/{id}", get(menu::page))
        .route("/menu/{id}/excuse", post(asks::excuse))
        .route("/correct/{id}", post(asks::correct))
        .route("/history/{id}", get(history::page))
        .route("/calendar", get(calendar::page))
        .route("/calendar/link", post(calendar::link))
        .route("/calendar/end", post(calendar::end))
        .route("/subscribe/{token}/sessions.ics", get(calendar::feed))
        .route("/public/{token}", get(public::campuses))
        .route("/public/{token}/{id}", get(public::page))
        .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/join", get(sign_in::join_page).post(sign_in::join))
        .route("/sign-out", post(sign_in::sign_out))
        .merge(clerk::pages::<clerk::HubDesk, Console>())
        .route("/live", get(live::stream))
        .route("/assets/{name}", get(assets::asset))
        .fallback(trouble::no_page)
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(axum::middleware::from_fn_with_state(
            console.clone(),
            guard::guard,
        ))
        .with_state(console)
}
