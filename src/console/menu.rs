//! A menu: its days, and how it came to be what it is.

use super::Console;
use super::frame::Frame;
use super::read::{Ground, allergen_names, day_text, menus, not_here, one, weekday};
use super::record::Course;
use super::trouble::{Trouble, html};
use super::visit::Visitor;
use super::words::{self, Word};
use crate::hub::Hub;
use crate::hub::HubError;
use crate::model::caller::Caller;
use crate::model::date::Span;
use crate::outlets::week::{self, Cell};
use crate::outlets::words as named;
use crate::wire::v1::{self, content, state};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;

/// A week as a page shows it.
pub struct Grid {
    pub days: Vec<GridDay>,
    pub rows: Vec<GridRow>,
}

/// A day of it.
pub struct GridDay {
    pub text: String,
    pub today: bool,
}

/// A meal of it.
pub struct GridRow {
    pub canteen: String,
    pub meal: Word,
    pub cells: Vec<Cell>,
}

/// A week as a page shows it.
pub fn grid(week: week::Week, today: Date) -> Grid {
    let day = |day: &Date| GridDay {
        text: format!("{}月{}日 {}", day.month(), day.day(), weekday(*day)),
        today: *day == today,
    };
    let row = |row: week::Row| GridRow {
        canteen: match row.audience {
            v1::MenuAudience::Pupils => row.canteen,
            of => format!("{}（{}）", row.canteen, Word::of(named::audience(of)).zh),
        },
        meal: Word::of(named::meal(row.meal)),
        cells: row.cells,
    };
    Grid {
        days: week.days.iter().map(day).collect(),
        rows: week.rows.into_iter().map(row).collect(),
    }
}

/// What is announced of a campus's meals in a span: of its school days, and of any other day that a menu names.
pub async fn announced_week(
    hub: &Hub,
    caller: &Caller,
    ground: &Ground,
    (campus_id, span): (&str, Span),
) -> Result<week::Week, HubError> {
    let calendar = ground.calendar(campus_id);
    let of_campus = menus(hub, caller, span).await?;
    let announced = of_campus.iter().filter(|(record, _, state)| {
        record.campus_id == campus_id && super::read::announced(state)
    });
    let names = allergen_names(hub, caller).await?;
    let days = span.days().filter(|day| calendar.is_school_day(*day));
    let menus = announced.map(|(_, menu, _)| menu);
    Ok(week::week(menus, days, |day| span.contains(day), &names))
}

struct Amended {
    when: String,
    same_day: bool,
    lines: Vec<String>,
}

#[derive(Template)]
#[template(path = "templates/menu.html")]
struct Page {
    frame: Frame,
    course: Course,
    menu: v1::Menu,
    status: Word,
    published: String,
    grid: Grid,
    amendments: Vec<Amended>,
}

/// The page of a menu.
///
/// # Errors
/// When it is not there, or not the visitor's to see.
pub async fn page(
    State(console): State<Console>,
    Visitor(caller): Visitor,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let hub = &console.hub;
    let ground = Ground::of(hub, &caller).await?;
    let seen = one(hub, &caller, &id).await?;
    let course = Course::of(hub, &caller, &seen.record, &ground).await?;
    let (content::Kind::Menu(menu), Some(state::Kind::Menu(state))) = (seen.content, seen.state)
    else {
        return Err(not_here(&id).into());
    };
    let names = allergen_names(hub, &caller).await?;
    let days = menu.service_dates.iter().filter_map(|day| day.parse().ok());
    let week = week::week([&menu], days, |_| true, &names);
    let page = Page {
        frame: Frame::of(&caller, &ground, format!("食谱 {}", menu.label)),
        course,
        status: words::menu_status(state.status()),
        published: ground.told(state.publish_time.as_ref()),
        grid: grid(week, ground.today()),
        amendments: state
            .amendments
            .iter()
            .map(|of| amended(of, &ground))
            .collect(),
        menu,
    };
    Ok(html(StatusCode::OK, &page))
}

fn amended(amendment: &v1::Amendment, ground: &Ground) -> Amended {
    let meal = |of: &v1::AmendedMeal| {
        format!(
            "{} {}：{} → {}",
            day_text(&of.date),
            Word::of(named::meal(of.meal())).zh,
            of.before.join("、"),
            of.after.join("、")
        )
    };
    let off = |day: &String| format!("{}：停餐", day_text(day));
    let meals = amendment.meals.iter().map(meal);
    Amended {
        when: ground.told(amendment.time.as_ref()),
        same_day: amendment.same_day,
        lines: meals
            .chain(amendment.no_service_dates.iter().map(off))
            .collect(),
    }
}
