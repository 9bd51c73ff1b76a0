//! The contract in Rust: generated types, their descriptors, and the only conversions between them and
//! the model.

pub mod comments;
pub mod convert;
pub mod json;

/// The generated types of package `lianxiao.v1`. Content, State, Action and Change stay encoded wherever
/// another message holds one (see `build.rs`).
#[expect(
    unused_qualifications,
    clippy::pedantic,
    clippy::large_enum_variant,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    reason = "generated; the contract's own comments document it"
)]
pub mod v1 {
    tonic::include_proto!("lianxiao.v1");
}

use bytes::Bytes;
use prost::Message as _;
use prost_reflect::DescriptorPool;
use std::fmt;
use std::sync::LazyLock;

/// The encoded descriptor set, comments and all, as reflection serves it.
pub const DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/contract.bin"));

/// The contract's descriptors.
pub static CONTRACT: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(DESCRIPTOR_SET).expect("the build compiled the descriptor set")
});

/// Prints messages that carry a secret by their names alone (see `build.rs`).
macro_rules! secret {
    ($($message:ident)+) => {$(
        impl fmt::Debug for v1::$message {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($message), "(…)"))
            }
        }
    )+};
}
secret!(CreateCredentialResponse CreateInvitationResponse JoinRequest RotateCredentialResponse);

impl v1::content::Kind {
    /// The content of this kind, encoded: what a put carries.
    #[must_use]
    pub fn encoded(self) -> Bytes {
        v1::Content { kind: Some(self) }.encode_to_vec().into()
    }
}

impl v1::action::Kind {
    /// The action on a record of this kind, encoded: what an act carries.
    #[must_use]
    pub fn encoded(self) -> Bytes {
        v1::Action { kind: Some(self) }.encode_to_vec().into()
    }
}
