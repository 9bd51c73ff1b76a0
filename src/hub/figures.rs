//! What the office asks: reports over the records at an instant.

use super::presence::Presence;
use super::{Hub, HubError};
use crate::access::Errand;
use crate::model::caller::Caller;
use crate::model::date::Span;
use crate::model::ids::{GroupKey, Place};
use crate::office::{self, REGISTERS, Records};
use crate::office::{
    ChaseList, ExchangeBook, ExchangeShares, GroupNow, GroupStatus, Heard, MealTable, MenuMatrix,
    MenuPeriod, SessionReport,
};
use crate::store::{self, Store};
use jiff::Timestamp;
use jiff::civil::Date;
use std::sync::Arc;

/// A position and the time at which deadlines are judged.
pub type Instant = (i64, Timestamp);

/// What each report reads beside the registers.
const OF_STATUS: &[&str] = &["menu", "session", "exchange", "proposal", "correction"];
const OF_MENUS: &[&str] = &["menu"];
const OF_SESSIONS: &[&str] = &["session", "vocabulary"];
const OF_EXCHANGES: &[&str] = &["exchange"];
const OF_SHARES: &[&str] = &["exchange", "staff_count"];
/// What is owed beside menus.
const OF_OTHERS: &[&str] = &["session", "exchange", "proposal", "correction"];

/// Reads what reports are computed from.
#[derive(Clone)]
pub struct Figures {
    store: Arc<dyn Store>,
    presence: Arc<Presence>,
}

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
        let instant = self.asked(caller, OF_STATUS, time).await?;
        let group = caller.group.key;
        Ok(self.figures.group_status(group, span, instant).await?)
    }

    /// Who published menus on time.
    ///
    /// # Errors
    /// `Denied` for anybody but the office.
    pub async fn menu_matrix(
        &self,
        caller: &Caller,
        span: Span,
        period: MenuPeriod,
        time: Option<Timestamp>,
    ) -> Result<MenuMatrix, HubError> {
        let instant = self.asked(caller, OF_MENUS, time).await?;
        let group = caller.group.key;
        Ok(self
            .figures
            .menu_matrix(group, span, period, instant)
            .await?)
    }

    /// What is on the table.
    ///
    /// # Errors
    /// `Denied` for anybody but the office.
    pub async fn meal_table(
        &self,
        caller: &Caller,
        span: Span,
        time: Option<Timestamp>,
    ) -> Result<MealTable, HubError> {
        let instant = self.asked(caller, OF_MENUS, time).await?;
        let of = (caller.group.key, instant.0);
        let records = self.figures.records(of, OF_MENUS, span).await?;
        Ok(office::meal_table(&records, span, instant))
    }

    /// What became of the sessions of a span.
    ///
    /// # Errors
    /// `Denied` for anybody but the office.
    pub async fn session_report(
        &self,
        caller: &Caller,
        span: Span,
        time: Option<Timestamp>,
    ) -> Result<SessionReport, HubError> {
        let instant = self.asked(caller, OF_SESSIONS, time).await?;
        let of = (caller.group.key, instant.0);
        let records = self.figures.records(of, OF_SESSIONS, span).await?;
        Ok(office::session_report(&records, span, instant))
    }

    /// Who is where on a day, or on that of the instant; written down as reading of persons.
    ///
    /// # Errors
    /// `Denied` for anybody but the office; `Invalid` for a day that has not come.
    pub async fn exchange_book(
        &self,
        caller: &Caller,
        day: Option<Date>,
        time: Option<Timestamp>,
    ) -> Result<ExchangeBook, HubError> {
        let instant = self.asked(caller, OF_EXCHANGES, time).await?;
        let of = (caller.group.key, instant.0);
        let today = self.figures.today(caller.group.key, instant).await?;
        let day = day.unwrap_or(today);
        if day > today {
            let message = "date lies after the day of the instant: who will be where is not known";
            return Err(HubError::invalid("date", message));
        }
        let span = office::book_span(day);
        let records = self.figures.records(of, OF_EXCHANGES, span).await?;
        let book = office::exchange_book(&records, day, instant);
        self.ledger
            .told(caller, "exchange", book.exchanges.len())
            .await?;
        Ok(book)
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
        let instant = self.asked(caller, OF_SHARES, time).await?;
        let of = (caller.group.key, instant.0);
        let span = office::school_year(year);
        let records = self.figures.records(of, OF_SHARES, span).await?;
        Ok(office::exchange_shares(&records, year, instant))
    }

    /// Whom to chase, at a time or now.
    ///
    /// # Errors
    /// `Denied` for anybody but the office.
    pub async fn chase_list(
        &self,
        caller: &Caller,
        time: Option<Timestamp>,
    ) -> Result<ChaseList, HubError> {
        let instant = self.asked(caller, OF_STATUS, time).await?;
        Ok(self.figures.chase_list(caller.group.key, instant).await?)
    }

    /// The instant of a report over some kinds, for a caller who may ask for it.
    pub(super) async fn asked(
        &self,
        caller: &Caller,
        kinds: &[&str],
        time: Option<Timestamp>,
    ) -> Result<Instant, HubError> {
        Self::allow(caller, Errand::Figures)?;
        let sight = self.sights.of(caller, 0).await?;
        if !kinds.iter().all(|kind| sight.on(kind)) {
            return Err(HubError::Denied(
                "figures need the right to read every kind that they count",
            ));
        }
        let time = time.unwrap_or_else(|| self.clock.now());
        let position = self.position_at(caller, time).await?;
        Ok((position, time))
    }

    /// What is asked of a caller who looks at where the group stands.
    pub(super) async fn may_look(&self, caller: &Caller) -> Result<(), HubError> {
        self.asked(caller, OF_STATUS, None).await.map(|_| ())
    }
}

impl Figures {
    pub fn new(store: Arc<dyn Store>, presence: Arc<Presence>) -> Self {
        Figures { store, presence }
    }

    async fn records(
        &self,
        of: (GroupKey, i64),
        kinds: &[&str],
        span: Span,
    ) -> store::Result<Records> {
        let mut records = self.registers(of, span).await?;
        records.read(&*self.store, of, kinds, span).await?;
        Ok(records)
    }

    async fn registers(&self, of: (GroupKey, i64), span: Span) -> store::Result<Records> {
        let mut records = Records::default();
        records.read(&*self.store, of, REGISTERS, span).await?;
        Ok(records)
    }

    /// The registers, and the menus of a span's service weeks.
    async fn menus(&self, of: (GroupKey, i64), span: Span) -> store::Result<Records> {
        let mut records = self.registers(of, span).await?;
        let weeks = office::reach(&records, span);
        records.read(&*self.store, of, OF_MENUS, weeks).await?;
        Ok(records)
    }

    /// The day of an instant where the group lives.
    pub async fn today(&self, group: GroupKey, (position, time): Instant) -> store::Result<Date> {
        let mut records = Records::default();
        let of = (group, position);
        records
            .read(&*self.store, of, &["policy"], Span::ALWAYS)
            .await?;
        Ok(records.today(time))
    }

    pub async fn group_status(
        &self,
        group: GroupKey,
        span: Span,
        instant: Instant,
    ) -> store::Result<GroupStatus> {
        let of = (group, instant.0);
        let mut records = self.menus(of, span).await?;
        records.read(&*self.store, of, OF_OTHERS, span).await?;
        let campuses = records.campuses.iter();
        let places: Vec<Place> = campuses.map(|campus| Place::Campus(campus.id)).collect();
        let heard = Heard {
            wrote: self.store.last_writes(group, instant.0, &places).await?,
            called: self
                .presence
                .over(group, self.store.last_heard(group).await?),
            replicas: self.store.reports(group).await?,
        };
        Ok(office::group_status(&records, &heard, span, instant))
    }

    pub async fn menu_matrix(
        &self,
        group: GroupKey,
        span: Span,
        period: MenuPeriod,
        instant: Instant,
    ) -> store::Result<MenuMatrix> {
        let records = self.menus((group, instant.0), span).await?;
        Ok(office::menu_matrix(&records, span, period, instant))
    }

    pub async fn chase_list(&self, group: GroupKey, instant: Instant) -> store::Result<ChaseList> {
        let of = (group, instant.0);
        let today = self.today(group, instant).await?;
        let mut records = self.menus(of, office::menu_span(today)).await?;
        let others = office::other_span(today);
        records.read(&*self.store, of, OF_OTHERS, others).await?;
        Ok(office::chase_list(&records, instant))
    }

    /// Where a group stands this service week and the next.
    pub async fn group_now(&self, group: GroupKey, time: Timestamp) -> store::Result<GroupNow> {
        let position = self.store.commit_as_of(group, time).await?.position;
        let instant = (position, time);
        let registers = self.registers((group, position), Span::ALWAYS).await?;
        let span = office::two_weeks(&registers, time);
        let status = self.group_status(group, span, instant).await?;
        let menus = self
            .menu_matrix(group, span, MenuPeriod::Week, instant)
            .await?;
        let chase = self.chase_list(group, instant).await?;
        Ok(office::group_now(&registers, status, menus, chase, time))
    }
}
