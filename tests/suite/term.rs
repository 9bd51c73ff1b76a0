//! A term of a small group, played once and counted by hand: every figure of the office's reports, by gRPC, by
//! the command line, on pages and in workbooks, on both stores.
//!
//! The term begins on Wednesday 2026-05-06. Saturday 05-09 is a national make-up day, Friday 06-19 a holiday
//! (端午), and the group makes Sunday 06-14 up for it. 滨湖分校 joins in teaching week 5 (06-01).

mod cast;
mod command;
mod course;
mod exchanges;
mod live;
mod menus;
mod play;
mod sessions;
mod shown;
mod standing;
mod tables;
