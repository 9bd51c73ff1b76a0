//! `lianxiao campus conflicts` and `resolve`: two edits of one field, side by side, and one choice.

use super::lang::{Lang, say};
use super::told::{self, Copy};
use super::{Door, Screen, WAITS, ask, words};
use crate::cli::{Error, Outcome};
use crate::client::{Entry, Side, sides};
use crate::content::diff::diff;
use crate::wire::v1;
use crate::wire::v1::mutation::Wish;
use bytes::Bytes;
use clap::Args;
use prost::Message as _;
use serde_json::{Value, json};
use std::process::ExitCode;

/// An edit that lost a clash.
pub struct Conflict {
    /// Its id.
    pub id: String,
    /// What the hub keeps of it.
    state: v1::ConflictState,
    /// Who wrote it.
    actor: String,
}

/// The conflicts that nothing typed settles yet.
pub fn open(copy: &Copy, outbox: &[Entry]) -> Vec<Conflict> {
    let settled = |id: &String| {
        outbox.iter().any(|entry| match &entry.mutation.wish {
            Some(Wish::Put(put)) => !entry.refused && put.resolves.contains(id),
            _ => false,
        })
    };
    let read = |record: &v1::Record| {
        let state = v1::State::decode(record.state.as_ref()).ok()?;
        match state.kind? {
            v1::state::Kind::Conflict(state) => Some(Conflict {
                id: record.id.clone(),
                state,
                actor: record.actor.clone(),
            }),
            _ => None,
        }
    };
    let all = copy.records.values().filter_map(read);
    all.filter(|conflict| !settled(&conflict.id)).collect()
}

impl Conflict {
    fn theirs(&self, copy: &Copy) -> Bytes {
        let record = copy.records.get(&self.state.record_id);
        record
            .map(|record| record.content.clone())
            .unwrap_or_default()
    }

    fn sides(&self, copy: &Copy) -> Vec<Side> {
        sides(&self.state, &self.theirs(copy))
    }
}

/// Tells all open conflicts, or the one whose id begins so.
pub async fn run(door: &Door, wanted: Option<String>, screen: Screen) -> Outcome {
    let replica = door.copy().await?;
    let copy = Copy::of(&replica).await?;
    let mut open = open(&copy, &replica.outbox().await?);
    if let Some(wanted) = &wanted {
        open.retain(|conflict| conflict.id.starts_with(wanted.as_str()));
        if open.is_empty() {
            return Err(unknown(wanted));
        }
    }
    let mut found = Vec::new();
    for conflict in &open {
        let sides = conflict.sides(&copy);
        if screen.json {
            found.push(as_json(conflict, &sides));
        } else {
            print!("{}", as_text(conflict, &sides, &copy, screen.lang));
        }
    }
    if screen.json {
        println!("{:#}", json!({"conflicts": found}));
    } else if open.is_empty() {
        println!(
            "{}",
            screen
                .lang
                .pick("没有两处改动待定", "there are no conflicts")
        );
    }
    replica.close().await;
    Ok(match open.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(WAITS),
    })
}

fn unknown(wanted: &str) -> Error {
    format!(
        "没有编号以 {wanted} 开头的待定改动：用 lianxiao campus conflicts 查看 (there is no open conflict {wanted}: see \
         lianxiao campus conflicts)"
    )
    .into()
}

fn as_json(conflict: &Conflict, sides: &[Side]) -> Value {
    let parsed = |text: &Option<String>| -> Value {
        let text = text
            .as_ref()
            .map(|text| serde_json::from_str(text).unwrap_or_default());
        text.unwrap_or_default()
    };
    let side = |side: &Side| {
        json!({
            "path": side.path,
            "base": parsed(&side.base),
            "theirs": parsed(&side.theirs),
            "mine": parsed(&side.mine),
            "both_changed": side.both,
        })
    };
    json!({
        "conflict_id": conflict.id,
        "record_id": conflict.state.record_id,
        "hub_version": conflict.state.hub_version,
        "actor": conflict.actor,
        "paths": conflict.state.paths,
        "differences": sides.iter().map(side).collect::<Vec<_>>(),
    })
}

fn as_text(conflict: &Conflict, sides: &[Side], copy: &Copy, lang: Lang) -> String {
    let Conflict { id, actor, .. } = conflict;
    let title = copy.title(&conflict.state.pushed, lang);
    let text = say!(
        lang,
        "{title}（{actor} 的改动，{id}）",
        "{title} (the edit of {actor}, {id})"
    );
    let text = crate::model::text::harmless(&text) + "\n";
    let shown = |text: &Option<String>| words::readable(text.as_deref().unwrap_or("—"), lang);
    let rows = sides.iter().map(|side| {
        let mark = lang.pick("两处都改", "both");
        [
            words::readable(&side.path, lang),
            shown(&side.base),
            shown(&side.theirs),
            shown(&side.mine),
            if side.both {
                mark.to_owned()
            } else {
                String::new()
            },
        ]
    });
    let headings = lang.pick(
        [
            "栏目",
            "原来",
            "中心现在（theirs）",
            "后到的改动（mine）",
            "",
        ],
        [
            "field",
            "before",
            "theirs: the hub has",
            "mine: came later",
            "",
        ],
    );
    let table = told::table(headings, rows.collect());
    let choose = say!(
        lang,
        "选定：lianxiao campus resolve {id} --mine | --theirs | --content 文件\n",
        "decide: lianxiao campus resolve {id} --mine | --theirs | --content FILE\n"
    );
    format!("{text}{table}\n{choose}")
}

#[derive(Args)]
pub struct Resolve {
    /// The conflict, by the beginning of its id
    conflict: String,
    #[command(flatten)]
    choice: Choice,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Choice {
    /// The edit that came later, whole as it was typed
    #[arg(long)]
    mine: bool,
    /// What the hub has
    #[arg(long)]
    theirs: bool,
    /// A content made of both, as JSON; - for standard input
    #[arg(long, value_name = "FILE|-")]
    content: Option<std::path::PathBuf>,
}

impl Resolve {
    pub async fn run(self, door: &Door, screen: Screen) -> Outcome {
        let replica = door.copy().await?;
        let copy = Copy::of(&replica).await?;
        let open = open(&copy, &replica.outbox().await?);
        let mut fits = open
            .iter()
            .filter(|conflict| conflict.id.starts_with(&self.conflict));
        let conflict = fits.next().ok_or_else(|| unknown(&self.conflict))?;
        let decided = match (&self.choice.content, self.choice.mine) {
            (Some(file), _) => super::put::content(file)?,
            (None, true) => conflict.state.pushed.clone(),
            (None, false) => conflict.theirs(&copy),
        };
        let changes = diff("lianxiao.v1.Content", &conflict.theirs(&copy), &decided);
        if !screen.json {
            println!("{}", super::import::changes_told(&changes, screen.lang));
        }
        let question = screen.lang.pick("就这样定？", "Decide so?");
        if !self.yes && !ask::agreed(question)? {
            return Ok(super::undecided(screen.lang));
        }
        let record = &conflict.state.record_id;
        let mutation = replica
            .settle(record, decided, vec![conflict.id.clone()])
            .await?;
        super::typed(&replica, &[mutation], screen).await
    }
}
