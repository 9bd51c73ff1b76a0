//! Where every campus stands.

use super::sheet::row;
use super::{Sheet, ratio, when, words, zone};
use crate::wire::v1;
use jiff::tz::TimeZone;

/// One row a campus: how it stands, and how it reports.
#[must_use]
pub fn sheets(status: &v1::GetGroupStatusResponse) -> Vec<Sheet> {
    let zone = &zone(status.instant.as_ref());
    vec![standing(status, zone), reporting(status)]
}

fn standing(status: &v1::GetGroupStatusResponse, zone: &TimeZone) -> Sheet {
    let title = format!(
        "各校情况 campuses {} – {}",
        status.first_date, status.last_date
    );
    let mut sheet = Sheet::new(
        &title,
        &[
            "学校\ncampus",
            "食谱\nmenu",
            "已报/应报\ndays",
            "截止\ndue",
            "报全\ncomplete",
            "教研 拟/已\nsessions",
            "交流 出/进\nexchanges",
            "最近上报\nlast push",
            "最近联系\nlast heard",
        ],
    );
    for campus in &status.campuses {
        let menu = campus.menu.clone().unwrap_or_default();
        sheet.rows.push(row![
            campus.name.clone(),
            words::menu_state(menu.state()),
            format!("{}/{}", menu.published_days, menu.expected_days),
            when(menu.deadline.as_ref(), zone),
            when(menu.complete_time.as_ref(), zone),
            format!("{}/{}", campus.sessions_planned, campus.sessions_held),
            format!("{}/{}", campus.exchanges_out, campus.exchanges_in),
            when(campus.last_push_time.as_ref(), zone),
            when(campus.last_heard_time.as_ref(), zone),
        ]);
    }
    sheet
}

fn reporting(status: &v1::GetGroupStatusResponse) -> Sheet {
    let mut sheet = Sheet::new(
        "上报 reporting",
        &[
            "学校\ncampus",
            "角色\nrole",
            "上报率\nreporting",
            "按时率\ntimeliness",
            "待更正\nto correct",
            "落后\nbehind",
            "待上报/未收/待定\nunsent/refused/conflicts",
        ],
    );
    for campus in &status.campuses {
        let corrections = campus.open_corrections.len();
        sheet.rows.push(row![
            campus.name.clone(),
            words::role(campus.role()),
            ratio(campus.reporting),
            ratio(campus.timeliness),
            i32::try_from(corrections).unwrap_or(i32::MAX),
            behind(&campus.replicas),
            replicas(&campus.replicas),
        ]);
    }
    sheet
}

/// The farthest behind of a campus's replicas; nothing is known of one that keeps none.
fn behind(replicas: &[v1::ReplicaStanding]) -> String {
    let behind = replicas.iter().map(|of| of.behind).max();
    behind.map_or_else(|| "–".to_owned(), |behind| behind.to_string())
}

/// Of all replicas of a campus together; nothing when none has reported.
fn replicas(replicas: &[v1::ReplicaStanding]) -> String {
    if replicas.is_empty() {
        return "–".to_owned();
    }
    let sum = |number: fn(&v1::ReplicaStanding) -> i32| replicas.iter().map(number).sum::<i32>();
    let (unsent, refused) = (sum(|of| of.unsent), sum(|of| of.refused));
    format!("{unsent}/{refused}/{}", sum(|of| of.conflicts))
}
