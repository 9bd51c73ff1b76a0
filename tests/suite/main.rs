//! Every promise, through the public door: one binary, one file a subject.

mod crash;
mod docs;
mod process;
mod program;
mod rooms;
mod store;
