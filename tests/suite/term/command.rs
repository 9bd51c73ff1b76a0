//! `lianxiao office`: the same figures at a terminal.

use super::play::Term;
use crate::harness::{HEAD, LAKE, SPRING};
use crate::process::program;
use crate::wishes::id;
use serde_json::Value;

/// What an office command prints on its two outputs, and whether it ended well.
async fn office(term: &Term, words: &[&str]) -> (String, String, bool) {
    let mut command = program();
    command
        .arg("office")
        .args(words)
        .env("LIANXIAO_HUB", format!("http://{}", term.hub.address()))
        .env("LIANXIAO_TOKEN", &term.hub.group.office)
        .env("TZ", "America/Lima");
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.expect("it ran").expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (
        text(output.stdout),
        text(output.stderr),
        output.status.success(),
    )
}

async fn printed(term: &Term, words: &[&str]) -> String {
    let (printed, complaint, well) = office(term, words).await;
    assert!(well, "{words:?}: {complaint}");
    printed
}

const SPAN: [&str; 4] = ["--from", "2026-05-11", "--to", "2026-07-03"];
const AT: [&str; 2] = ["--at", "2026-07-04T07:00:00+08:00"];

fn words<'a>(verb: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&[verb], more, &AT].concat()
}

#[tokio::test]
async fn the_matrix_is_a_table_csv_and_json() {
    let term = Term::over().await;
    let table = printed(&term, &words("matrix", &SPAN)).await;
    let row = |name: &str| {
        let line = table
            .lines()
            .find(|line| line.contains(name))
            .expect("a row");
        let cells = line.split(['│', '┆']).map(|cell| cell.trim().to_owned());
        cells.filter(|cell| !cell.is_empty()).collect::<Vec<_>>()
    };
    assert_eq!(
        row(SPRING),
        [
            SPRING,
            "✓ 按时",
            "✓ 按时",
            "○ 迟报",
            "○ 迟报·已核准",
            "◐ 4/5",
            "◐ 4/5",
            "✗ 未报",
            "✓ 按时",
            "3",
            "5",
            "1",
            "1",
            "2",
            "1",
            "0",
            "31/38 (81.6%)",
            "3/8 (37.5%)",
            "0",
            "0",
            "0/31",
        ]
    );
    assert_eq!(row(HEAD)[8..10], ["✓ 按时", "7"]);
    let csv = printed(&term, &[words("matrix", &SPAN), vec!["--csv"]].concat()).await;
    assert!(csv.starts_with('\u{feff}') && csv.contains("\r\n"));
    let lake = csv
        .lines()
        .find(|line| line.starts_with(LAKE))
        .expect("a row");
    assert_eq!(
        lake,
        format!(
            "{LAKE},–,–,–,✓ 按时,✓ 按时,✓ 按时,✓ 按时,✗ 未报,4,4,0,0,0,1,0,20/25 (80.0%),4/5 (80.0%),0,0,0/20"
        )
    );
    // The deadline and the hub's time in the group's zone, wherever it is printed; beside them the claim.
    let claimed = "2026-05-22 18:00,2026-05-25 07:00,2026-05-22T17:00:00+08:00";
    assert!(csv.contains(claimed), "{csv}");
    let json = printed(&term, &[words("matrix", &SPAN), vec!["--json"]].concat()).await;
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["totals"]["onTime"], 14);
    assert_eq!(
        json["rows"][1]["cells"][2]["state"],
        "MENU_STANDING_STATE_LATE"
    );
}

#[tokio::test]
async fn every_report_is_printed() {
    let term = Term::over().await;
    let status = printed(&term, &words("status", &SPAN)).await;
    assert!(status.contains("31/38 (81.6%)"), "{status}");
    let table = printed(&term, &words("table", &["--from", "2026-05-27"])).await;
    assert!(
        table.contains("清蒸鲈鱼") && table.contains("可能含有"),
        "{table}"
    );
    let sessions = printed(&term, &words("sessions", &SPAN)).await;
    for figure in ["0–1", "未知 n/k", "57/65 (87.7%)", "2–3/5"] {
        assert!(sessions.contains(figure), "{figure}: {sessions}");
    }
    let exchanges = printed(&term, &words("exchanges", &["--date", "2026-06-30"])).await;
    for figure in ["-2.60", "3.90", "集团外 outside", "2–4"] {
        assert!(exchanges.contains(figure), "{figure}: {exchanges}");
    }
    let shares = printed(&term, &words("shares", &["--year", "2025"])).await;
    assert!(
        shares.contains("教督〔2017〕6号") && shares.contains("1–4/2–4"),
        "{shares}"
    );
    let at = ["--at", "2026-06-11T12:00:00+08:00"];
    let chase = printed(&term, &[&["chase", "--line"][..], &at].concat()).await;
    assert!(
        chase.starts_with("【催报】6月11日") && chase.contains("食谱不全（06-12）"),
        "{chase}"
    );
    assert_eq!(chase.lines().count(), 1);
}

#[tokio::test]
async fn days_that_are_left_out_are_the_groups_and_not_the_machines() {
    let term = Term::over().await;
    let asked = async |verb: &str| {
        let json = printed(&term, &words(verb, &["--json"])).await;
        let json: Value = serde_json::from_str(&json).expect("JSON");
        json
    };
    // The day before is not yet over in Lima.
    assert_eq!(
        asked("table").await["dates"],
        serde_json::json!(["2026-07-04"])
    );
    let sessions = asked("sessions").await;
    assert_eq!(
        [&sessions["firstDate"], &sessions["lastDate"]],
        ["2025-09-01", "2026-07-04"]
    );
    let status = asked("status").await;
    assert_eq!(
        [&status["firstDate"], &status["lastDate"]],
        ["2026-06-29", "2026-07-11"]
    );
    assert_eq!(asked("matrix").await["columns"][0]["date"], "2026-06-29");
    assert_eq!(asked("shares").await["firstDate"], "2025-09-01");
}

#[tokio::test]
async fn the_office_excuses_a_menu_at_the_terminal() {
    let term = Term::over().await;
    let record = id("spring 2026-05-25");
    let said = printed(&term, &["excuse", &record, "--reason", "equipment"]).await;
    assert!(said.contains("第 3 版"), "{said}");
    let again = printed(&term, &["excuse", &record, "--reason", "equipment"]).await;
    assert!(again.contains("已是如此"), "{again}");
    let taken_back = printed(&term, &["excuse", &record, "--revoke"]).await;
    assert!(taken_back.contains("第 4 版"), "{taken_back}");
    let (_, complaint, well) = office(&term, &["excuse", &id("nothing"), "--revoke"]).await;
    assert!(!well && complaint.contains("no record"), "{complaint}");
}

#[tokio::test]
async fn what_the_hub_refuses_is_one_line() {
    let term = Term::begin().await;
    let (printed, complaint, well) = office(
        &term,
        &["table", "--from", "2026-05-02", "--to", "2026-05-01"],
    )
    .await;
    assert!(!well && printed.is_empty());
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
    assert!(
        complaint.contains("last_date lies before first_date"),
        "{complaint}"
    );
}
