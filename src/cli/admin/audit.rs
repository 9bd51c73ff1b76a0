//! `lianxiao admin audit`: who did what, and how often somebody was refused.

use super::{Operator, Outcome};
use crate::model::clock::{Clock as _, SystemClock};
use crate::model::text::harmless;
use crate::wire::json::json;
use crate::wire::v1::audit_entry::What;
use crate::wire::{convert, v1};
use clap::Args;
use comfy_table::{Table, presets};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use std::process::ExitCode;

#[derive(Args)]
pub struct Audit {
    /// The group's id; without it, refused callers whom no group knows
    #[arg(long)]
    group: Option<String>,
    /// From when on: a time, RFC 3339, or how long ago (90d, 2h 30m); from the beginning when left out
    #[arg(long, value_parser = since, value_name = "TIME|DURATION")]
    since: Option<Timestamp>,
    /// Print each entry as JSON on a line of its own
    #[arg(long)]
    json: bool,
}

impl Audit {
    pub async fn run(self, mut admin: Operator) -> Outcome {
        let mut table = Table::new();
        table.load_style(presets::UTF8_FULL_CONDENSED).set_header([
            "time",
            "who",
            "credential or address",
            "what",
            "about",
            "count",
        ]);
        let mut request = v1::ListAuditRequest {
            group_id: self.group.unwrap_or_default(),
            start_time: self.since.map(convert::timestamp),
            page_size: 1_000,
            ..Default::default()
        };
        loop {
            let page = admin.list_audit(request.clone()).await;
            let page = page.map_err(|refusal| refusal.message().to_owned())?;
            let page = page.into_inner();
            for entry in &page.entries {
                if self.json {
                    println!("{}", harmless(&json("AuditEntry", entry)?.to_string()));
                } else {
                    table.add_row(row(entry).map(|cell| harmless(&cell)));
                }
            }
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                break;
            }
        }
        if !self.json {
            println!("{table}");
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn since(text: &str) -> Result<Timestamp, jiff::Error> {
    time_or_ago(text, SystemClock.now())
}

/// Reads a time, or how long before now it was.
fn time_or_ago(text: &str, now: Timestamp) -> Result<Timestamp, jiff::Error> {
    if let Ok(time) = text.parse() {
        return Ok(time);
    }
    let ago: Span = text.parse()?;
    let now = now.to_zoned(TimeZone::system());
    Ok(now.checked_sub(ago)?.timestamp())
}

fn row(entry: &v1::AuditEntry) -> [String; 6] {
    let time = entry.time.as_ref().and_then(convert::time);
    let time = time.map(|time| {
        let local = time.to_zoned(TimeZone::system());
        local.strftime("%Y-%m-%d %H:%M:%S%:z").to_string()
    });
    let (who, from) = match &entry.caller {
        None => ("operator".to_owned(), String::new()),
        Some(stranger) if stranger.credential_id.is_empty() => {
            (String::new(), stranger.address.clone())
        }
        Some(holder) => {
            let place = holder.place().as_str_name().replace("PLACE_KIND_", "");
            let who = format!("{} {}", place.to_lowercase(), holder.holder);
            (who, holder.credential_id.clone())
        }
    };
    let (what, about, count) = match &entry.what {
        Some(What::Deed(deed)) => {
            let what = deed.deed().as_str_name().replace("DEED_", "");
            (what.to_lowercase(), about(deed), deed.count)
        }
        Some(What::Refusals(refusals)) => {
            let what = format!("refused: {}", refusals.reason);
            (what, String::new(), refusals.count)
        }
        None => Default::default(),
    };
    let time = time.unwrap_or_default();
    [time, who, from, what, about, count.to_string()]
}

fn about(deed: &v1::AuditDeed) -> String {
    let positions = match (deed.first_position, deed.last_position) {
        (0, _) => String::new(),
        (first, last) => format!("positions {first} to {last}"),
    };
    let kinds = deed.record_kinds.join(", ");
    let mut parts = vec![kinds, deed.subject_id.clone(), positions];
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_json_stays_json() {
        let holder = "总务处\u{9b}\u{202e}\n";
        let entry = v1::AuditEntry {
            caller: Some(v1::AuditCaller {
                holder: holder.to_owned(),
                ..Default::default()
            }),
            ..Default::default()
        };
        let line = harmless(&json("AuditEntry", &entry).unwrap().to_string());
        assert!(!line.chars().any(char::is_control), "{line:?}");
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read["caller"]["holder"], holder);
    }

    #[test]
    fn since_is_a_time_or_how_long_ago() {
        let now: Timestamp = "2026-05-08T15:00:00+08:00".parse().unwrap();
        let read = |text| time_or_ago(text, now).map(|time| time.to_string());
        assert_eq!(
            read("2026-05-01T00:00:00+08:00").unwrap(),
            "2026-04-30T16:00:00Z"
        );
        assert_eq!(read("90m").unwrap(), "2026-05-08T05:30:00Z");
        assert_eq!(read("2h 30m").unwrap(), "2026-05-08T04:30:00Z");
        for noise in ["", "yesterday", "12", "9999999y"] {
            assert!(read(noise).is_err(), "{noise}");
        }
    }
}
