//! What leaves the hub for people: a report as a sheet that an office prints, sessions as a calendar that a phone
//! subscribes to.

pub mod ics;
pub mod week;
pub mod words;
pub mod xlsx;
