//! `OfficeService`.

use super::auth::caller;
use super::status::status;
use crate::hub::{Export, Hub, HubError, Wanted};
use crate::wire::convert;
use crate::wire::v1;
use futures::stream::{self, BoxStream, StreamExt as _};
use std::sync::Arc;
use tonic::{Request, Response, Status};

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
            let days = convert::days(&request.first_date, &request.last_date)?;
            let time = convert::optional_time("time", request.time.as_ref())?;
            self.hub.group_status(&caller, days, time).await
        };
        answer(report.await)
    }

    type WatchGroupStatusStream = BoxStream<'static, Result<v1::WatchGroupStatusResponse, Status>>;

    async fn watch_group_status(
        &self,
        request: Request<v1::WatchGroupStatusRequest>,
    ) -> Result<Response<Self::WatchGroupStatusStream>, Status> {
        let caller = caller(&request)?;
        let looking = self.hub.watch_group_status(&caller).await;
        let looking = looking.map_err(|error| status(&error))?;
        let standings = stream::unfold(looking, |mut looking| async {
            let standing = looking.next().await?;
            let standing = standing.map(|standing| (*standing).clone());
            Some((standing.map_err(|error| status(&error)), looking))
        });
        Ok(Response::new(standings.boxed()))
    }

    async fn get_chase_list(
        &self,
        request: Request<v1::GetChaseListRequest>,
    ) -> Result<Response<v1::GetChaseListResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let report = async {
            let time = convert::optional_time("time", request.time.as_ref())?;
            self.hub.chase_list(&caller, time).await
        };
        answer(report.await)
    }

    async fn get_menu_matrix(
        &self,
        request: Request<v1::GetMenuMatrixRequest>,
    ) -> Result<Response<v1::GetMenuMatrixResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let report = async {
            let days = convert::days(&request.first_date, &request.last_date)?;
            let time = convert::optional_time("time", request.time.as_ref())?;
            self.hub
                .menu_matrix(&caller, days, request.period(), time)
                .await
        };
        answer(report.await)
    }

    async fn get_meal_table(
        &self,
        request: Request<v1::GetMealTableRequest>,
    ) -> Result<Response<v1::GetMealTableResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let report = async {
            let days = convert::days(&request.first_date, &request.last_date)?;
            let time = convert::optional_time("time", request.time.as_ref())?;
            self.hub.meal_table(&caller, days, time).await
        };
        answer(report.await)
    }

    async fn get_session_report(
        &self,
        request: Request<v1::GetSessionReportRequest>,
    ) -> Result<Response<v1::GetSessionReportResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let report = async {
            let days = convert::days(&request.first_date, &request.last_date)?;
            let time = convert::optional_time("time", request.time.as_ref())?;
            self.hub.session_report(&caller, days, time).await
        };
        answer(report.await)
    }

    async fn get_exchange_book(
        &self,
        request: Request<v1::GetExchangeBookRequest>,
    ) -> Result<Response<v1::GetExchangeBookResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let report = async {
            let day = convert::optional_day("date", &request.date)?;
            let time = convert::optional_time("time", request.time.as_ref())?;
            self.hub.exchange_book(&caller, day, time).await
        };
        answer(report.await)
    }

    async fn get_exchange_shares(
        &self,
        request: Request<v1::GetExchangeSharesRequest>,
    ) -> Result<Response<v1::GetExchangeSharesResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let report = async {
            let year = convert::school_year("school_year", request.school_year)?;
            let time = convert::optional_time("time", request.time.as_ref())?;
            self.hub.exchange_shares(&caller, year, time).await
        };
        answer(report.await)
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

fn answer<T>(report: Result<T, HubError>) -> Result<Response<T>, Status> {
    report.map(Response::new).map_err(|error| status(&error))
}
