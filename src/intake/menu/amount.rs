//! Names with amounts: 大米72g、燕麦8g, 土豆25 牛肉75, 1块, 250~300, 糖5g蚝油5g.

use crate::intake::doubt::{Code, Doubt};
use crate::intake::fold::fold;
use crate::intake::sheet::Cell;
use crate::intake::when::regex;
use crate::wire::v1::{Ingredient, WeightBasis};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

static PIECE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?xi)
        (?P<name>[^\d\s、,;|:()~+/=]*(?:\([^()\d]*\))?) (?P<gap>\s*)
        (?P<number>\d+(?:\.\d+)?) (?:\s*[~\-]\s*(?P<to>\d+(?:\.\d+)?))? \s*
        (?P<unit>千克|公斤|毫升|kg|mg|ml|g|克|斤|两|升|个|块|杯|片|只|份|盒|瓶|袋|根|粒|条|勺|枚|包|串|碗|支|朵|把|人份)?
        (?P<note>\([^()]*\))?",
    )
});

/// The grades a portion is for, as people head it.
pub static BAND: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:[1-9一二三四五六七八九]\s*[-~至到、]\s*)?[1-9一二三四五六七八九]\s*年级(?:段)?|[低中高]年级(?:段)?|[低中高]段|[小中大]班|托班",
    )
});

/// A name and its amount inside a text.
#[derive(Clone, Debug)]
pub struct Piece<'t> {
    /// The name; empty: none.
    pub name: &'t str,
    /// What is said behind the amount: (可切块).
    pub note: &'t str,
    /// The amount as a number.
    pub number: f64,
    /// Whether it is the lower end of a range.
    pub is_range: bool,
    /// Whether it is how many, and no weight: ×2.
    pub is_times: bool,
    /// Its unit; empty: none.
    pub unit: &'t str,
    /// The amount with its unit.
    pub amount: &'t str,
    /// Blanks stand between name and amount.
    pub apart: bool,
    /// Where it stands.
    pub at: Range<usize>,
}

/// The pieces of a text, in order.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let found = PIECE.captures_iter(text).filter_map(|captures| {
        let group = |name: &str| captures.name(name).map_or("", |group| group.as_str());
        let number = captures.name("number")?;
        let last = captures
            .name("unit")
            .or(captures.name("to"))
            .unwrap_or(number);
        let name = group("name").trim_start_matches(['.', '。', '-']);
        // 鸡翅×2 is two of them.
        let bare = name.trim_end_matches(['×', 'x', 'X', '*']);
        let start = number.start() - (name.len() - bare.len());
        Some(Piece {
            name: bare,
            is_times: bare.len() < name.len(),
            note: group("note"),
            number: number.as_str().parse().ok()?,
            is_range: captures.name("to").is_some(),
            unit: group("unit"),
            amount: &text[start..last.end()],
            apart: !group("gap").is_empty(),
            at: captures.get(0)?.range(),
        })
    });
    found.collect()
}

/// What a table says about all its weights.
#[derive(Clone, Copy, Debug, Default)]
pub struct Weighed {
    /// A figure without a unit is in grams.
    pub in_grams: bool,
    /// How it was weighed.
    pub basis: WeightBasis,
}

/// An ingredient of a name as typed, with its basis taken from the name: 木耳(水发), 粉丝(干).
#[must_use]
pub fn ingredient(name: &str, weighed: Weighed) -> Ingredient {
    static BASIS: LazyLock<Regex> =
        LazyLock::new(|| regex(r"\((水发|湿|湿重|泡发|干|干品|干重|生|生重|熟|熟重)\)$"));
    let name = name.trim();
    let folded = fold(name);
    let (mut name, mut basis) = (name.to_owned(), weighed.basis);
    if let Some(captures) = BASIS.captures(&folded) {
        basis = match &captures[1] {
            "水发" | "湿" | "湿重" | "泡发" => WeightBasis::Soaked,
            "干" | "干品" | "干重" => WeightBasis::Dry,
            "熟" | "熟重" => WeightBasis::Cooked,
            _ => WeightBasis::Raw,
        };
        let kept = folded.chars().count() - captures[0].chars().count();
        name = name.chars().take(kept).collect();
    }
    let basis = basis.into();
    Ingredient {
        name,
        basis,
        ..Ingredient::default()
    }
}

/// Writes a piece's amount into its ingredient, with a doubt where it is no plain weight.
pub fn measure(
    piece: &Piece<'_>,
    cell: &Cell,
    weighed: Weighed,
    part: &mut Ingredient,
    doubts: &mut Vec<Doubt>,
) {
    let typed = cell.typed_of(piece.amount).to_owned();
    let shown = format!("{}{typed}", part.name);
    let factor = match piece.unit.to_lowercase().as_str() {
        "g" | "克" => Some(1.0),
        "kg" | "千克" | "公斤" => Some(1000.0),
        "斤" => Some(500.0),
        "两" => Some(50.0),
        "mg" => Some(0.001),
        "" if !piece.is_times => None,
        _ => {
            part.basis = WeightBasis::Unspecified.into();
            part.portion = typed;
            return;
        }
    };
    let odd = piece.is_range || piece.number <= 0.0;
    // 水果 1 is one piece of fruit and no gram of it.
    let few = factor.is_none() && !weighed.in_grams && piece.apart && piece.number < 5.0;
    if odd || few {
        part.portion.clone_from(&typed);
        doubts.push(Doubt::new(Code::AmountOdd, cell.place.clone(), shown).as_(typed));
        return;
    }
    part.grams = Some(piece.number * factor.unwrap_or(1.0));
    if factor.is_none() && !weighed.in_grams {
        let doubt = Doubt::new(Code::UnitMissing, cell.place.clone(), shown);
        doubts.push(doubt.as_(format!("{typed} g")));
    }
}
