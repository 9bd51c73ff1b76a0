//! Everything at once: clerks of two campuses on weak lines, whose programs are killed at any instant, and a hub
//! that is killed too. In the end the hub and every copy hold what was typed, each thing once.

use super::{Clerk, Town, sessions};
use crate::checker::proxy::{Proxy, Weather};
use crate::dice::Dice;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;
use std::time::Duration;
use tokio::sync::watch;

const WEATHERS: [Weather; 6] = [
    Weather::Fair,
    Weather::Cut,
    Weather::Swallows,
    Weather::Slow,
    Weather::Resets,
    Weather::Echoes,
];
/// Which campus each computer is of.
const COMPUTERS: [usize; 3] = [0, 0, 1];
/// How often everybody syncs at the end, at most.
const LAST_SYNCS: usize = 10;

/// A clerk, her line, and what she typed.
struct Desk {
    clerk: Clerk,
    line: Proxy,
    /// What the program said was stored.
    told: BTreeSet<String>,
    /// What it was killed over: stored or not, never half.
    killed_over: BTreeSet<String>,
    /// How many rows her plan has.
    rows: usize,
}

impl Desk {
    async fn open(town: &Town, number: usize, campus: usize) -> Self {
        let hub = town.address.parse().expect("an address");
        let line = Proxy::start(watch::channel(Some(hub)).1).await;
        let mut clerk = town.clerk(campus, &format!("computer-{number}"));
        clerk.hub = format!("http://{}", line.address);
        clerk.says(0, &["sync"]);
        Desk {
            clerk,
            line,
            told: BTreeSet::new(),
            killed_over: BTreeSet::new(),
            rows: 0,
        }
    }

    /// Runs a command line and, with some luck, kills it; whether it ended well by itself.
    fn run(&self, dice: &mut Dice, words: &[&str]) -> bool {
        let mut command = self.clerk.command(words);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("it starts");
        if dice.chance(40) {
            std::thread::sleep(Duration::from_millis(dice.below(120) as u64));
            child.kill().expect("it is there");
        }
        child.wait().expect("it ends").success()
    }

    /// Types something, or hands a sheet in, or syncs.
    fn live(&mut self, dice: &mut Dice, mark: usize) {
        let turn = dice.below(3);
        if turn == 0 {
            let topic = format!("留样 {mark}");
            let note = serde_json::json!({"canteenNote": {"topic": topic, "measure": "专人留样"}});
            let file = self.clerk.file("note.json", &note.to_string());
            match self.run(dice, &["put", &file]) {
                true => self.told.insert(topic),
                false => self.killed_over.insert(topic),
            };
        } else if turn == 1 {
            self.rows += 1;
            self.plan(dice);
        }
        self.line.turn(dice.pick(&WEATHERS));
        self.run(dice, &["sync"]);
        self.line.turn(Weather::Fair);
    }

    /// Her plan as it is now, each row once more; killed or not, it is handed in again with the next row.
    fn plan(&self, dice: &mut Dice) -> bool {
        let name = self
            .clerk
            .folder
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let rows: Vec<(String, String)> = (0..self.rows)
            .map(|row| {
                (
                    format!("2026-05-{:02}", row % 28 + 1),
                    format!("{name} 第{row}次集体备课"),
                )
            })
            .collect();
        let rows: Vec<(&str, &str)> = rows
            .iter()
            .map(|(date, title)| (date.as_str(), title.as_str()))
            .collect();
        let file = self.clerk.file("plan.csv", &sessions(&rows));
        self.run(
            dice,
            &[
                "import",
                &file,
                "--kind",
                "session",
                "--today",
                "2026-05-08",
                "--yes",
            ],
        )
    }
}

/// The titles of a kind in a copy, with the versions of all that are called so.
fn titles(clerk: &Clerk, kind: &str) -> BTreeMap<String, Vec<i64>> {
    let mut titles: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for record in clerk.list(kind) {
        assert_eq!(record["waiting"], false, "{record}");
        let title = record["title"].as_str().expect("a title").to_owned();
        let version = record["version"].as_i64().expect("a number");
        titles.entry(title).or_default().push(version);
    }
    titles
}

fn everybody_syncs(desks: &[Desk]) {
    for _ in 0..LAST_SYNCS {
        for desk in desks {
            desk.clerk.says(0, &["sync"]);
        }
        let waits = |desk: &Desk| desk.clerk.json(0, &["status"])["waiting"] != 0;
        if !desks.iter().any(waits) {
            break;
        }
    }
    // What the last one sent reaches the others.
    for desk in desks {
        desk.clerk.says(0, &["sync"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_killed_at_any_instant_on_bad_lines_lose_nothing_and_send_nothing_twice() {
    let rounds = if std::env::var_os("LIANXIAO_LONG").is_some() {
        120
    } else {
        12
    };
    let mut dice = Dice::seeded();
    let mut town = tokio::task::block_in_place(Town::found);
    let mut desks = Vec::new();
    for (number, campus) in COMPUTERS.into_iter().enumerate() {
        desks.push(Desk::open(&town, number, campus).await);
    }
    tokio::task::block_in_place(|| {
        for round in 0..rounds {
            for (number, desk) in desks.iter_mut().enumerate() {
                desk.live(&mut dice, round * COMPUTERS.len() + number);
            }
            if dice.chance(30) {
                town.kill_hub();
                desks[0].live(&mut dice, 10_000 + round);
                town.raise_hub();
            }
        }
        for desk in &desks {
            while desk.rows > 0 && !desk.plan(&mut dice) {}
        }
        everybody_syncs(&desks);
    });
    tokio::task::block_in_place(|| verdict(&town, &desks));
}

fn verdict(town: &Town, desks: &[Desk]) {
    let office = town.office();
    office.says(0, &["sync"]);
    let (notes, plans) = (titles(&office, "canteen_note"), titles(&office, "session"));
    let told: BTreeSet<&String> = desks.iter().flat_map(|desk| &desk.told).collect();
    let maybe: BTreeSet<&String> = desks.iter().flat_map(|desk| &desk.killed_over).collect();
    assert!(
        told.len() > 2 && !plans.is_empty(),
        "a life in which nothing happens proves nothing"
    );
    for topic in &told {
        assert_eq!(notes.get(*topic), Some(&vec![1]), "{topic} was typed once");
    }
    for (topic, versions) in &notes {
        assert!(
            told.contains(topic) || maybe.contains(topic),
            "{topic} was never typed"
        );
        assert_eq!(versions, &[1], "{topic} is there once");
    }
    let rows: usize = desks.iter().map(|desk| desk.rows).sum();
    assert_eq!(plans.len(), rows, "every row is there: {plans:#?}");
    assert!(
        plans.values().all(|versions| versions == &[1]),
        "and once: {plans:#?}"
    );
    for desk in desks {
        assert_eq!(titles(&desk.clerk, "canteen_note"), notes);
        assert_eq!(titles(&desk.clerk, "session"), plans);
    }
}
