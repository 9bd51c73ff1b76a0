//! Where a session is, and how people meet.

use super::build::Builder;
use super::{Field, Notice};
use crate::intake::doubt::{Code, Doubt};
use crate::intake::names;
use crate::intake::sheet::Cell;
use crate::intake::when::regex;
use crate::wire::v1::{Place, Session, SessionMode, Unit, unit};
use regex::Regex;
use std::sync::LazyLock;

/// A place in a sentence: 在春风分校举行.
pub static AT: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"在\s*([^\s,。;]{2,20}?)\s*(?:举行|举办|召开|开展|进行|集中|开幕|落幕)")
});
static ONLINE: LazyLock<Regex> =
    LazyLock::new(|| regex("(?i)线上|网络|腾讯会议|钉钉|直播|视频会议|云端|在线|zoom"));
static ROOM: LazyLock<Regex> =
    LazyLock::new(|| regex("[室厅馆楼场]$|教室|会议室|报告厅|录播|中心$|办公室|操场|多功能"));
/// The longest name of a room, in characters.
const ROOM_MAX: usize = 15;
static SCHOOL: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"^(\S*?(?:小学|中学|学校|校区|分校|总校|幼儿园|中心校|学院|大学|初中|高中))(.*)$")
});

/// What opens a meeting on the net.
pub static MEETING: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(?:会议(?:号|ID|室号)?|zoom\S*|密码|口令)\s*[:是为]?\s*(\d[\d\- ]{2,}\d)|https?://\S+",
    )
});

/// Whether a word says where, or that it is nowhere.
pub fn is_place(word: &str) -> bool {
    ROOM.is_match(word) || ONLINE.is_match(word) || AT.is_match(word)
}

impl Builder<'_> {
    /// Writes place and mode.
    pub(super) fn place(&mut self, notice: &Notice, session: &mut Session) {
        let whole = notice
            .loose
            .iter()
            .chain(notice.fields.iter().map(|(_, cell)| cell));
        let online = whole.clone().any(|cell| ONLINE.is_match(&cell.text));
        if let Some(cell) = Self::fields(notice, Field::Place).next() {
            // 总校会议室(同步直播) is a place, too.
            let named = self.known.campus_before(&cell.text).is_some() || ROOM.is_match(&cell.text);
            if named || !ONLINE.is_match(&cell.text) {
                session.place = Some(self.place_of(cell));
            }
        } else if notice.lines == 1 {
            session.place = self.loose_place(notice);
        }
        self.meeting_numbers(&whole.clone().cloned().collect::<Vec<_>>());
        let screen = whole.clone().find(|cell| ONLINE.is_match(&cell.text));
        if let (Some(cell), Some(_)) = (screen, &session.place) {
            let doubt = Doubt::new(Code::WordUnsure, cell.place.clone(), &cell.typed);
            self.doubts.push(doubt.with("现场 on site, 线上 online"));
        }
        session.mode = match (online, &session.place) {
            (true, None) => SessionMode::OnlineLive,
            (_, Some(_)) => SessionMode::OnSite,
            _ => SessionMode::Unspecified,
        }
        .into();
    }

    /// Doubts the numbers and words that open a meeting on the net, for which there is no field.
    fn meeting_numbers(&mut self, cells: &[Cell]) {
        for cell in cells {
            for number in MEETING.find_iter(&cell.text) {
                let part = cell.part(number.as_str());
                let doubt = Doubt::new(Code::LeftOut, part.place, &part.typed);
                self.doubts
                    .push(doubt.with("会议号或密码 the number of a meeting"));
            }
        }
    }

    fn place_of(&mut self, cell: &Cell) -> Place {
        let (unit, rest) = match self.known.campus_before(&cell.text) {
            Some((id, rest)) => (Some(campus(id)), rest.to_owned()),
            None => match SCHOOL.captures(&cell.text) {
                Some(captures) => {
                    let school = cell.part(captures.get(1).map_or("", |school| school.as_str()));
                    (
                        names::school(&school, self.known, self.doubts),
                        captures[2].to_owned(),
                    )
                }
                None => (None, cell.text.clone()),
            },
        };
        let length = rest.chars().count();
        let skip = cell.typed.chars().count() - length;
        let room: String = cell.typed.chars().skip(skip).collect();
        Place {
            unit,
            room: unbracketed_whole(
                room.trim_matches(|c: char| c.is_whitespace() || ",，。;；".contains(c)),
            )
            .to_owned(),
        }
    }

    /// A place among the words of a line: 春风 阶梯教室, 总校, 三楼会议室.
    fn loose_place(&mut self, notice: &Notice) -> Option<Place> {
        let mut place: Option<Place> = None;
        for cell in &notice.loose {
            if let Some(at) = AT.captures(&cell.text).and_then(|captures| captures.get(1)) {
                return Some(self.place_of(&cell.part(&cell.text[at.range()])));
            }
            let words = cell
                .text
                .split(|c: char| c.is_whitespace() || ",。;".contains(c));
            for token in words.map(|word| word.trim_start_matches("地点")) {
                let part = cell.part(token);
                if let Some((id, rest)) = self.known.campus_before(token)
                    && place.is_none()
                {
                    let typed: String = part
                        .typed
                        .chars()
                        .skip(token.chars().count() - rest.chars().count())
                        .collect();
                    place = Some(Place {
                        unit: Some(campus(id)),
                        room: typed,
                    });
                } else if ROOM.is_match(token) && token.chars().count() <= ROOM_MAX {
                    if token.starts_with("本校") {
                        self.doubts.push(
                            Doubt::new(Code::Unstated, part.place.clone(), &part.typed)
                                .with("本校是哪所 which campus 本校 is"),
                        );
                    }
                    let place = place.get_or_insert_default();
                    if place.room.is_empty() {
                        place.room = part.typed;
                    }
                }
            }
        }
        place
    }
}

fn campus(id: &str) -> Unit {
    Unit {
        unit: Some(unit::Unit::CampusId(id.to_owned())),
    }
}

/// A text without the brackets around all of it: (四楼多媒体教室).
fn unbracketed_whole(text: &str) -> &str {
    text.trim_matches(['(', ')', '（', '）'])
}
