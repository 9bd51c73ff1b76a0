//! Messages of the contract as JSON, as the contract writes it.

use super::CONTRACT;
use bytes::Bytes;
use prost::{DecodeError, Message as _};
use prost_reflect::{DynamicMessage, MessageDescriptor, SerializeOptions};
use serde_json::Value;

/// The descriptor of a message of `lianxiao.v1`.
///
/// # Panics
/// When the contract has none of that name.
#[must_use]
pub fn described(message: &str) -> MessageDescriptor {
    let described = CONTRACT.get_message_by_name(&format!("lianxiao.v1.{message}"));
    described.expect("the contract has it")
}

/// An encoded message of `lianxiao.v1` as JSON.
///
/// # Errors
/// When the bytes are none.
pub fn shown(message: &str, bytes: &[u8]) -> Result<Value, DecodeError> {
    let message = DynamicMessage::decode(described(message), bytes)?;
    let shown = message
        .serialize_with_options(serde_json::value::Serializer, &SerializeOptions::new())
        .expect("what was decoded can be shown");
    Ok(shown)
}

/// The message of `lianxiao.v1` that JSON writes, encoded.
///
/// # Errors
/// When it writes none; the error names the field.
pub fn read(message: &str, json: &Value) -> Result<Bytes, serde_json::Error> {
    let message = DynamicMessage::deserialize(described(message), json)?;
    Ok(message.encode_to_vec().into())
}
