//! A movement of a record.

use super::cells::{kind, post, rank_and_titles, remark, share_of, subject};
use super::{Field, Movement, words};
use crate::intake::doubt::{Code, Doubt};
use crate::intake::known::Known;
use crate::intake::names;
use crate::intake::sheet::Cell;
use crate::intake::when::year::Years;
use crate::wire::v1::{self, ExchangeType, Unit, unit};

/// Makes movements of records.
pub struct Builder<'a> {
    /// The registers.
    pub known: &'a Known,
    /// What the document says about years.
    pub years: &'a Years,
}

impl Builder<'_> {
    /// The movement.
    pub fn movement(&mut self, record: &[(Field, Cell)]) -> Movement {
        let place = record
            .first()
            .map(|(_, cell)| cell.place.clone())
            .unwrap_or_default();
        let mut movement = Movement {
            place,
            ..Movement::default()
        };
        for (field, cell) in record {
            self.field(*field, cell, &mut movement);
        }
        let of = |wanted: Field| {
            record
                .iter()
                .filter(move |(field, _)| *field == wanted)
                .map(|(_, cell)| cell)
        };
        let period: Vec<&Cell> = [Field::Period, Field::Start, Field::End, Field::Length]
            .into_iter()
            .flat_map(of)
            .collect();
        self.period(&period, &mut movement);
        of(Field::Remark)
            .filter(|cell| !cell.is_blank())
            .for_each(|cell| remark(cell, &mut movement));
        self.close(record, &mut movement);
        movement
    }

    fn field(&mut self, field: Field, cell: &Cell, movement: &mut Movement) {
        let Movement {
            exchange, doubts, ..
        } = movement;
        let left_out =
            |detail: &str| Doubt::new(Code::LeftOut, cell.place.clone(), &cell.typed).with(detail);
        match field {
            Field::Counter
            | Field::Period
            | Field::Start
            | Field::End
            | Field::Length
            | Field::Remark => {}
            _ if cell.is_blank() => {}
            Field::Name => exchange.person = Some(names::person(cell, self.known, doubts)),
            Field::Home => exchange.home = names::school(cell, self.known, doubts),
            Field::Host => exchange.host = names::school(cell, self.known, doubts),
            Field::Subject => exchange.subject = subject(cell, self.known, doubts),
            Field::Rank | Field::Titles => {
                let of_titles = field == Field::Titles;
                rank_and_titles((cell, of_titles), self.known, exchange, doubts);
            }
            Field::Type => kind(cell, self.known, movement),
            Field::File => match words::file_moved(&cell.text) {
                Some(moved) => exchange.file_moved = Some(moved),
                None => doubts.push(
                    Doubt::new(Code::NotUnderstood, cell.place.clone(), &cell.typed)
                        .with("人事关系 file"),
                ),
            },
            Field::Post | Field::Duty => {
                let post = match field {
                    Field::Post => post(cell, self.known, doubts),
                    _ => cell.text.clone(),
                };
                if let Some(level) = words::level(&post) {
                    exchange.level = level.into();
                }
                match field {
                    Field::Post => exchange.host_post = post,
                    _ => doubts.push(left_out("原单位的职务 the post at home")),
                }
            }
            Field::Share if matches!(cell.text.as_str(), "全职" | "全部" | "全周") => {}
            Field::Share => match share_of(&cell.text, cell, doubts) {
                Some(share) => exchange.share = Some(share),
                None => doubts.push(left_out(
                    "每周多少，写百分比或星期几 percent or weekdays of a week",
                )),
            },
            // A count beside a name counts the person named.
            Field::Count => match cell
                .text
                .trim_end_matches(['人', '名', '位'])
                .trim()
                .parse()
            {
                Ok(count) if count > 0 => exchange.unnamed_count = count,
                _ => doubts.push(Doubt::new(Code::NotACount, cell.place.clone(), &cell.typed)),
            },
            Field::Years => match cell.text.trim_end_matches('年').parse() {
                Ok(years) if years >= 0 => exchange.years_at_home = Some(years),
                _ => doubts.push(left_out("在原校年限 years at home")),
            },
            Field::Paper => {
                exchange.paper = Some(v1::Paper {
                    number: cell.typed.clone(),
                    ..v1::Paper::default()
                });
            }
        }
    }

    /// What follows from several fields, and what is missing.
    fn close(&mut self, record: &[(Field, Cell)], movement: &mut Movement) {
        self.schools(record, movement);
        let place = movement.place.clone();
        let Movement {
            exchange, doubts, ..
        } = movement;
        let unstated = |what: &str| Doubt::new(Code::Unstated, place.clone(), "").with(what);
        if exchange.person.is_none() && exchange.unnamed_count == 0 {
            doubts.push(unstated("姓名 person"));
        }
        let part = matches!(
            exchange.r#type(),
            ExchangeType::PartTime | ExchangeType::Circuit
        );
        if part && exchange.share.is_none() {
            doubts.push(unstated("每周占比 share of the week"));
        }
        let told = [Code::YearOnly, Code::NotUnderstood, Code::YearUnknown];
        if exchange.planned_start.is_empty()
            && !doubts.iter().any(|doubt| told.contains(&doubt.code))
        {
            doubts.push(unstated("起止时间 period"));
        }
        if exchange.r#type() != ExchangeType::Unspecified {
            return;
        }
        let campus = |unit: &Option<Unit>| names::campus_id(unit.as_ref()).is_some();
        if campus(&exchange.home) && campus(&exchange.host) {
            let (kind, name) = match exchange.share {
                Some(_) => (ExchangeType::PartTime, "跨校兼课 part-time"),
                None => (ExchangeType::Group, "集团化办学 within the group"),
            };
            exchange.r#type = kind.into();
            let doubt = Doubt::new(Code::Assumed, place, "").as_(name);
            doubts.push(doubt.with("类型 type"));
        } else {
            doubts.push(unstated("类型 type"));
        }
    }

    fn schools(&mut self, record: &[(Field, Cell)], movement: &mut Movement) {
        let own = self.known.own().map(|(id, _)| Unit {
            unit: Some(unit::Unit::CampusId(id.to_owned())),
        });
        let is_support = movement.exchange.r#type() == ExchangeType::Support;
        let texts: String = record
            .iter()
            .map(|(_, cell)| cell.text.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        if is_support && movement.exchange.host.is_none() {
            let region = [("藏", "西藏"), ("疆", "新疆"), ("青", "青海")]
                .into_iter()
                .find(|(word, _)| texts.contains(word));
            movement.exchange.host = region.map(|(_, name)| Unit {
                unit: Some(unit::Unit::Outside(name.to_owned())),
            });
        }
        let place = movement.place.clone();
        let Movement {
            exchange, doubts, ..
        } = movement;
        let unstated = |what: &str| Doubt::new(Code::Unstated, place.clone(), "").with(what);
        // 总校张老师 says where the person comes from.
        if let Some(person) = exchange.person.as_mut()
            && exchange.home.is_none()
            && !person.affiliation.is_empty()
        {
            let school = Cell::new(place.clone(), &std::mem::take(&mut person.affiliation));
            exchange.home = names::school(&school, self.known, doubts);
        }
        if exchange.home.is_none()
            && own.is_some()
            && !record.iter().any(|(field, _)| *field == Field::Home)
        {
            let doubt =
                Doubt::new(Code::Assumed, place.clone(), "").as_("本校 the campus that reads");
            doubts.push(doubt.with("原单位 home"));
            exchange.home.clone_from(&own);
        } else if exchange.home.is_none() {
            doubts.push(unstated("原单位 home"));
        }
        let lists = |wanted: Field| record.iter().any(|(field, _)| *field == wanted);
        if exchange.host.is_none()
            && own.is_some()
            && lists(Field::Home)
            && !lists(Field::Host)
            && exchange.home != own
        {
            let doubt =
                Doubt::new(Code::Assumed, place.clone(), "").as_("本校 the campus that reads");
            doubts.push(doubt.with("交流单位 host"));
            exchange.host.clone_from(&own);
        } else if exchange.host.is_none() {
            doubts.push(unstated("交流单位 host"));
        }
        if exchange.home.is_some() && exchange.home == exchange.host {
            let typed = record
                .iter()
                .find(|(field, _)| *field == Field::Host)
                .map(|(_, cell)| cell.typed.clone());
            doubts.push(Doubt::new(
                Code::HomeIsHost,
                place.clone(),
                typed.unwrap_or_default(),
            ));
        }
    }
}
