//! Exchanges in sentences: 选派教师5名到春风分校轮岗交流,其中总校李老师与春风分校谢老师属于中层双向交流.

use super::build::Builder;
use super::counts::{counted, unnamed};
use super::{Field, HEADINGS, Movement, words};
use crate::intake::columns::labelled;
use crate::intake::doubt::{Code, Doubt, Place};
use crate::intake::known::Match;
use crate::intake::names;
use crate::intake::sheet::Cell;
use crate::intake::when::year::{length_in_months, term_in};
use crate::intake::when::{self, regex};
use crate::intake::words::{self as subjects, unnumbered};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

static PAIR: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:其中)?\s*([^\s,。;、]{2,10}?)的?(\p{Han}(?:老师|主任|校长))\s*(?:与|和|同)\s*([^\s,。;、]{2,10}?)的?(\p{Han}(?:老师|主任|校长))",
    )
});
static SENT: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:^|[,。;、\s])([^\s,。;、()]{1,14}?(?:老师|主任|校长))(?:\(([^()]*)\))?\s*(?:到|赴|去|至)\s*([^\s,。;、到]{2,12}?)\s*(?:进行)?(轮岗|交流|支教|任教|跟岗|挂职)(?:交流)?",
    )
});
static GOES: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^\s*(?:\d+[.、)]\s*)?(?:(\p{Han}{1,3}(?:老师|主任|校长))\s*[:,]?|(\p{Han}{2,4})(?:\s*[:,]|\s))\s*(?:从|由)?\s*([^\s,。;、→>]{2,12}?)\s*(?:->|→|=>|>|到|至|赴|-+)\s*([^\s,。;、(]{2,12})",
    )
});

/// Words about the movements around them.
static WORDS: LazyLock<Regex> = LazyLock::new(|| regex("双向|对调|互派|互换|交换|中层|校级"));
/// Two who go for each other.
static TWO_WAY: LazyLock<Regex> = LazyLock::new(|| regex("双向|对调|互派|互换|交换"));

/// The movements that some lines tell of. What tells of none is doubted, but for a title at the head.
pub fn movements(
    lines: &[Cell],
    builder: &mut Builder<'_>,
    doubts: &mut Vec<Doubt>,
) -> Vec<Movement> {
    let mut found: Vec<Movement> = Vec::new();
    let mut rest: Vec<Cell> = Vec::new();
    let mut context: Vec<(Field, Cell)> = Vec::new();
    for line in lines.iter().filter(|line| !line.is_blank()) {
        let said = labelled(line, HEADINGS).filter(|(field, _)| of_all(*field));
        if let Some((field, cell)) = said {
            // 派出学校:总校 is said of those listed under it.
            context.retain(|(other, _)| *other != field);
            context.push((field, cell));
        } else if let Some(captures) = GOES.captures(&line.text).filter(|captures| {
            // 李老师 数学 到滨湖分校, under 派出学校:总校.
            let part = |group: usize| captures.get(group).map_or("", |part| part.as_str());
            let school = |text: &str| builder.known.campuses(text) != Match::Nothing;
            // 公示期:6月1日-7日 is nobody.
            let somebody = captures.get(1).is_some() || school(part(3)) || school(part(4));
            somebody && (context.is_empty() || school(part(3)))
        }) {
            found.push(one_line(line, &captures, builder));
        } else if let Some(all) = from_to(line, &context, builder) {
            found.extend(all);
        } else if let Some(movement) = listed(line, &context, builder) {
            found.push(movement);
        } else {
            rest.push(line.clone());
        }
    }
    if found.is_empty() {
        rest = lines
            .iter()
            .filter(|line| !line.is_blank())
            .cloned()
            .collect();
    }
    let typed: Vec<&str> = rest.iter().map(|line| line.typed.as_str()).collect();
    let place = rest
        .first()
        .map(|line| line.place.clone())
        .unwrap_or_default();
    let whole = Cell::new(place, &typed.join(","));
    let (mut said, read) = told(&whole, builder, doubts);
    for movement in &mut said {
        let in_line = |place: &mut Place| *place = line_of(&rest, place);
        in_line(&mut movement.place);
        movement
            .doubts
            .iter_mut()
            .for_each(|doubt| in_line(&mut doubt.place));
    }
    let mut from = 0;
    let unread = rest.iter().filter(|line| {
        let at = from..from + line.text.len();
        from = at.end + 1;
        let says = WORDS.is_match(&line.text) && !said.is_empty();
        !says
            && read
                .iter()
                .all(|read| read.end <= at.start || at.end <= read.start)
    });
    doubts.extend(super::unread(unread));
    found.append(&mut said);
    if found.is_empty() {
        let place = lines
            .first()
            .map(|line| line.place.clone())
            .unwrap_or_default();
        let nothing = Doubt::new(Code::NothingHere, place, "");
        doubts.push(nothing.with("没有认出交流 no exchange was recognised"));
    }
    found
}

/// What one line may say of all that are listed under it.
fn of_all(field: Field) -> bool {
    matches!(
        field,
        Field::Home | Field::Host | Field::Period | Field::Type | Field::Length
    )
}

/// Whether a line may be one of a list of people.
pub fn is_listed(line: &Cell) -> bool {
    let text = unnumbered(&line.text);
    text.len() < line.text.len()
        && names::person_in(text.split_whitespace().next().unwrap_or_default()).is_some()
}

/// People behind their way: 总校→春风分校:张老师(语文)、李老师(数学).
fn from_to(
    line: &Cell,
    context: &[(Field, Cell)],
    builder: &mut Builder<'_>,
) -> Option<Vec<Movement>> {
    static WAY: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"^\s*([^\s,。;、→>:]{2,12}?)\s*(?:->|→|=>|>|至|到)\s*([^\s,。;、(:]{2,12}?)\s*:\s*(.+)$",
        )
    });
    static ONE: LazyLock<Regex> = LazyLock::new(|| regex(r"([^\s、,;()]+)\s*(?:\(([^()]*)\))?"));
    let captures = WAY.captures(&line.text)?;
    let part = |group: usize| found_at(line, captures.get(group));
    let (home, host, people) = (part(1), part(2), part(3));
    let known = |cell: &Cell| builder.known.campuses(&cell.text) != Match::Nothing;
    let all: Vec<_> = ONE.captures_iter(&people.text).collect();
    let is_person = |one: &regex::Captures<'_>| names::person_in(&one[1]).is_some();
    if !(known(&home) && known(&host) && all.iter().all(is_person)) {
        return None;
    }
    let movement = |one: &regex::Captures<'_>| {
        let mut record = vec![
            (Field::Name, found_at(&people, one.get(1))),
            (Field::Home, home.clone()),
            (Field::Host, host.clone()),
        ];
        record.extend(tokens(&found_at(&people, one.get(2))));
        record.extend(
            context
                .iter()
                .filter(|(field, _)| !matches!(field, Field::Home | Field::Host))
                .cloned(),
        );
        builder.movement(&record)
    };
    Some(all.iter().map(movement).collect())
}

/// A line of a list under what is said of all its lines: 1.张老师 语文 到春风分校 2026.9-2027.7.
fn listed(line: &Cell, context: &[(Field, Cell)], builder: &mut Builder<'_>) -> Option<Movement> {
    let text = unnumbered(&line.text);
    let name = text
        .split(|c: char| c.is_whitespace() || ",、:(".contains(c))
        .next()?;
    names::person_in(name).filter(|_| !context.is_empty())?;
    let mut record = vec![(Field::Name, line.part(name))];
    record.extend(
        tokens(&line.part(&text[name.len()..]))
            .into_iter()
            .map(|(field, cell)| {
                let host = cell.text.trim_start_matches(['到', '赴', '去', '至', '→']);
                match host.len() < cell.text.len() && builder.known.campuses(host) != Match::Nothing
                {
                    true => (Field::Host, cell.part(host)),
                    false => (field, cell),
                }
            }),
    );
    let said = |field: &Field| record.iter().any(|(other, _)| other == field);
    let more: Vec<(Field, Cell)> = context
        .iter()
        .filter(|(field, _)| !said(field))
        .cloned()
        .collect();
    record.extend(more);
    Some(builder.movement(&record))
}

/// A place in joined lines as a place in one of them.
fn line_of(lines: &[Cell], joined: &Place) -> Place {
    let (Some(Place::Line { column: first, .. }), Place::Line { column, .. }) =
        (lines.first().map(|line| &line.place), joined)
    else {
        return joined.clone();
    };
    let mut left = column.saturating_sub(*first);
    for line in lines {
        let length = u32::try_from(line.typed.chars().count()).unwrap_or(u32::MAX);
        match &line.place {
            Place::Line { line, column } if left <= length => {
                return Place::Line {
                    line: *line,
                    column: column + left,
                };
            }
            _ => left = left.saturating_sub(length + 1),
        }
    }
    joined.clone()
}

/// 张老师 总校→春风分校 2024.9-2025.7 语文.
fn one_line(line: &Cell, captures: &regex::Captures<'_>, builder: &mut Builder<'_>) -> Movement {
    let group = |index: usize| line.part(captures.get(index).map_or("", |group| group.as_str()));
    let end = captures.get(0).map_or(0, |whole| whole.end());
    let rest = line.part(&line.text[end..]);
    let name = if captures.get(1).is_some() {
        group(1)
    } else {
        group(2)
    };
    // 到水北支教一年 says as what and how long, too.
    let host = group(4);
    let behind = builder
        .known
        .campus_before(&host.text)
        .map_or("", |(_, rest)| rest);
    let mut record = vec![
        (Field::Name, name),
        (Field::Home, group(3)),
        (
            Field::Host,
            host.part(&host.text[..host.text.len() - behind.len()]),
        ),
    ];
    if words::exchange_type(behind).is_some() {
        record.push((Field::Type, host.part(behind)));
    }
    if length_in_months(behind).is_some() {
        record.push((Field::Length, host.part(behind)));
    }
    record.extend(tokens(&rest));
    builder.movement(&record)
}

/// What the words behind a person or a movement say.
fn tokens(rest: &Cell) -> Vec<(Field, Cell)> {
    let tokens = rest
        .text
        .split(|c: char| c.is_whitespace() || ",;、。()".contains(c));
    let field = |token: &str| {
        if subjects::subject(token).is_some() {
            Field::Subject
        } else if !words::titles(token).is_empty() || words::rank(token).is_some() {
            Field::Rank
        } else if words::exchange_type(token).is_some() || token.contains("双向") {
            Field::Type
        } else if words::file_moved(token).is_some() {
            Field::File
        } else if token.chars().any(|c| c.is_ascii_digit()) || length_in_months(token).is_some() {
            Field::Period
        } else {
            Field::Remark
        }
    };
    tokens
        .filter(|token| !token.is_empty())
        .map(|token| (field(token), rest.part(token)))
        .collect()
}

/// 派张老师(语文,一级教师)到春风分校交流,时间为2026年9月1日至2027年7月10日.
fn sent(text: &Cell, builder: &mut Builder<'_>, read: &mut Vec<Range<usize>>) -> Vec<Movement> {
    let all: Vec<_> = SENT.captures_iter(&text.text).collect();
    let start = |index: usize| Some(all.get(index)?.get(1)?.start());
    let mut found = Vec::new();
    for (index, captures) in all.iter().enumerate() {
        let part = |group: usize| Some(text.part(&text.text[captures.get(group)?.range()]));
        let (Some(name), Some(host), Some(from)) = (part(1), part(3), start(index)) else {
            continue;
        };
        let until = start(index + 1).unwrap_or(text.text.len());
        read.push(from..until);
        let mut record = vec![(Field::Host, host)];
        let behind = captures.get(0).map_or(from, |all| all.end());
        let rest = text.part(&text.text[behind..until]);
        let kind = captures.get(4).map_or("", |verb| verb.as_str());
        record.extend(
            part(4)
                .filter(|_| words::exchange_type(kind).is_some())
                .map(|kind| (Field::Type, kind)),
        );
        let told = tokens(&rest);
        let dated = |(_, cell): &(Field, Cell)| {
            !when::months(&cell.text).is_empty() || !when::find(&cell.text, false).is_empty()
        };
        if let (false, Some(year)) = (told.iter().any(dated), term_in(&text.text)) {
            record.push((Field::Period, text.part(&text.text[year])));
        }
        record.extend(told);
        let (mut people, first) = before(text, from);
        read.push(first..from);
        people.push((name, part(2).unwrap_or_default()));
        for (name, said) in people {
            let name = names::people(&name, builder.known).pop().unwrap_or(name);
            let mut one = vec![(Field::Name, name)];
            one.extend(tokens(&said));
            one.extend(record.iter().cloned());
            found.push(builder.movement(&one));
        }
    }
    found
}

/// The people named right before one who is sent, and what stands in brackets behind each: 张老师(语文)、李老师到.
fn before(text: &Cell, one: usize) -> (Vec<(Cell, Cell)>, usize) {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        regex(r"([^\s,。;、()]{1,14}?(?:老师|主任|校长))(?:\(([^()]*)\))?\s*[、和及]\s*$")
    });
    let mut people = Vec::new();
    let mut end = one;
    while let Some(captures) = NAMED.captures(&text.text[..end]) {
        let part = |group: usize| found_at(text, captures.get(group));
        people.insert(0, (part(1), part(2)));
        end = captures.get(0).map_or(0, |all| all.start());
    }
    (people, end)
}

/// What a part of a text is, where a pattern found it.
pub fn found_at(text: &Cell, found: Option<regex::Match<'_>>) -> Cell {
    found
        .map(|found| text.part(&text.text[found.range()]))
        .unwrap_or_default()
}

/// The movements of sentences: people who are sent, pairs, and counts with their destinations; and what of
/// the text said so.
fn told(
    text: &Cell,
    builder: &mut Builder<'_>,
    doubts: &mut Vec<Doubt>,
) -> (Vec<Movement>, Vec<Range<usize>>) {
    let mut read = Vec::new();
    let mut found = sent(text, builder, &mut read);
    // What one sentence says of time is said of all that it names.
    let months = when::months(&text.text).len() + when::find(&text.text, false).len();
    let period = (1..=2)
        .contains(&months)
        .then(|| (Field::Period, text.clone()));
    let level = words::level(&text.text).filter(|_| text.text.contains("中层"));
    let length = || (Field::Length, text.clone());
    let length = (months == 0 && length_in_months(&text.text).is_some()).then(length);
    for pair in PAIR.captures_iter(&text.text) {
        read.extend(pair.get(0).map(|all| all.range()));
        let [home, one, other_home, other] =
            [1, 2, 3, 4].map(|group| found_at(text, pair.get(group)));
        for (home, person, host, partner) in [
            (&home, &one, &other_home, &other),
            (&other_home, &other, &home, &one),
        ] {
            let record = [
                (Field::Name, person.clone()),
                (Field::Home, home.clone()),
                (Field::Host, host.clone()),
            ];
            let record: Vec<(Field, Cell)> = record.into_iter().chain(period.clone()).collect();
            let mut movement = builder.movement(&record);
            movement.exchange.level = level.unwrap_or_default().into();
            movement.two_way = TWO_WAY.is_match(&text.text);
            movement.partner = Some(partner.clone());
            found.push(movement);
        }
    }
    for counted in counted(text, builder, &mut read, doubts) {
        let said = period.clone().or(length.clone());
        let record: Vec<(Field, Cell)> = counted.to.into_iter().chain(said).collect();
        let home = found
            .first()
            .and_then(|movement: &Movement| movement.exchange.home.clone());
        found.push(unnamed(
            &counted.cell,
            &record,
            home,
            counted.claimed,
            &found,
            builder,
        ));
    }
    (found, read)
}
