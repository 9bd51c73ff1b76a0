//! Every kind's course, walked at random with actions, puts and a deletion: no sequence takes a step that the
//! office's charter (domain.md 3.6) does not know, and what was just done is done.

mod charter;

use super::encoded::Of;
use super::testing::{campus, case};
use super::{Case, Kind, Moved, Rules, named};
use crate::content::encoded::wrap;
use crate::content::frame::Parts;
use crate::model::ids::Place;
use bytes::Bytes;
use charter::{EXCHANGE, MENU, SESSION, exchanges, menus, sessions};
use jiff::Timestamp;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// What may be asked of a record.
#[derive(Clone, Debug)]
enum Ask {
    /// An action, encoded.
    Act(Bytes),
    /// That this is its content.
    Put(Bytes),
    /// That it goes.
    Delete,
}

/// Somebody asks at a time.
fn asked(asker: Place, now: Timestamp) -> Case<'static> {
    Case { now, ..case(asker) }
}

/// The steps of one walk: what is asked, by whom, at what time.
type Walk = Vec<(Ask, Place, Timestamp)>;

fn steps(asks: Vec<Ask>) -> impl Strategy<Value = Walk> {
    let asker = prop_oneof![
        Just(campus(1)),
        Just(campus(2)),
        Just(campus(3)),
        Just(Place::Office)
    ];
    let hour = 3_600_i64;
    let start: Timestamp = "2026-05-08T07:00:00Z".parse().unwrap();
    let at =
        (0..240_i64).prop_map(move |hours| start + jiff::SignedDuration::from_secs(hours * hour));
    let step = (proptest::sample::select(asks), asker, at);
    proptest::collection::vec(step, 1..60).prop_map(|mut walk| {
        walk.sort_by_key(|(_, _, at)| *at);
        walk
    })
}

/// How a step was taken, from which status and to which.
type Step = (&'static str, &'static str, &'static str);

/// The steps of a kind that the charter allows.
struct Charter {
    acts: &'static [(&'static str, &'static str)],
    puts: &'static [(&'static str, &'static str)],
    deletes: &'static [&'static str],
}

impl Charter {
    fn steps(&self) -> BTreeSet<Step> {
        let acts = self.acts.iter().map(|(from, to)| ("act", *from, *to));
        let puts = self.puts.iter().map(|(from, to)| ("put", *from, *to));
        let deletes = self.deletes.iter().map(|from| ("delete", *from, "GONE"));
        acts.chain(puts).chain(deletes).collect()
    }
}

/// A kind with what may be asked of a record of it.
struct Course {
    kind: &'static dyn Kind,
    status: fn(&Parts) -> &'static str,
    contents: Vec<Bytes>,
    asks: Vec<Ask>,
}

impl Course {
    /// A record begins with the first content.
    fn of<R: Rules>(
        status: fn(&Parts) -> &'static str,
        contents: &[R::Content],
        actions: &[R::Action],
    ) -> Self {
        let number = Of::<R>::field().number();
        let contents: Vec<Bytes> = contents.iter().map(|of| wrap(number, of)).collect();
        let acts = actions.iter().map(|action| Ask::Act(wrap(number, action)));
        let puts = contents.iter().cloned().map(Ask::Put);
        Course {
            kind: named(R::NAME).unwrap(),
            status,
            asks: acts.chain(puts).chain([Ask::Delete]).collect(),
            contents,
        }
    }

    fn start(&self) -> Parts {
        Parts {
            content: self.contents[0].clone(),
            state: self.kind.new_state(),
        }
    }

    /// The step that is taken and what stands after it, `None` after a deletion; `None`: nothing moves.
    fn step(&self, ask: &Ask, parts: &Parts, case: &Case<'_>) -> Option<(Step, Option<Parts>)> {
        let own = case.asker == case.owner;
        let content = parts.content.clone();
        let (how, next) = match ask {
            Ask::Act(action) => match self.kind.act(action, parts, case) {
                Ok(Moved::To(state) | Moved::Doubted(state, _)) => {
                    ("act", Some(Parts { content, state }))
                }
                Ok(Moved::Rewritten(state, content)) => ("act", Some(Parts { content, state })),
                Ok(Moved::Nowhere) | Err(_) => return None,
            },
            Ask::Put(put) if own && *put != content => {
                let (state, content) = (self.kind.put(parts, put).ok()?, put.clone());
                ("put", Some(Parts { content, state }))
            }
            Ask::Delete if own => {
                self.kind.delete(parts).ok()?;
                ("delete", None)
            }
            Ask::Put(_) | Ask::Delete => return None,
        };
        let to = next.as_ref().map_or("GONE", self.status);
        Some(((how, (self.status)(parts), to), next))
    }

    /// The steps a walk took; what is asked again at once by whoever asked it must be done already.
    fn walk(&self, walk: &Walk) -> BTreeSet<Step> {
        let (mut parts, mut taken) = (self.start(), BTreeSet::new());
        for (ask, asker, now) in walk {
            let case = asked(*asker, *now);
            let Some((step, next)) = self.step(ask, &parts, &case) else {
                continue;
            };
            taken.insert(step);
            let Some(next) = next else {
                return taken;
            };
            parts = next;
            match ask {
                Ask::Act(action) => assert_eq!(
                    self.kind.act(action, &parts, &case),
                    Ok(Moved::Nowhere),
                    "{step:?}"
                ),
                Ask::Put(put) => assert_eq!(
                    self.kind.put(&parts, put),
                    Ok(parts.state.clone()),
                    "{step:?}"
                ),
                Ask::Delete => unreachable!("it is gone"),
            }
        }
        taken
    }

    /// Every step out of every state that can be reached.
    fn reached(&self) -> BTreeSet<Step> {
        let times = [
            "2026-05-08T07:00:00Z",
            "2026-05-12T07:00:00Z",
            "2026-05-16T07:00:00Z",
        ];
        let times = times.map(|time| time.parse::<Timestamp>().unwrap());
        let askers = [campus(1), campus(2), Place::Office];
        let (mut seen, mut taken, mut at) = (vec![self.start()], BTreeSet::new(), 0);
        while let Some(parts) = seen.get(at).cloned() {
            at += 1;
            for ((ask, asker), now) in product(product(&self.asks, &askers), &times) {
                let case = asked(*asker, *now);
                let Some((step, next)) = self.step(ask, &parts, &case) else {
                    continue;
                };
                taken.insert(step);
                let alike = |other: &&Parts| (self.status)(other) == step.2;
                let few = seen.iter().filter(alike).count() < KEPT;
                seen.extend(next.filter(|next| few && !seen.contains(next)));
            }
        }
        taken
    }
}

/// The most states kept of one status: enough for what a state remembers of its course.
const KEPT: usize = 16;

fn product<A: Clone, B>(
    all: impl IntoIterator<Item = A>,
    with: &[B],
) -> impl Iterator<Item = (A, &B)> {
    let all = all.into_iter();
    all.flat_map(move |one| with.iter().map(move |other| (one.clone(), other)))
}

/// Fails on a step that the charter does not know.
fn known(taken: &BTreeSet<Step>, charter: &Charter) {
    let unknown = taken - &charter.steps();
    assert!(unknown.is_empty(), "{unknown:?}");
}

proptest! {
    #[test]
    fn a_session_takes_only_the_steps_of_the_charter(steps in steps(sessions().asks)) {
        known(&sessions().walk(&steps), &SESSION);
    }

    #[test]
    fn a_menu_takes_only_the_steps_of_the_charter(steps in steps(menus().asks)) {
        known(&menus().walk(&steps), &MENU);
    }

    #[test]
    fn an_exchange_takes_only_the_steps_of_the_charter(steps in steps(exchanges().asks)) {
        known(&exchanges().walk(&steps), &EXCHANGE);
    }
}

/// The control: every step of the tables is taken by somebody, and none of them is idle.
#[test]
fn every_step_of_the_charter_is_taken_by_somebody() {
    for (course, charter) in [
        (sessions(), SESSION),
        (menus(), MENU),
        (exchanges(), EXCHANGE),
    ] {
        assert_eq!(course.reached(), charter.steps());
    }
}
