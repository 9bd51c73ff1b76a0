//! `lianxiao office`: what the group office asks, as tables, csv or JSON.

mod excuse;

use super::way::Way;
use super::{Error, Outcome};
use crate::client::{Authorised, Line, ReplicaError};
use crate::model::text::harmless;
use crate::outlets::{self, Sheet};
use crate::wire::v1::office_service_client::OfficeServiceClient;
use crate::wire::{convert, v1};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::civil::Date;
use prost::Message;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub struct Office {
    #[command(flatten)]
    way: Way,
    /// As it stood at a time, RFC 3339 (2026-05-08T18:00:00+08:00); now when left out
    #[arg(long, value_name = "TIME", global = true)]
    at: Option<Timestamp>,
    /// Print the answer as one JSON document
    #[arg(long, global = true, conflicts_with = "csv")]
    json: bool,
    /// Print csv that Excel and WPS open
    #[arg(long, global = true)]
    csv: bool,
    /// Write a workbook that an office prints on A4; of exchanges the six national columns
    #[arg(long, value_name = "FILE", global = true, conflicts_with_all = ["json", "csv"])]
    xlsx: Option<PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Where every campus stands (各校情况)
    Status(Days),
    /// Who published menus on time, by service week (食谱上报)
    Matrix(Matrix),
    /// What is on the table, with allergens (餐桌)
    Table(Days),
    /// What became of sessions: coverage, participation, hosting (教研)
    Sessions(Days),
    /// Who is where on a day, and who moved in its school year (交流台账)
    Exchanges(Exchanges),
    /// How exchanges stand to the shares of the policy (交流比例)
    Shares(Shares),
    /// Whom to chase today (催报): the line for the chat group, and the list
    Chase(Chase),
    /// Excuse a late menu (迟报·核准), or take that back
    Excuse(excuse::Excuse),
}

/// A span of days.
#[derive(Args)]
struct Days {
    /// The first day; when left out, for the table today, for sessions the first of the school year, else
    /// that of this service week, where the group lives
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<Date>,
    /// The last day; when left out, for the table the first day, for sessions today, else that of the week
    /// after
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Option<Date>,
}

#[derive(Args)]
struct Matrix {
    #[command(flatten)]
    days: Days,
    /// A column a day, not a service week
    #[arg(long)]
    by_day: bool,
}

#[derive(Args)]
struct Exchanges {
    /// The day; today when left out
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<Date>,
}

#[derive(Args)]
struct Shares {
    /// The school year, by the calendar year in which it begins; this one when left out
    #[arg(long, value_name = "YYYY")]
    year: Option<i32>,
}

#[derive(Args)]
struct Chase {
    /// Print the line alone
    #[arg(long)]
    line: bool,
}

impl Office {
    pub async fn run(self) -> Outcome {
        let line = self.way.line()?;
        print(&self.answer(&line).await?)?;
        Ok(ExitCode::SUCCESS)
    }

    async fn answer(&self, line: &Line) -> Result<String, Error> {
        let hub = line.office();
        match &self.verb {
            Verb::Status(days) => self.status(hub, days.said()).await,
            Verb::Matrix(matrix) => self.matrix(hub, matrix).await,
            Verb::Table(days) => self.table(hub, days.said()).await,
            Verb::Sessions(days) => self.sessions(hub, days.said()).await,
            Verb::Exchanges(of) => self.exchanges(hub, of.date).await,
            Verb::Shares(of) => self.shares(hub, of.year.unwrap_or_default()).await,
            Verb::Chase(chase) => self.chase(hub, chase.line).await,
            Verb::Excuse(excuse) => excuse.ask(line).await,
        }
    }
}

/// The door of the office.
type Hub = OfficeServiceClient<Authorised>;
/// The first day and the last.
type Two = (String, String);

impl Office {
    fn time(&self) -> Option<prost_types::Timestamp> {
        self.at.map(convert::timestamp)
    }

    /// An answer in the form that was asked for.
    fn shown(
        &self,
        name: &str,
        (answer, instant): (&impl Message, Option<&v1::Instant>),
        sheets: &[Sheet],
    ) -> Result<String, Error> {
        let as_of = outlets::as_of(instant);
        if let Some(file) = &self.xlsx {
            written(file, &outlets::xlsx::sheets(sheets, &as_of)?)
        } else if self.json {
            let json = crate::wire::json::json(name, answer)?;
            Ok(harmless(&json.to_string()) + "\n")
        } else if self.csv {
            Ok(outlets::csv::csv(sheets))
        } else {
            let tables = outlets::table::tables(sheets);
            Ok(format!("{tables}\n截至 as of {as_of}\n"))
        }
    }

    async fn status(&self, mut hub: Hub, (first_date, last_date): Two) -> Result<String, Error> {
        let request = v1::GetGroupStatusRequest {
            first_date,
            last_date,
            time: self.time(),
        };
        let answer = hub.get_group_status(request).await;
        let answer = answer.map_err(ReplicaError::from)?.into_inner();
        let sheets = outlets::status::sheets(&answer);
        self.shown(
            "GetGroupStatusResponse",
            (&answer, answer.instant.as_ref()),
            &sheets,
        )
    }

    async fn matrix(&self, mut hub: Hub, matrix: &Matrix) -> Result<String, Error> {
        let (first_date, last_date) = matrix.days.said();
        let period = match matrix.by_day {
            true => v1::MenuPeriod::Day,
            false => v1::MenuPeriod::Week,
        };
        let request = v1::GetMenuMatrixRequest {
            first_date,
            last_date,
            time: self.time(),
            period: period.into(),
        };
        let answer = hub.get_menu_matrix(request).await;
        let answer = answer.map_err(ReplicaError::from)?.into_inner();
        if let Some(file) = &self.xlsx {
            let as_of = outlets::as_of(answer.instant.as_ref());
            return written(file, &outlets::xlsx::matrix(&answer, "", &as_of)?);
        }
        let sheets = outlets::menus::matrix(&answer);
        self.shown(
            "GetMenuMatrixResponse",
            (&answer, answer.instant.as_ref()),
            &sheets,
        )
    }

    async fn table(&self, mut hub: Hub, (first_date, last_date): Two) -> Result<String, Error> {
        let request = v1::GetMealTableRequest {
            first_date,
            last_date,
            time: self.time(),
        };
        let answer = hub.get_meal_table(request).await;
        let answer = answer.map_err(ReplicaError::from)?.into_inner();
        let sheets = outlets::menus::table(&answer);
        self.shown(
            "GetMealTableResponse",
            (&answer, answer.instant.as_ref()),
            &sheets,
        )
    }

    async fn sessions(&self, mut hub: Hub, (first_date, last_date): Two) -> Result<String, Error> {
        let request = v1::GetSessionReportRequest {
            first_date,
            last_date,
            time: self.time(),
        };
        let answer = hub.get_session_report(request).await;
        let answer = answer.map_err(ReplicaError::from)?.into_inner();
        let sheets = outlets::sessions::sheets(&answer);
        self.shown(
            "GetSessionReportResponse",
            (&answer, answer.instant.as_ref()),
            &sheets,
        )
    }

    async fn exchanges(&self, mut hub: Hub, date: Option<Date>) -> Result<String, Error> {
        let request = v1::GetExchangeBookRequest {
            date: date.map(|date| date.to_string()).unwrap_or_default(),
            time: self.time(),
        };
        let answer = hub.get_exchange_book(request).await;
        let answer = answer.map_err(ReplicaError::from)?.into_inner();
        if let Some(file) = &self.xlsx {
            let as_of = outlets::as_of(answer.instant.as_ref());
            let name = |id: &str| {
                let campus = answer.campuses.iter().find(|campus| campus.campus_id == id);
                campus.map_or(id, |campus| &campus.name).to_owned()
            };
            return written(file, &outlets::xlsx::national(&answer, ("", &as_of), name)?);
        }
        let sheets = outlets::exchanges::book(&answer);
        self.shown(
            "GetExchangeBookResponse",
            (&answer, answer.instant.as_ref()),
            &sheets,
        )
    }

    async fn shares(&self, mut hub: Hub, school_year: i32) -> Result<String, Error> {
        let request = v1::GetExchangeSharesRequest {
            school_year,
            time: self.time(),
        };
        let answer = hub.get_exchange_shares(request).await;
        let answer = answer.map_err(ReplicaError::from)?.into_inner();
        let sheets = outlets::exchanges::shares(&answer);
        self.shown(
            "GetExchangeSharesResponse",
            (&answer, answer.instant.as_ref()),
            &sheets,
        )
    }

    async fn chase(&self, mut hub: Hub, line_alone: bool) -> Result<String, Error> {
        let request = v1::GetChaseListRequest { time: self.time() };
        let answer = hub.get_chase_list(request).await;
        let answer = answer.map_err(ReplicaError::from)?.into_inner();
        let sheets = outlets::chase::sheets(&answer);
        let line = harmless(&answer.line);
        if line_alone {
            return Ok(line + "\n");
        }
        let shown = self.shown(
            "GetChaseListResponse",
            (&answer, answer.instant.as_ref()),
            &sheets,
        )?;
        match self.json || self.csv || self.xlsx.is_some() {
            true => Ok(shown),
            false => Ok(format!("{line}\n\n{shown}")),
        }
    }
}

impl Days {
    /// As the contract words them: empty where the hub chooses, which knows the group's zone and calendar.
    fn said(&self) -> Two {
        [self.from, self.to]
            .map(|day| day.map_or_else(String::new, |day| day.to_string()))
            .into()
    }
}

/// Writes a workbook, and says nothing, as whoever writes a file does.
fn written(file: &Path, workbook: &[u8]) -> Result<String, Error> {
    let failed = |error| format!("cannot write {}: {error}", file.display());
    std::fs::write(file, workbook).map_err(failed)?;
    Ok(String::new())
}

/// Prints to whoever still listens.
fn print(text: &str) -> Result<(), std::io::Error> {
    let mut output = std::io::stdout().lock();
    match output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush())
    {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}
