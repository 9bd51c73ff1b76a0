//! Who is where, and the shares that exchanges are held to.

use super::sheet::row;
use super::{Cell, Sheet, words};
use crate::wire::v1::{self, unit::Unit};

/// Campuses, movements, and what to look at.
#[must_use]
pub fn book(book: &v1::GetExchangeBookResponse) -> Vec<Sheet> {
    vec![campuses(book), movements(book), watched(book)]
}

/// Working time in full-time teachers, exact to the percent.
fn full_time(percent: i32) -> String {
    let sign = if percent < 0 { "-" } else { "" };
    let percent = percent.unsigned_abs();
    format!("{sign}{}.{:02}", percent / 100, percent % 100)
}

fn campuses(book: &v1::GetExchangeBookResponse) -> Sheet {
    let mut sheet = Sheet::new(
        &format!("交流台账 exchanges on {}", book.date),
        &[
            "学校\ncampus",
            "派出人次\nout",
            "派出人数\nheads",
            "派出折合\nfull-time",
            "接收人次\nin",
            "接收人数\nheads",
            "接收折合\nfull-time",
            "净人次\nnet",
            "净折合\nnet full-time",
            "学年在岗 出/进\nactive in the year",
            "学年新派 出/进\nbegun in the year",
        ],
    );
    for campus in &book.campuses {
        sheet.rows.push(movement_row(&campus.name, campus));
    }
    if let Some(outside) = &book.outside {
        sheet.rows.push(movement_row("集团外 outside", outside));
    }
    // Everybody who left somewhere came somewhere.
    let total = v1::CampusMovements {
        out: book.total,
        r#in: book.total,
        year_active_out: book.year_active,
        year_active_in: book.year_active,
        year_started_out: book.year_started,
        year_started_in: book.year_started,
        ..Default::default()
    };
    sheet.rows.push(movement_row("合计 total", &total));
    sheet
}

fn movement_row(name: &str, campus: &v1::CampusMovements) -> Vec<Cell> {
    let (out, r#in) = (
        campus.out.unwrap_or_default(),
        campus.r#in.unwrap_or_default(),
    );
    let both = |out: Option<v1::MovementCount>, r#in: Option<v1::MovementCount>| {
        let count = |of: Option<v1::MovementCount>| of.unwrap_or_default().movements;
        format!("{}/{}", count(out), count(r#in))
    };
    row![
        name,
        out.movements,
        out.heads,
        full_time(out.full_time_percent),
        r#in.movements,
        r#in.heads,
        full_time(r#in.full_time_percent),
        campus.net_movements,
        full_time(campus.net_full_time_percent),
        both(campus.year_active_out, campus.year_active_in),
        both(campus.year_started_out, campus.year_started_in),
    ]
}

fn school<'a>(book: &'a v1::GetExchangeBookResponse, unit: Option<&'a v1::Unit>) -> &'a str {
    match unit.and_then(|unit| unit.unit.as_ref()) {
        Some(Unit::CampusId(id)) => {
            let mut campuses = book.campuses.iter();
            let campus = campuses.find(|campus| campus.campus_id == *id);
            campus.map_or(id, |campus| &campus.name)
        }
        Some(Unit::Outside(name)) => name,
        None => "",
    }
}

fn movements(book: &v1::GetExchangeBookResponse) -> Sheet {
    let title = format!(
        "学年交流 movements {} – {}",
        book.year_first_date, book.year_last_date
    );
    let mut sheet = Sheet::new(
        &title,
        &[
            "姓名\nname",
            "原单位\nhome",
            "交流单位\nhost",
            "类型\ntype",
            "状态\nstatus",
            "到岗\ncame",
            "计划期满\nplanned end",
            "离岗\nwent",
            "占比%\nshare",
            "当日在岗\nthere on the day",
            "双向\ntwo-way",
        ],
    );
    for of in &book.exchanges {
        let standing = of.standing.clone().unwrap_or_default();
        let name = match &of.person {
            Some(person) => person.display_name.clone(),
            None => format!("未定 {} 人 not yet named", standing.people),
        };
        sheet.rows.push(row![
            name,
            school(book, standing.home.as_ref()),
            school(book, standing.host.as_ref()),
            words::exchange_type(of.r#type()),
            words::exchange_status(standing.status()),
            standing.real_start.clone(),
            standing.planned_end.clone(),
            of.real_end.clone(),
            of.share_percent,
            if of.on_date { "是 yes" } else { "" },
            if of.pair_id.is_empty() { "" } else { "是 yes" },
        ]);
    }
    sheet
}

fn watched(book: &v1::GetExchangeBookResponse) -> Sheet {
    let mut sheet = Sheet::new(
        "需关注 to be looked at",
        &[
            "原单位\nhome",
            "交流单位\nhost",
            "状态\nstatus",
            "计划起\nplanned start",
            "计划止\nplanned end",
            "原因\nwhy",
            "记录\nrecord",
        ],
    );
    for watched in &book.watched_exchanges {
        let standing = watched.exchange.clone().unwrap_or_default();
        let why: Vec<&str> = watched.concerns().map(words::concern).collect();
        sheet.rows.push(row![
            school(book, standing.home.as_ref()),
            school(book, standing.host.as_ref()),
            words::exchange_status(standing.status()),
            standing.planned_start.clone(),
            standing.planned_end.clone(),
            why.join("、"),
            standing.exchange_id.clone(),
        ]);
    }
    sheet
}

/// One row for each rule, and for each campus of a rule for campuses.
#[must_use]
pub fn shares(shares: &v1::GetExchangeSharesResponse) -> Vec<Sheet> {
    let title = format!(
        "交流比例 shares {} – {}",
        shares.first_date, shares.last_date
    );
    let mut sheet = Sheet::new(
        &title,
        &[
            "规则\nrule",
            "范围\nover",
            "分子\nnumerator",
            "分母\ndenominator",
            "数\nnumbers",
            "应达%\nthreshold",
            "结果\nresult",
            "依据\nsource",
        ],
    );
    for share in &shares.shares {
        let rule = share.rule.clone().unwrap_or_default();
        let over = match share.name.as_str() {
            "" => "全集团 group",
            name => name,
        };
        let numbers = [share.numerator, share.denominator];
        let numbers = numbers.map(|number| Cell::from(number).text()).join("/");
        sheet.rows.push(row![
            rule.name.clone(),
            over,
            words::exchange_count(rule.numerator()),
            words::exchange_count(rule.denominator()),
            numbers,
            rule.threshold_percent.to_string(),
            words::share_result(share.result()),
            rule.source.clone(),
        ]);
    }
    vec![sheet]
}
