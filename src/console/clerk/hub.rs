//! A clerk's desk at a hub that she signed in to.

use super::super::Console;
use super::super::frame::Frame;
use super::super::push::pushed;
use super::super::read::Ground;
use super::super::trouble::Trouble;
use super::super::visit::Visitor;
use super::desk::Desk;
use crate::hub::{Duties, Hub, Share};
use crate::model::caller::Caller;
use crate::model::date::Span;
use crate::wire::convert::{record, record_id};
use crate::wire::v1;
use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;

/// The desk of whoever is signed in for a campus.
pub struct HubDesk {
    hub: Arc<Hub>,
    caller: Caller,
    /// A form counts as an open push from before it is read.
    _open: Option<Share>,
}

impl FromRequestParts<Console> for HubDesk {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Response> {
        let Visitor(caller) = Visitor::from_request_parts(parts, console).await?;
        if caller.place.campus().is_none() {
            return Err(Trouble::no_campus().into_response());
        }
        let hub = Arc::clone(&console.hub);
        let open = (parts.method == Method::POST).then(|| hub.admit_push(&caller));
        let open = open.transpose();
        let open = open.map_err(|error| Trouble::from(error).into_response())?;
        Ok(HubDesk {
            hub,
            caller,
            _open: open,
        })
    }
}

impl Desk for HubDesk {
    fn campus(&self) -> String {
        let campus = self.caller.place.campus();
        campus.map(|id| id.to_string()).unwrap_or_default()
    }

    fn frame(&self, ground: &Ground, title: &str) -> Frame {
        Frame::of(&self.caller, ground, title)
    }

    async fn ground(&self) -> Result<Ground, Trouble> {
        Ok(Ground::of(&self.hub, &self.caller).await?)
    }

    async fn records(&self, kind: &str, span: Span) -> Result<Vec<v1::Record>, Trouble> {
        let changes = self.hub.touching(&self.caller, kind, span).await?;
        Ok(changes.into_iter().filter_map(record).collect())
    }

    async fn record(&self, id: &str) -> Result<v1::Record, Trouble> {
        let not_here = || super::super::read::not_here(id);
        let id = record_id("id", id).map_err(|_| not_here())?;
        let change = self.hub.record(&self.caller, id, 0, None).await?;
        Ok(record(change).ok_or_else(not_here)?)
    }

    async fn duties(&self) -> Result<Duties, Trouble> {
        Ok(self.hub.duties(&self.caller).await?)
    }

    async fn judge(&self, mutations: Vec<v1::Mutation>) -> Result<Vec<v1::PushResult>, Trouble> {
        Ok(pushed(&self.hub, &self.caller, &mutations, v1::PushMode::Validate).await?)
    }

    async fn push(&self, mutations: Vec<v1::Mutation>) -> Result<Vec<v1::PushResult>, Trouble> {
        Ok(pushed(&self.hub, &self.caller, &mutations, v1::PushMode::Commit).await?)
    }
}
