//! Plans a batch of pushes over what was loaded: in push order, pure, without a statement.
//!
//! Every item is judged in one order: its envelope, whether it was answered before, its form, then
//! everything that depends on the state of the hub.

use super::overlay::{Live, Next, Overlay, Standing};
use super::prepare::{Prepared, PreparedItem};
use crate::access::may_put;
use crate::content::encoded::digest;
use crate::content::frame::Parts;
use crate::content::scan::scan;
use crate::content::{answer, conflict, frame};
use crate::kinds::{self, Case, Kind, Leader, Moved, Neighbours as _};
use crate::model::caller::Caller;
use crate::model::finding::{Code, Finding};
use crate::model::ids::{Key, Place, RecordId};
use crate::model::limits::RECORD_BYTES_MAX;
use crate::model::mutation::{Answer, Base, Item, Mutation, Outcome, Wish};
use crate::model::rights::Right;
use crate::model::sight::Sight;
use crate::store::Remembered;
use bytes::Bytes;

/// What became of an item that is not stored: the answer's outcome and what there is to say.
pub struct Verdict {
    pub outcome: Outcome,
    pub findings: Vec<Finding>,
    /// The record as it stands, when the asker should look at it.
    pub current: Option<Live>,
}

impl Verdict {
    pub fn refused(finding: Finding) -> Box<Self> {
        Verdict::refused_all(vec![finding])
    }

    pub fn refused_all(findings: Vec<Finding>) -> Box<Self> {
        Box::new(Verdict {
            outcome: Outcome::Rejected,
            findings,
            current: None,
        })
    }

    pub fn refused_seeing(finding: Finding, current: Live) -> Box<Self> {
        Box::new(Verdict {
            outcome: Outcome::Rejected,
            findings: vec![finding],
            current: Some(current),
        })
    }

    pub fn unchanged(current: &Live) -> Box<Self> {
        Box::new(Verdict {
            outcome: Outcome::Unchanged,
            findings: Vec::new(),
            current: Some(current.clone()),
        })
    }
}

/// What can be had, or why nothing of the item is stored.
pub type Or<T> = Result<T, Box<Verdict>>;

/// One item at work: who asks for what, over which plan.
pub struct Work<'p, 'a> {
    pub overlay: &'p mut Overlay<'a>,
    pub caller: &'p Caller,
    /// What the caller may see.
    pub sight: &'p Sight,
    pub item: &'p Item,
    pub mutation: &'p Mutation,
    /// The actions that stand or fall together with it.
    pub together: &'p [(RecordId, Bytes)],
    /// So many records its push deletes.
    pub deletions: usize,
}

/// Plans one push; the overlay keeps what of it is to be stored.
pub fn push(overlay: &mut Overlay<'_>, push: &Prepared) -> Vec<Answer> {
    let sight = overlay.sight(&push.caller);
    let before = (push.validate_only || push.all_or_nothing).then(|| overlay.clone());
    let together = together(push);
    let mut answers: Vec<Answer> = push
        .items
        .iter()
        .map(|prepared| item(overlay, push, &sight, &together, prepared))
        .collect();
    if push.all_or_nothing
        && answers
            .iter()
            .any(|answer| keeps_others_out(answer.outcome))
    {
        *overlay = before.expect("kept for an ALL push");
        for (answer, prepared) in answers.iter_mut().zip(&push.items) {
            if !stored_before(overlay, push.caller.place, &prepared.item) {
                keep_out(answer);
            }
        }
    } else if push.validate_only {
        for answer in &mut answers {
            answer.position = 0;
        }
        *overlay = before.expect("kept for a VALIDATE push");
    }
    answers
}

/// The actions of a push of ALL or nothing.
fn together(push: &Prepared) -> Vec<(RecordId, Bytes)> {
    let action = |prepared: &PreparedItem| {
        let mutation = prepared.item.mutation.as_ref().ok()?;
        match &mutation.wish {
            Wish::Act { action, .. } => Some((mutation.record, action.clone())),
            _ => None,
        }
    };
    let items = push.items.iter().filter(|_| push.all_or_nothing);
    items.filter_map(action).collect()
}

fn keeps_others_out(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Rejected | Outcome::ConflictKept)
}

/// What an earlier push stored stays stored, and its answer stays true.
fn stored_before(overlay: &Overlay<'_>, place: Place, item: &Item) -> bool {
    let mutation = item.mutation.as_ref();
    mutation.is_ok_and(|mutation| {
        let remembered = overlay.remembered(place, mutation.id);
        remembered.is_some_and(|remembered| is_same(remembered, mutation))
    })
}

/// What was erased cannot be compared any more: its id alone says that it is the same.
fn is_same(remembered: &Remembered, mutation: &Mutation) -> bool {
    remembered.hash.is_none_or(|hash| hash == mutation.hash)
}

fn keep_out(answer: &mut Answer) {
    answer.replayed = false;
    if matches!(
        answer.outcome,
        Outcome::Applied | Outcome::Merged | Outcome::Unchanged
    ) {
        answer.outcome = Outcome::NotApplied;
    }
    if answer.outcome == Outcome::ConflictKept {
        let current = answer.version;
        answer.outcome = Outcome::Rejected;
        answer.findings =
            vec![Finding::new(Code::BaseUnknown, "put.base").with("current", current)];
        answer.conflict = None;
    }
    answer.position = 0;
}

fn item(
    overlay: &mut Overlay<'_>,
    push: &Prepared,
    sight: &Sight,
    together: &[(RecordId, Bytes)],
    prepared: &PreparedItem,
) -> Answer {
    let item = &prepared.item;
    let Ok(mutation) = &item.mutation else {
        let findings = prepared.kind.as_ref().err().cloned().unwrap_or_default();
        return Answer::to(item, Outcome::Rejected, findings);
    };
    if let Some(answer) = answered_before(overlay, push.caller.place, item, mutation) {
        return answer;
    }
    let kind = match &prepared.kind {
        Ok(kind) => *kind,
        Err(findings) => return Answer::to(item, Outcome::Rejected, findings.clone()),
    };
    let mut work = Work {
        overlay,
        caller: &push.caller,
        sight,
        item,
        mutation,
        together,
        deletions: push.deletions,
    };
    let verdict = match (&mutation.wish, kind) {
        (Wish::Put(put), Some(kind)) => work.put(kind, put),
        (
            Wish::Act {
                seen_version,
                action,
            },
            Some(kind),
        ) => work.act(kind, *seen_version, action),
        (
            Wish::Act {
                seen_version,
                action,
            },
            None,
        ) => work.ask_correction(*seen_version, action),
        (Wish::Delete { base }, _) => work.delete(base),
        (Wish::Put(_), None) => Err(Verdict::refused(Finding::new(Code::WishMissing, ""))),
    };
    verdict.unwrap_or_else(|verdict| {
        let mut answer = Answer::to(item, verdict.outcome, verdict.findings);
        if let Some(current) = verdict.current {
            answer.version = current.version;
            answer.current = (answer.outcome == Outcome::Rejected).then_some(current.frame);
        }
        answer
    })
}

fn answered_before(
    overlay: &Overlay<'_>,
    place: Place,
    item: &Item,
    mutation: &Mutation,
) -> Option<Answer> {
    let remembered = overlay.remembered(place, mutation.id)?;
    if !is_same(remembered, mutation) {
        let finding = Finding::new(Code::MutationIdReused, "mutation_id");
        return Some(Answer::to(item, Outcome::Rejected, vec![finding]));
    }
    answer::decode(&remembered.answer, &item.mutation_id, &item.record_id).ok()
}

/// An answer to an item that is stored.
pub type Judged = Or<Answer>;

impl Work<'_, '_> {
    /// The live record the item is about, if its asker may know of it.
    pub fn visible(&self) -> Or<Live> {
        let id = self.mutation.record;
        let unseen = || Finding::new(Code::RecordNotFound, "record_id").with("id", id);
        let audience = self.overlay.audience(id);
        let seen = |topic: &str| self.sight.sees(topic, &audience);
        match self.overlay.standing(id) {
            Standing::Live(live) if seen(&live.topic) => Ok(live),
            Standing::Deleted(topic) if seen(&topic) => Err(Verdict::refused(deleted(id))),
            _ => Err(Verdict::refused(unseen())),
        }
    }

    /// The same, for who wants to write its content.
    pub fn own(&self, path: &str) -> Or<Live> {
        let live = self.visible()?;
        if !may_put(self.caller.place, live.owner) {
            return Err(Verdict::refused(self.not_owner(live.owner)));
        }
        self.has_right(&live.topic, Right::Draft, path)?;
        Ok(live)
    }

    /// By the name that people know it by.
    fn not_owner(&self, owner: Place) -> Finding {
        let name = |id| match self.overlay.record(id) {
            Some(campus) => kinds::campus_name(&campus.parts.content).unwrap_or_default(),
            None => id.to_string(),
        };
        let office = || "集团办 (the group office)".to_owned();
        let owner = owner.campus().map_or_else(office, name);
        Finding::new(Code::NotOwner, "record_id").with("owner", owner)
    }

    /// Refuses what the caller's place may do, but not the holder of this credential.
    pub fn has_right(&self, topic: &str, right: Right, path: &str) -> Or<()> {
        if self.caller.rights.allow(topic, right) {
            return Ok(());
        }
        let finding = Finding::new(Code::RightMissing, path);
        let finding = finding.with("right", right).with("kind", topic);
        Err(Verdict::refused(finding))
    }

    /// The content that the author of a put or a deletion started from. A base that the hub does not
    /// know is refused, never guessed; so is one from before the record was erased, because what its author
    /// saw would come back as an edit.
    pub fn base_content(&self, path: &str, base: &Base, live: &Live) -> Or<Bytes> {
        let id = self.mutation.record;
        let known = match base {
            Base::Version(0, None) => kinds::named(&live.kind).map(|kind| (0, kind.empty())),
            Base::Version(version, sent) => self
                .overlay
                .version(id, *version)
                .map(|then| (then.position, then.parts.content))
                .filter(|(_, content)| sent.is_none_or(|sent| digest(content) == sent)),
            Base::Mutation(mutation) => self
                .overlay
                .remembered(self.caller.place, *mutation)
                .and_then(|told| Some((told.position, pushed_by(told, id)?))),
        };
        let content = known
            .filter(|(position, _)| *position >= live.erased)
            .map(|(_, content)| content);
        content.ok_or_else(|| {
            let finding = Finding::new(Code::BaseUnknown, path).with("current", live.version);
            Verdict::refused_seeing(finding, live.clone())
        })
    }

    /// Refuses keys that another record holds.
    pub fn keys_free(&self, keys: &[Key]) -> Or<()> {
        for key in keys {
            if let Some(holder) = self.overlay.holder(key)
                && holder != self.mutation.record
            {
                let finding = Finding::new(Code::KeyTaken, "record_id");
                return Err(Verdict::refused(
                    finding.with("key", &key.value).with("id", holder),
                ));
            }
        }
        Ok(())
    }

    /// Plans the next version and answers.
    pub fn stored(&mut self, outcome: Outcome, next: Next<'_>, findings: Vec<Finding>) -> Answer {
        let mut answer = Answer::to(self.item, outcome, findings);
        answer.version = self.overlay.next_version(next.id);
        answer.position = self.overlay.next_position();
        let (id, kind, owner) = (next.id, next.kind.to_owned(), next.owner);
        let leads = next.index.leads;
        let parts = next.parts.clone();
        self.overlay.write(
            self.caller,
            &self.mutation.reason,
            next,
            Some((self.mutation, &answer)),
        );
        if let (Some(follower), Some(parts)) = (leads, &parts) {
            let kind = &kind;
            self.lead(follower, &Leader { id, kind, parts });
        }
        self.close_correction(id, owner);
        answer
    }

    /// Moves the state of the record that follows the one just stored.
    fn lead(&mut self, follower: RecordId, leader: &Leader<'_>) {
        let Standing::Live(live) = self.overlay.standing(follower) else {
            return;
        };
        let Some(rules) = kinds::named(&live.kind) else {
            return;
        };
        if let Some(state) = rules.follow(&live.parts, leader) {
            let parts = Parts {
                state,
                ..live.parts
            };
            let next = Next::of(follower, rules, live.owner, parts);
            let reason = &self.mutation.reason;
            self.overlay.write(self.caller, reason, next, None);
        }
    }

    fn delete(&mut self, base: &Base) -> Judged {
        let live = self.own("delete")?;
        self.few_deletions(live.owner)?;
        let id = self.mutation.record;
        let Some(kind) = kinds::named(&live.kind) else {
            return Err(Verdict::refused(self.not_owner(live.owner)));
        };
        if self.base_content("delete.base", base, &live)? != live.parts.content {
            let finding = Finding::new(Code::ChangedSinceSeen, "delete.base")
                .with("fields", "content")
                .with("current", live.version);
            return Err(Verdict::refused_seeing(finding, live));
        }
        kind.delete(&live.parts).map_err(Verdict::refused)?;
        let audience = self.overlay.audience(id);
        let next = Next::tombstone(id, &live, audience);
        Ok(self.stored(Outcome::Applied, next, Vec::new()))
    }

    /// Refuses to delete more in one push than the group's rules allow.
    fn few_deletions(&self, owner: Place) -> Or<()> {
        let max = self.case(owner).deletions_max();
        if self.deletions <= max {
            return Ok(());
        }
        let finding = Finding::new(Code::DeletionsTooMany, "delete");
        let finding = finding.with("deletions", self.deletions).with("max", max);
        Err(Verdict::refused(finding))
    }

    fn act(&mut self, kind: &'static dyn Kind, seen_version: i64, action: &[u8]) -> Judged {
        let live = self.visible()?;
        if live.kind != kind.name() {
            return Err(Verdict::refused(kind_changed("act.action", &live.kind)));
        }
        self.has_right(&live.topic, Right::Act, "act.action")?;
        let moved = kind.act(action, &live.parts, &self.case(live.owner));
        // What is done already needs no eye on what it was done to: it may have changed that itself.
        if moved != Ok(Moved::Nowhere) {
            self.seen(kind, seen_version, &live)?;
        }
        let moved = moved.map_err(|finding| Verdict::refused_seeing(finding, live.clone()))?;
        let content = live.parts.content.clone();
        let (parts, findings) = match moved {
            Moved::Nowhere => return Err(Verdict::unchanged(&live)),
            Moved::To(state) => (Parts { content, state }, Vec::new()),
            Moved::Doubted(state, finding) => (Parts { content, state }, vec![finding]),
            Moved::Rewritten(state, content) => {
                let findings = self.rewritten(kind, &live, &content)?;
                (Parts { content, state }, findings)
            }
        };
        fits(&parts)?;
        let next = Next::of(self.mutation.record, kind, live.owner, parts);
        self.keys_free(&next.index.keys)?;
        Ok(self.stored(Outcome::Applied, next, findings))
    }

    /// What an action made of a content is held to the form and the rules of a put. What was wrong with the
    /// content before (a word that a vocabulary dropped since) is not the action's to mend.
    fn rewritten(&self, kind: &dyn Kind, live: &Live, content: &[u8]) -> Or<Vec<Finding>> {
        let found = |content: &[u8]| {
            let broken = scan("lianxiao.v1.Content", content, "put.content");
            match broken.is_empty() {
                true => kind.check(content, &self.case(live.owner)),
                false => broken,
            }
        };
        let mut findings = found(content);
        if any_refusal(&findings) {
            let before = found(&live.parts.content);
            findings.retain(|finding| !finding.refuses() || !before.contains(finding));
        }
        if any_refusal(&findings) {
            Err(Verdict::refused_all(findings))
        } else {
            Ok(findings)
        }
    }

    /// The circumstances in which the item is judged.
    pub fn case(&self, owner: Place) -> Case<'_> {
        Case {
            asker: self.caller.place,
            record: self.mutation.record,
            owner,
            now: self.overlay.at(),
            neighbours: &*self.overlay,
            together: self.together,
        }
    }

    /// Whoever acts agrees to what was seen: the fields that bind must not have changed since.
    pub fn seen(&self, kind: &dyn Kind, seen_version: i64, live: &Live) -> Or<()> {
        let fields = match self.overlay.version(self.mutation.record, seen_version) {
            Some(seen) => kind.bound_changes(&seen.parts.content, &live.parts.content),
            None => vec!["seen_version".to_owned()],
        };
        if fields.is_empty() {
            return Ok(());
        }
        let finding = Finding::new(Code::ChangedSinceSeen, "act.seen_version")
            .with("fields", fields.join(", "))
            .with("current", live.version);
        Err(Verdict::refused_seeing(finding, live.clone()))
    }
}

/// The content that a mutation pushed for a record, as pushed: a chain of offline edits is merged against
/// what its author saw, never against what the hub made of it.
fn pushed_by(remembered: &Remembered, id: RecordId) -> Option<Bytes> {
    if remembered.record == id && remembered.pushed.is_some() {
        return remembered.pushed.clone();
    }
    let parts = frame::parts(remembered.frame.as_ref()?).ok()?;
    match conflict::pushed(&parts.state) {
        Some((record, pushed)) => (record == id).then_some(pushed),
        None => (remembered.record == id).then_some(parts.content),
    }
}

/// Refuses what an action would make larger than a record may be.
fn fits(parts: &Parts) -> Or<()> {
    let bytes = parts.content.len() + parts.state.len();
    if bytes <= RECORD_BYTES_MAX {
        return Ok(());
    }
    let finding = Finding::new(Code::ContentTooLarge, "act.action");
    let finding = finding.with("bytes", bytes).with("max", RECORD_BYTES_MAX);
    Err(Verdict::refused(finding))
}

fn deleted(id: RecordId) -> Finding {
    Finding::new(Code::RecordDeleted, "record_id").with("id", id)
}

pub fn kind_changed(path: &str, kind: &str) -> Finding {
    Finding::new(Code::KindChanged, path).with("kind", kind)
}

/// Whether any finding refuses the item.
pub fn any_refusal(findings: &[Finding]) -> bool {
    findings.iter().any(Finding::refuses)
}
