//! The statements, and how values stand in columns. What is here serves every engine that takes the
//! same SQL.

pub mod audit;
pub mod catalog;
pub mod chain;
pub mod chunks;
pub mod column;
pub mod commits;
pub mod credentials;
pub mod db;
pub mod erase;
pub mod feed;
pub mod handovers;
pub mod history;
pub mod load;
pub mod report;
pub mod retain;
pub mod statement;
pub mod write;

#[cfg(test)]
mod plans;
