//! A record's bytes: read, checked against the contract and compared without knowing any kind.
//!
//! What is here is driven by the contract's descriptors. A rule that names a kind belongs in `kinds`.

pub mod answer;
pub mod conflict;
pub mod encoded;
pub mod frame;
pub mod scan;
