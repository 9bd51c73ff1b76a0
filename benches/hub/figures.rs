//! What this week's figures cost, with a month and with ten years behind them.

use crate::report::{latencies, line, ms, note};
use crate::stage::{self, Group, Stage, all_applied};
use bytes::Bytes;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use lianxiao::client::Line;
use lianxiao::hub::random_uuid;
use lianxiao::wire::convert::push_request;
use lianxiao::wire::v1;
use prost::Message as _;
use std::time::Instant;
use v1::content::Kind;
use v1::mutation::Wish;

const CAMPUSES: usize = 20;
/// Versions that a campus writes in a week: a menu and its publication, a movement and its end, and sessions.
const A_WEEK: usize = 125;
const CALLS: usize = 30;
/// The week that is asked about.
const MONDAY: Date = date(2026, 5, 11);
/// How many versions there are when it is asked; so many weeks go back from it.
const SIZES: &str = "10000,1000000";

/// Asks at each size; the ratio is to the first.
pub async fn this_week() {
    let sizes = std::env::var("LIANXIAO_BENCH_RECORDS").unwrap_or_else(|_| SIZES.to_owned());
    let sizes = sizes
        .split(',')
        .map(|size| size.trim().parse().expect("a number of records"));
    let stage = Stage::open().await;
    let group = stage.group("春风教育集团", CAMPUSES).await;
    let office = stage.line(&group.office);
    let (mut weeks, mut first) = (0, None);
    for size in sizes {
        let wanted: usize = size;
        while weeks * A_WEEK * CAMPUSES < wanted {
            write_week(&stage, &group, weeks).await;
            weeks += 1;
        }
        let took = ask(&office).await;
        let ratio = took / *first.get_or_insert(took);
        let figure = format!("{took:.1} ms; ratio {ratio:.2}");
        line(
            &format!("this week's figures at {wanted} records"),
            &figure,
            "1.2",
        );
    }
}

/// The median of asking for status and matrix of the week, in milliseconds.
async fn ask(office: &Line) -> f64 {
    let (first_date, last_date) = (
        MONDAY.to_string(),
        MONDAY.saturating_add(5.days()).to_string(),
    );
    let status = v1::GetGroupStatusRequest {
        first_date: first_date.clone(),
        last_date: last_date.clone(),
        time: None,
    };
    let matrix = v1::GetMenuMatrixRequest {
        first_date,
        last_date,
        ..Default::default()
    };
    let mut all = latencies();
    for _ in 0..CALLS {
        let mut hub = office.office();
        let start = Instant::now();
        let status = hub
            .get_group_status(status.clone())
            .await
            .expect("the status");
        let matrix = hub
            .get_menu_matrix(matrix.clone())
            .await
            .expect("the matrix");
        note(&mut all, start.elapsed());
        assert_eq!(status.into_inner().campuses.len(), CAMPUSES);
        assert_eq!(matrix.into_inner().rows.len(), CAMPUSES);
    }
    ms(&all, 0.5)
}

/// What all campuses write for a week, so many weeks before the one that is asked about.
async fn write_week(stage: &Stage, group: &Group, before: usize) {
    let back = i32::try_from(before).expect("ten years") * 7;
    let monday = MONDAY.saturating_sub(back.days());
    for (campus, token) in group.campuses.iter().zip(&group.tokens) {
        let host = group.campuses[0].to_string();
        let mut mutations = menu(monday);
        mutations.extend(movement(&campus.to_string(), &host, monday));
        let session = stage::session_on(&monday.saturating_add(1.days()).to_string());
        let more = A_WEEK - mutations.len();
        mutations.extend((0..more).map(|_| put(&random_uuid().to_string(), 0, session.clone())));
        let push = push_request(&mutations);
        let answer = stage.line(token).sync().push(push).await;
        all_applied(answer.expect("an answer").into_inner());
    }
}

fn menu(monday: Date) -> Vec<v1::Mutation> {
    let days: Vec<String> = (0..5)
        .map(|day| monday.saturating_add(day.days()).to_string())
        .collect();
    let record = random_uuid().to_string();
    let published = v1::menu_action::Action::Publish(v1::PublishMenu {});
    let published = v1::MenuAction {
        action: Some(published),
    };
    let published = v1::Action {
        kind: Some(v1::action::Kind::Menu(published)),
    };
    let act = v1::Act {
        seen_version: 1,
        action: published.encode_to_vec().into(),
    };
    vec![
        put(&record, 0, stage::menu_of("", &days)),
        mutation(&record, Wish::Act(act)),
    ]
}

/// Open when it was drafted, and with an end a moment later: what stood open for a moment must cost nothing in ten
/// years. The head school sends nobody to itself.
fn movement(home: &str, host: &str, monday: Date) -> Vec<v1::Mutation> {
    if home == host {
        return Vec::new();
    }
    let unit = |id: &str| v1::Unit {
        unit: Some(v1::unit::Unit::CampusId(id.to_owned())),
    };
    let open = v1::Exchange {
        unnamed_count: 1,
        home: Some(unit(home)),
        host: Some(unit(host)),
        r#type: v1::ExchangeType::Regular.into(),
        planned_start: monday.to_string(),
        ..Default::default()
    };
    let ended = v1::Exchange {
        planned_end: monday.saturating_add(4.days()).to_string(),
        ..open.clone()
    };
    let record = random_uuid().to_string();
    let encode = |exchange| stage::encode(Kind::Exchange(exchange));
    vec![
        put(&record, 0, encode(open)),
        put(&record, 1, encode(ended)),
    ]
}

fn put(record: &str, version: i64, content: Bytes) -> v1::Mutation {
    let base = (version > 0).then(|| v1::Base {
        version,
        ..Default::default()
    });
    let put = v1::Put {
        base,
        content,
        ..Default::default()
    };
    mutation(record, Wish::Put(put))
}

fn mutation(record: &str, wish: Wish) -> v1::Mutation {
    v1::Mutation {
        mutation_id: random_uuid().to_string(),
        record_id: record.to_owned(),
        reason: String::new(),
        wish: Some(wish),
    }
}
