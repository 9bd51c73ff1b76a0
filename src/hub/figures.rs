//! What the office asks: reports over the records at an instant.

use super::{Hub, HubError};
use crate::access::Errand;
use crate::model::caller::Caller;
use crate::model::date::Span;
use crate::model::ids::Place;
use crate::office::{self, ExchangeShares, GroupStatus, Heard, Records};
use jiff::Timestamp;

impl Hub {
    /// Where every campus stands over a span, at a time or now.
    ///
    /// # Errors
    /// `Denied` for anybody but the office.
    pub async fn group_status(
        &self,
        caller: &Caller,
        span: Span,
        time: Option<Timestamp>,
    ) -> Result<GroupStatus, HubError> {
        let (records, (position, time)) = self.records(caller, span, time).await?;
        let group = caller.group.key;
        let places: Vec<Place> = records
            .campuses
            .iter()
            .map(|campus| Place::Campus(campus.id))
            .collect();
        let heard = Heard {
            wrote: self.store.last_writes(group, position, &places).await?,
            called: self
                .presence
                .over(group, self.store.last_heard(group).await?),
        };
        let instant = (position, time);
        Ok(office::group_status(&records, &heard, span, instant))
    }

    /// How the exchanges of the school year that begins in a calendar year stand to the group's rules, at a time
    /// or now.
    ///
    /// # Errors
    /// `Denied` for anybody but the office.
    pub async fn exchange_shares(
        &self,
        caller: &Caller,
        year: i16,
        time: Option<Timestamp>,
    ) -> Result<ExchangeShares, HubError> {
        let span = office::school_year(year);
        let (records, instant) = self.records(caller, span, time).await?;
        Ok(office::exchange_shares(&records, year, instant))
    }

    /// What a report over a span is computed from, and the instant.
    async fn records(
        &self,
        caller: &Caller,
        span: Span,
        time: Option<Timestamp>,
    ) -> Result<(Records, (i64, Timestamp)), HubError> {
        Self::allow(caller, Errand::Figures)?;
        let sight = self.sights.of(caller, 0).await?;
        if !office::KINDS.iter().all(|kind| sight.on(kind)) {
            return Err(HubError::Denied(
                "figures need the right to read every kind that they count",
            ));
        }
        let time = time.unwrap_or_else(|| self.clock.now());
        let position = self.position_at(caller, time).await?;
        let records = Records::read(&*self.store, caller.group.key, position, span).await?;
        Ok((records, (position, time)))
    }
}
