//! Who may call, and what the holder of a credential may do.

mod policy;

pub use policy::{Errand, Topic, may, may_put, sight};
