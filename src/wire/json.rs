//! Messages of the contract as JSON, as the contract writes it.

use super::CONTRACT;
use bytes::Bytes;
use prost::{DecodeError, Message};
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

/// A message of `lianxiao.v1`, by its name there, as JSON; fields at their default are left out.
///
/// # Errors
/// When the message is not of that name.
pub fn json(name: &str, message: &impl Message) -> Result<Value, DecodeError> {
    shown(name, &message.encode_to_vec())
}

/// The message of `lianxiao.v1` that JSON writes, encoded.
///
/// # Errors
/// When it writes none; the error names the field.
pub fn read(message: &str, json: &Value) -> Result<Bytes, serde_json::Error> {
    let message = DynamicMessage::deserialize(described(message), json)?;
    Ok(message.encode_to_vec().into())
}
