//! What the office asks: reports over the records at an instant.

use super::presence::Presence;
use super::shared::Shared;
use super::{Hub, HubError};
use crate::access::Errand;
use crate::model::caller::Caller;
use crate::model::date::{Days, Span};
use crate::model::ids::{GroupKey, Place};
use crate::office::{self, REGISTERS, Records};
use crate::office::{
    ChaseList, ExchangeBook, ExchangeShares, GroupNow, GroupStatus, Heard, MealTable, MenuMatrix,
    MenuPeriod, SessionReport,
};
use crate::store::{self, Store};
use jiff::Timestamp;
use jiff::civil::Date;
use prost::Message as _;
use std::sync::Arc;

/// A position and the time at which deadlines are judged.
pub type Instant = (i64, Timestamp);

/// The longest spans, in days: a year, and a day for leap years.
const YEAR: i32 = 367;
/// What a matrix by days covers.
const TWO_MONTHS: i32 = 62;
/// What a table covers.
const TWO_WEEKS: i32 = 14;

/// What each report reads beside the registers.
const OF_STATUS: &[&str] = &["menu", "session", "exchange", "proposal", "correction"];
const OF_MENUS: &[&str] = &["menu"];
const OF_SESSIONS: &[&str] = &["session", "vocabulary"];
const OF_EXCHANGES: &[&str] = &["exchange"];
const OF_SHARES: &[&str] = &["exchange", "staff_count"];
/// What is owed beside menus.
const OF_OTHERS: &[&str] = &["session", "exchange", "proposal", "correction"];

/// Matrices of now by group, span, period, position and minute: deadlines are on the minute, so within one nothing
/// else moves them.
pub type Matrices = Shared<(GroupKey, Span, i32, i64, i64), Arc<MenuMatrix>>;

/// How many bytes of them are kept: some hundred.
pub const MATRICES_BYTES_MAX: usize = 16 << 20;

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
    /// `Denied` for anybody but the office; `Invalid` for a span that is none.
    pub async fn group_status(
        &self,
        caller: &Caller,
        days: Days,
        time: Option<Timestamp>,
    ) -> Result<GroupStatus, HubError> {
        let (instant, records) = self.opened(caller, OF_STATUS, time).await?;
        let span = office::of_weeks(days, &records, records.today(instant.1));
        let group = caller.group.key;
        let status = self
            .figures
            .group_status(group, records, within(span, YEAR)?, instant);
        Ok(status.await?)
    }

    /// Who published menus on time.
    ///
    /// # Errors
    /// `Denied` for anybody but the office; `Invalid` for a span that is none.
    pub async fn menu_matrix(
        &self,
        caller: &Caller,
        days: Days,
        period: MenuPeriod,
        time: Option<Timestamp>,
    ) -> Result<MenuMatrix, HubError> {
        let (instant, records) = self.opened(caller, OF_MENUS, time).await?;
        let span = office::of_weeks(days, &records, records.today(instant.1));
        let days_max = match period {
            MenuPeriod::Day => TWO_MONTHS,
            _ => YEAR,
        };
        let span = within(span, days_max)?;
        let of = (caller.group.key, instant.0);
        let records = self.figures.menus(of, records, span).await?;
        Ok(office::menu_matrix(&records, span, period, instant))
    }

    /// Who published menus on time up to now: computed once for all who look.
    ///
    /// # Errors
    /// `Denied` for anybody but the office.
    pub async fn menu_matrix_now(
        &self,
        caller: &Caller,
        span: Span,
        period: MenuPeriod,
    ) -> Result<Arc<MenuMatrix>, HubError> {
        let instant = self.asked(caller, OF_MENUS, None).await?;
        let (group, minute) = (caller.group.key, instant.1.as_second() / 60);
        let question = (group, span, period.into(), instant.0, minute);
        let compute = async {
            let of = (group, instant.0);
            let registers = self.figures.registers(of).await?;
            let records = self.figures.menus(of, registers, span).await?;
            let matrix = office::menu_matrix(&records, span, period, instant);
            let bytes = matrix.encoded_len();
            Ok((Arc::new(matrix), bytes))
        };
        self.matrices.get(question, compute).await
    }

    /// What is on the table.
    ///
    /// # Errors
    /// `Denied` for anybody but the office; `Invalid` for a span that is none.
    pub async fn meal_table(
        &self,
        caller: &Caller,
        days: Days,
        time: Option<Timestamp>,
    ) -> Result<MealTable, HubError> {
        let (instant, records) = self.opened(caller, OF_MENUS, time).await?;
        let span = within(office::of_today(days, records.today(instant.1)), TWO_WEEKS)?;
        let of = (caller.group.key, instant.0);
        let records = self.figures.more(of, records, OF_MENUS, span).await?;
        Ok(office::meal_table(&records, span, instant))
    }

    /// What became of the sessions of a span.
    ///
    /// # Errors
    /// `Denied` for anybody but the office; `Invalid` for a span that is none.
    pub async fn session_report(
        &self,
        caller: &Caller,
        days: Days,
        time: Option<Timestamp>,
    ) -> Result<SessionReport, HubError> {
        let (instant, records) = self.opened(caller, OF_SESSIONS, time).await?;
        let span = within(office::of_year(days, records.today(instant.1)), YEAR)?;
        let of = (caller.group.key, instant.0);
        let records = self.figures.more(of, records, OF_SESSIONS, span).await?;
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
        let (instant, records) = self.opened(caller, OF_EXCHANGES, time).await?;
        let today = records.today(instant.1);
        let day = day.unwrap_or(today);
        if day > today {
            let message = "date lies after the day of the instant: who will be where is not known";
            return Err(HubError::invalid("date", message));
        }
        let of = (caller.group.key, instant.0);
        let span = office::book_span(day);
        let records = self.figures.more(of, records, OF_EXCHANGES, span).await?;
        let book = office::exchange_book(&records, day, instant);
        self.ledger
            .told(caller, "exchange", book.exchanges.len())
            .await?;
        Ok(book)
    }

    /// How the exchanges of the school year that begins in a calendar year, or of this one, stand to the group's
    /// rules, at a time or now.
    ///
    /// # Errors
    /// `Denied` for anybody but the office.
    pub async fn exchange_shares(
        &self,
        caller: &Caller,
        year: Option<i16>,
        time: Option<Timestamp>,
    ) -> Result<ExchangeShares, HubError> {
        let (instant, records) = self.opened(caller, OF_SHARES, time).await?;
        let year = year.unwrap_or_else(|| office::year_of(records.today(instant.1)));
        let of = (caller.group.key, instant.0);
        let span = office::school_year(year);
        let records = self.figures.more(of, records, OF_SHARES, span).await?;
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
        let (instant, records) = self.opened(caller, OF_STATUS, time).await?;
        let group = caller.group.key;
        Ok(self.figures.chase_list(group, records, instant).await?)
    }

    /// The instant of a report, and the registers as they stood then.
    async fn opened(
        &self,
        caller: &Caller,
        kinds: &[&str],
        time: Option<Timestamp>,
    ) -> Result<(Instant, Records), HubError> {
        let instant = self.asked(caller, kinds, time).await?;
        let of = (caller.group.key, instant.0);
        Ok((instant, self.figures.registers(of).await?))
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

/// A span of at most so many days, both ends included.
fn within(span: Span, days_max: i32) -> Result<Span, HubError> {
    let days = (span.last - span.first).get_days();
    let wrong = |message: &str| Err(HubError::invalid("last_date", message));
    if span.last < span.first {
        wrong("last_date lies before first_date")
    } else if days >= days_max {
        let after = days_max - 1;
        wrong(&format!(
            "last_date is at most {after} days after first_date"
        ))
    } else {
        Ok(span)
    }
}

impl Figures {
    pub fn new(store: Arc<dyn Store>, presence: Arc<Presence>) -> Self {
        Figures { store, presence }
    }

    async fn registers(&self, of: (GroupKey, i64)) -> store::Result<Records> {
        self.more(of, Records::default(), REGISTERS, Span::ALWAYS)
            .await
    }

    /// Records, and those of some more kinds that touch a span.
    async fn more(
        &self,
        of: (GroupKey, i64),
        mut records: Records,
        kinds: &[&str],
        span: Span,
    ) -> store::Result<Records> {
        records.read(&*self.store, of, kinds, span).await?;
        Ok(records)
    }

    /// Registers, and the menus of a span's service weeks.
    async fn menus(
        &self,
        of: (GroupKey, i64),
        registers: Records,
        span: Span,
    ) -> store::Result<Records> {
        let weeks = office::reach(&registers, span);
        self.more(of, registers, OF_MENUS, weeks).await
    }

    async fn group_status(
        &self,
        group: GroupKey,
        registers: Records,
        span: Span,
        instant: Instant,
    ) -> store::Result<GroupStatus> {
        let of = (group, instant.0);
        let records = self.menus(of, registers, span).await?;
        let records = self.more(of, records, OF_OTHERS, span).await?;
        let heard = self.heard(of, &records).await?;
        Ok(office::group_status(&records, &heard, span, instant))
    }

    /// When campuses wrote and were heard, and what their replicas said.
    async fn heard(&self, of: (GroupKey, i64), records: &Records) -> store::Result<Heard> {
        let (group, position) = of;
        let campuses = records.campuses.iter();
        let places: Vec<Place> = campuses.map(|campus| Place::Campus(campus.id)).collect();
        Ok(Heard {
            wrote: self.store.last_writes(group, position, &places).await?,
            called: self
                .presence
                .over(group, self.store.last_heard(group).await?),
            replicas: self.store.reports(group).await?,
        })
    }

    async fn chase_list(
        &self,
        group: GroupKey,
        registers: Records,
        instant: Instant,
    ) -> store::Result<ChaseList> {
        let of = (group, instant.0);
        let today = registers.today(instant.1);
        let records = self.menus(of, registers, office::menu_span(today)).await?;
        let others = office::other_span(today);
        let records = self.more(of, records, OF_OTHERS, others).await?;
        Ok(office::chase_list(&records, instant))
    }

    /// Where a group stands this service week and the next: read once, and by every report computed from that.
    pub async fn group_now(&self, group: GroupKey, time: Timestamp) -> store::Result<GroupNow> {
        let position = self.store.commit_as_of(group, time).await?.position;
        let (of, instant) = ((group, position), (position, time));
        let registers = self.registers(of).await?;
        let today = registers.today(time);
        let span = office::two_weeks(&registers, today);
        let menus = span.and(office::menu_span(today));
        let records = self.menus(of, registers, menus).await?;
        let others = span.and(office::other_span(today));
        let records = self.more(of, records, OF_OTHERS, others).await?;
        let heard = self.heard(of, &records).await?;
        Ok(office::group_now(&records, &heard, span, instant))
    }
}
