//! A kind over encoded parts, made of its typed rules: decodes, asks the rules, encodes.

use super::found::Found;
use super::{Case, Index, Kind, Leader, Looks, Moved, Owner, Refusal, Rules};
use crate::content::encoded::{changed_fields, variant, wrap};
use crate::content::frame::Parts;
use crate::content::schema::Schema;
use crate::model::date::Span;
use crate::model::finding::Finding;
use crate::model::ids::{Key, Place};
use crate::wire::CONTRACT;
use crate::wire::v1::Personal;
use bytes::Bytes;
use prost::Message;
use prost_reflect::{FieldDescriptor, MessageDescriptor};
use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::LazyLock;

/// A kind, by its rules.
pub struct Of<R>(pub PhantomData<R>);

/// The fields of Content, by name: every item asks for its kind's several times.
static FIELDS: LazyLock<HashMap<String, FieldDescriptor>> = LazyLock::new(|| {
    let content = CONTRACT.get_message_by_name("lianxiao.v1.Content");
    let fields = content
        .into_iter()
        .flat_map(|content| content.fields().collect::<Vec<_>>());
    fields
        .map(|field| (field.name().to_owned(), field))
        .collect()
});

/// The content of a kind; `None` when the bytes are not of it.
pub fn read<R: Rules>(content: &[u8]) -> Option<R::Content> {
    R::Content::decode(variant(content).ok()?.1).ok()
}

fn key<R: Rules>(value: String) -> Key {
    Key {
        kind: R::NAME.to_owned(),
        value,
    }
}

impl<R: Rules> Of<R> {
    fn content(content: &[u8]) -> R::Content {
        read::<R>(content).unwrap_or_default()
    }

    fn action(action: &[u8]) -> R::Action {
        let body = variant(action).map(|(_, body)| body).unwrap_or_default();
        R::Action::decode(body).unwrap_or_default()
    }

    pub fn state(parts: &Parts) -> R::State {
        variant(&parts.state)
            .ok()
            .and_then(|(_, body)| R::State::decode(body).ok())
            .unwrap_or_default()
    }

    pub fn field() -> &'static FieldDescriptor {
        FIELDS
            .get(R::NAME)
            .expect("every kind is a field of Content")
    }

    pub fn message() -> MessageDescriptor {
        match Self::field().kind() {
            prost_reflect::Kind::Message(message) => message,
            _ => unreachable!("a content is a message"),
        }
    }
}

impl<R: Rules> Kind for Of<R>
where
    PhantomData<R>: Sync,
{
    fn name(&self) -> &'static str {
        R::NAME
    }

    fn number(&self) -> u32 {
        Self::field().number()
    }

    fn owner(&self) -> Owner {
        R::OWNER
    }

    fn empty(&self) -> Bytes {
        wrap(self.number(), &())
    }

    fn looks(&self, content: &[u8]) -> Looks {
        let content = Self::content(content);
        let references = R::references(&content).into_iter();
        Looks {
            records: references
                .filter_map(|reference| reference.id.parse().ok())
                .collect(),
            version: R::starts_from(&content),
            keys: R::looks_up(&content).into_iter().map(key::<R>).collect(),
            kinds: R::surveys(&content),
            near: R::near(&content),
        }
    }

    fn moves_to(&self, action: &[u8]) -> Option<Span> {
        R::moves_to(&Self::action(action))
    }

    fn check(&self, content: &[u8], case: &Case<'_>) -> Vec<Finding> {
        let content = Self::content(content);
        let mut found = Found::under(format!("put.content.{}", R::NAME));
        R::check(&content, case, &mut found);
        for reference in R::references(&content) {
            found.reference(&reference, case.neighbours);
        }
        found.findings
    }

    fn new_state(&self) -> Bytes {
        R::new_state().map_or_else(Bytes::new, |state| wrap(self.number(), &state))
    }

    fn put(&self, before: &Parts, content: &[u8]) -> Result<Bytes, Refusal> {
        let changed = self.bound_changes(&before.content, content);
        R::may_put(&Self::state(before), &changed)?;
        if changed.is_empty() || before.state.is_empty() {
            return Ok(before.state.clone());
        }
        Ok(wrap(self.number(), &R::unbound(Self::state(before))))
    }

    fn delete(&self, before: &Parts) -> Result<(), Refusal> {
        R::may_delete(&Self::state(before))
    }

    fn act(
        &self,
        action: &[u8],
        before: &Parts,
        case: &Case<'_>,
    ) -> Result<Moved<Bytes, Bytes>, Refusal> {
        let action = Self::action(action);
        let content = Self::content(&before.content);
        let state = |state: &R::State| wrap(self.number(), state);
        let moved = R::act(&action, &content, &Self::state(before), case)?;
        Ok(match moved {
            Moved::To(next) => Moved::To(state(&next)),
            Moved::Doubted(next, finding) => Moved::Doubted(state(&next), finding),
            Moved::Rewritten(next, content) => {
                Moved::Rewritten(state(&next), wrap(self.number(), &content))
            }
            Moved::Nowhere => Moved::Nowhere,
        })
    }

    fn bound_changes(&self, before: &[u8], after: &[u8]) -> Vec<String> {
        let body = |content| variant(content).map(|(_, body)| body).unwrap_or_default();
        changed_fields(body(before), body(after))
            .into_iter()
            .filter_map(|number| Self::message().get_field(number))
            .map(|field| field.name().to_owned())
            .filter(|name| R::binds().contains(&name.as_str()))
            .collect()
    }

    fn open(&self) -> bool {
        R::OWNER == Owner::Office && !self.personal()
    }

    fn public(&self) -> bool {
        R::PUBLIC
    }

    fn personal(&self) -> bool {
        let message = Self::message();
        let tells = |mark| matches!(mark, Personal::Name | Personal::Trait | Personal::Figure);
        message
            .fields()
            .any(|field| tells(Schema::contract().personal(&field)))
    }

    fn follow(&self, parts: &Parts, leader: &Leader<'_>) -> Option<Bytes> {
        let state = Self::state(parts);
        let next = R::follow(&state, leader).filter(|next| *next != state)?;
        Some(wrap(self.number(), &next))
    }

    fn index(&self, owner: Place, parts: &Parts) -> Index {
        let (content, state) = (Self::content(&parts.content), Self::state(parts));
        let mut audience = R::audience(owner, &content, &state);
        audience.sort_unstable();
        audience.dedup();
        let keys = R::keys(owner, &content, &state).into_iter();
        Index {
            audience,
            keys: keys.map(key::<R>).collect(),
            span: R::span(&content, &state),
            leads: R::leads(&content),
        }
    }

    fn names_people(&self) -> bool {
        Schema::contract().names_people(&Self::message())
    }
}
