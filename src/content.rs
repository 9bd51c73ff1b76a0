//! A record's bytes: read, checked against the contract and compared without knowing any kind.
//!
//! What is here is driven by the contract's descriptors. A rule that names a kind belongs in `kinds`.

pub mod answer;
pub mod carry;
pub mod conflict;
pub mod correction;
pub mod diff;
pub mod encoded;
pub mod frame;
pub mod merge;
pub mod overlay;
pub mod redact;
mod rows;
pub mod scan;
pub mod schema;
mod sides;
mod units;
