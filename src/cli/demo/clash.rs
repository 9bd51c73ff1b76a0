//! Scene: two clerks edit one menu; it merges. They edit one dish; the later edit is kept, and settled.

use super::stage::{Error, Stage, edit, put, settle};
use super::week;
use crate::wire::v1::{self, Outcome, content};

const CAMPUS: &str = "滨湖分校";
const RECORD: &str = "menu 滨湖分校 2026-05-18";

pub async fn play(stage: &Stage) -> Result<(), Error> {
    let draft = week::next_menu();
    stage
        .push(
            CAMPUS,
            vec![put(RECORD, content::Kind::Menu(draft.clone()))],
        )
        .await?;
    let monday = changed(&draft, 0, "清蒸鲈鱼");
    let tuesday = changed(&draft, 1, "黄豆炖老鹅");
    expect(stage, edit(RECORD, 1, monday), Outcome::Applied).await?;
    expect(stage, edit(RECORD, 1, tuesday), Outcome::Merged).await?;
    println!("  ✓ 滨湖两位职员同改一份食谱：一位改周一，一位改周二，两处都在 (two edits merge)");
    let again = changed(&draft, 0, "糖醋里脊");
    let kept = expect(stage, edit(RECORD, 1, again.clone()), Outcome::ConflictKept).await?;
    println!(
        "  ✓ 两位都改了周一：中心保留先到的，后到的原样存为“两处改动待定” (a clash is kept whole)"
    );
    let decided = settle(
        RECORD,
        3,
        changed(&again, 1, "黄豆炖老鹅"),
        kept.conflict_id,
    );
    expect(stage, decided, Outcome::Applied).await?;
    println!("  ✓ 商量后再报一次，冲突了结 (an ordinary put settles it)");
    Ok(())
}

fn changed(menu: &v1::Menu, day: usize, dish: &str) -> v1::Menu {
    let mut menu = menu.clone();
    menu.meals[day].dishes[1].name = dish.into();
    menu
}

async fn expect(
    stage: &Stage,
    mutation: v1::Mutation,
    outcome: Outcome,
) -> Result<v1::PushResult, Error> {
    let result = stage.try_push(CAMPUS, vec![mutation]).await?.remove(0);
    if result.outcome() == outcome {
        Ok(result)
    } else {
        Err(format!("应为 {outcome:?}，实为 {result:?}").into())
    }
}
