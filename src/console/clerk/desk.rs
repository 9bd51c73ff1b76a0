//! What a clerk's pages stand on, and know nothing more of: a hub that she signed in to, or the copy of her school on
//! her own computer.

use super::super::frame::Frame;
use super::super::read::Ground;
use super::super::trouble::Trouble;
use crate::hub::Duties;
use crate::model::date::Span;
use crate::wire::v1;
use std::future::Future;

/// A clerk's desk. It is made for one request, so it says itself whose it is.
pub trait Desk: Send + Sync + 'static {
    /// Her campus, by id.
    fn campus(&self) -> String;

    /// What stands around a page of hers.
    fn frame(&self, ground: &Ground, title: &str) -> Frame;

    /// Names of campuses, the group's zone and calendar, and the time.
    fn ground(&self) -> impl Future<Output = Result<Ground, Trouble>> + Send;

    /// The records of a kind (`menu`, `campus`, `conflict` …) that touch a span and that she may see, each with the
    /// content that she wrote last, whether or not a hub has it yet.
    fn records(
        &self,
        kind: &str,
        span: Span,
    ) -> impl Future<Output = Result<Vec<v1::Record>, Trouble>> + Send;

    /// One of them, by its id.
    fn record(&self, id: &str) -> impl Future<Output = Result<v1::Record, Trouble>> + Send;

    /// How her campus's menus stand, and what it is chased for.
    fn duties(&self) -> impl Future<Output = Result<Duties, Trouble>> + Send;

    /// What a push would be answered, one result a mutation; empty: nobody here can tell.
    fn judge(
        &self,
        mutations: Vec<v1::Mutation>,
    ) -> impl Future<Output = Result<Vec<v1::PushResult>, Trouble>> + Send;

    /// Pushes; one result a mutation. The same mutation id again has no second effect. `OUTCOME_UNSPECIFIED`: it is
    /// kept here, and goes to the hub when there is a line.
    fn push(
        &self,
        mutations: Vec<v1::Mutation>,
    ) -> impl Future<Output = Result<Vec<v1::PushResult>, Trouble>> + Send;
}
