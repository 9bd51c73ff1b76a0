//! Figures that are looked at rather than read: laid out here, drawn by the template as SVG.

use super::read::Ground;
use crate::model::date::day;
use crate::wire::v1;
use std::collections::BTreeMap;

/// How high the bars of a chart are at most.
const BAR_HEIGHT: f64 = 120.0;
/// How high a movement of one person is, how far two campuses are apart, and how high a name needs.
const PERSON: f64 = 14.0;
const GAP: f64 = 12.0;
const NAME: f64 = 22.0;
/// Where the columns of a chart of flows stand.
const LEFT: f64 = 170.0;
const RIGHT: f64 = 470.0;

/// A week in the chart of timeliness.
pub struct Bar {
    pub label: String,
    /// Numerator / denominator; empty: nothing was due.
    pub text: String,
    pub x: f64,
    pub y: f64,
    pub height: f64,
}

/// Campuses on time, week by week. A week in which nothing was due has no bar, which is not 0.
pub fn timeliness(weeks: &v1::GetMenuMatrixResponse) -> Vec<Bar> {
    let bar = |(x, column): (f64, &v1::MenuColumn)| {
        let rate = column.totals.as_ref().and_then(|totals| totals.timeliness);
        let rate = rate.filter(|rate| rate.denominator > 0);
        let share = rate.map_or(0.0, |rate| {
            f64::from(rate.numerator) / f64::from(rate.denominator)
        });
        Bar {
            label: day(&column.date)
                .map(|day| format!("{}.{}", day.month(), day.day()))
                .unwrap_or_default(),
            text: rate
                .map(|rate| format!("{}/{}", rate.numerator, rate.denominator))
                .unwrap_or_default(),
            x,
            y: 24.0 + BAR_HEIGHT * (1.0 - share),
            height: BAR_HEIGHT * share,
        }
    };
    let places = std::iter::successors(Some(12.0), |x| Some(x + 68.0));
    places.zip(&weeks.columns).map(bar).collect()
}

/// Who went where: schools on the left, schools on the right, and between them bands as wide as the people are many.
pub struct Flow {
    pub height: f64,
    pub left: Vec<Node>,
    pub right: Vec<Node>,
    pub bands: Vec<Band>,
}

/// A school at one side.
pub struct Node {
    pub name: String,
    pub people: i32,
    pub x: f64,
    pub y: f64,
    pub height: f64,
}

/// The people of one school at another.
pub struct Band {
    pub text: String,
    pub path: String,
    pub width: f64,
    /// The number of its colour, 0 to 5.
    pub tone: usize,
}

/// The movements that are active, as flows.
pub fn flows(active: &[v1::ExchangeStanding], ground: &Ground) -> Flow {
    let mut ways: BTreeMap<(String, String), i32> = BTreeMap::new();
    for of in active {
        let (home, _) = ground.unit(of.home.as_ref());
        let (host, _) = ground.unit(of.host.as_ref());
        *ways.entry((home, host)).or_default() += of.people;
    }
    let (mut left, left_end) = side(ways.iter().map(|((home, _), people)| (home, *people)), LEFT);
    let (mut right, right_end) = side(
        ways.iter().map(|((_, host), people)| (host, *people)),
        RIGHT,
    );
    let tones: BTreeMap<String, usize> = (left.iter().enumerate())
        .map(|(tone, node)| (node.name.clone(), tone % 6))
        .collect();
    let mut from: BTreeMap<String, f64> = starts(&left);
    let mut to: BTreeMap<String, f64> = starts(&right);
    let mut bands = Vec::new();
    for ((home, host), people) in &ways {
        let width = f64::from(*people) * PERSON;
        let middle = |of: &mut BTreeMap<String, f64>, name: &String| {
            let y = of.entry(name.clone()).or_default();
            *y += width;
            *y - width / 2.0
        };
        let (y1, y2) = (middle(&mut from, home), middle(&mut to, host));
        let (start, end, half) = (LEFT + 10.0, RIGHT, f64::midpoint(LEFT, RIGHT));
        bands.push(Band {
            text: format!("{home} → {host}：{people} 人"),
            path: format!("M{start} {y1:.1} C{half} {y1:.1} {half} {y2:.1} {end} {y2:.1}"),
            width,
            tone: tones.get(home).copied().unwrap_or(0),
        });
    }
    for node in left.iter_mut().chain(&mut right) {
        node.height = f64::from(node.people) * PERSON;
    }
    Flow {
        height: left_end.max(right_end),
        left,
        right,
        bands,
    }
}

fn side<'a>(people: impl Iterator<Item = (&'a String, i32)>, x: f64) -> (Vec<Node>, f64) {
    let mut sums: BTreeMap<&String, i32> = BTreeMap::new();
    for (name, people) in people {
        *sums.entry(name).or_default() += people;
    }
    let mut y = GAP;
    let node = |(name, people): (&String, i32)| {
        let node = Node {
            name: name.clone(),
            people,
            x,
            y,
            height: 0.0,
        };
        y += (f64::from(people) * PERSON).max(NAME) + GAP;
        node
    };
    let nodes = sums.into_iter().map(node).collect();
    (nodes, y)
}

fn starts(nodes: &[Node]) -> BTreeMap<String, f64> {
    nodes
        .iter()
        .map(|node| (node.name.clone(), node.y))
        .collect()
}
