//! What can be said of a push before anything is read: its form, and what it will need.

use crate::content::correction;
use crate::content::frame::{self, Parts};
use crate::content::scan::{scan, scan_envelope};
use crate::kinds::{self, Kind};
use crate::model::caller::Caller;
use crate::model::finding::{Code, Finding};
use crate::model::ids::{MutationId, Place, RecordId};
use crate::model::limits::{CONTRACT, Limits};
use crate::model::mutation::{Base, Item, Mutation, Push, Put, Wish};
use crate::store::{Loaded, Needs, Version};
use bytes::Bytes;

/// A push whose form was looked at.
pub struct Prepared {
    /// Who pushes.
    pub caller: Caller,
    /// The items, each with what is wrong with its form.
    pub items: Vec<PreparedItem>,
    /// Judge everything, store nothing.
    pub validate_only: bool,
    /// One refused item keeps all others out.
    pub all_or_nothing: bool,
    /// So many records it deletes that are not deleted yet, those of its other parts included.
    pub deletions: usize,
    /// What it touches, as far as it can be told from the push alone. What makes a new record is taken for
    /// new: if its mutation was another record's, the store will not take it.
    pub needs: Needs,
}

impl Prepared {
    /// The mutations of all items.
    pub fn mutations(&self) -> impl Iterator<Item = (Place, MutationId)> {
        let mutations = self.items.iter().flat_map(|item| &item.item.mutation);
        mutations.map(|mutation| (self.caller.place, mutation.id))
    }
}

/// An item whose form was looked at.
pub struct PreparedItem {
    /// The item.
    pub item: Item,
    /// Its kind, or why it is refused whatever the state of the hub. A deletion has no kind of its own.
    pub kind: Result<Option<&'static dyn Kind>, Vec<Finding>>,
}

/// Looks at the form of every item. This is the costly part of a push and needs no lock.
pub fn prepare(caller: Caller, push: Push, deletions: usize, limits: &Limits) -> Prepared {
    let item = |item: Item| PreparedItem {
        kind: form(&item, limits),
        item,
    };
    let items: Vec<PreparedItem> = push.items.into_iter().map(item).collect();
    Prepared {
        needs: needs(&caller, &items),
        caller,
        items,
        validate_only: push.validate_only,
        all_or_nothing: push.all_or_nothing,
        deletions,
    }
}

fn form(item: &Item, limits: &Limits) -> Result<Option<&'static dyn Kind>, Vec<Finding>> {
    let mutation = match &item.mutation {
        Ok(mutation) => mutation,
        Err(finding) => return Err(envelope_or(item, finding)),
    };
    if let Wish::Put(Put { contract, .. }) = &mutation.wish
        && *contract > CONTRACT
    {
        // What such a client sends besides, this hub need not know.
        let finding = Finding::new(Code::ContractTooNew, "put.contract");
        let finding = finding.with("contract", contract).with("known", CONTRACT);
        return Err(vec![finding]);
    }
    let unknown = scan_envelope(&item.raw);
    if !unknown.is_empty() {
        return Err(unknown);
    }
    match &mutation.wish {
        Wish::Put(put) => {
            oneof("lianxiao.v1.Content", &put.content, "put.content", limits).map(Some)
        }
        Wish::Act { action, .. } => action_kind(action, limits),
        Wish::Delete { .. } => Ok(None),
    }
}

/// The kind of an action; what the office asks of any kind has none.
fn action_kind(action: &Bytes, limits: &Limits) -> Result<Option<&'static dyn Kind>, Vec<Finding>> {
    const ACTION: &str = "lianxiao.v1.Action";
    if !correction::is_asked(action) {
        return oneof(ACTION, action, "act.action", limits).map(Some);
    }
    let findings = scan(ACTION, action, "act.action");
    if findings.is_empty() {
        Ok(None)
    } else {
        Err(findings)
    }
}

/// Where the envelope is broken, or else what was made of it.
fn envelope_or(item: &Item, finding: &Finding) -> Vec<Finding> {
    let broken = scan_envelope(&item.raw);
    if broken.is_empty() {
        vec![finding.clone()]
    } else {
        broken
    }
}

fn oneof(
    message: &str,
    bytes: &Bytes,
    path: &str,
    limits: &Limits,
) -> Result<&'static dyn Kind, Vec<Finding>> {
    if bytes.len() > limits.content_bytes_max {
        let finding = Finding::new(Code::ContentTooLarge, path);
        return Err(vec![
            finding
                .with("bytes", bytes.len())
                .with("max", limits.content_bytes_max),
        ]);
    }
    let findings = scan(message, bytes, path);
    if !findings.is_empty() {
        return Err(findings);
    }
    kinds::of(bytes).ok_or_else(|| {
        let known: Vec<&str> = kinds::KINDS.iter().map(|kind| kind.name()).collect();
        vec![Finding::new(Code::KindUnknown, path).with("known", known.join(", "))]
    })
}

fn needs(caller: &Caller, items: &[PreparedItem]) -> Needs {
    let mut needs = Needs {
        keys: kinds::common_needs().into_iter().collect(),
        ..Needs::default()
    };
    needs.records.extend(caller.place.campus());
    for item in items {
        let Ok(mutation) = &item.item.mutation else {
            continue;
        };
        match &mutation.wish {
            Wish::Put(put) if put.base.is_nothing() => {
                needs.fresh.insert(mutation.record);
            }
            _ => need_known(caller.place, mutation, &mut needs),
        }
        match &mutation.wish {
            Wish::Put(put) => {
                needs.records.extend(&put.resolves);
                need_base(&put.base, item, caller.place, &mut needs);
                if let Ok(Some(kind)) = item.kind {
                    look(kind, &put.content, &mut needs);
                    let content = put.content.clone();
                    let state = kind.new_state();
                    let parts = Parts { content, state };
                    needs.keys.extend(kind.index(caller.place, &parts).keys);
                }
            }
            Wish::Delete { base } => need_base(base, item, caller.place, &mut needs),
            Wish::Act {
                seen_version,
                action,
            } => {
                needs.versions.insert((mutation.record, *seen_version));
                if let Ok(Some(kind)) = item.kind {
                    let days = kind.moves_to(action);
                    needs.near.extend(days.map(|days| (kind.name(), days)));
                }
            }
        }
    }
    needs
}

/// A record that is there: it, who sees it, what the office asked of it, and whether it was answered before.
fn need_known(place: Place, mutation: &Mutation, needs: &mut Needs) {
    needs.records.insert(mutation.record);
    needs.keys.insert(correction::key(mutation.record));
    needs.mutations.insert((place, mutation.id));
}

/// What the rules look at that judge a content.
fn look(kind: &dyn Kind, content: &[u8], needs: &mut Needs) {
    let looks = kind.looks(content);
    needs.records.extend(looks.records);
    needs.versions.extend(looks.version);
    needs.keys.extend(looks.keys);
    needs.kinds.extend(looks.kinds);
    let near = looks.near.map(|days| (kind.name(), days));
    needs.near.extend(near);
}

fn need_base(base: &Base, item: &PreparedItem, place: Place, needs: &mut Needs) {
    let Ok(mutation) = &item.item.mutation else {
        return;
    };
    match base {
        _ if base.is_nothing() => {}
        Base::Version(version, _) => {
            needs.versions.insert((mutation.record, *version));
        }
        Base::Mutation(id) => {
            needs.mutations.insert((place, *id));
        }
    }
}

/// What the first look says must be looked at too: a record that was said to be new and is not, what the rules
/// of a merged content will ask for, keys that an action may take again, the record that follows, and the
/// campus to name as the owner.
pub fn second_needs(push: &Prepared, loaded: &Loaded) -> Needs {
    let mut needs = Needs::default();
    for item in &push.items {
        let Ok(mutation) = &item.item.mutation else {
            continue;
        };
        if matches!(&mutation.wish, Wish::Put(put) if put.base.is_nothing())
            && loaded.records.contains_key(&mutation.record)
        {
            need_known(push.caller.place, mutation, &mut needs);
        }
        let Some((version, parts)) = live(loaded, mutation.record) else {
            continue;
        };
        if version.owner != push.caller.place {
            needs.records.extend(version.owner.campus());
        }
        let Ok(Some(kind)) = &item.kind else {
            continue;
        };
        match &mutation.wish {
            Wish::Put(put) if !is_base(&put.base, version) => {
                look(*kind, &parts.content, &mut needs);
            }
            Wish::Act { .. } => {
                look(*kind, &parts.content, &mut needs);
                let state = kind.new_state();
                let parts = Parts { state, ..parts };
                needs.keys.extend(kind.index(version.owner, &parts).keys);
            }
            _ => {}
        }
    }
    needs
}

fn live(loaded: &Loaded, id: RecordId) -> Option<(&Version, Parts)> {
    let version = loaded.records.get(&id)?;
    let parts = frame::parts(version.frame.as_ref()?).ok()?;
    Some((version, parts))
}

fn is_base(base: &Base, version: &Version) -> bool {
    matches!(base, Base::Version(number, _) if *number == version.version)
}
