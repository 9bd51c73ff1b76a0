//! Plans a put: a first version, a next one, a merge, or an edit that is kept as a conflict; and how much may go.

use super::overlay::{Live, Next, Standing};
use super::plan::{Judged, Or, Verdict, Work, any_refusal, kind_changed};
use crate::content::carry::carry_newer;
use crate::content::conflict;
use crate::content::frame::Parts;
use crate::content::merge::{Merge, merge};
use crate::kinds::{Index, Kind, Owner};
use crate::model::finding::{Code, Finding};
use crate::model::ids::{Place, RecordId, Who};
use crate::model::limits::CONTRACT;
use crate::model::mutation::{Answer, Base, Outcome, Put};
use crate::model::rights::Right;
use bytes::Bytes;
use std::collections::HashSet;
use uuid::Uuid;

impl Work<'_, '_> {
    pub fn put(&mut self, kind: &'static dyn Kind, put: &Put) -> Judged {
        if let Standing::Nothing = self.overlay.standing(self.mutation.record) {
            return self.create(kind, put);
        }
        let live = self.own("put.content")?;
        if live.kind != kind.name() {
            return Err(Verdict::refused(kind_changed("put.content", &live.kind)));
        }
        let base = self.base_content("put.base", &put.base, &live)?;
        let pushed = as_meant(put, &base);
        if live.parts.content == pushed && put.resolves.is_empty() {
            return Err(Verdict::unchanged(&live));
        }
        let findings = self.checked(kind, live.owner, &pushed)?;
        if base == live.parts.content {
            return self.replace(kind, &live, pushed, put, findings);
        }
        match merge(&base, &live.parts.content, &pushed) {
            Merge::Overlap(paths) => Ok(self.keep_conflict(&live, paths, base, put)),
            Merge::Clean(merged) => self.merge(kind, &live, merged, (base, put)),
        }
    }

    fn create(&mut self, kind: &'static dyn Kind, put: &Put) -> Judged {
        if put.base != Base::Version(0, None) {
            let finding = Finding::new(Code::BaseUnknown, "put.base").with("current", 0);
            return Err(Verdict::refused(finding));
        }
        self.has_right(kind.name(), Right::Draft, "put.content")?;
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
        let findings = self.checked(kind, owner, &put.content)?;
        let parts = Parts {
            content: put.content.clone(),
            state: kind.new_state(),
        };
        let next = Next::of(self.mutation.record, kind, owner, parts);
        self.settle(Outcome::Applied, next, put, findings)
    }

    /// The pushed content takes the place of what its author saw.
    fn replace(
        &mut self,
        kind: &'static dyn Kind,
        live: &Live,
        content: Bytes,
        put: &Put,
        findings: Vec<Finding>,
    ) -> Judged {
        let next = self.next(kind, live, content)?;
        self.settle(Outcome::Applied, next, put, findings)
    }

    /// Both edits stand, unless together they break a rule of the kind.
    fn merge(
        &mut self,
        kind: &'static dyn Kind,
        live: &Live,
        merged: Bytes,
        (base, put): (Bytes, &Put),
    ) -> Judged {
        if merged == live.parts.content && put.resolves.is_empty() {
            return Err(Verdict::unchanged(live));
        }
        let Ok(findings) = self.checked(kind, live.owner, &merged) else {
            return Ok(self.keep_conflict(live, Vec::new(), base, put));
        };
        let mut next = self.next(kind, live, merged)?;
        next.pushed = Some(put.content.clone());
        self.settle(Outcome::Merged, next, put, findings)
    }

    fn next(&self, kind: &'static dyn Kind, live: &Live, content: Bytes) -> Or<Next<'static>> {
        let state = if live.parts.content == content {
            // It only settles conflicts, which no state forbids.
            live.parts.state.clone()
        } else {
            kind.put(&live.parts, &content)
                .map_err(|finding| Verdict::refused_seeing(finding, live.clone()))?
        };
        let parts = Parts { content, state };
        Ok(Next::of(self.mutation.record, kind, live.owner, parts))
    }

    /// Refuses to delete more in one push than the group's rules allow.
    pub fn few_deletions(&self, owner: Place) -> Or<()> {
        let max = self.case(owner).deletions_max();
        if self.deletions <= max {
            return Ok(());
        }
        let finding = Finding::new(Code::DeletionsTooMany, "delete");
        let finding = finding.with("deletions", self.deletions).with("max", max);
        Err(Verdict::refused(finding))
    }

    /// What the kind's rules find; refused when any of it refuses.
    pub fn checked(&self, kind: &dyn Kind, owner: Place, content: &[u8]) -> Or<Vec<Finding>> {
        let findings = kind.check(content, &self.case(owner));
        if any_refusal(&findings) {
            Err(Verdict::refused_all(findings))
        } else {
            Ok(findings)
        }
    }

    /// Stores the next version, and with it the end of the conflicts it settles.
    fn settle(
        &mut self,
        outcome: Outcome,
        next: Next<'_>,
        put: &Put,
        findings: Vec<Finding>,
    ) -> Judged {
        self.keys_free(&next.index.keys)?;
        let settled = self.settled(&put.resolves)?;
        let answer = self.stored(outcome, next, findings);
        for (id, conflict) in &settled {
            let audience = self.overlay.audience(*id);
            let next = Next::tombstone(*id, conflict, audience);
            let reason = &self.mutation.reason;
            self.overlay.write(self.caller, reason, next, None);
        }
        Ok(answer)
    }

    /// The conflicts a put settles, each once and each an open one of this record.
    fn settled(&self, resolves: &[RecordId]) -> Or<Vec<(RecordId, Live)>> {
        let about = |live: &Live| conflict::pushed(&live.parts.state).map(|(record, _)| record);
        let open = |(i, id): (usize, &RecordId)| match self.overlay.standing(*id) {
            Standing::Live(live) if about(&live) == Some(self.mutation.record) => Ok((*id, live)),
            _ => {
                let path = format!("put.resolves[{i}]");
                let finding = Finding::new(Code::ConflictUnknown, path).with("id", id);
                Err(Verdict::refused(finding))
            }
        };
        let mut named = HashSet::new();
        let once = resolves
            .iter()
            .enumerate()
            .filter(|(_, id)| named.insert(*id));
        once.map(open).collect()
    }

    /// The owner, who is also the one who pushed; and the office, unless the record is still the owner's
    /// alone.
    fn conflict_audience(&self, owner: Place) -> Vec<Who> {
        let sees = self.overlay.audience(self.mutation.record);
        let office = [Who::Group, Who::Office]
            .iter()
            .any(|who| sees.contains(who));
        let office = office.then_some(Who::Office);
        office.into_iter().chain([owner.into()]).collect()
    }

    /// Keeps the edit whole, as a record that the owner and the office see.
    fn keep_conflict(&mut self, live: &Live, paths: Vec<String>, base: Bytes, put: &Put) -> Answer {
        let id = conflict_id(self.caller.place, self.mutation.id.0);
        let record = self.mutation.record;
        let state = conflict::state(record, live.version, paths, [base, put.content.clone()]);
        let mut answer = Answer::to(self.item, Outcome::ConflictKept, Vec::new());
        answer.version = live.version;
        answer.position = self.overlay.next_position();
        answer.conflict = Some(id);
        let index = Index {
            audience: self.conflict_audience(live.owner),
            ..Index::default()
        };
        let next = Next::beside(id, conflict::KIND, live, state, index);
        self.overlay.write(
            self.caller,
            &self.mutation.reason,
            next,
            Some((self.mutation, &answer)),
        );
        answer.current = Some(live.frame.clone());
        answer
    }
}

/// The content a client meant: fields that its contract did not have yet are as its author saw them.
fn as_meant(put: &Put, base: &[u8]) -> Bytes {
    match put.contract {
        0 | CONTRACT => put.content.clone(),
        older => carry_newer(base, &put.content, older),
    }
}

/// The id of the conflict a mutation leaves: the same for the same mutation of the same place, so that a
/// client can know it beforehand.
fn conflict_id(place: Place, mutation: Uuid) -> RecordId {
    let name = format!("conflict/{}", place.to_text());
    RecordId(Uuid::new_v5(&mutation, name.as_bytes()))
}
