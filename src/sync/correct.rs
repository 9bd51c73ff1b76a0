//! What the office asks to be put right: kept beside the record until its owner writes the next version.

use super::overlay::{Live, Next, Standing};
use super::plan::{Judged, Verdict, Work};
use crate::content::correction::{self, Ask};
use crate::kinds::{self, Index};
use crate::model::finding::{Code, Finding};
use crate::model::ids::{Place, RecordId};
use crate::model::mutation::Outcome;
use crate::model::rights::Right;
use uuid::Uuid;

impl Work<'_, '_> {
    pub fn ask_correction(&mut self, seen_version: i64, action: &[u8]) -> Judged {
        let live = self.visible()?;
        let kind = kinds::named(&live.kind).filter(|_| live.owner != Place::Office);
        let (Place::Office, Some(kind)) = (self.caller.place, kind) else {
            let who = "集团办，且只对学校的记录 (the group office, of a record that a campus owns)";
            let finding = Finding::new(Code::NotAllowed, "act.action").with("who", who);
            return Err(Verdict::refused(finding));
        };
        self.has_right(&live.topic, Right::Act, "act.action")?;
        self.seen(kind, seen_version, &live)?;
        let record = self.mutation.record;
        let open = self.open_correction(record);
        let ask = Ask {
            record,
            kind: &live.kind,
            seen_version,
            at: self.overlay.at(),
            action,
        };
        let before = open.as_ref().map(|(_, open)| open.parts.state.as_ref());
        let state = correction::asked(&ask, before).map_err(Verdict::refused)?;
        let Some(state) = state else {
            return Err(Verdict::unchanged(&live));
        };
        let id = open.map_or_else(|| correction_id(self.mutation.id.0), |(id, _)| id);
        let index = Index {
            audience: vec![live.owner.into(), Place::Office.into()],
            keys: vec![correction::key(record)],
            ..Index::default()
        };
        let next = Next::beside(id, correction::KIND, &live, state, index);
        let mut answer = self.stored(Outcome::Applied, next, Vec::new());
        answer.version = live.version;
        Ok(answer)
    }

    fn open_correction(&self, record: RecordId) -> Option<(RecordId, Live)> {
        let id = self.overlay.holder(&correction::key(record))?;
        match self.overlay.standing(id) {
            Standing::Live(live) => Some((id, live)),
            _ => None,
        }
    }

    /// The next version that the owner writes closes what was asked.
    pub fn close_correction(&mut self, record: RecordId, owner: Place) {
        if self.caller.place != owner {
            return;
        }
        if let Some((id, open)) = self.open_correction(record) {
            let audience = self.overlay.audience(id);
            let next = Next::tombstone(id, &open, audience);
            let reason = &self.mutation.reason;
            self.overlay.write(self.caller, reason, next, None);
        }
    }
}

/// The id of the correction that a mutation of the office opens: the same for the same mutation.
fn correction_id(mutation: Uuid) -> RecordId {
    RecordId(Uuid::new_v5(&mutation, b"correction"))
}
