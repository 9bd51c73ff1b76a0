//! What the hub takes and gives at once.

use crate::model::limits::{Limits, RECORD_BYTES_MAX, Rate};
use crate::wire::v1;

/// The limits as the contract writes them.
#[must_use]
pub fn limits(limits: &Limits) -> v1::Limits {
    let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    v1::Limits {
        request_bytes_max: count(limits.request_bytes_max),
        push_mutations_max: count(limits.push_mutations_max),
        content_bytes_max: count(limits.content_bytes_max),
        page_bytes_max: count(limits.page_bytes_max),
        heartbeat_interval: prost_types::Duration::try_from(limits.heartbeat_interval).ok(),
        stream_bytes_max: count(limits.stream_bytes_max),
        streams_per_credential_max: count(limits.streams_per_credential_max),
        streams_per_group_max: count(limits.streams_per_group_max),
        stream_age: prost_types::Duration::try_from(limits.stream_age).ok(),
        pushes_per_credential_max: i32::try_from(limits.pushes_per_credential_max)
            .unwrap_or(i32::MAX),
        record_bytes_max: count(RECORD_BYTES_MAX),
        calls_per_credential: rate(limits.calls_per_credential),
        calls_per_group: rate(limits.calls_per_group),
        push_bytes_per_credential: rate(limits.push_bytes_per_credential),
        push_bytes_per_group: rate(limits.push_bytes_per_group),
        failed_sign_ins_per_address: rate(limits.failed_sign_ins_per_address),
    }
}

fn rate(rate: Rate) -> Option<v1::Rate> {
    Some(v1::Rate {
        per_second: rate.per_second.get().into(),
        burst: rate.burst.get().into(),
    })
}
