//! Scene: a campus tries to read another's exchange, and to write another's menu.

use super::cast::record_id;
use super::stage::{Error, Stage, edit};
use super::week;
use crate::wire::v1;

const STRANGER: &str = "五叶";

pub async fn play(stage: &Stage) -> Result<(), Error> {
    let request = v1::GetRecordRequest {
        record_id: record_id("exchange 周老师"),
        ..Default::default()
    };
    match stage.line(STRANGER)?.sync().get_record(request).await {
        Err(refused) if refused.message().starts_with("there is no record") => {}
        answer => return Err(format!("{STRANGER}看到了别校的交流：{answer:?}").into()),
    }
    println!(
        "  ✓ {STRANGER}想看总校到儒林的交流：查无此记录 (another's exchange: not found, not even forbidden)"
    );
    let theirs = week::menu("春风分校", &[]);
    let wish = edit(&week::menu_record("春风分校"), 2, theirs);
    let answer = stage.try_push(STRANGER, vec![wish]).await?.remove(0);
    let Some(refusal) = answer.refusals.first().filter(|of| of.code == "NOT_OWNER") else {
        return Err(format!("{STRANGER}改了春风的食谱：{answer:?}").into());
    };
    println!("  ✓ {STRANGER}想改春风的食谱：看得到，改不了 (another's menu: seen, not written):");
    println!("      未收 {}：{}", refusal.code, refusal.message_zh);
    Ok(())
}
