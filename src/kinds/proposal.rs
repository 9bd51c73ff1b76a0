//! Proposals (建议): what a campus would change in a register that only the office writes.

use super::encoded::Of;
use super::found::Found;
use super::registers::calendar::CalendarRules;
use super::registers::policy::PolicyRules;
use super::registers::vocabulary::VocabularyRules;
use super::steps::{Course, Step, Turn, go};
use super::{Case, Kind, Move, Owner, Reference, Refusal, Rules, named};
use crate::content::diff::diff;
use crate::content::encoded::wrap;
use crate::content::merge::{Merge, merge};
use crate::model::finding::{Code, Finding};
use crate::model::ids::{Place, RecordId, Who};
use crate::wire::v1;
use bytes::Bytes;
use v1::ProposalStatus as Status;
use v1::proposal::Register;
use v1::proposal_action::Action;

use Status::{Adopted, Declined, Proposed};

const COURSE: Course<Status> = Course {
    name: Status::as_str_name,
    steps: &[
        Step {
            verb: "adopt",
            from: &[Proposed],
            done: &[Adopted],
        },
        Step {
            verb: "decline",
            from: &[Proposed],
            done: &[Declined],
        },
        Step {
            verb: "put",
            from: &[Proposed],
            done: &[],
        },
        Step {
            verb: "delete",
            from: &[Proposed],
            done: &[],
        },
    ],
};

/// The rules of proposals.
pub struct ProposalRules;

impl Rules for ProposalRules {
    const NAME: &'static str = "proposal";
    const OWNER: Owner = Owner::Campus;
    type Content = v1::Proposal;
    type State = v1::ProposalState;
    type Action = v1::ProposalAction;

    /// What the office could not write nobody proposes.
    fn check(proposal: &v1::Proposal, case: &Case<'_>, found: &mut Found) {
        found.line("why", &proposal.why, 200);
        let (first, last) = match proposal.record_id.is_empty() {
            true => (0, 0),
            false => (1, i64::MAX),
        };
        found.range("seen_version", proposal.seen_version, first, last);
        match &proposal.register {
            None => found.required("register", false),
            Some(Register::Calendar(calendar)) => found.within(CalendarRules::NAME, |found| {
                CalendarRules::check(calendar, case, found);
            }),
            Some(Register::Policy(policy)) => found.within(PolicyRules::NAME, |found| {
                PolicyRules::check(policy, case, found);
            }),
            Some(Register::Vocabulary(words)) => found.within(VocabularyRules::NAME, |found| {
                VocabularyRules::check(words, case, found);
            }),
        }
    }

    fn references(proposal: &v1::Proposal) -> Vec<Reference> {
        let (mut references, register) = match &proposal.register {
            None => return Vec::new(),
            Some(Register::Calendar(of)) => (CalendarRules::references(of), CalendarRules::NAME),
            Some(Register::Policy(of)) => (PolicyRules::references(of), PolicyRules::NAME),
            Some(Register::Vocabulary(of)) => {
                (VocabularyRules::references(of), VocabularyRules::NAME)
            }
        };
        for reference in &mut references {
            reference.path = format!("{register}.{}", reference.path);
        }
        let record = &proposal.record_id;
        let named = (!record.is_empty()).then(|| Reference::new("record_id", record, register));
        references.extend(named);
        references
    }

    /// The register of which something is proposed, and what its own rules look at.
    fn surveys(proposal: &v1::Proposal) -> Vec<&'static str> {
        let (kind, mut surveys) = match &proposal.register {
            None => return Vec::new(),
            Some(Register::Calendar(of)) => (CalendarRules::NAME, CalendarRules::surveys(of)),
            Some(Register::Policy(of)) => (PolicyRules::NAME, PolicyRules::surveys(of)),
            Some(Register::Vocabulary(of)) => (VocabularyRules::NAME, VocabularyRules::surveys(of)),
        };
        surveys.push(kind);
        surveys
    }

    fn starts_from(proposal: &v1::Proposal) -> Option<(RecordId, i64)> {
        Some((proposal.record_id.parse().ok()?, proposal.seen_version))
    }

    fn new_state() -> Option<v1::ProposalState> {
        let status = Proposed.into();
        Some(v1::ProposalState { status })
    }

    fn may_put(state: &v1::ProposalState, _: &[String]) -> Result<(), Refusal> {
        COURSE.turn("put", "put", state.status()).map(|_| ())
    }

    fn may_delete(state: &v1::ProposalState) -> Result<(), Refusal> {
        COURSE.turn("delete", "delete", state.status()).map(|_| ())
    }

    fn binds() -> &'static [&'static str] {
        &["record_id", "calendar", "policy", "vocabulary"]
    }

    fn act(
        action: &v1::ProposalAction,
        proposal: &v1::Proposal,
        state: &v1::ProposalState,
        case: &Case<'_>,
    ) -> Move<Self> {
        case.only_office()?;
        let (verb, status) = match &action.action {
            Some(Action::Adopt(_)) => ("adopt", Adopted),
            Some(Action::Decline(_)) => ("decline", Declined),
            None => return Err(Finding::new(Code::WishMissing, "act.action.proposal")),
        };
        let turn = COURSE.act(verb, state.status())?;
        let differs = (turn, status) == (Turn::Go, Adopted);
        let fields = differs
            .then(|| not_written(proposal, case))
            .unwrap_or_default();
        if !fields.is_empty() {
            let finding = Finding::new(Code::RegisterDiffers, "act.action.proposal.adopt");
            return Err(finding.with("fields", fields.join(", ")));
        }
        go(turn, state, |next| {
            next.status = status.into();
        })
    }

    fn audience(owner: Place, _: &v1::Proposal, _: &v1::ProposalState) -> Vec<Who> {
        vec![owner.into(), Who::Office]
    }
}

/// What is proposed and the register does not say, by path. What the campus did not see and others wrote since is no
/// difference, so the proposed changes are looked for, from the version in which the campus saw the register.
fn not_written(proposal: &v1::Proposal, case: &Case<'_>) -> Vec<String> {
    let (kind, wanted) = match &proposal.register {
        None => return Vec::new(),
        Some(Register::Calendar(of)) => (CalendarRules::NAME, encoded::<CalendarRules>(of)),
        Some(Register::Policy(of)) => (PolicyRules::NAME, encoded::<PolicyRules>(of)),
        Some(Register::Vocabulary(of)) => (VocabularyRules::NAME, encoded::<VocabularyRules>(of)),
    };
    let (records, base) = match ProposalRules::starts_from(proposal) {
        None => (case.neighbours.all(kind), None),
        Some((id, seen)) => (vec![id], case.neighbours.version(id, seen)),
    };
    let nothing = || named(kind).map(Kind::empty).unwrap_or_default();
    let base = base.map_or_else(nothing, |base| base.parts.content);
    let written = records
        .into_iter()
        .filter_map(|id| case.neighbours.record(id));
    let missing = written.map(|register| missing(&base, &register.parts.content, &wanted));
    let fewest = missing.min_by_key(Vec::len);
    fewest.unwrap_or_else(|| vec![kind.to_owned()])
}

fn encoded<R: Rules>(register: &R::Content) -> Bytes {
    wrap(Of::<R>::field().number(), register)
}

/// What leads from a base to what is wanted and does not stand in a register.
fn missing(base: &Bytes, register: &Bytes, wanted: &Bytes) -> Vec<String> {
    match merge(base, register, wanted) {
        Merge::Overlap(paths) => paths,
        Merge::Clean(both) => {
            let changes = diff("lianxiao.v1.Content", register, &both);
            changes.into_iter().map(|change| change.path).collect()
        }
    }
}
