//! Menus (食谱): weighed tables, lists by date, week grids and texts → `Menu`.

mod allergens;
mod amount;
mod days;
mod dish;
mod draft;
mod figures;
mod grid;
mod headings;
mod lines;
mod notes;
mod parts;
mod table;
mod titles;
mod words;

use super::doubt::{Code, Doubt, Place};
use super::known::Known;
use super::reading::Reading;
use super::sheet::{Cell, Row, Sheet, joined};
use super::when;
use super::when::year::Years;
use crate::wire::v1::content::Kind;
use crate::wire::v1::{self, Meal, MenuAudience, VocabularyTopic};
use draft::{Draft, Served};
use jiff::civil::Date;
use titles::{CANTEEN, CLASS, SET, first, label, price, publish_time, published};
pub use words::is_staff;

/// Reads the menus of some sheets. Sheets that are called by a day are the days of one menu.
#[must_use]
pub fn read(sheets: &[Sheet], known: &Known) -> Reading {
    let mut reading = Reading::default();
    let by_day = |sheet: &Sheet| when::whole(&super::fold::fold(&sheet.name));
    let mut drafts: Vec<Draft> = Vec::new();
    let mut days_of_one = Draft::of(known);
    for sheet in sheets.iter().filter(|sheet| !sheet.rows.is_empty()) {
        match by_day(sheet).filter(|_| !sheet.is_text()) {
            Some(said) => {
                let place = place(sheet);
                let cell = Cell::new(place, &sheet.name);
                days_of_one.day(&cell, said, None);
                one_day(sheet, &mut days_of_one);
            }
            None if sheet.is_text() => {
                let parts = parts::of_lines(lines::split(sheet));
                drafts.extend(parts.into_iter().map(|part| {
                    let mut draft = titled(sheet, part.title, known);
                    lines::read(&part.of, &mut draft);
                    draft
                }));
            }
            None => {
                for part in parts::of_rows(&sheet.rows) {
                    let draft = titled(sheet, part.title, known);
                    drafts.extend(read_rows(&part.of, draft));
                }
            }
        }
    }
    if !days_of_one.days.is_empty() {
        drafts.push(days_of_one);
    }
    for mut draft in drafts {
        let place = draft
            .days
            .first()
            .map(|day| day.cell.place.clone())
            .unwrap_or_default();
        let served = draft
            .days
            .iter()
            .any(|day| !day.meals.is_empty() || day.off.is_some());
        if served {
            let mut doubts = std::mem::take(&mut draft.doubts);
            let menu = Builder {
                known,
                doubts: &mut doubts,
            }
            .menu(draft);
            reading.add(place, Kind::Menu(menu), fold_units(doubts));
        } else {
            reading.doubts.append(&mut draft.doubts);
            let title = draft.titles.first().cloned().unwrap_or_default();
            let nothing = Doubt::new(Code::NothingHere, title.place.clone(), &title.typed);
            reading
                .doubts
                .push(nothing.with("没有认出食谱 no menu was recognised"));
        }
    }
    reading
}

/// The allergens that can be declared without a question, each as it is written: 花生(GB7718) where two codings
/// have the name.
#[must_use]
pub fn allergen_words(known: &Known) -> Vec<String> {
    let codings = Draft::of(known).codings;
    let is_read = |text: &String| {
        let mut doubts = Vec::new();
        let found = allergens::read(&Cell::new(Place::Whole, text), &codings, &mut doubts);
        found.len() == 1 && doubts.is_empty()
    };
    let mut all: Vec<String> = Vec::new();
    for named in known.words(VocabularyTopic::Allergen) {
        let word = named.word;
        let name = if word.name.is_empty() {
            &word.code
        } else {
            &word.name
        };
        let texts = [name.clone(), format!("{name}({})", named.scheme)];
        let text = texts.into_iter().find(is_read);
        all.extend(text.filter(|text| !all.contains(text)));
    }
    all
}

/// The most figures without a unit that are doubted one by one.
const UNITS_MAX: usize = 5;

/// Figures without a unit in a whole sheet are one question.
fn fold_units(mut doubts: Vec<Doubt>) -> Vec<Doubt> {
    let is = |doubt: &Doubt| doubt.code == Code::UnitMissing;
    let all: Vec<String> = doubts
        .iter()
        .filter(|doubt| is(doubt))
        .map(|doubt| doubt.typed.clone())
        .collect();
    if all.len() > UNITS_MAX
        && let Some(first) = doubts.iter().position(is)
    {
        doubts[first].typed = all.join(" ");
        "g".clone_into(&mut doubts[first].understood);
        let mut seen = false;
        doubts.retain(|doubt| !is(doubt) || !std::mem::replace(&mut seen, true));
    }
    doubts
}

fn place(sheet: &Sheet) -> Place {
    let cells = sheet.rows.iter().flatten();
    cells
        .map(|cell| cell.place.clone())
        .find(|place| *place != Place::Whole)
        .unwrap_or_default()
}

/// The sheet of one day: its headings name no day.
fn one_day(sheet: &Sheet, draft: &mut Draft) {
    match table::header(&sheet.rows) {
        Some(header) => header.read_day(&sheet.rows, draft),
        None => draft.titles.extend(sheet.rows.iter().filter_map(title)),
    }
}

/// A draft under the title that names it among several menus, and the name of its sheet.
fn titled(sheet: &Sheet, title: Option<Cell>, known: &Known) -> Draft {
    let mut draft = Draft::of(known);
    draft.titles.extend(title);
    if !sheet.name.is_empty() {
        draft.titles.push(Cell::new(place(sheet), &sheet.name));
    }
    draft
}

/// The menus of some rows: more than one when days or headings come again under another title.
fn read_rows(rows: &[Row], mut draft: Draft) -> Vec<Draft> {
    let (table, days) = (table::header(rows), grid::header(rows));
    match (table, days) {
        (Some(mut header), days) if days.as_ref().is_none_or(|days| header.at < days.at) => {
            draft
                .titles
                .extend(rows[..header.at].iter().filter_map(title));
            header.read(rows, &mut draft);
            vec![draft]
        }
        (_, Some(_)) => grids(rows, draft),
        _ => {
            if !grid::down(rows, &mut draft) {
                draft.titles.extend(rows.iter().filter_map(title));
            }
            vec![draft]
        }
    }
}

/// Week grids under each other: those under titles of their own are menus of their own.
fn grids(rows: &[Row], mut draft: Draft) -> Vec<Draft> {
    let sheet_title: Vec<Cell> = draft.titles.clone();
    let mut drafts = Vec::new();
    let mut from = 0;
    while let Some(days) = grid::header(&rows[from..]) {
        let above = &rows[from..from + days.body];
        let titles: Vec<Cell> = above
            .iter()
            .filter_map(title)
            .filter(|cell| when::whole(&cell.text).is_none())
            .collect();
        if !draft.days.is_empty() && !titles.is_empty() {
            let next = Draft {
                slots: draft.slots.clone(),
                codings: draft.codings.clone(),
                ..Draft::default()
            };
            drafts.push(std::mem::replace(&mut draft, next));
            draft.titles.clone_from(&sheet_title);
        }
        draft.titles.extend(titles);
        let end = days.read(&rows[from..], &mut draft);
        if end == 0 {
            break;
        }
        // The title of the next grid stands above its days.
        let above_next = rows[from..from + end]
            .iter()
            .rev()
            .take_while(|row| title(row).is_some())
            .count();
        let more = from + end < rows.len();
        from += if more { end - above_next } else { end };
    }
    drafts.push(draft);
    drafts
}

/// A row with one text in it.
fn title(row: &Row) -> Option<Cell> {
    let first = row.iter().find(|cell| !cell.is_empty())?;
    let alone = row
        .iter()
        .all(|cell| cell.is_empty() || cell.text == first.text);
    if alone {
        return Some(first.clone());
    }
    let in_table =
        |cell: &Cell| when::whole(&cell.text).is_some() || headings::role(cell).is_some();
    let titled = !row.iter().any(in_table);
    titled.then(|| Cell::new(first.place.clone(), &joined(row)))
}

/// Makes a menu of a draft.
struct Builder<'a> {
    known: &'a Known,
    doubts: &'a mut Vec<Doubt>,
}

impl Builder<'_> {
    fn menu(&mut self, draft: Draft) -> v1::Menu {
        let texts = || {
            draft
                .titles
                .iter()
                .chain(&draft.notes)
                .chain(draft.days.iter().map(|day| &day.cell))
                .map(|cell| cell.text.as_str())
        };
        let years = Years::of(texts(), self.known.calendar(), self.known.today);
        let dates = days::date(&draft, &years, self.doubts);
        days::doubt_days_off(&draft, &dates, &years, self.doubts);
        let mut menu = v1::Menu {
            canteen: self.canteen(&draft),
            menu_set: first(&draft, &SET)
                .or_else(|| first(&draft, &CLASS))
                .map(|(_, set)| set)
                .unwrap_or_default(),
            audience: self.audience(&draft).into(),
            label: label(&draft),
            price_fen: price(&draft),
            claimed_publish_time: publish_time(&draft),
            remarks: draft
                .notes
                .iter()
                .filter(|cell| published(cell).is_none())
                .map(|cell| cell.typed.clone())
                .collect(),
            ..v1::Menu::default()
        };
        let meal = self.default_meal(&draft);
        self.days(draft, &dates, &years, meal, &mut menu);
        menu
    }

    fn days(
        &mut self,
        draft: Draft,
        dates: &days::Dates,
        years: &Years,
        meal: Meal,
        menu: &mut v1::Menu,
    ) {
        let title = draft
            .titles
            .first()
            .map(|cell| cell.place.clone())
            .unwrap_or_default();
        for (day, date) in draft.days.into_iter().zip(&dates.of) {
            // What cannot be dated was doubted when it was dated.
            let Some(date) = date else { continue };
            // An empty weekend in a grid of whole weeks.
            let empty =
                day.off.is_none() && day.meals.iter().all(|served| served.dishes.is_empty());
            if empty && date.weekday().to_monday_one_offset() > 5 && !days::is_school(years, *date)
            {
                continue;
            }
            let text = date.to_string();
            if menu.service_dates.contains(&text) {
                let doubt = Doubt::new(Code::DayRepeated, day.cell.place.clone(), &day.cell.typed);
                self.doubts.push(doubt.as_(date));
            }
            match &day.off {
                Some((reason, _)) if day.meals.is_empty() => {
                    let reason = (*reason).into();
                    menu.no_service_days
                        .push(v1::NoServiceDay { date: text, reason });
                    continue;
                }
                Some((_, cell)) => {
                    self.doubts.push(Doubt::new(
                        Code::NotUnderstood,
                        cell.place.clone(),
                        &cell.typed,
                    ));
                }
                None if day.meals.iter().all(|served| served.dishes.is_empty()) => {
                    let doubt =
                        Doubt::new(Code::DayMissing, day.cell.place.clone(), &day.cell.typed);
                    self.doubts.push(doubt.as_(date));
                }
                None => {}
            }
            menu.service_dates.push(text);
            for served in day.meals {
                put_meal(menu, *date, meal, served);
            }
        }
        for date in &dates.missing {
            self.doubts
                .push(Doubt::new(Code::DayMissing, title.clone(), "").as_(date));
            menu.service_dates.push(date.to_string());
        }
        menu.service_dates.sort();
        menu.service_dates.dedup();
        menu.no_service_days.sort_by(|a, b| a.date.cmp(&b.date));
        menu.no_service_days.dedup_by(|a, b| a.date == b.date);
        menu.meals
            .sort_by(|a, b| (&a.date, a.meal).cmp(&(&b.date, b.meal)));
    }

    /// The meal of dishes under which none is said.
    fn default_meal(&mut self, draft: &Draft) -> Meal {
        let mut unsaid = draft
            .days
            .iter()
            .flat_map(|day| &day.meals)
            .filter(|served| served.meal.is_none());
        if unsaid.next().is_none() {
            return Meal::Unspecified;
        }
        // A title that names several meals says nothing of this one.
        let titled = draft.titles.iter().find_map(|cell| {
            let (meal, at) = words::meal_in(&cell.text)?;
            let other = words::meal_in(&cell.text[at.end..]).filter(|(other, _)| *other != meal);
            other.is_none().then_some(meal)
        });
        if let Some(meal) = titled {
            return meal;
        }
        let own = self.known.own().map(|(_, campus)| campus);
        let canteen = own.and_then(|campus| campus.canteens.first());
        let only = match canteen.map(|canteen| canteen.meals.as_slice()) {
            Some([only]) => Meal::try_from(*only).ok(),
            _ => None,
        };
        let meal = only.unwrap_or(Meal::Lunch);
        self.assume("餐次 meal", meal.as_str_name());
        meal
    }

    fn assume(&mut self, what: &str, understood: &str) {
        self.doubts.push(
            Doubt::new(Code::Assumed, Place::Whole, "")
                .as_(understood)
                .with(what),
        );
    }

    fn canteen(&mut self, draft: &Draft) -> String {
        let own = self
            .known
            .own()
            .map(|(_, campus)| campus.canteens.clone())
            .unwrap_or_default();
        for title in &draft.titles {
            let named = own
                .iter()
                .find(|canteen| title.text.contains(&super::fold::fold(&canteen.name)));
            if let Some(canteen) = named {
                return canteen.name.clone();
            }
        }
        if let Some((_, name)) = first(draft, &CANTEEN) {
            return name;
        }
        if let [only] = own.as_slice() {
            self.assume("食堂 canteen", &only.name);
            return only.name.clone();
        }
        let unstated = Doubt::new(Code::Unstated, Place::Whole, "");
        self.doubts.push(unstated.with("食堂 canteen"));
        String::new()
    }

    fn audience(&mut self, draft: &Draft) -> MenuAudience {
        let has = |words: &[&str]| {
            draft
                .titles
                .iter()
                .any(|cell| words.iter().any(|word| cell.text.contains(word)))
        };
        let own = self.known.own().map(|(_, campus)| campus);
        let kindergarten = own.is_some_and(|campus| {
            !campus.stages.is_empty()
                && campus
                    .stages
                    .iter()
                    .all(|stage| *stage == i32::from(v1::Stage::Kindergarten))
        });
        let mut meals = draft.days.iter().flat_map(|day| &day.meals);
        let banded = meals.any(|served| {
            let mut parts = served.dishes.iter().flat_map(|dish| &dish.ingredients);
            parts.any(|part| part.grade_band.contains("年级"))
        });
        if draft.is_staff() {
            MenuAudience::Staff
        } else if has(&["幼儿", "幼儿园", "宝宝"]) || kindergarten {
            MenuAudience::Kindergarten
        } else if has(&["学生", "中小学"]) || banded {
            MenuAudience::Pupils
        } else {
            self.assume("供餐对象 audience", "学生 pupils");
            MenuAudience::Pupils
        }
    }
}

fn put_meal(menu: &mut v1::Menu, date: Date, default: Meal, served: Served) {
    let (date, meal) = (date.to_string(), i32::from(served.meal.unwrap_or(default)));
    let same = menu
        .meals
        .iter_mut()
        .find(|row| row.date == date && row.meal == meal);
    match same {
        Some(row) => {
            row.dishes.extend(served.dishes);
            row.seasoning = row.seasoning.take().or(served.seasoning);
            row.nutrition = row.nutrition.take().or(served.nutrition);
        }
        None => menu.meals.push(v1::DayMeal {
            date,
            meal,
            dishes: served.dishes,
            seasoning: served.seasoning,
            nutrition: served.nutrition,
            diners: served.diners,
        }),
    }
}

#[cfg(test)]
mod tests;
