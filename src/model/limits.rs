//! What the hub takes and gives at once. Every bound is published by `Describe`.

use std::num::NonZeroU32;
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
    /// The most pushes of one credential that are read and written at once.
    pub pushes_per_credential_max: u32,
    /// Calls of one credential. A watch is one call however long it stays.
    pub calls_per_credential: Rate,
    /// Calls of one group.
    pub calls_per_group: Rate,
    /// Bytes that one credential pushes: its mutations, and 256 bytes for each.
    pub push_bytes_per_credential: Rate,
    /// Bytes that one group pushes.
    pub push_bytes_per_group: Rate,
    /// Tokens that nobody has, and codes, from one address (of IPv6: from the 64 bits that one subscriber is
    /// given).
    pub failed_sign_ins_per_address: Rate,
}

/// How much may be taken of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// In the long run, each second.
    pub per_second: NonZeroU32,
    /// At once, after a rest.
    pub burst: NonZeroU32,
}

impl Rate {
    /// A rate.
    ///
    /// # Panics
    /// When one of the figures is 0.
    #[must_use]
    pub const fn new(per_second: u32, burst: u32) -> Self {
        Rate {
            per_second: NonZeroU32::new(per_second).expect("a rate is at least one a second"),
            burst: NonZeroU32::new(burst).expect("a burst is at least one"),
        }
    }
}

impl Limits {
    /// The same, and nobody calls too often: for tests and benches that are about something else.
    #[must_use]
    pub fn without_rates(self) -> Self {
        // One each nanosecond, which is as fine as rates are kept.
        let all = Rate::new(1_000_000_000, 1_000_000_000);
        Limits {
            pushes_per_credential_max: 1_024,
            calls_per_credential: all,
            calls_per_group: all,
            push_bytes_per_credential: all,
            push_bytes_per_group: all,
            failed_sign_ins_per_address: all,
            ..self
        }
    }
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
            // A program pushes and waits for the answer; a few of them may share a credential.
            pushes_per_credential_max: 2,
            // A program that brings a year of a school record by record makes some 500 pushes, as fast as they
            // are answered; a page or a replica makes a few calls a minute.
            calls_per_credential: Rate::new(50, 2_000),
            // After a restart of the hub, 2,000 replicas of a county come back at once with five calls each.
            calls_per_group: Rate::new(500, 20_000),
            // Ten years of a school are 400 menus of 20 KB, 4,000 sessions of 4 KB and little else: 24 MB, which
            // takes half a minute.
            push_bytes_per_credential: Rate::new(256 << 10, 16 << 20),
            push_bytes_per_group: Rate::new(4 << 20, 256 << 20),
            // Secrets of 128 bits and more need not be guarded from guessing: what is spared is the database.
            failed_sign_ins_per_address: Rate::new(1, 60),
        }
    }
}

/// The most rows of a list in a record: rules that compare lists with lists stay cheap, whoever wrote them.
/// A school year has fewer days, and a large group fewer campuses.
pub const LIST_ROWS_MAX: usize = 1_000;

/// The most bytes of a record, content and state together: actions that rewrite a content (amend) would let it
/// grow without end.
pub const RECORD_BYTES_MAX: usize = 2 << 20;

/// The most rows of what the hub itself writes down in a record's state: amendments, extensions.
pub const LOG_ROWS_MAX: usize = 100;

/// The number of the contract this program speaks. It grows when fields are added.
pub const CONTRACT: i32 = 1;
