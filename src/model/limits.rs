//! What the hub takes and gives at once. Every bound is published by `Describe`.

use std::time::Duration;

/// The hub's bounds, in the units their names end in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest request.
    pub request_bytes_max: usize,
    /// The most mutations of a push.
    pub push_mutations_max: usize,
    /// The largest content of a put.
    pub content_bytes_max: usize,
    /// The most bytes of changes in a page; one larger change comes alone.
    pub page_bytes_max: usize,
    /// The longest silence of a watch.
    pub heartbeat_interval: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            request_bytes_max: 4 << 20,
            push_mutations_max: 1_000,
            content_bytes_max: 1 << 20,
            page_bytes_max: 1 << 20,
            heartbeat_interval: Duration::from_secs(15),
        }
    }
}

/// The number of the contract this program speaks. It grows when fields are added.
pub const CONTRACT: i32 = 1;
