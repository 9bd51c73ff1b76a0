//! Who may call, and what the holder of a credential may do.

mod policy;
mod token;

pub use policy::{Errand, Topic, may, may_put, sight};
pub use token::Token;
