//! The play: who pushes what, when.

use super::cast::{calendar, campuses, person, policy, prep};
use crate::actions::acts;
use crate::harness::{Client, HEAD, LAKE, SPRING, TestHub, limits};
use crate::wishes::{
    accept, act, amend, announce, approve, cancel_session, confirm_arrival, create, exchange,
    excuse, hold, id, lunch, menu, named, propose, publish, report_attendance, session,
    withdraw_exchange,
};
use lianxiao::wire::v1;
use v1::AmendReason::{OutOfStock, Swapped};

/// The day after the term.
pub const AFTER: &str = "2026-07-04T08:00:00+08:00";
/// Its service weeks that are looked at, by Monday.
pub const WEEKS: [&str; 8] = [
    "2026-05-11",
    "2026-05-18",
    "2026-05-25",
    "2026-06-01",
    "2026-06-08",
    "2026-06-15",
    "2026-06-22",
    "2026-06-29",
];

/// Their school days.
pub fn days(monday: &str) -> Vec<&'static str> {
    let all: [[&str; 5]; 8] = [
        [
            "2026-05-11",
            "2026-05-12",
            "2026-05-13",
            "2026-05-14",
            "2026-05-15",
        ],
        [
            "2026-05-18",
            "2026-05-19",
            "2026-05-20",
            "2026-05-21",
            "2026-05-22",
        ],
        [
            "2026-05-25",
            "2026-05-26",
            "2026-05-27",
            "2026-05-28",
            "2026-05-29",
        ],
        [
            "2026-06-01",
            "2026-06-02",
            "2026-06-03",
            "2026-06-04",
            "2026-06-05",
        ],
        [
            "2026-06-08",
            "2026-06-09",
            "2026-06-10",
            "2026-06-11",
            "2026-06-12",
        ],
        [
            "2026-06-14",
            "2026-06-15",
            "2026-06-16",
            "2026-06-17",
            "2026-06-18",
        ],
        [
            "2026-06-22",
            "2026-06-23",
            "2026-06-24",
            "2026-06-25",
            "2026-06-26",
        ],
        [
            "2026-06-29",
            "2026-06-30",
            "2026-07-01",
            "2026-07-02",
            "2026-07-03",
        ],
    ];
    let week = WEEKS.iter().position(|week| *week == monday);
    all[week.expect("a week of the term")].to_vec()
}

/// When the menus of a week are pushed by whoever is in time: on a Friday at 15:00, or the day before.
fn in_time(monday: &str) -> &'static str {
    match monday {
        "2026-05-11" => "2026-05-08T15:00:00+08:00",
        "2026-05-18" => "2026-05-15T15:00:00+08:00",
        "2026-05-25" => "2026-05-22T15:00:00+08:00",
        "2026-06-01" => "2026-05-29T15:00:00+08:00",
        "2026-06-08" => "2026-06-05T15:00:00+08:00",
        "2026-06-15" => "2026-06-12T15:00:00+08:00",
        "2026-06-22" => "2026-06-18T15:00:00+08:00",
        _ => "2026-06-26T15:00:00+08:00",
    }
}

pub const LATE: &str = "2026-05-25T07:00:00+08:00";
pub const EXCUSED: &str = "2026-05-29T20:00:00+08:00";
pub const CLAIM: &str = "2026-05-22T17:00:00+08:00";

/// The group, and what it has played so far.
pub struct Term {
    pub hub: TestHub,
}

impl Term {
    /// The group before its term.
    pub async fn begin() -> Self {
        let hub = TestHub::start_group(limits(), campuses()).await;
        let office = hub.office();
        office.applied(create(&id("calendar"), calendar())).await;
        office.applied(create(&id("policy"), policy())).await;
        for (person, campus) in [("甲老师", HEAD), ("乙老师", SPRING), ("丙老师", SPRING)]
        {
            let row = v1::Person {
                display_name: person.to_owned(),
                home_campus_id: id(campus),
                ..Default::default()
            };
            office.applied(create(&id(person), row)).await;
        }
        Term { hub }
    }

    /// The whole of it, as it stands the day after.
    pub async fn over() -> Self {
        let term = Self::begin().await;
        for act in 0..ACTS {
            term.play(act).await;
        }
        term.at(AFTER);
        term
    }

    pub fn at(&self, time: &str) {
        self.hub.clock.set(time.parse().expect("a time"));
    }

    pub fn office(&self) -> Client {
        self.hub.office()
    }

    /// A menu for pupils, published at once.
    async fn menu(&self, campus: &str, record: &str, content: v1::Menu) {
        let client = self.hub.campus(campus);
        client.applied(create(&id(record), content)).await;
        acts(&client, &id(record), 1, publish()).await;
    }

    /// What happens in one of the ACTS, in the order of time.
    pub async fn play(&self, act: usize) {
        match act {
            0 => self.week("2026-05-11").await,
            1 => self.first_session().await,
            2 => self.first_exchanges().await,
            3 => self.week("2026-05-18").await,
            4 => self.part_time().await,
            5 => self.week("2026-05-25").await,
            6 => self.swap().await,
            7 => self.week("2026-06-01").await,
            8 => self.unnamed().await,
            9 => self.out_of_stock().await,
            10 => self.week("2026-06-08").await,
            11 => self.second_session().await,
            12 => self.training().await,
            13 => self.week("2026-06-15").await,
            14 => self.never_held().await,
            15 => self.week("2026-06-22").await,
            16 => self.week("2026-06-29").await,
            _ => self.part_time_ends().await,
        }
    }

    async fn week(&self, monday: &str) {
        self.at(in_time(monday));
        let all = days(monday);
        if monday != "2026-06-22" {
            self.menu(HEAD, &format!("head {monday}"), menu(&all)).await;
        }
        if monday >= "2026-06-01" && monday != "2026-06-29" {
            self.menu(LAKE, &format!("lake {monday}"), menu(&all)).await;
        }
        let spring = format!("spring {monday}");
        match monday {
            // The kitchen is closed on Wednesday and Thursday.
            "2026-05-18" => {
                let closed = |date: &&str| v1::NoServiceDay {
                    date: (*date).to_owned(),
                    reason: v1::NoServiceReason::Kitchen.into(),
                };
                let content = v1::Menu {
                    no_service_days: all[2..4].iter().map(closed).collect(),
                    ..menu(&[all[0], all[1], all[4]])
                };
                self.menu(SPRING, &spring, content).await;
            }
            "2026-05-25" => {
                self.at(LATE);
                let content = v1::Menu {
                    claimed_publish_time: CLAIM.to_owned(),
                    ..menu(&all)
                };
                self.menu(SPRING, &spring, content).await;
            }
            "2026-06-01" => {
                self.at(EXCUSED);
                self.menu(SPRING, &spring, menu(&all)).await;
                self.at("2026-06-01T09:00:00+08:00");
                let supply = excuse(v1::ExcuseReason::Supply);
                acts(&self.office(), &id(&spring), 2, supply).await;
            }
            // Friday is left out.
            "2026-06-08" => self.menu(SPRING, &spring, menu(&all[..4])).await,
            // The make-up Sunday is left out.
            "2026-06-15" => self.menu(SPRING, &spring, menu(&all[1..])).await,
            "2026-06-22" => {}
            _ => self.menu(SPRING, &spring, menu(&all)).await,
        }
    }

    /// On Wednesday morning two lunches change places.
    async fn swap(&self) {
        self.at("2026-05-27T09:00:00+08:00");
        let meals = vec![
            lunch("2026-05-27", "清蒸鲈鱼"),
            lunch("2026-05-28", "土豆牛肉"),
        ];
        let swapped = act(&id("head 2026-05-25"), 2, amend(Swapped, meals));
        self.hub.campus(HEAD).applied(swapped).await;
    }

    async fn out_of_stock(&self) {
        self.at("2026-06-03T10:00:00+08:00");
        let meals = vec![lunch("2026-06-04", "番茄炒蛋")];
        let amended = act(&id("head 2026-06-01"), 2, amend(OutOfStock, meals));
        self.hub.campus(HEAD).applied(amended).await;
    }

    /// A session, as far as its first day is over.
    async fn held(&self, host: &str, record: &str, content: v1::Session) -> Client {
        let client = self.hub.campus(host);
        let day = content.days[0].date.clone();
        client.applied(create(&id(record), content)).await;
        acts(&client, &id(record), 1, announce()).await;
        self.at(&format!("{day}T17:00:00+08:00"));
        acts(&client, &id(record), 2, hold()).await;
        client
    }

    async fn came(&self, record: &str, counts: &[(&str, i32, i32)]) {
        for (seen, (campus, expected, attended)) in (3..).zip(counts) {
            let report = report_attendance(*expected, *attended);
            acts(&self.hub.campus(campus), &id(record), seen, report).await;
        }
    }

    /// 滨湖分校 is no member yet, and nobody asks it.
    async fn first_session(&self) {
        let content = v1::Session {
            lead: Some(person("甲老师")),
            ..prep("语文", "五年级", "2026-05-12")
        };
        self.held(HEAD, "session 1", content).await;
        self.came("session 1", &[(HEAD, 10, 9), (SPRING, 8, 8)])
            .await;
    }

    /// 滨湖分校 does not say how many came.
    async fn second_session(&self) {
        self.held(SPRING, "session 2", prep("语文", "五年级", "2026-06-09"))
            .await;
        self.came("session 2", &[(HEAD, 10, 10), (SPRING, 8, 6)])
            .await;
    }

    async fn training(&self) {
        let product = |name: &str, kind: v1::ProductKind| v1::Product {
            kind: kind.into(),
            name: name.to_owned(),
            ..Default::default()
        };
        let content = v1::Session {
            form: v1::SessionForm::Training.into(),
            lead: Some(person("甲老师")),
            speakers: vec![named("王老师")],
            products: vec![
                product("讲义", v1::ProductKind::Plan),
                product("课件上", v1::ProductKind::Slides),
                product("课件下", v1::ProductKind::Slides),
            ],
            ..session("培训", "2026-06-10")
        };
        self.held(HEAD, "training", content).await;
        let came = [(HEAD, 20, 20), (SPRING, 5, 0), (LAKE, 4, 4)];
        self.came("training", &came).await;
    }

    /// One that is announced and not held, and one that is called off.
    async fn never_held(&self) {
        let lake = self.hub.campus(LAKE);
        let content = v1::Session {
            invites_all: false,
            invited_campus_ids: vec![id(HEAD)],
            ..prep("数学", "六年级", "2026-06-16")
        };
        lake.applied(create(&id("session 3"), content)).await;
        acts(&lake, &id("session 3"), 1, announce()).await;
        let spring = self.hub.campus(SPRING);
        let content = prep("数学", "六年级", "2026-06-17");
        spring.applied(create(&id("session 4"), content)).await;
        acts(&spring, &id("session 4"), 1, cancel_session()).await;
    }

    /// Both halves are approved together; then one never sets out: the other stands alone.
    async fn first_exchanges(&self) {
        let pair_id = id("pair");
        let half = |who: &str, from: &str, to: &str| v1::Exchange {
            person: Some(person(who)),
            pair_id: pair_id.clone(),
            planned_start: "2026-05".to_owned(),
            planned_end: "2026-07".to_owned(),
            titles_at_start: vec![v1::Title {
                title: "骨干教师".to_owned(),
                level: v1::TitleLevel::City.into(),
                ..Default::default()
            }],
            ..exchange(&id(from), &id(to))
        };
        let (head, spring) = (self.hub.campus(HEAD), self.hub.campus(SPRING));
        let (there, back) = (id("there"), id("back"));
        head.applied(create(&there, half("甲老师", HEAD, SPRING)))
            .await;
        spring
            .applied(create(&back, half("丙老师", SPRING, HEAD)))
            .await;
        acts(&head, &there, 1, propose()).await;
        acts(&spring, &back, 1, propose()).await;
        acts(&spring, &there, 2, accept()).await;
        acts(&head, &back, 2, accept()).await;
        let both = [&there, &back].map(|half| act(half, 3, approve()));
        let all = v1::Atomicity::All;
        let approved = self.office().push_as(v1::PushMode::Commit, all, both).await;
        for result in approved {
            assert_eq!(result.outcome(), v1::Outcome::Applied, "{result:#?}");
        }
        self.at("2026-05-13T08:00:00+08:00");
        acts(&spring, &there, 4, confirm_arrival("2026-05-11")).await;
        let never = withdraw_exchange("2026-05-13");
        acts(&self.office(), &back, 4, never).await;
    }

    async fn approved(&self, record: &str, content: v1::Exchange, home: &str, host: Option<&str>) {
        let record = id(record);
        let home = self.hub.campus(home);
        home.applied(create(&record, content)).await;
        let mut seen = acts(&home, &record, 1, propose()).await;
        if let Some(host) = host {
            seen = acts(&self.hub.campus(host), &record, seen, accept()).await;
        }
        acts(&self.office(), &record, seen, approve()).await;
    }

    /// One person in two places: two days a week at the head school, half the time outside the group.
    async fn part_time(&self) {
        self.at("2026-05-20T08:00:00+08:00");
        let tuesdays = v1::share::Share::Weekdays(v1::Weekdays { days: vec![2, 4] });
        let share = |share| Some(v1::Share { share: Some(share) });
        let part = v1::Exchange {
            person: Some(person("乙老师")),
            r#type: v1::ExchangeType::PartTime.into(),
            share: share(tuesdays),
            planned_start: "2026-05-18".to_owned(),
            planned_end: "2026-06-30".to_owned(),
            ..exchange(&id(SPRING), &id(HEAD))
        };
        self.approved("part", part.clone(), SPRING, Some(HEAD))
            .await;
        let arrival = confirm_arrival("2026-05-18");
        acts(&self.hub.campus(HEAD), &id("part"), 4, arrival).await;
        let outside = v1::Exchange {
            share: share(v1::share::Share::Percent(50)),
            host: Some(v1::Unit {
                unit: Some(v1::unit::Unit::Outside("乙小学".to_owned())),
            }),
            planned_start: "2026-05-20".to_owned(),
            planned_end: "2027-01".to_owned(),
            ..part
        };
        self.approved("outside", outside, SPRING, None).await;
        let arrival = confirm_arrival("2026-05-20");
        acts(&self.hub.campus(SPRING), &id("outside"), 3, arrival).await;
    }

    async fn part_time_ends(&self) {
        self.at("2026-07-01T08:00:00+08:00");
        let gone = crate::wishes::complete("2026-06-30");
        acts(&self.hub.campus(HEAD), &id("part"), 5, gone).await;
    }

    /// Two who are not yet named.
    async fn unnamed(&self) {
        self.at("2026-06-02T08:00:00+08:00");
        let two = v1::Exchange {
            person: None,
            unnamed_count: 2,
            planned_start: "2026-06".to_owned(),
            planned_end: "2027-01".to_owned(),
            ..exchange(&id(HEAD), &id(LAKE))
        };
        self.approved("two", two, HEAD, Some(LAKE)).await;
        let arrival = confirm_arrival("2026-06-02");
        acts(&self.hub.campus(LAKE), &id("two"), 4, arrival).await;
    }
}

/// How many acts the play has.
pub const ACTS: usize = 18;
