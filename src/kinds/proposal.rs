//! Proposals (建议): what a campus would change in a register that only the office writes.

use super::found::Found;
use super::registers::calendar::CalendarRules;
use super::registers::policy::PolicyRules;
use super::registers::vocabulary::VocabularyRules;
use super::steps::{Course, Step, go};
use super::{Case, Move, Owner, Reference, Refusal, Rules};
use crate::model::finding::{Code, Finding};
use crate::model::ids::{Place, Who};
use crate::wire::v1;
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
        _: &v1::Proposal,
        state: &v1::ProposalState,
        case: &Case<'_>,
    ) -> Move<Self> {
        case.only_office()?;
        let (verb, status) = match &action.action {
            Some(Action::Adopt(_)) => ("adopt", Adopted),
            Some(Action::Decline(_)) => ("decline", Declined),
            None => return Err(Finding::new(Code::WishMissing, "act.action.proposal")),
        };
        go(COURSE.act(verb, state.status())?, state, |next| {
            next.status = status.into();
        })
    }

    fn audience(owner: Place, _: &v1::Proposal, _: &v1::ProposalState) -> Vec<Who> {
        vec![owner.into(), Who::Office]
    }
}
