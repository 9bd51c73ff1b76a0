//! Whom to chase.

use super::sheet::row;
use super::{Sheet, when, words, zone};
use crate::wire::v1;

/// One row for each thing that is owed.
#[must_use]
pub fn sheets(chase: &v1::GetChaseListResponse) -> Vec<Sheet> {
    let zone = &zone(chase.instant.as_ref());
    let mut owed = Sheet::new(
        &format!("催报 to chase {}", chase.date),
        &[
            "学校\ncampus",
            "事项\nwhat",
            "日期\ndays",
            "名称\ntitle",
            "截止\ndue",
            "记录\nrecord",
        ],
    );
    for campus in &chase.campuses {
        for item in &campus.items {
            owed.rows.push(row![
                campus.name.clone(),
                words::chase_reason(item.reason()),
                item.dates.join("、"),
                item.title.clone(),
                when(item.deadline.as_ref(), zone),
                item.record_id.clone(),
            ]);
        }
    }
    vec![owed]
}
