//! Pushing from a page: by what a call is pushed by, for the same caller.

use crate::hub::{Hub, HubError};
use crate::model::caller::Caller;
use crate::model::mutation::item_bytes;
use crate::wire::convert::{self, push_request};
use crate::wire::v1;

/// Pushes, once the caller was let in (`Hub::admit_push`); one result a mutation.
///
/// # Errors
/// When nothing can be said of them.
pub async fn pushed(
    hub: &Hub,
    caller: &Caller,
    mutations: &[v1::Mutation],
    mode: v1::PushMode,
) -> Result<Vec<v1::PushResult>, HubError> {
    let request = v1::PushRequest {
        mode: mode.into(),
        ..push_request(mutations)
    };
    let bytes = request.mutations.iter().map(|raw| item_bytes(raw)).sum();
    hub.weigh(caller, request.mutations.len(), bytes)?;
    let mut push = convert::push(&request)?;
    push.items = request.mutations.into_iter().map(convert::item).collect();
    let answers = hub.push(caller.clone(), push).await?;
    Ok(answers.iter().map(convert::push_result).collect())
}
