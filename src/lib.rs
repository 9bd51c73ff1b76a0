//! Lianxiao (联校): a gRPC hub that keeps the schools of an education group in step.
//!
//! Data flows one way: `grpc` (the door) and `console` (its pages) → `hub` → `sync` (pushes and the feed) and `office` (figures) →
//! `store` (the database). What a record means stands in `kinds`; what any record's bytes are, in
//! `content`; the words all rooms share, in `model`. `tests/suite/rooms.rs` holds the rooms to their
//! import table. Beside the hub stands `intake`: what people type → contents to push.

mod access;
pub mod cli;
pub mod client;
pub mod console;
mod content;
pub mod grpc;
pub mod hub;
pub mod intake;
mod kinds;
pub mod model;
mod office;
mod outlets;
pub mod store;
mod sync;
pub mod wire;
