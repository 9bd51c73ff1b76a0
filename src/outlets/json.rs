//! Messages as the contract writes them in JSON.

use crate::wire;
use prost::Message;
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
    Ok(wire::json::shown(name, &message.encode_to_vec())?)
}
