//! `OfficeService`.

use super::auth::caller;
use super::status::status;
use crate::hub::{Export, Hub, HubError, Wanted};
use crate::model::date::Span;
use crate::wire::convert;
use crate::wire::v1;
use futures::stream::{self, BoxStream, StreamExt as _};
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// The longest span a report covers: a year, and a day for leap years.
const SPAN_DAYS_MAX: i32 = 367;

pub struct Office {
    hub: Arc<Hub>,
}

impl Office {
    pub fn new(hub: Arc<Hub>) -> Self {
        Office { hub }
    }
}

#[tonic::async_trait]
impl v1::office_service_server::OfficeService for Office {
    async fn get_group_status(
        &self,
        request: Request<v1::GetGroupStatusRequest>,
    ) -> Result<Response<v1::GetGroupStatusResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let report = async {
            let span = span(&request)?;
            let time = convert::optional_time("time", request.time.as_ref())?;
            self.hub.group_status(&caller, span, time).await
        };
        Ok(Response::new(
            report.await.map_err(|error: HubError| status(&error))?,
        ))
    }

    async fn get_exchange_shares(
        &self,
        request: Request<v1::GetExchangeSharesRequest>,
    ) -> Result<Response<v1::GetExchangeSharesResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let report = async {
            let year = school_year(request.school_year)?;
            let time = convert::optional_time("time", request.time.as_ref())?;
            self.hub.exchange_shares(&caller, year, time).await
        };
        Ok(Response::new(
            report.await.map_err(|error: HubError| status(&error))?,
        ))
    }

    async fn get_chase_list(
        &self,
        _: Request<v1::GetChaseListRequest>,
    ) -> Result<Response<v1::GetChaseListResponse>, Status> {
        Err(Status::unimplemented("GetChaseList"))
    }

    async fn get_menu_matrix(
        &self,
        _: Request<v1::GetMenuMatrixRequest>,
    ) -> Result<Response<v1::GetMenuMatrixResponse>, Status> {
        Err(Status::unimplemented("GetMenuMatrix"))
    }

    async fn get_meal_table(
        &self,
        _: Request<v1::GetMealTableRequest>,
    ) -> Result<Response<v1::GetMealTableResponse>, Status> {
        Err(Status::unimplemented("GetMealTable"))
    }

    async fn get_session_report(
        &self,
        _: Request<v1::GetSessionReportRequest>,
    ) -> Result<Response<v1::GetSessionReportResponse>, Status> {
        Err(Status::unimplemented("GetSessionReport"))
    }

    async fn get_exchange_book(
        &self,
        _: Request<v1::GetExchangeBookRequest>,
    ) -> Result<Response<v1::GetExchangeBookResponse>, Status> {
        Err(Status::unimplemented("GetExchangeBook"))
    }

    type WatchGroupStatusStream = BoxStream<'static, Result<v1::WatchGroupStatusResponse, Status>>;

    async fn watch_group_status(
        &self,
        _: Request<v1::WatchGroupStatusRequest>,
    ) -> Result<Response<Self::WatchGroupStatusStream>, Status> {
        Err(Status::unimplemented("WatchGroupStatus"))
    }

    type ExportPersonStream = BoxStream<'static, Result<v1::ExportPersonResponse, Status>>;

    async fn export_person(
        &self,
        request: Request<v1::ExportPersonRequest>,
    ) -> Result<Response<Self::ExportPersonStream>, Status> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let export = async {
            let person = convert::record_id("person_id", &request.person_id)?;
            self.hub.export_person(&caller, person).await
        };
        let export = export.await.map_err(|error: HubError| status(&error))?;
        Ok(Response::new(exported(export)))
    }

    async fn erase_person(
        &self,
        request: Request<v1::ErasePersonRequest>,
    ) -> Result<Response<v1::ErasePersonResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let erased = async { self.hub.erase_person(&caller, &wanted(request)?).await };
        let erased = erased.await.map_err(|error: HubError| status(&error))?;
        let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
        Ok(Response::new(v1::ErasePersonResponse {
            records: count(erased.done.records),
            versions: count(erased.done.versions),
            newest_position: erased.newest,
        }))
    }
}

/// The stream is asked for one version at a time, as fast as its reader takes them.
fn exported(export: Export) -> BoxStream<'static, Result<v1::ExportPersonResponse, Status>> {
    stream::try_unfold(export, |mut export| async {
        let kept = export.next().await.map_err(|error| status(&error))?;
        Ok(kept.map(|kept| {
            let response = v1::ExportPersonResponse {
                change: kept.change,
                pushed: kept.pushed.unwrap_or_default(),
            };
            (response, export)
        }))
    })
    .boxed()
}

/// Whom a request names.
fn wanted(request: v1::ErasePersonRequest) -> Result<Wanted, HubError> {
    let person = match request.person_id.as_str() {
        "" => None,
        id => Some(convert::record_id("person_id", id)?),
    };
    let ids = request.record_ids.iter().enumerate();
    let record = |(i, id): (usize, &String)| convert::record_id(&format!("record_ids[{i}]"), id);
    Ok(Wanted {
        person,
        records: ids.map(record).collect::<Result<_, _>>()?,
        holder: Some(request.holder).filter(|holder| !holder.is_empty()),
    })
}

/// The same years as in the register of staff counts.
fn school_year(year: i32) -> Result<i16, HubError> {
    let known = i16::try_from(year)
        .ok()
        .filter(|year| (2_000..=2_100).contains(year));
    known.ok_or_else(|| HubError::invalid("school_year", "school_year must be 2000 to 2100"))
}

fn span(request: &v1::GetGroupStatusRequest) -> Result<Span, HubError> {
    let first = convert::day("first_date", &request.first_date)?;
    let last = convert::day("last_date", &request.last_date)?;
    let days = (last - first).get_days();
    if last < first {
        return Err(HubError::invalid(
            "last_date",
            "last_date lies before first_date",
        ));
    }
    if days >= SPAN_DAYS_MAX {
        return Err(HubError::invalid(
            "last_date",
            "a span is at most 366 days after first_date",
        ));
    }
    Ok(Span { first, last })
}
