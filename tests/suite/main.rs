//! Every promise, through the public door: one binary, one file a subject.

mod actions;
mod answers;
mod bad_calls;
mod bad_input;
mod conflicts;
mod crash;
mod dice;
mod docs;
mod feed;
mod fixtures;
mod harness;
mod merging;
mod process;
mod program;
mod push;
mod random;
mod reader;
mod rooms;
mod store;
mod watch;
mod wishes;
