//! What a program at a school embeds to talk to a hub.

mod line;

pub use line::{Authorised, Line};
