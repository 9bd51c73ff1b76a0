//! `OfficeService`.

use super::auth::caller;
use super::status::status;
use crate::hub::{Hub, HubError};
use crate::model::date::Span;
use crate::wire::convert;
use crate::wire::v1;
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
