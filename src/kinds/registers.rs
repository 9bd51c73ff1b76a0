//! The kinds that the office owns.

pub mod calendar;
pub mod campus;
pub mod person;
pub mod policy;
pub mod staff_count;
pub mod vocabulary;
