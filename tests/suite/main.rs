//! Every promise, through the public door: one binary, one file a subject.

mod answers;
mod crash;
mod docs;
mod fixtures;
mod harness;
mod process;
mod program;
mod push;
mod reader;
mod rooms;
mod store;
mod wishes;
