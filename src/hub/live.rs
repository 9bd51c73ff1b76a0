//! Where a group stands now, for all who look: computed when something changed, at most once a second, and by one
//! task for everybody.

use super::figures::Figures;
use super::streams::OpenStream;
use super::{Hub, HubError};
use crate::model::caller::Caller;
use crate::model::clock::Clock;
use crate::model::ids::GroupKey;
use crate::office::{Duties, GroupNow, GroupUpdate, duties, position};
use crate::store;
use crate::sync::Heads;
use futures::future::BoxFuture;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// A group's figures are computed at most this often.
const EVERY: Duration = Duration::from_secs(1);
/// How often what no commit tells of is looked at: what replicas report, when places were last heard.
const AT_LEAST_EVERY: Duration = Duration::from_secs(15);
/// How often the clock is looked at: it may be set, and sleeps do not follow it.
const LOOK: Duration = Duration::from_millis(200);

/// How long somebody waits for figures that hold what was just written.
const FRESH: Duration = Duration::from_secs(2);

/// What all who look at a group are shown.
#[derive(Default)]
struct Shown {
    /// `None`: not computed yet.
    update: Option<Arc<GroupUpdate>>,
    /// Computed anew up to here, whether it says anything new or not.
    position: i64,
}

/// The groups that somebody looks at.
pub struct Live {
    figures: Figures,
    heads: Arc<Heads>,
    clock: Arc<dyn Clock>,
    groups: Mutex<HashMap<GroupKey, Arc<watch::Sender<Shown>>>>,
}

impl Live {
    pub fn new(figures: Figures, heads: Arc<Heads>, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Live {
            figures,
            heads,
            clock,
            groups: Mutex::default(),
        })
    }

    /// Looks at a group. The first who does starts the task that computes.
    fn look(self: &Arc<Self>, group: GroupKey) -> watch::Receiver<Shown> {
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shown) = groups.get(&group) {
            return shown.subscribe();
        }
        let (shown, looking) = watch::channel(Shown::default());
        let shown = Arc::new(shown);
        groups.insert(group, Arc::clone(&shown));
        tokio::spawn(Arc::clone(self).keep(group, shown));
        looking
    }

    /// Whether nobody looks any more; then the group is let go.
    fn left(&self, group: GroupKey, shown: &watch::Sender<Shown>) -> bool {
        // Under the lock under which somebody might begin to look.
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        let left = shown.receiver_count() == 0;
        if left {
            groups.remove(&group);
        }
        left
    }

    async fn keep(self: Arc<Self>, group: GroupKey, shown: Arc<watch::Sender<Shown>>) {
        let mut head = self.heads.follow(group);
        while !self.left(group, &shown) {
            // Before it is computed: what is committed meanwhile is computed next.
            head.mark_unchanged();
            let began = Instant::now();
            let next = match self.compute(group).await {
                Ok(now) => {
                    shown.send_modify(|shown| show(shown, now.update));
                    Some(now.changes_at)
                }
                Err(error) => {
                    tracing::warn!(%error, "where a group stands could not be computed");
                    None
                }
            };
            let wait = async {
                tokio::select! {
                    // The sender lives as long as the hub.
                    _ = head.changed() => {}
                    () = self.until(next) => {}
                    () = sleep(AT_LEAST_EVERY) => {}
                }
                sleep_until(began + EVERY).await;
            };
            tokio::select! {
                () = wait => {}
                () = shown.closed() => {}
            }
        }
    }

    async fn compute(&self, group: GroupKey) -> store::Result<GroupNow> {
        let now = self.clock.now();
        self.figures.group_now(group, now).await
    }

    /// Until the clock shows a time; at once when there is none.
    async fn until(&self, time: Option<Timestamp>) {
        while time.is_some_and(|time| self.clock.now() < time) {
            sleep(LOOK).await;
        }
    }
}

/// Shows something new; not what differs only in when it was computed.
fn show(shown: &mut Shown, new: GroupUpdate) {
    shown.position = position(&new);
    if !shown.update.as_ref().is_some_and(|old| new.says_as(old)) {
        shown.update = Some(Arc::new(new));
    }
}

/// Somebody who looks at where the group stands.
pub struct Looking {
    _open: OpenStream,
    shown: watch::Receiver<Shown>,
    /// What was given last.
    given: Option<Arc<GroupUpdate>>,
    /// Why the looker may not go on; gone once that was said.
    lost: Option<BoxFuture<'static, HubError>>,
    stopping: watch::Receiver<bool>,
    ends_at: Instant,
}

impl Looking {
    /// The next change, first of all where the group stands; `None` after the last one.
    ///
    /// # Errors
    /// When the looker's token lets it in no more.
    pub async fn next(&mut self) -> Option<Result<Arc<GroupUpdate>, HubError>> {
        tokio::select! {
            // Who may look no more is shown nothing more.
            biased;
            error = self.lost.as_mut()? => {
                self.lost = None;
                Some(Err(error))
            }
            // An error means that the hub is gone.
            _ = self.stopping.wait_for(|stopping| *stopping) => None,
            () = sleep_until(self.ends_at) => None,
            shown = changed(&mut self.shown, &mut self.given) => shown.map(Ok),
        }
    }

    /// What stands now, with what was written up to a position; without it, when it is not computed in time.
    async fn up_to(&mut self, position: i64) -> Option<Arc<GroupUpdate>> {
        let computed = self.shown.wait_for(|shown| shown.position >= position);
        let computed = timeout(FRESH, computed).await;
        drop(computed);
        self.shown.borrow().update.clone()
    }
}

async fn changed(
    shown: &mut watch::Receiver<Shown>,
    given: &mut Option<Arc<GroupUpdate>>,
) -> Option<Arc<GroupUpdate>> {
    loop {
        shown.changed().await.ok()?;
        let new = shown.borrow_and_update().update.clone();
        if new.as_ref().map(Arc::as_ptr) != given.as_ref().map(Arc::as_ptr) {
            given.clone_from(&new);
            return new;
        }
    }
}

impl Hub {
    /// What the caller's campus has to do: of the kinds that the caller may see, and nothing for the office.
    ///
    /// # Errors
    /// When the database failed, or too many streams are open.
    pub async fn duties(&self, caller: &Caller) -> Result<Duties, HubError> {
        let Some(campus) = caller.place.campus() else {
            return Ok(Duties::default());
        };
        let sight = self.sights.of(caller, 0).await?;
        let newest = self.store.head(caller.group.key).await?.position;
        let now = self.look(caller)?.up_to(newest).await;
        let told = now.map(|now| duties(&now, &campus.to_string(), |kind| sight.on(kind)));
        Ok(told.unwrap_or_default())
    }

    /// Looks at where the caller's group stands, until it ends or the hub does.
    ///
    /// # Errors
    /// `Denied` for anybody but the office; when too many streams are open.
    pub async fn watch_group_status(&self, caller: &Caller) -> Result<Looking, HubError> {
        self.may_look(caller).await?;
        self.look(caller)
    }

    fn look(&self, caller: &Caller) -> Result<Looking, HubError> {
        let open = self.streams.open(caller, &self.limits)?;
        let mut shown = self.live.look(caller.group.key);
        shown.mark_changed();
        let lost = Arc::clone(&self.known).lost(caller.token, Arc::clone(&self.clock));
        Ok(Looking {
            _open: open,
            shown,
            given: None,
            lost: Some(Box::pin(lost)),
            stopping: self.stopping.subscribe(),
            ends_at: Instant::now() + self.pace().age,
        })
    }
}
