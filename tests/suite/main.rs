//! Every promise, through the public door: one binary, one file a subject.

mod fixtures;
mod harness;
mod reader;
mod rooms;
mod store;
mod wishes;
