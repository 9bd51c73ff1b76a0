//! A hub at work in a folder of its own, behind its public door, and what is pushed to it.

use crate::raw::{self, Again, Batch};
use crate::{raw_postgres, server};
use bytes::Bytes;
use futures::{Stream, TryStreamExt as _};
use jiff::ToSpan as _;
use jiff::civil::date;
use lianxiao::client::Line;
use lianxiao::grpc;
use lianxiao::hub::{Config, Drained, Hub, LOOK_EVERY, NewCredential, random_uuid};
use lianxiao::model::clock::SystemClock;
use lianxiao::model::ids::{Place, RecordId};
use lianxiao::model::limits::Limits;
use lianxiao::wire::convert::push_request;
use lianxiao::wire::v1;
use prost::Message as _;
use sqlx::{Connection as _, SqliteConnection};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use v1::content::Kind;
use v1::mutation::Wish;

/// A hub and its folder.
pub struct Stage {
    folder: TempDir,
    limits: Limits,
    /// A PostgreSQL database instead of the folder's file.
    database: Option<String>,
    running: Option<Running>,
}

struct Running {
    hub: Arc<Hub>,
    drained: Drained,
    address: SocketAddr,
    shutdown: oneshot::Sender<()>,
    served: JoinHandle<Result<(), tonic::transport::Error>>,
}

/// A group: its campuses and their tokens.
#[derive(Clone)]
pub struct Group {
    pub campuses: Vec<RecordId>,
    pub tokens: Vec<String>,
    pub office: String,
}

impl Stage {
    /// A hub that refuses nobody for calling often.
    pub async fn open() -> Self {
        Self::open_with(unlimited()).await
    }

    pub async fn open_with(limits: Limits) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let mut stage = Stage {
            folder,
            limits,
            database: server::database().await,
            running: None,
        };
        stage.start().await;
        stage
    }

    /// Another hub on the same database.
    pub async fn beside(&self) -> Self {
        let mut other = Stage {
            folder: TempDir::new().expect("a temporary folder"),
            limits: self.limits,
            database: self.database.clone(),
            running: None,
        };
        other.start().await;
        other
    }

    /// A group of campuses.
    pub async fn group(&self, name: &str, campuses: usize) -> Group {
        let hub = &self.running().hub;
        let group = hub.create_group(name).await.expect("a group").id;
        let office = NewCredential::new(Place::Office, "集团办");
        let (_, office) = hub.create_credential(group, office).await.expect("a token");
        let mut made = Group {
            campuses: Vec::new(),
            tokens: Vec::new(),
            office: office.reveal().to_owned(),
        };
        for number in 0..campuses {
            let id = RecordId(random_uuid());
            let content = campus(&format!("第{number}分校"));
            let answer = hub.create_campus(group, id, content).await;
            answer.expect("a campus");
            let new = NewCredential::new(Place::Campus(id), "总务处");
            let (_, token) = hub.create_credential(group, new).await.expect("a token");
            made.campuses.push(id);
            made.tokens.push(token.reveal().to_owned());
        }
        made
    }

    fn running(&self) -> &Running {
        self.running.as_ref().expect("the hub runs")
    }

    pub fn address(&self) -> String {
        format!("http://{}", self.running().address)
    }

    /// A line of its own.
    pub fn line(&self, token: &str) -> Line {
        Line::new(&self.address(), token).expect("a line")
    }

    /// The database's file.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("data/lianxiao.db")
    }

    /// Writes what the hub wrote from a position on once more, without it.
    pub async fn again(&self, after: i64) -> Again {
        let batches = self.written(after).await;
        match &self.database {
            None => raw::again(&batches),
            Some(_) => raw_postgres::again(&batches).await,
        }
    }

    /// What the hub wrote for its first group from a position on, transaction by transaction.
    pub async fn written(&self, after: i64) -> Vec<Batch> {
        match &self.database {
            None => raw::batches(&self.file(), after),
            Some(url) => raw_postgres::batches(url, after).await,
        }
    }

    /// Reads position and frame of every version of the first group, as sqlx hands them out; how many.
    pub async fn scan(&self) -> usize {
        const SCAN: &str = "SELECT position, frame FROM version WHERE grp = 1 ORDER BY position";
        match &self.database {
            None => {
                let address = format!("sqlite://{}", self.file().display());
                let db = SqliteConnection::connect(&address).await;
                count(sqlx::query(SCAN).fetch(&mut db.expect("the database"))).await
            }
            Some(url) => count(sqlx::query(SCAN).fetch(&mut server::connect(url).await)).await,
        }
    }

    /// Stops the hub: everything is written, the file can be read.
    pub async fn stop(&mut self) {
        let running = self.running.take().expect("the hub runs");
        running.hub.stop();
        let _ = running.shutdown.send(());
        let _ = running.served.await;
        drop(running.hub);
        running.drained.finish().await;
    }

    /// Starts it again over the same file.
    pub async fn start(&mut self) {
        let (data, database) = (self.folder.path().join("data"), self.database.as_deref());
        self.running = Some(Running::start(data, database, self.limits).await);
    }
}

impl Running {
    async fn start(data: PathBuf, database: Option<&str>, limits: Limits) -> Self {
        let config = Config {
            data,
            database: database.map(|url| url.parse().expect("an address")),
            limits,
            look_every: LOOK_EVERY,
        };
        let opened = Hub::open(&config, Arc::new(SystemClock)).await;
        let (hub, drained) = opened.expect("the hub opens");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (shutdown, shut) = oneshot::channel();
        let shut = async {
            let _ = shut.await;
        };
        let served = tokio::spawn(grpc::serve(Arc::clone(&hub), listener, shut));
        Running {
            hub,
            drained,
            address,
            shutdown,
            served,
        }
    }
}

async fn count<R>(mut rows: impl Stream<Item = sqlx::Result<R>> + Unpin) -> usize
where
    R: sqlx::Row,
    usize: sqlx::ColumnIndex<R>,
    for<'r> i64: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    for<'r> Vec<u8>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    let (mut count, mut bytes) = (0, 0);
    while let Some(row) = rows.try_next().await.expect("a row") {
        assert!(row.get::<i64, _>(0) > 0);
        bytes += row.get::<Vec<u8>, _>(1).len();
        count += 1;
    }
    assert!(bytes > count);
    count
}

pub fn encode(kind: Kind) -> Bytes {
    v1::Content { kind: Some(kind) }.encode_to_vec().into()
}

fn campus(name: &str) -> Bytes {
    let canteen = v1::Canteen {
        name: "学生食堂".to_owned(),
        meals: vec![v1::Meal::Lunch.into()],
        ..Default::default()
    };
    encode(Kind::Campus(v1::Campus {
        name: name.to_owned(),
        role: v1::CampusRole::Branch.into(),
        canteens: vec![canteen],
        ..Default::default()
    }))
}

fn unlimited() -> Limits {
    Limits {
        streams_per_credential_max: 10_000,
        streams_per_group_max: 10_000,
        ..Limits::default().without_rates()
    }
}

/// A small menu of three days, of a set of its own.
pub fn menu(set: &str) -> Bytes {
    let dates = ["2026-05-11", "2026-05-12", "2026-05-13"];
    menu_of(set, &dates.map(str::to_owned))
}

/// The same of other days.
pub fn menu_of(set: &str, dates: &[String]) -> Bytes {
    let dish = |name: &str| v1::Dish {
        slot: v1::DishSlot::Main.into(),
        name: name.to_owned(),
        ..Default::default()
    };
    let lunch = |date: &String| v1::DayMeal {
        date: date.clone(),
        meal: v1::Meal::Lunch.into(),
        dishes: ["红烧狮子头", "清炒时蔬", "番茄蛋汤"].map(dish).to_vec(),
        ..Default::default()
    };
    encode(Kind::Menu(v1::Menu {
        canteen: "学生食堂".to_owned(),
        menu_set: set.to_owned(),
        audience: v1::MenuAudience::Pupils.into(),
        service_dates: dates.to_vec(),
        meals: dates.iter().map(lunch).collect(),
        ..Default::default()
    }))
}

/// The same with a long agenda: about 4 KB.
pub fn long_session() -> Bytes {
    let row = v1::AgendaItem {
        start: "14:00".to_owned(),
        end: "14:40".to_owned(),
        item: "说课：单元整体设计与习作教学".repeat(2),
        ..Default::default()
    };
    let mut session = joint_prep();
    session.agenda = vec![row; 36];
    encode(Kind::Session(session))
}

/// A joint prep session that the whole group sees, of about 400 bytes.
pub fn session() -> Bytes {
    encode(Kind::Session(joint_prep()))
}

/// What a busy group of twenty campuses holds on a day; a session is compared with the others of its day.
const SESSIONS_A_DAY: usize = 4;

/// The day of the next session.
fn next_day() -> String {
    const DAYS: usize = 30_000;
    static SESSIONS: AtomicUsize = AtomicUsize::new(0);
    let number = SESSIONS.fetch_add(1, Ordering::Relaxed) / SESSIONS_A_DAY % DAYS;
    let number = i32::try_from(number).expect("few");
    date(2001, 1, 1).saturating_add(number.days()).to_string()
}

/// A short session of its campus alone, on a day.
pub fn session_on(day: &str) -> Bytes {
    encode(Kind::Session(v1::Session {
        form: v1::SessionForm::JointPrep.into(),
        title: "集体备课".to_owned(),
        days: vec![v1::SessionDay {
            date: day.to_owned(),
            ..Default::default()
        }],
        ..Default::default()
    }))
}

fn joint_prep() -> v1::Session {
    let named = |name: &str| v1::PersonRef {
        display_name: name.to_owned(),
        ..Default::default()
    };
    let row = |start: &str, end: &str, item: &str| v1::AgendaItem {
        start: start.to_owned(),
        end: end.to_owned(),
        item: item.to_owned(),
        ..Default::default()
    };
    v1::Session {
        form: v1::SessionForm::JointPrep.into(),
        title: "三年级语文第五单元集体备课".to_owned(),
        subjects: vec!["语文".to_owned()],
        grades: vec!["三年级".to_owned()],
        lesson: "《搭船的鸟》《金色的草地》".to_owned(),
        textbook: "统编版三年级上册".to_owned(),
        days: vec![v1::SessionDay {
            date: next_day(),
            start: "14:00".to_owned(),
            end: "16:30".to_owned(),
            ..Default::default()
        }],
        lead: Some(named("张老师")),
        speakers: vec![named("李老师"), named("王老师")],
        invites_all: true,
        agenda: vec![
            row("14:00", "14:40", "说课：单元整体设计"),
            row("14:40", "15:40", "分组研讨：习作教学"),
            row("15:40", "16:30", "总结与分工"),
        ],
        ..Default::default()
    }
}

/// An exchange, drafted: only its owner sees it.
pub fn exchange(home: RecordId, host: RecordId) -> Bytes {
    let unit = |id: RecordId| v1::Unit {
        unit: Some(v1::unit::Unit::CampusId(id.to_string())),
    };
    encode(Kind::Exchange(v1::Exchange {
        person: Some(v1::PersonRef {
            display_name: "李老师".to_owned(),
            ..Default::default()
        }),
        home: Some(unit(home)),
        host: Some(unit(host)),
        r#type: v1::ExchangeType::Regular.into(),
        planned_start: "2025-09".to_owned(),
        planned_end: "2026-07".to_owned(),
        ..Default::default()
    }))
}

/// A push of new records.
pub fn new_records(content: impl Fn() -> Bytes, count: usize) -> v1::PushRequest {
    let mutation = |_| v1::Mutation {
        mutation_id: random_uuid().to_string(),
        record_id: random_uuid().to_string(),
        reason: String::new(),
        wish: Some(Wish::Put(v1::Put {
            content: content(),
            ..Default::default()
        })),
    };
    push_request(&(0..count).map(mutation).collect::<Vec<_>>())
}

/// Every item of a push was stored.
pub fn all_applied(response: v1::PushResponse) {
    for result in response.results {
        assert_eq!(result.outcome(), v1::Outcome::Applied, "{result:?}");
    }
}
