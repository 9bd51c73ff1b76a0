//! Plain types that every room may use: ids, positions, cursors, instants, days, findings, mutations.

pub mod audit;
pub mod calendar;
pub mod caller;
pub mod chain;
pub mod clock;
pub mod cursor;
pub mod date;
pub mod feed;
pub mod finding;
pub mod fingerprint;
pub mod form;
pub mod ids;
pub mod invitation;
pub mod limits;
pub mod mutation;
pub mod rights;
pub mod secret;
pub mod sight;
pub mod text;
