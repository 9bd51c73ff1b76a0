//! Messages as the contract writes them in JSON.

use crate::wire::CONTRACT;
use prost::Message;
use prost_reflect::{DynamicMessage, SerializeOptions};
use serde_json::Value;

/// A message of the contract, by its name there, as JSON; fields at their default are left out.
///
/// # Errors
/// When the message is not of that name.
///
/// # Panics
/// When the contract has no such message.
pub fn json(
    name: &str,
    message: &impl Message,
) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
    let described = CONTRACT.get_message_by_name(&format!("lianxiao.v1.{name}"));
    let described = described.expect("the contract has it");
    let message = DynamicMessage::decode(described, message.encode_to_vec().as_slice())?;
    Ok(message.serialize_with_options(serde_json::value::Serializer, &SerializeOptions::new())?)
}
