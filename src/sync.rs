//! The engine: pushes are planned and written, the feed is read. It knows records, never what they mean.

mod batch;
mod correct;
pub mod erase;
pub mod export;
mod heads;
pub mod history;
mod ledger;
mod overlay;
mod plan;
mod prepare;
mod put;
mod queue;
mod read;
mod shares;
mod sights;
mod watch;
mod writer;

pub use heads::Heads;
pub use ledger::Ledger;
pub use queue::WriteError;
pub use read::{OpenError, Reader, Reading, kind_names};
pub use shares::{Share, Shares};
pub use sights::{Sights, shown};
pub use watch::{Pace, Watching};
pub use writer::{Writer, end_if_unsynced};
