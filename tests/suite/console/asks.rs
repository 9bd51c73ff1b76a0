//! What the office asks by a form: an excuse, a correction.

use super::browser::Browser;
use super::{in_term, published};
use crate::harness::{LAKE, SPRING, TestHub};
use crate::wishes::{fresh, menu};

/// The week of the first days in May. It was due before the holidays: whoever publishes now is late.
const THIS_WEEK: [&str; 4] = ["2026-05-06", "2026-05-07", "2026-05-08", "2026-05-09"];
const PAGE: &str = "/?week=2026-05-04";

/// A hub where a menu came late.
pub async fn with_a_late_menu() -> (TestHub, String) {
    let hub = in_term().await;
    let late = published(&hub, LAKE, menu(&THIS_WEEK)).await;
    (hub, late)
}

#[tokio::test]
async fn the_office_excuses_a_late_cell_with_a_reason_and_takes_that_back() {
    let (hub, late) = with_a_late_menu().await;
    let office = Browser::signed_in(&hub, &hub.group.office).await;
    let door = format!("/menu/{late}/excuse");
    let page = office.get(PAGE).await;
    page.shows(&format!("action=\"{door}\""));
    page.shows("<strong>1</strong> 迟报");
    let none = office.post(&door, &[("week", "2026-05-04")]).await;
    none.is(409);
    none.shows("未办理");
    let form = [("reason", "EXCUSE_REASON_SUPPLY"), ("week", "2026-05-04")];
    let stranger = office.post_from("http://evil.example", &door, &form);
    stranger.await.is(403);
    assert_eq!(office.post(&door, &form).await.location(), PAGE);
    let page = office.get(PAGE).await;
    for shown in [
        "<strong>0</strong> 迟报",
        "<strong>1</strong> 迟报·已核准",
        "已核准：供货变动",
    ] {
        page.shows(shown);
    }
    // Pressed twice it stands so already.
    assert_eq!(office.post(&door, &form).await.location(), PAGE);
    let back = [("revoke", "yes"), ("week", "2026-05-04")];
    assert_eq!(office.post(&door, &back).await.location(), PAGE);
    office.get(PAGE).await.shows("<strong>1</strong> 迟报");
    let nothing = format!("/menu/{}/excuse", fresh());
    office.post(&nothing, &form).await.is(404);
}

#[tokio::test]
async fn the_office_asks_for_a_correction_on_a_records_page() {
    let (hub, late) = with_a_late_menu().await;
    let office = Browser::signed_in(&hub, &hub.group.office).await;
    let page = format!("/menu/{late}");
    let door = format!("/correct/{late}");
    let shown = office.get(&page).await;
    shown.shows(&format!("action=\"{door}\""));
    shown.shows("<option value=\"service_dates\">供餐日期</option>");
    let ask = async |field: &str, text: &str| {
        let form = [("field", field), ("text", text), ("version", "2")];
        office.post(&door, &form).await
    };
    let long = "长".repeat(201);
    for (field, text) in [("meals", ""), ("meals", long.as_str()), ("nothing", "缺")] {
        let refused = ask(field, text).await;
        refused.is(409);
        refused.shows("未办理");
    }
    assert_eq!(ask("meals", "周三缺素菜").await.location(), page);
    let asked = "餐：周三缺素菜";
    office.get(&page).await.shows(asked);
    office.get("/").await.shows("周三缺素菜");
    // The owner sees it, and nobody else; nobody but the office asks.
    for (name, sees) in [(LAKE, true), (SPRING, false)] {
        let campus = Browser::signed_in(&hub, &hub.group.member(name).token).await;
        let shown = campus.get(&page).await;
        shown.is(200);
        assert_eq!(shown.body.contains(asked), sees, "{name}");
        assert!(!shown.body.contains("/correct/"), "{name}");
        let form = [("field", "meals"), ("text", "我也要问")];
        let refused = campus.post(&door, &form).await;
        refused.is(409);
        refused.shows("集团办");
    }
}

#[tokio::test]
async fn a_history_is_told_in_a_schools_words() {
    let (hub, late) = with_a_late_menu().await;
    let office = Browser::signed_in(&hub, &hub.group.office).await;
    let page = office.get(&format!("/history/{late}")).await;
    for told in [
        "进程",
        "已公布",
        "公布时间",
        "5月8日 15:00",
        "5月6日 周三 午餐",
        "红烧狮子头",
    ] {
        page.shows(told);
    }
    for raw in ["MENU_STATUS", "MEAL_LUNCH", "content.menu", "publish_time"] {
        assert!(!page.body.contains(raw), "{raw}\n{}", page.body);
    }
}
