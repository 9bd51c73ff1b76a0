//! A group in which every audience and every right has somebody.

use crate::harness::{Client, HEAD, LAKE, NewCampus, SPRING, TestHub, campus, limited, limits};
use crate::wishes::{
    Content as _, accept, act, announce, approve, ask_extension, close, confirm_arrival, create,
    decline_proposal, edit, exchange, fresh, hold, id, menu, propose, publish, record_session,
    session,
};
use lianxiao::model::ids::Place;
use lianxiao::wire::convert::timestamp;
use lianxiao::wire::v1;
use prost::Message as _;
use std::cell::RefCell;
use std::collections::BTreeMap;

const MEMBER: &str = "水北";
const LATER: &str = "2026-05-08T15:01:00+08:00";

/// Who calls: three campuses and a member school with every right, two posts of one campus with few, the
/// office, a public link, and a campus of another group that has the same id as `spring`; two more posts of
/// `spring`, that only read and only act, and one of the office that reads menus and acts on sessions.
pub const CALLERS: [&str; 12] = [
    "head",
    "spring",
    "kitchen",
    "logistics",
    "lake",
    "member",
    "office",
    "public",
    "stranger",
    "reader",
    "actor",
    "inspector",
];

/// The hub, who calls it, and the records that the tables name.
pub struct Cast {
    hub: TestHub,
    clients: BTreeMap<&'static str, Client>,
    records: BTreeMap<&'static str, (String, i64)>,
    /// What `spring` pushed: the mutation and whether it was about a menu.
    pushed: RefCell<Vec<(String, bool)>>,
}

fn campuses() -> Vec<NewCampus> {
    let roles = [
        (HEAD, v1::CampusRole::Head),
        (SPRING, v1::CampusRole::Branch),
        (LAKE, v1::CampusRole::Branch),
        (MEMBER, v1::CampusRole::Member),
    ];
    let new = |(name, role): (&str, _)| NewCampus {
        id: id(name),
        name: name.to_owned(),
        content: campus(name, role).encode(),
    };
    roles.into_iter().map(new).collect()
}

/// A colleague of a campus.
pub fn person(name: &str, home: &str) -> v1::Person {
    v1::Person {
        display_name: name.to_owned(),
        home_campus_id: home.to_owned(),
        ..Default::default()
    }
}

/// Words that a group may keep.
pub fn words() -> v1::Vocabulary {
    v1::Vocabulary {
        topic: v1::VocabularyTopic::Grade.into(),
        ..Default::default()
    }
}

/// That it may keep them.
pub fn words_proposed() -> v1::Proposal {
    v1::Proposal {
        why: "各校年级写法不一".to_owned(),
        register: Some(v1::proposal::Register::Vocabulary(words())),
        ..Default::default()
    }
}

/// The group's calendar: a term that begins on a day.
pub fn calendar(first_day: &str) -> v1::Calendar {
    v1::Calendar {
        terms: vec![v1::Term {
            name: "2025-2026学年第二学期".to_owned(),
            first_day: first_day.to_owned(),
            last_day: "2026-06-30".to_owned(),
        }],
        ..Default::default()
    }
}

/// Other rules than the group has.
pub fn policy() -> v1::Policy {
    v1::Policy {
        time_zone: "Asia/Shanghai".to_owned(),
        deletions_max: 20,
        ..Default::default()
    }
}

/// The exchange in a record.
pub fn exchange_of(record: &v1::Record) -> v1::Exchange {
    let content = v1::Content::decode(record.content.clone()).expect("a content");
    match content.kind {
        Some(v1::content::Kind::Exchange(exchange)) => exchange,
        other => panic!("an exchange, not {other:?}"),
    }
}

impl Cast {
    /// Everybody arrives, and the records are made.
    pub async fn meet() -> Self {
        let hub = TestHub::start_group(limits(), campuses()).await;
        let other = hub.add_group("另一个集团").await;
        let spring = Place::Campus(id(SPRING).parse().expect("an id"));
        let limited = async |place, holder, rights| {
            limited(hub.hub(), hub.group.id, place, holder, rights).await
        };
        let kitchen = limited(spring, "食堂", "menu=draft").await;
        let logistics = limited(spring, "总务处", "menu=draft,act").await;
        let public = limited(Place::Public, "公开", "").await;
        let (read, acts) = (
            "menu=read session=read exchange=read",
            "menu=act session=act exchange=act",
        );
        let reader = limited(spring, "督导", read).await;
        let actor = limited(spring, "校长室", acts).await;
        let inspector = limited(Place::Office, "巡视", "menu=read session=act").await;
        let clients = BTreeMap::from([
            ("head", hub.campus(HEAD)),
            ("spring", hub.campus(SPRING)),
            ("kitchen", hub.client(Some(&kitchen), &id(SPRING))),
            ("logistics", hub.client(Some(&logistics), &id(SPRING))),
            ("lake", hub.campus(LAKE)),
            ("member", hub.campus(MEMBER)),
            ("office", hub.office()),
            ("public", hub.client(Some(&public), "")),
            ("stranger", hub.campus_of(&other, SPRING)),
            ("reader", hub.client(Some(&reader), &id(SPRING))),
            ("actor", hub.client(Some(&actor), &id(SPRING))),
            ("inspector", hub.client(Some(&inspector), "")),
        ]);
        let mut cast = Cast {
            hub,
            clients,
            records: BTreeMap::new(),
            pushed: RefCell::default(),
        };
        cast.registers().await;
        cast.menus().await;
        cast.sessions().await;
        cast.exchanges().await;
        cast.courses().await;
        // A moment after the last commit.
        cast.hub.clock.set(LATER.parse().expect("a time"));
        cast
    }

    pub fn client(&self, caller: &str) -> &Client {
        &self.clients[caller]
    }

    pub fn id(&self, record: &str) -> &str {
        &self.records[record].0
    }

    /// The version it was left at.
    pub fn version(&self, record: &str) -> i64 {
        self.records[record].1
    }

    /// The hub's time.
    pub fn now(&self) -> Option<prost_types::Timestamp> {
        LATER.parse().ok().map(timestamp)
    }

    /// The mutations of `spring`.
    pub fn pushed(&self) -> Vec<String> {
        let pushed = self.pushed.borrow();
        pushed.iter().map(|(id, _)| id.clone()).collect()
    }

    pub fn pushed_menus(&self) -> usize {
        self.pushed
            .borrow()
            .iter()
            .filter(|(_, menu)| *menu)
            .count()
    }

    /// What `spring` sends to `lake`, proposed or not.
    pub fn exchange(&self) -> v1::Exchange {
        exchange(&id(SPRING), &id(LAKE))
    }

    /// So many teachers at `spring`.
    pub fn count(&self, full_time: i32) -> v1::StaffCount {
        v1::StaffCount {
            campus_id: id(SPRING),
            school_year: 2025,
            day: "2025-09-10".to_owned(),
            full_time: Some(full_time),
            ..Default::default()
        }
    }

    async fn registers(&mut self) {
        let policy = v1::Policy {
            time_zone: "Asia/Shanghai".to_owned(),
            ..Default::default()
        };
        let people = ["person, at home", "person, a guest"].map(|name| (name, fresh()));
        let record = fresh();
        self.client("office").applied(create(&record, policy)).await;
        for (name, version) in [("proposal", 1), ("proposal, declined", 2)] {
            let proposal = v1::Proposal {
                record_id: record.clone(),
                seen_version: 1,
                why: "期末要删的多".to_owned(),
                register: Some(v1::proposal::Register::Policy(self::policy())),
            };
            let proposed = fresh();
            let created = create(&proposed, proposal);
            self.client("spring").applied(created).await;
            if version == 2 {
                let declined = act(&proposed, 1, decline_proposal());
                self.client("office").applied(declined).await;
            }
            self.records.insert(name, (proposed, version));
        }
        // What is proposed is written, so that it can be adopted.
        let written = edit(&record, 1, self::policy());
        self.client("office").applied(written).await;
        self.records.insert("policy", (record, 2));
        let count = self.count(30);
        for (name, created) in [
            ("staff count", create(&fresh(), count)),
            (
                "campus",
                create(&fresh(), campus("滨江分校", v1::CampusRole::Branch)),
            ),
            ("calendar", create(&fresh(), calendar("2026-02-25"))),
        ] {
            let record = created.record_id.clone();
            self.client("office").applied(created).await;
            self.records.insert(name, (record, 1));
        }
        for (name, record) in people {
            let colleague = person("李老师", &id(SPRING));
            self.client("office")
                .applied(create(&record, colleague))
                .await;
            self.records.insert(name, (record, 1));
        }
    }

    /// Pushes for `spring`; the id of the conflict it leaves, if any.
    async fn push(&self, mutation: v1::Mutation, of_menu: bool) -> String {
        let sent = (mutation.mutation_id.clone(), of_menu);
        let result = self.client("spring").one(mutation).await;
        assert_ne!(result.position, 0, "{result:#?}");
        self.pushed.borrow_mut().push(sent);
        result.conflict_id
    }

    async fn menus(&mut self) {
        let (draft, published) = (fresh(), fresh());
        let other = |label: &str| v1::Menu {
            label: label.to_owned(),
            ..menu(&["2026-05-18"])
        };
        self.push(create(&draft, menu(&["2026-05-18"])), true).await;
        self.push(edit(&draft, 1, other("第12周")), true).await;
        let clash = self.push(edit(&draft, 1, other("第11周")), true).await;
        self.push(create(&published, menu(&["2026-05-11"])), true)
            .await;
        self.push(act(&published, 1, publish()), true).await;
        self.records.insert("menu, draft", (draft, 2));
        self.records.insert("menu, clashing edit", (clash, 1));
        self.records.insert("menu, published", (published, 2));
    }

    async fn sessions(&mut self) {
        let prep = v1::Session {
            invites_all: false,
            ..session("备课", "2026-05-12")
        };
        let invited = v1::Session {
            invited_campus_ids: vec![id(MEMBER)],
            ..prep.clone()
        };
        let shared = v1::Session {
            shared: true,
            ..prep.clone()
        };
        for (name, content) in [
            ("session, branches", prep),
            ("session, invited", invited),
            ("session, shared", shared),
        ] {
            let record = fresh();
            self.push(create(&record, content), false).await;
            self.records.insert(name, (record, 1));
        }
    }

    async fn exchanges(&mut self) {
        let (draft, proposed) = (fresh(), fresh());
        let other = |post: &str| v1::Exchange {
            host_post: post.to_owned(),
            ..self.exchange()
        };
        let mut clashes = Vec::new();
        for (record, version) in [(&draft, 1), (&proposed, 2)] {
            self.push(create(record, self.exchange()), false).await;
            if version == 2 {
                self.push(act(record, 1, propose()), false).await;
            }
            self.push(edit(record, version, other("班主任")), false)
                .await;
            let late = edit(record, version, other("教研组长"));
            clashes.push(self.push(late, false).await);
        }
        let [kept, concerning] = clashes.try_into().expect("two clashes");
        self.records.insert("exchange, draft", (draft, 2));
        self.records.insert("exchange, draft edit", (kept, 1));
        self.records.insert("exchange, proposed", (proposed, 3));
        self.records.insert("exchange, clashing", (concerning, 1));
        let guest = self.id("person, a guest").to_owned();
        let approved = self.sends("spring", &guest).await;
        self.client("office")
            .applied(act(&approved, 3, approve()))
            .await;
        self.records.get_mut("person, a guest").expect("a guest").1 = 2;
    }

    /// Records further on in their courses: a session that was announced, held, recorded, a closed menu, and
    /// exchanges that were accepted, approved, begun, and asked to last longer.
    async fn courses(&mut self) {
        let [spring, lake, office] =
            ["spring", "lake", "office"].map(|who| self.client(who).clone());
        let prep = v1::Session {
            invites_all: false,
            ..session("备课", "2026-05-07")
        };
        let held = [(&spring, announce()), (&spring, hold())];
        let closed = [(&spring, record_session(&[id(SPRING)]))];
        let begun = [
            (&spring, propose()),
            (&lake, accept()),
            (&office, approve()),
            (&lake, confirm_arrival("2026-05-06")),
            (&spring, ask_extension("2026-12")),
        ];
        let eaten = menu(&["2026-05-07"]);
        let served = [(&spring, publish()), (&spring, close())];
        let recorded = [&held[..], &closed[..]].concat();
        for (name, content, steps) in [
            ("session, announced", prep.clone().encode(), &held[..1]),
            ("session, held", prep.clone().encode(), &held[..]),
            ("session, recorded", prep.encode(), &recorded[..]),
            ("menu, closed", eaten.encode(), &served[..]),
            ("exchange, accepted", self.exchange().encode(), &begun[..2]),
            ("exchange, approved", self.exchange().encode(), &begun[..3]),
            ("exchange, active", self.exchange().encode(), &begun[..4]),
            ("exchange, asked", self.exchange().encode(), &begun[..]),
        ] {
            let record = fresh();
            spring.applied(create(&record, content)).await;
            let mut version = 1;
            for (who, step) in steps {
                who.applied(act(&record, version, step.clone())).await;
                version += 1;
            }
            self.records.insert(name, (record, version));
        }
    }

    /// A campus sends a person to `lake`, which accepts.
    pub async fn sends(&self, home: &str, person: &str) -> String {
        let record = fresh();
        let content = v1::Exchange {
            person: Some(v1::PersonRef {
                person_id: person.to_owned(),
                ..Default::default()
            }),
            ..self.exchange()
        };
        self.client(home)
            .push([create(&record, content), act(&record, 1, propose())])
            .await;
        self.client("lake").applied(act(&record, 2, accept())).await;
        record
    }

    /// The office makes a member school of a campus.
    pub async fn becomes_member(&self, name: &str) {
        let member = campus(name, v1::CampusRole::Member);
        let office = self.client("office");
        office.applied(edit(&id(name), 1, member)).await;
    }

    pub fn hub(&self) -> &TestHub {
        &self.hub
    }
}
