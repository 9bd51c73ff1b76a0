//! Counts of people without names in sentences: 总校选派3名骨干教师到春风分校交流,2名教师到滨湖分校支教.

use super::build::Builder;
use super::prose::found_at;
use super::{Field, Movement, words};
use crate::intake::doubt::{Code, Doubt};
use crate::intake::fold::number;
use crate::intake::known::Match;
use crate::intake::names;
use crate::intake::sheet::Cell;
use crate::intake::when::regex;
use crate::wire::v1::Unit;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

static COUNT: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(\d{1,4}|[一二三四五六七八九十]{1,3})\s*([余多])?\s*(?:名|位|人)"));
static TO: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:到|赴|去|往|至)\s*([^\s,。;、到]{2,12}?)\s*(?:进行)?(?:轮岗|交流|支教|任教|跟岗|挂职|工作)",
    )
});
/// Who sends so many to whom: 总校向春风分校选派.
static TOWARDS: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:([^\s,。;、向]{2,12}))?[向给]\s*([^\s,。;、]{2,12}?)\s*(?:选派|派出|派遣|安排|抽调|派)(?:教师|骨干教师|老师)?\s*$",
    )
});

/// A number of people who go somewhere.
pub struct Counted {
    /// Where it stands.
    pub cell: Cell,
    /// 0: a rough figure, which is no number.
    pub claimed: i32,
    /// Where, and as what.
    pub to: Vec<(Field, Cell)>,
}

/// The counts of a text, each with the destination behind it; the first may have it before it.
pub fn counted(
    text: &Cell,
    builder: &Builder<'_>,
    read: &mut Vec<Range<usize>>,
    doubts: &mut Vec<Doubt>,
) -> Vec<Counted> {
    let counts: Vec<_> = COUNT.captures_iter(&text.text).collect();
    let at = |index: usize| counts.get(index)?.get(0).map(|all| all.range());
    let mut found = Vec::new();
    let mut home: Option<Cell> = None;
    for (index, captures) in counts.iter().enumerate() {
        let Some(here) = at(index) else { continue };
        let cell = found_at(text, captures.get(0));
        read.push(here.clone());
        let before = &text.text[..here.start];
        let clause = before.rsplit([',', '。', ';']).next().unwrap_or_default();
        let typed = format!("{}{}", text.typed_of(clause), cell.typed);
        let doubt = |code| Doubt::new(code, cell.place.clone(), typed.trim());
        // 总校向春风分校选派3人,向滨湖分校选派2人.
        let towards = TOWARDS.captures(clause);
        let group = |group: usize| Some(towards.as_ref()?.get(group)?.as_str());
        let host = group(2).filter(|host| builder.known.campuses(host) != Match::Nothing);
        if let Some(host) = host.map(|host| text.part(host)) {
            let sender = group(1).and_then(|sender| builder.known.campus_behind(sender));
            home = sender.map(|sender| text.part(sender)).or(home);
            read.push(here.start - clause.len()..here.end);
            let home = home.clone().map(|home| (Field::Home, home));
            found.push(Counted {
                claimed: number(&captures[1])
                    .map(i32::from)
                    .or_else(|| captures[1].parse().ok())
                    .unwrap_or_default(),
                cell,
                to: home.into_iter().chain([(Field::Host, host)]).collect(),
            });
            continue;
        }
        // 其中骨干教师3人 are of those counted before; 30余人 is no number.
        let rough = captures.get(2).is_some();
        if rough {
            doubts.push(doubt(Code::NotACount));
        } else if clause.contains("其中") || (index > 0 && !TO.is_match(&text.text)) {
            doubts.push(doubt(Code::NotUnderstood));
            continue;
        }
        let until = at(index + 1).map_or(text.text.len(), |next| next.start);
        let from = if index == 0 { 0 } else { here.start };
        let to = TO.captures(&text.text[from..until]);
        let part = |group: usize| {
            let found = to.as_ref()?.get(group)?;
            Some(from + found.start()..from + found.end())
        };
        read.extend(part(0));
        let cell_of = |group: usize| part(group).map(|at| text.part(&text.text[at]));
        let kind = cell_of(0).filter(|verb| words::exchange_type(&verb.text).is_some());
        let host = cell_of(1).map(|host| (Field::Host, host));
        let claimed = number(&captures[1])
            .map(i32::from)
            .or_else(|| captures[1].parse().ok())
            .filter(|_| !rough);
        let home =
            sender(&text.text[..here.start], builder).map(|home| (Field::Home, text.part(home)));
        found.push(Counted {
            cell,
            claimed: claimed.unwrap_or_default(),
            to: home
                .into_iter()
                .chain(host)
                .chain(kind.map(|kind| (Field::Type, kind)))
                .collect(),
        });
    }
    found
}

/// The school that sends, where a text says so last: 本学年总校选派.
fn sender<'t>(text: &'t str, builder: &Builder<'_>) -> Option<&'t str> {
    static SENDS: LazyLock<Regex> = LazyLock::new(|| regex(r"共?(?:选派|派出|派遣|安排|抽调|派)"));
    let sends: Vec<&str> = SENDS
        .find_iter(text)
        .map(|sends| &text[..sends.start()])
        .collect();
    let mut sends = sends.into_iter().rev();
    sends.find_map(|before| builder.known.campus_behind(before))
}

/// The people of a claimed number that have no name: those who are named go out of it.
pub fn unnamed(
    cell: &Cell,
    record: &[(Field, Cell)],
    home: Option<Unit>,
    claimed: i32,
    named: &[Movement],
    builder: &mut Builder<'_>,
) -> Movement {
    let mut rest = builder.movement(record);
    rest.place = cell.place.clone();
    let towards = |movement: &&Movement| {
        movement.exchange.host == rest.exchange.host && movement.exchange.host.is_some()
    };
    let inside = i32::try_from(named.iter().filter(towards).count()).unwrap_or_default();
    rest.exchange.unnamed_count = (claimed - inside).max(0);
    rest.doubts.retain(|doubt| {
        doubt.detail != "姓名 person" && (home.is_none() || doubt.detail != "原单位 home")
    });
    let said = record.iter().any(|(field, _)| *field == Field::Home);
    if home.is_some() && !said {
        rest.exchange.home = home;
    }
    if inside > 0 {
        let doubt = Doubt::new(Code::CountMismatch, cell.place.clone(), &cell.typed);
        rest.doubts.push(doubt.as_(inside).with(claimed));
    }
    let open = rest.exchange.r#type() == crate::wire::v1::ExchangeType::Unspecified;
    let within = names::campus_id(rest.exchange.home.as_ref())
        .and(names::campus_id(rest.exchange.host.as_ref()));
    if open && within.is_some() {
        rest.exchange.r#type = crate::wire::v1::ExchangeType::Group.into();
        rest.doubts.retain(|doubt| doubt.detail != "类型 type");
        rest.doubts.push(
            Doubt::new(Code::Assumed, cell.place.clone(), "")
                .as_("集团化办学 within the group")
                .with("类型 type"),
        );
    }
    rest
}
