//! Every promise, through the public door: one binary, one file a subject.

mod rooms;
mod store;
