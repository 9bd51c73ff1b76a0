//! The shares that a school year's exchanges are held to (domain.md 2.1). Rules differ in numerator and
//! denominator, so both are printed; what nobody counted or named is never taken for 0.

use super::records::{Exchange, Kept, Records};
use super::status::{instant, members, unit_is};
use crate::kinds::registers::policy::zone;
use crate::model::date::{self, FIRST_DAY, LAST_DAY, Span};
use crate::wire::v1::{self, CountRange};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use std::collections::BTreeMap;
use v1::{ExchangeBasis as Basis, ExchangeCount as Count, ShareResult};

/// The report, as the contract words it.
pub type ExchangeShares = v1::GetExchangeSharesResponse;

type Campus = Kept<v1::Campus>;

/// The days of the school year that begins in a calendar year: from 1 September (domain.md 4.1).
#[must_use]
pub fn school_year(begins: i16) -> Span {
    Span {
        first: date(begins, 9, 1),
        last: date(begins.saturating_add(1), 8, 31),
    }
}

/// The report: a pure function of the records at `position` and of `time`.
#[must_use]
pub fn exchange_shares(
    records: &Records,
    begins: i16,
    (position, time): (i64, Timestamp),
) -> ExchangeShares {
    let policy = records.policy.clone().unwrap_or_default();
    let year = Year {
        begins,
        days: school_year(begins),
        today: time.to_zoned(zone(Some(&policy))).date(),
        policy: &policy,
        records,
    };
    let campuses = members(records, year.days);
    let holds = |rule: &&v1::ExchangeRule| {
        let (from, until) = (date::day(&rule.from), date::day(&rule.until));
        let (first, last) = (from.unwrap_or(FIRST_DAY), until.unwrap_or(LAST_DAY));
        Span { first, last }.contains(year.days.first)
    };
    let rules = policy.exchange_rules.iter().filter(holds);
    let shares = rules.flat_map(|rule| match rule.scope() {
        v1::ExchangeScope::Campus => {
            let each = campuses.iter().map(|campus| year.share(rule, &[campus]));
            each.collect()
        }
        _ => vec![year.share(rule, &campuses)],
    });
    ExchangeShares {
        instant: Some(instant(records, (position, time))),
        first_date: year.days.first.to_string(),
        last_date: year.days.last.to_string(),
        shares: shares.collect(),
    }
}

/// A school year, looked at on a day.
struct Year<'a> {
    begins: i16,
    days: Span,
    today: Date,
    policy: &'a v1::Policy,
    records: &'a Records,
}

/// People who went, all of them backbone teachers, none, or nobody has said.
#[derive(Clone, Copy)]
struct People {
    number: i32,
    backbone: Option<bool>,
}

/// Who went in a year: by id, each once however often; and without an id, each movement for itself.
#[derive(Default)]
struct Gone {
    known: BTreeMap<String, Option<bool>>,
    unknown: Vec<People>,
}

impl Year<'_> {
    fn share(&self, rule: &v1::ExchangeRule, campuses: &[&Campus]) -> v1::ExchangeShare {
        let gone = self.gone(rule.basis(), campuses);
        let numerator = self.count(rule.numerator(), &gone, campuses);
        let denominator = self.count(rule.denominator(), &gone, campuses);
        let result = match (&numerator, &denominator) {
            (Ok(part), Ok(whole)) => judge(*part, *whole, rule.threshold_percent),
            _ => ShareResult::NotEnoughData,
        };
        let uncounted = [&numerator, &denominator].into_iter();
        let mut uncounted: Vec<String> = uncounted
            .flat_map(|count| count.as_ref().err().cloned().unwrap_or_default())
            .collect();
        uncounted.dedup();
        let (campus_id, name) = match (rule.scope(), campuses) {
            (v1::ExchangeScope::Campus, [campus]) => {
                (campus.id.to_string(), campus.content.name.clone())
            }
            _ => Default::default(),
        };
        v1::ExchangeShare {
            rule: Some(rule.clone()),
            campus_id,
            name,
            numerator: numerator.ok(),
            denominator: denominator.ok(),
            result: result.into(),
            uncounted_campus_ids: uncounted,
        }
    }

    /// What a rule counts; the campuses of which nobody counted it.
    fn count(
        &self,
        what: Count,
        gone: &Gone,
        campuses: &[&Campus],
    ) -> Result<CountRange, Vec<String>> {
        let staff: fn(&v1::StaffCount) -> Option<i32> = match what {
            Count::Unspecified => return Err(Vec::new()),
            Count::Exchanged => return Ok(gone.heads()),
            Count::BackboneExchanged => return Ok(gone.backbone()),
            Count::FullTime => |count| count.full_time,
            Count::Eligible => |count| count.eligible,
            Count::Backbone => |count| count.backbone,
            Count::EligibleBackbone => |count| count.eligible_backbone,
        };
        let counted = |campus: &&&Campus| self.newest_count(campus).and_then(staff);
        let uncounted = campuses.iter().filter(|campus| counted(campus).is_none());
        let uncounted: Vec<String> = uncounted.map(|campus| campus.id.to_string()).collect();
        if !uncounted.is_empty() {
            return Err(uncounted);
        }
        let all = campuses.iter().filter_map(|campus| counted(&campus));
        let sum = all.fold(0, i32::saturating_add);
        Ok(CountRange {
            least: sum,
            most: sum,
        })
    }

    /// The last count of a campus's teachers in the year.
    fn newest_count(&self, campus: &Campus) -> Option<&v1::StaffCount> {
        let id = campus.id.to_string();
        let counts = self.records.staff_counts.iter().map(|count| &count.content);
        let of_year = counts
            .filter(|count| count.campus_id == id && count.school_year == i32::from(self.begins));
        of_year.max_by_key(|count| &count.day)
    }

    /// Who left these campuses, up to today.
    fn gone(&self, basis: Basis, campuses: &[&Campus]) -> Gone {
        let mut gone = Gone::default();
        for exchange in &self.records.exchanges {
            let home = exchange.content.home.as_ref();
            let is_home = |campus: &&Campus| unit_is(home, &campus.id.to_string());
            let theirs = campuses.iter().any(is_home);
            if theirs && self.counts(exchange, basis) {
                gone.add(exchange, is_backbone(exchange, self.policy));
            }
        }
        gone
    }

    fn counts(&self, exchange: &Exchange, basis: Basis) -> bool {
        let Some(came) = date::day(&exchange.state.real_start) else {
            return false;
        };
        let went = date::day(&exchange.state.real_end);
        let active = came <= self.days.last && went.is_none_or(|went| self.days.first <= went);
        let started = basis != Basis::Started || self.days.contains(came);
        came <= self.today && active && started
    }
}

impl Gone {
    fn add(&mut self, exchange: &Exchange, backbone: Option<bool>) {
        let person = exchange.content.person.as_ref();
        let id = person.map_or("", |person| &person.person_id);
        if id.is_empty() {
            let number = exchange.content.unnamed_count.max(1);
            return self.unknown.push(People { number, backbone });
        }
        let known = self.known.entry(id.to_owned()).or_insert(Some(false));
        *known = match (*known, backbone) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (None, _) | (_, None) => None,
            _ => Some(false),
        };
    }

    fn heads(&self) -> CountRange {
        self.range(|_| true, |_| true)
    }

    fn backbone(&self) -> CountRange {
        self.range(
            |backbone| backbone == Some(true),
            |backbone| backbone != Some(false),
        )
    }

    /// How many of those who surely and of those who possibly count. Somebody without an id may be one of
    /// those with an id, or of another movement.
    fn range(
        &self,
        surely: fn(Option<bool>) -> bool,
        possibly: fn(Option<bool>) -> bool,
    ) -> CountRange {
        let known = |counts: fn(Option<bool>) -> bool| {
            let known = self.known.values().filter(|backbone| counts(**backbone));
            i32::try_from(known.count()).unwrap_or(i32::MAX)
        };
        let numbers = |counts: fn(Option<bool>) -> bool| {
            let people = self
                .unknown
                .iter()
                .filter(move |people| counts(people.backbone));
            people.map(|people| people.number)
        };
        CountRange {
            least: numbers(surely).fold(known(surely), i32::max),
            most: numbers(possibly).fold(known(possibly), i32::saturating_add),
        }
    }
}

/// Whether a movement is a backbone teacher's, by the titles at its start; `None`: nobody has said.
fn is_backbone(exchange: &Exchange, policy: &v1::Policy) -> Option<bool> {
    let titles = &exchange.content.titles_at_start;
    if exchange.content.no_titles_at_start {
        return Some(false);
    }
    if titles.is_empty() || policy.backbone_titles.is_empty() {
        return None;
    }
    let came = date::day(&exchange.state.real_start)?;
    let counts = |title: &v1::Title| {
        let until = date::day_or_month(&title.until);
        policy.backbone_titles.contains(&title.title)
            && title.level >= policy.backbone_level_min
            && until.is_none_or(|until| came <= until.last)
    };
    Some(titles.iter().any(counts))
}

/// Whether a share reaches its threshold, whatever the numbers that are not quite known are.
fn judge(part: CountRange, whole: CountRange, percent: f64) -> ShareResult {
    let reaches = |part: i32, whole: i32| f64::from(part) * 100.0 >= percent * f64::from(whole);
    if whole.most == 0 {
        ShareResult::NotEnoughData
    } else if reaches(part.least, whole.most) {
        ShareResult::Met
    } else if !reaches(part.most, whole.least) {
        ShareResult::NotMet
    } else {
        ShareResult::NotEnoughData
    }
}

#[cfg(test)]
mod tests;
