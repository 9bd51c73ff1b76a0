//! Scene: a messy sheet goes in, as `lianxiao campus import` takes it.

use super::cast::campus_id;
use super::stage::{Error, Folder, START, Stage};
use crate::cli::read::shown;
use crate::client::Replica;
use crate::content::overlay::Untyped;
use crate::intake::again::{Filing, Had, file};
use crate::intake::guess::guess;
use crate::intake::known::Known;
use crate::wire::v1;
use jiff::tz::TimeZone;
use prost::Message as _;

const CAMPUS: &str = "春风分校";

/// Old names, traditional characters, no year, and a weekday that does not fit; saved in GBK.
const SHEET: &str = "春风分校教研安排（第12周）,,,,\n\
    日 期,时间,活动主题,主备人,地點\n\
    5月20日（周三）,下午2:00～4:30,六年级数学集体备课,張老師,三楼録播室\n\
    5月21日（周五）,14:00-15:30,信息技术 六年级教研,王老师,本校机房\n";

pub async fn play(stage: &Stage) -> Result<(), Error> {
    let folder = Folder::new("replica");
    crate::hub::make_private_folder(folder.path())?;
    let replica = Replica::open(&folder.path().join("copy.db")).await?;
    let line = stage.line(CAMPUS)?;
    replica.sync(&line).await?;
    let filing = hand_in(&replica, true).await?;
    for filed in &filing.filed {
        replica.put(&filed.record_id, filed.after.clone()).await?;
    }
    replica.sync(&line).await?;
    let (typed, refused) = (filing.filed.len(), replica.outbox().await?.len());
    if (typed, refused) != (2, 0) {
        return Err(format!("表里两次活动都应收下，实为 {typed} 次，{refused} 次未收").into());
    }
    println!(
        "  ✓ 春风分校的乱表录入本机，联网后上报，两次活动已收 (stored here, then sent: both accepted)"
    );
    println!(
        "    在网页上交表、逐格改正 (the same in a browser)：http://{}/desk",
        stage.address()
    );
    let again = hand_in(&replica, false).await?;
    let same = |filed: &crate::intake::again::Filed| filed.before.as_ref() == Some(&filed.after);
    if !again.filed.iter().all(same) {
        return Err("同一张表再录一次应无变化".into());
    }
    println!("  ✓ 同一张表再录一次：无变化 (the same sheet again changes nothing)");
    replica.close().await;
    Ok(())
}

/// Reads the sheet as the school's own computer does, and holds it against the school's records.
async fn hand_in(replica: &Replica, told: bool) -> Result<Filing, Error> {
    let (bytes, _, _) = encoding_rs::GBK.encode(SHEET);
    let own = campus_id(CAMPUS);
    let today = START
        .parse::<jiff::Timestamp>()?
        .to_zoned(TimeZone::system())
        .date();
    let (mut known, mut had) = (Known::on(today), Vec::new());
    for record in replica.records().await? {
        if let Some(kind) = v1::Content::decode(record.content.as_ref())?.kind {
            known = known.with(&record.id, kind);
        }
        if record.campus_id == own && record.kind == "session" {
            had.push(Had {
                record_id: record.id,
                content: record.content,
            });
        }
    }
    let known = known.as_campus(&own)?;
    let what = guess("安排.csv", &bytes)?.ok_or("看不出是什么表")?;
    let reading = crate::intake::read(what, &bytes, &known)?;
    if told {
        let codes: Vec<&str> = reading
            .doubts
            .iter()
            .map(|doubt| doubt.code.entry().0)
            .collect();
        if !codes.contains(&"WEEKDAY_MISMATCH") || !codes.contains(&"FOLDED") {
            return Err(format!("应对星期和旧科目名存疑，实为 {codes:?}").into());
        }
        println!(
            "  ✓ 一张乱表（GBK、旧科目名、没写年份、星期不对）读成两次活动，每处疑问都带位置 (a messy sheet is read, each doubt beside its cell):"
        );
        for doubt in &reading.doubts {
            println!("      {}：{}", shown(&doubt.place), doubt.zh());
        }
    }
    Ok(file(&reading.items, &own, &had, &known, Untyped::Stay))
}
