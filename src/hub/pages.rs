//! What the pages ask of a hub beside what every door does: to sign in and out in a browser, to lend a
//! private link, to list what touches a span, and to be told when something moves.

use super::admin::random_bits;
use super::credentials::carry_through;
use super::streams::OpenStream;
use super::{Hub, HubError};
use crate::access::Errand;
use crate::model::caller::Caller;
use crate::model::date::Span;
use crate::model::feed::Head;
use crate::model::secret::{Purpose, Token};
use crate::store::Loan;
use crate::sync::shown;
use bytes::Bytes;
use futures::future::BoxFuture;
use jiff::Timestamp;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long a browser stays signed in: a working day.
const SIGNED_IN: Duration = Duration::from_hours(12);

/// A page that stays, counted as a watch as long as it is open.
pub struct Following {
    _open: OpenStream,
    head: watch::Receiver<i64>,
    lost: BoxFuture<'static, HubError>,
    stopping: watch::Receiver<bool>,
}

impl Following {
    /// The newest position, once it is another than the last one given; `None` when the hub goes down.
    ///
    /// # Errors
    /// When the caller's token lets it in no more.
    pub async fn next(&mut self) -> Option<Result<i64, HubError>> {
        tokio::select! {
            biased;
            error = &mut self.lost => Some(Err(error)),
            _ = self.stopping.wait_for(|stopping| *stopping) => None,
            moved = self.head.changed() => {
                moved.ok()?;
                Some(Ok(*self.head.borrow_and_update()))
            }
        }
    }
}

impl Hub {
    /// The hub's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Trades a token for one that is good in a browser for 12 hours.
    ///
    /// # Errors
    /// As [`Hub::authenticate`].
    pub async fn sign_in(&self, token: &str, address: IpAddr) -> Result<(Caller, Token), HubError> {
        let caller = self.authenticate(token, address).await?;
        let ends_at = self.clock.now().saturating_add(SIGNED_IN);
        let ends_at = ends_at.unwrap_or(Timestamp::MAX);
        let lent = self.lend(&caller, Purpose::Pages, Some(ends_at)).await?;
        Ok((caller, lent))
    }

    /// Who is signed in with a browser's token.
    ///
    /// # Errors
    /// As [`Hub::authenticate`].
    pub async fn visitor(&self, token: &str, address: IpAddr) -> Result<Caller, HubError> {
        self.admitted(token, Purpose::Pages, address).await
    }

    /// Ends a browser's token.
    ///
    /// # Errors
    /// When the database failed.
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), HubError> {
        self.take_back(caller, Some(caller.token)).await
    }

    /// Makes a private link to the calendar of sessions, in the place of an older one. It lasts as long as
    /// the credential, unless its holder ends it.
    ///
    /// # Errors
    /// When the database failed.
    pub async fn link_calendar(&self, caller: &Caller) -> Result<Token, HubError> {
        Self::allow(caller, Errand::Read)?;
        self.end_calendar(caller).await?;
        self.lend(caller, Purpose::Calendar, None).await
    }

    /// Ends the private link.
    ///
    /// # Errors
    /// When the database failed.
    pub async fn end_calendar(&self, caller: &Caller) -> Result<(), HubError> {
        let of = Caller {
            purpose: Purpose::Calendar,
            ..caller.clone()
        };
        self.take_back(&of, None).await
    }

    /// Whose private link it is.
    ///
    /// # Errors
    /// As [`Hub::authenticate`].
    pub async fn subscriber(&self, token: &str, address: IpAddr) -> Result<Caller, HubError> {
        self.admitted(token, Purpose::Calendar, address).await
    }

    /// The records of a kind that touch a span and that the caller may see, each encoded as a change; by id.
    ///
    /// # Errors
    /// When the database failed.
    pub async fn touching(
        &self,
        caller: &Caller,
        kind: &str,
        span: Span,
    ) -> Result<Vec<Bytes>, HubError> {
        Self::allow(caller, Errand::Read)?;
        let sight = self.sights.of(caller, 0).await?;
        let found = self
            .store
            .seen(caller.group.key, kind, span, &sight)
            .await?;
        self.ledger.listed(caller, &found).await?;
        let frames = found.into_iter().filter_map(|version| version.frame);
        Ok(frames.map(|frame| shown(caller, frame)).collect())
    }

    /// The newest position of the caller's group.
    ///
    /// # Errors
    /// When the database failed.
    pub async fn newest(&self, caller: &Caller) -> Result<i64, HubError> {
        Ok(self.head(caller).await?.position)
    }

    /// The head of the caller's group.
    ///
    /// # Errors
    /// When the database failed.
    pub async fn head(&self, caller: &Caller) -> Result<Head, HubError> {
        Self::allow(caller, Errand::Read)?;
        Ok(self.store.head(caller.group.key).await?)
    }

    /// Stays, and tells when something was written in the caller's group after a position.
    ///
    /// # Errors
    /// When as many are open as may be.
    pub async fn follow(&self, caller: &Caller, from: i64) -> Result<Following, HubError> {
        let mut head = self.heads.follow(caller.group.key);
        head.mark_unchanged();
        // Looked at after that: what is written in between is told twice rather than never.
        if self.newest(caller).await? != from {
            head.mark_changed();
        }
        let lost = Arc::clone(&self.known).lost(caller.token, Arc::clone(&self.clock));
        Ok(Following {
            _open: self.streams.open(caller, &self.limits)?,
            head,
            lost: Box::pin(lost),
            stopping: self.stopping.subscribe(),
        })
    }

    async fn lend(
        &self,
        caller: &Caller,
        purpose: Purpose,
        ends_at: Option<Timestamp>,
    ) -> Result<Token, HubError> {
        let token = Token::from_random(random_bits());
        let loan = Loan {
            token: token.hash(),
            purpose,
            ends_at,
        };
        let (group, id, now) = (caller.group.key, caller.credential, self.clock.now());
        self.store.lend(group, id, &loan, now).await?;
        Ok(token)
    }

    async fn take_back(&self, caller: &Caller, token: Option<[u8; 32]>) -> Result<(), HubError> {
        let (store, known) = (Arc::clone(&self.store), Arc::clone(&self.known));
        let caller = caller.clone();
        carry_through(async move {
            let (group, id) = (caller.group.key, caller.credential);
            let of = caller.purpose;
            store.take_back(group, id, of, token.as_ref()).await?;
            known.forget(id);
            Ok(())
        })
        .await
    }
}
