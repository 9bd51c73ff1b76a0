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
    /// The most bytes of changes held ready for one watch: a reader that does not read costs these.
    pub stream_bytes_max: usize,
    /// The most watches open at once for one credential.
    pub streams_per_credential_max: usize,
    /// The most watches open at once for one group.
    pub streams_per_group_max: usize,
    /// The age at which a watch is ended with a goodbye, more or less a tenth.
    pub stream_age: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            request_bytes_max: 4 << 20,
            push_mutations_max: 1_000,
            content_bytes_max: 1 << 20,
            page_bytes_max: 1 << 20,
            heartbeat_interval: Duration::from_secs(15),
            stream_bytes_max: 256 << 10,
            streams_per_credential_max: 16,
            streams_per_group_max: 2_000,
            stream_age: Duration::from_mins(30),
        }
    }
}

/// The most rows of a list in a record: rules that compare lists with lists stay cheap, whoever wrote them.
/// A school year has fewer days, and a large group fewer campuses.
pub const LIST_ROWS_MAX: usize = 1_000;

/// The most rows of what the hub itself writes down in a record's state: amendments, extensions.
pub const LOG_ROWS_MAX: usize = 100;

/// The number of the contract this program speaks. It grows when fields are added.
pub const CONTRACT: i32 = 1;
