//! Plans a put: a first version, a next one, or an edit that came too late and is kept as a conflict.

use super::overlay::{Live, Next, Standing};
use super::plan::{Judged, Verdict, Work, any_refusal, kind_changed};
use crate::content::conflict;
use crate::content::frame::Parts;
use crate::kinds::{Kind, Owner};
use crate::model::finding::{Code, Finding};
use crate::model::ids::{Place, RecordId, Who};
use crate::model::mutation::{Answer, Base, Outcome};
use bytes::Bytes;
use std::collections::HashSet;
use uuid::Uuid;

impl Work<'_, '_> {
    pub fn put(
        &mut self,
        kind: &'static dyn Kind,
        base: &Base,
        content: &Bytes,
        resolves: &[RecordId],
    ) -> Judged {
        let id = self.mutation.record;
        if let Standing::Nothing = self.overlay.standing(id) {
            return self.create(kind, base, content, resolves);
        }
        let live = self.own()?;
        if live.kind != kind.name() {
            return Err(Verdict::refused(kind_changed("put.content", &live.kind)));
        }
        let version = self.base_version("put.base", base, &live)?;
        if live.parts.content == *content && resolves.is_empty() {
            return Err(Verdict::unchanged(&live));
        }
        let findings = self.checked(kind, live.owner, content)?;
        if version != live.version && self.content_changed(version, &live) {
            return Ok(self.keep_conflict(&live, version, content));
        }
        let state = if live.parts.content == *content {
            // It only settles conflicts, which no state forbids.
            live.parts.state.clone()
        } else {
            kind.put(&live.parts, content)
                .map_err(|finding| Verdict::refused_seeing(*finding, live.clone()))?
        };
        self.store(
            kind,
            live.owner,
            Parts {
                content: content.clone(),
                state,
            },
            resolves,
            findings,
        )
    }

    fn create(
        &mut self,
        kind: &'static dyn Kind,
        base: &Base,
        content: &Bytes,
        resolves: &[RecordId],
    ) -> Judged {
        if *base != Base::Version(0, None) {
            let finding = Finding::new(Code::BaseUnknown, "put.base").with("current", 0);
            return Err(Verdict::refused(finding));
        }
        let owner = self.caller.place;
        let who = match (kind.owner(), owner) {
            (Owner::Office, Place::Office) | (Owner::Campus, Place::Campus(_)) => None,
            (Owner::Office, _) => Some("集团办 (the group office)"),
            (Owner::Campus, _) => Some("学校 (a campus)"),
        };
        if let Some(who) = who {
            let finding = Finding::new(Code::NotAllowed, "put.content").with("who", who);
            return Err(Verdict::refused(finding));
        }
        let findings = self.checked(kind, owner, content)?;
        let parts = Parts {
            content: content.clone(),
            state: kind.new_state(),
        };
        self.store(kind, owner, parts, resolves, findings)
    }

    /// What the kind's rules find; refused when any of it refuses.
    fn checked(
        &self,
        kind: &dyn Kind,
        owner: Place,
        content: &[u8],
    ) -> Result<Vec<Finding>, Verdict> {
        let findings = kind.check(content, &self.overlay.case(self.caller.place, owner));
        if any_refusal(&findings) {
            Err(Verdict::refused_all(findings))
        } else {
            Ok(findings)
        }
    }

    fn store(
        &mut self,
        kind: &'static dyn Kind,
        owner: Place,
        parts: Parts,
        resolves: &[RecordId],
        findings: Vec<Finding>,
    ) -> Judged {
        let next = Next::of(self.mutation.record, kind, owner, parts);
        self.keys_free(&next.keys)?;
        let settled = self.settled(resolves)?;
        let answer = self.applied(next, findings);
        for (id, conflict) in &settled {
            let audience = self.overlay.audience(*id);
            let next = Next::tombstone(*id, conflict, audience);
            self.overlay.write(self.caller, self.mutation, next, None);
        }
        Ok(answer)
    }

    /// The conflicts a put settles, each once and each an open one of this record.
    fn settled(&self, resolves: &[RecordId]) -> Result<Vec<(RecordId, Live)>, Verdict> {
        let open = |(i, id): (usize, &RecordId)| match self.overlay.standing(*id) {
            Standing::Live(live)
                if live.kind == conflict::KIND
                    && conflict::record(&live.parts.state) == Some(self.mutation.record) =>
            {
                Ok((*id, live))
            }
            _ => Err(Verdict::refused(
                Finding::new(Code::ConflictUnknown, format!("put.resolves[{i}]")).with("id", id),
            )),
        };
        let mut named = HashSet::new();
        let once = resolves
            .iter()
            .enumerate()
            .filter(|(_, id)| named.insert(*id));
        once.map(open).collect()
    }

    /// Keeps the edit whole, as a record that the owner and the office see.
    fn keep_conflict(&mut self, live: &Live, base: i64, content: &Bytes) -> Answer {
        let record = self.mutation.record;
        let id = conflict_id(self.caller.place, self.mutation.id.0);
        let state = conflict::state(record, base, live.version, content.clone());
        let mut answer = Answer::to(self.item, Outcome::ConflictKept, Vec::new());
        answer.version = live.version;
        answer.position = self.overlay.next_position();
        answer.conflict = Some(id);
        let next = Next {
            id,
            kind: conflict::KIND,
            owner: live.owner,
            parts: Some(Parts {
                content: Bytes::new(),
                state,
            }),
            audience: vec![live.owner.into(), Who::Office],
            keys: Vec::new(),
            span: None,
        };
        self.overlay
            .write(self.caller, self.mutation, next, Some(&answer));
        answer.current = Some(live.frame.clone());
        answer
    }
}

/// The id of the conflict a mutation leaves: the same for the same mutation of the same place, so that a
/// client can know it beforehand.
fn conflict_id(place: Place, mutation: Uuid) -> RecordId {
    let name = format!("conflict/{}", place.to_text());
    RecordId(Uuid::new_v5(&mutation, name.as_bytes()))
}
