//! Two groups on one hub: no answer to one group's credential contains a byte of the other's.
//!
//! Method: both groups live a life of their own, in which every text carries the group's mark, and each asks
//! again and again for what is the other's by its true ids: records, conflicts, bases, mutations, cursors.
//! Every answer, refusals and their details included, is searched for the other's mark and for every id of
//! the other's that the question did not carry itself.

use crate::dice::Dice;
use crate::harness::{Client, Group, HEAD, LAKE, NOW, SPRING, TestHub, campus, within};
use crate::invitations;
use crate::operator::{Operator, new_credential};
use crate::personal::register;
use crate::wishes::{
    Content as _, accept, act, after, approve, ask_correction, create, delete, edit, exchange,
    fresh, id, menu, propose, publish, put, session, settle,
};
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use lianxiao::wire::convert::{push_request, timestamp};
use lianxiao::wire::v1;
use prost::Message;
use std::fmt;
use tonic::Status;
use v1::create_invitation_request::Invited;
use v1::watch_response::Event;

/// One group, as the other must not know it.
struct Side {
    /// In every text it writes.
    mark: String,
    clients: Vec<Client>,
    /// Ids of its records and conflicts.
    records: Vec<String>,
    /// Of its records, a person.
    person: String,
    mutations: Vec<v1::Mutation>,
    cursors: Vec<String>,
    /// How often its own answers carried its own mark.
    told: usize,
    /// How many versions about a person it was told, and how often it erased one.
    exported: usize,
    erased: usize,
}

impl Side {
    async fn new(hub: &TestHub, group: &Group, mark: &str) -> Self {
        let campuses = [HEAD, SPRING, LAKE].map(|name| hub.campus_of(group, name));
        let office = hub.client(Some(&group.office), "");
        let person = register(&office, &id(HEAD), &format!("{mark}王")).await;
        Side {
            mark: mark.to_owned(),
            clients: campuses.into_iter().chain([office]).collect(),
            records: vec![person.clone()],
            person,
            mutations: Vec::new(),
            cursors: vec![String::new()],
            told: 0,
            exported: 0,
            erased: 0,
        }
    }

    /// All that the other group must never be sent.
    fn secrets(&self) -> impl Iterator<Item = &str> {
        let mutations = self.mutations.iter().map(|of| of.mutation_id.as_str());
        let cursors = self.cursors.iter().map(String::as_str);
        let ids = self.records.iter().map(String::as_str);
        let secrets = ids
            .chain(mutations)
            .chain(cursors)
            .chain([self.mark.as_str()]);
        secrets.filter(|secret| !secret.is_empty())
    }
}

fn contains(bytes: &[u8], part: &str) -> bool {
    bytes
        .windows(part.len())
        .any(|window| window == part.as_bytes())
}

/// All bytes of an answer.
fn bytes<T: Message>(answer: &Result<T, Status>) -> Vec<u8> {
    match answer {
        Ok(answer) => answer.encode_to_vec(),
        Err(status) => [status.message().as_bytes(), status.details()].concat(),
    }
}

struct Life {
    dice: Dice,
    sides: [Side; 2],
    /// Of invitations: one that each group has used, and one that there is not.
    codes: Vec<String>,
    now: Timestamp,
}

/// The token for which a group's invitation was traded.
fn token_of(side: usize) -> String {
    format!("lianxiao_{}", ["A", "Q"][side].repeat(43))
}

impl Life {
    /// Checks an answer that one side got to a question.
    fn check<Q: Message + fmt::Debug, A: Message + fmt::Debug>(
        &mut self,
        side: usize,
        question: &Q,
        answer: &Result<A, Status>,
    ) {
        let (asked, told) = (question.encode_to_vec(), bytes(answer));
        for secret in self.sides[1 - side].secrets() {
            let leaked = contains(&told, secret) && !contains(&asked, secret);
            assert!(
                !leaked,
                "{secret} in the answer {answer:?}\nto {question:?}"
            );
        }
        if contains(&told, &self.sides[side].mark) {
            self.sides[side].told += 1;
        }
    }

    /// An id: of one's own, or of the other's.
    fn any_record(&mut self, side: usize) -> String {
        let whose = if self.dice.chance(50) { side } else { 1 - side };
        match self.sides[whose].records.as_slice() {
            [] => fresh(),
            records => self.dice.pick(records),
        }
    }

    fn any_mutation(&mut self, side: usize) -> v1::Mutation {
        let mark = self.sides[side].mark.clone();
        let record = self.any_record(side);
        let newest = i64::try_from(self.dice.below(3)).expect("a small number") + 1;
        let marked = v1::Menu {
            label: format!("{mark} {}", fresh()),
            ..menu(&["2026-05-18"])
        };
        let titled = session(&format!("{mark} 备课"), "2026-05-12");
        match self.dice.below(14) {
            0 | 1 => create(&fresh(), titled),
            2 => create(&fresh(), marked),
            3 => create(&fresh(), self.any_exchange(side)),
            4 => edit(&record, newest, titled),
            5 => edit(&record, newest, self.any_exchange(side)),
            6 => settle(&record, newest, titled, &[&self.any_record(side)]),
            7 => match self.sides[1 - side].mutations.as_slice() {
                [] => delete(&record, newest),
                theirs => {
                    let theirs = self.dice.pick(theirs);
                    put(&theirs.record_id, Some(after(&theirs)), titled)
                }
            },
            8 => delete(&record, newest),
            9 => match self.sides[1 - side].mutations.as_slice() {
                [] => delete(&record, newest),
                theirs => v1::Mutation {
                    mutation_id: self.dice.pick(theirs).mutation_id,
                    ..create(&fresh(), titled)
                },
            },
            10..=12 => create(&fresh(), self.any_register(side)),
            _ => {
                let please = ask_correction("title", &mark);
                let actions = [publish(), propose(), accept(), approve(), please];
                act(&record, newest, self.dice.pick(&actions))
            }
        }
    }

    /// A register of the office, which campuses push too and are refused.
    fn any_register(&mut self, side: usize) -> Bytes {
        let (mark, record) = (self.sides[side].mark.clone(), self.any_record(side));
        match self.dice.below(4) {
            0 => v1::Person {
                display_name: format!("{mark}王"),
                home_campus_id: self.dice.pick(&[id(SPRING), record]),
                ..Default::default()
            }
            .encode(),
            1 => v1::Vocabulary {
                topic: v1::VocabularyTopic::Title.into(),
                scheme: fresh()[..8].to_owned(),
                words: vec![v1::Word {
                    code: mark,
                    ..Default::default()
                }],
            }
            .encode(),
            2 => v1::StaffCount {
                campus_id: self.dice.pick(&[id(LAKE), record]),
                school_year: 2025,
                day: "2025-09-10".to_owned(),
                full_time: Some(30),
                ..Default::default()
            }
            .encode(),
            _ => v1::Campus {
                aliases: vec![mark.clone()],
                ..campus(&format!("{mark}分校"), v1::CampusRole::Branch)
            }
            .encode(),
        }
    }

    /// An exchange that may point at a person of the other group.
    fn any_exchange(&mut self, side: usize) -> v1::Exchange {
        let person = v1::PersonRef {
            person_id: match self.dice.chance(50) {
                true => self.sides[self.dice.below(2)].person.clone(),
                false => self.any_record(side),
            },
            display_name: self.sides[side].mark.clone(),
            ..Default::default()
        };
        let named = self.dice.chance(50).then_some(person);
        let exchange = exchange(&id(HEAD), &id(SPRING));
        v1::Exchange {
            host_post: self.sides[side].mark.clone(),
            person: named.or(exchange.person),
            ..exchange
        }
    }

    async fn push(&mut self, side: usize) {
        let count = 1 + self.dice.below(3);
        let mutations: Vec<_> = (0..count).map(|_| self.any_mutation(side)).collect();
        let client = self.dice.pick(&self.sides[side].clients);
        let push = push_request(&mutations);
        let answer = client.sync.clone().push(push.clone()).await;
        let answer = answer.map(tonic::Response::into_inner);
        self.check(side, &push, &answer);
        for (sent, result) in mutations
            .into_iter()
            .zip(answer.expect("an answer").results)
        {
            if result.position == 0 {
                continue;
            }
            // What the other pushed first is the other's, though it was pushed here as well.
            let theirs = &self.sides[1 - side];
            let known = theirs
                .mutations
                .iter()
                .any(|of| of.mutation_id == sent.mutation_id);
            if !known && !theirs.records.contains(&sent.record_id) {
                let own = &mut self.sides[side];
                own.records.push(sent.record_id.clone());
                own.records
                    .extend(Some(result.conflict_id).filter(|id| !id.is_empty()));
                own.mutations.push(sent);
            }
        }
    }

    async fn ask(&mut self, side: usize) {
        let client = self.dice.pick(&self.sides[side].clients);
        let record_id = self.any_record(side);
        match self.dice.below(8) {
            0 => {
                let then = timestamp(self.now);
                let request = v1::GetRecordRequest {
                    record_id,
                    time: self.dice.chance(50).then_some(then),
                    ..Default::default()
                };
                let answer = client.sync.clone().get_record(request.clone()).await;
                self.check(side, &request, &answer.map(tonic::Response::into_inner));
            }
            1 => {
                let request = v1::ListHistoryRequest {
                    record_id,
                    ..Default::default()
                };
                let answer = client.sync.clone().list_history(request.clone()).await;
                self.check(side, &request, &answer.map(tonic::Response::into_inner));
            }
            2 => {
                let both = self.sides.iter().flat_map(|side| &side.mutations);
                let mutation_ids = both.map(|of| of.mutation_id.clone()).take(200).collect();
                let request = v1::GetPushResultsRequest { mutation_ids };
                let answer = client.sync.clone().get_push_results(request.clone()).await;
                self.check(side, &request, &answer.map(tonic::Response::into_inner));
            }
            3 => {
                let request = v1::ListCommitsRequest::default();
                let answer = client.sync.clone().list_commits(request).await;
                self.check(side, &request, &answer.map(tonic::Response::into_inner));
            }
            4 => self.watch(side, &client).await,
            5 => self.person(side).await,
            6 => {
                let request = v1::JoinRequest {
                    code: self.dice.pick(&self.codes),
                    token: token_of(side),
                };
                let answer = client.about.clone().join(request.clone()).await;
                self.check(side, &request, &answer.map(tonic::Response::into_inner));
            }
            _ => self.read(side, &client).await,
        }
    }

    /// Watches from a cursor that may be the other's until the copy is whole or the stream ends.
    async fn watch(&mut self, side: usize, client: &Client) {
        let whose = if self.dice.chance(80) { side } else { 1 - side };
        let request = v1::WatchRequest {
            cursor: self.dice.pick(&self.sides[whose].cursors),
            ..Default::default()
        };
        let mut stream = match client.sync.clone().watch(request.clone()).await {
            Ok(stream) => stream.into_inner(),
            Err(refused) => {
                return self.check(side, &request, &Err::<v1::WatchResponse, _>(refused));
            }
        };
        loop {
            let event = within("an event comes", stream.message()).await;
            let Some(event) = event.transpose() else {
                return;
            };
            self.check(side, &request, &event);
            match event.map(|event| event.event) {
                Ok(Some(Event::Changes(_) | Event::Heartbeat(_))) => {}
                _ => return,
            }
        }
    }

    /// Exports or erases somebody who may be the other's, in whatever may be the other's.
    async fn person(&mut self, side: usize) {
        let office = self.sides[side].clients.last().expect("the office").clone();
        let persons = [&self.sides[0].person, &self.sides[1].person].map(String::clone);
        let person_id = self.dice.pick(&persons);
        if self.dice.chance(70) {
            let request = v1::ExportPersonRequest { person_id };
            match office.office.clone().export_person(request.clone()).await {
                Err(refused) => self.check(side, &request, &Err::<v1::Record, _>(refused)),
                Ok(stream) => {
                    let mut stream = stream.into_inner();
                    while let Some(kept) = stream.message().await.transpose() {
                        self.check(side, &request, &kept);
                        self.sides[side].exported += 1;
                    }
                }
            }
            return;
        }
        let whose = self.dice.below(2);
        let request = v1::ErasePersonRequest {
            person_id: self.dice.pick(&[person_id, String::new()]),
            record_ids: vec![self.any_record(side)],
            // Every holder of the one group has the same name in the other.
            holder: self
                .dice
                .pick(&[String::new(), self.sides[whose].mark.clone()]),
        };
        let answer = office.office.clone().erase_person(request.clone()).await;
        self.sides[side].erased += usize::from(answer.is_ok());
        self.check(side, &request, &answer.map(tonic::Response::into_inner));
    }

    /// Reads from a cursor that may be the other's, and asks for the office's figures.
    async fn read(&mut self, side: usize, client: &Client) {
        let whose = if self.dice.chance(80) { side } else { 1 - side };
        let pull = v1::PullRequest {
            cursor: self.dice.pick(&self.sides[whose].cursors),
            ..Default::default()
        };
        let page = client.pull(pull.clone()).await;
        self.check(side, &pull, &page);
        if let Ok(page) = page {
            self.sides[side].cursors.push(page.cursor);
        }
        let status = v1::GetGroupStatusRequest {
            first_date: "2026-05-11".to_owned(),
            last_date: "2026-05-24".to_owned(),
            ..Default::default()
        };
        let answer = client.office.clone().get_group_status(status.clone()).await;
        self.check(side, &status, &answer.map(tonic::Response::into_inner));
        let about = v1::DescribeRequest {};
        let answer = client.about.clone().describe(about).await;
        self.check(side, &about, &answer.map(tonic::Response::into_inner));
    }
}

#[tokio::test]
async fn no_answer_to_one_groups_credential_contains_a_byte_of_the_others() {
    let steps = match std::env::var_os("LIANXIAO_LONG") {
        Some(_) => 5_000,
        None => 300,
    };
    let hub = TestHub::start().await;
    let other = hub.add_group("乙方集团").await;
    let operator = Operator::of(&hub);
    let mut codes = vec!["A".repeat(22)];
    for (side, group) in [&hub.group, &other].into_iter().enumerate() {
        let invited = new_credential(&id(SPRING), "总务处");
        let invitation = v1::CreateInvitationRequest {
            group_id: group.id.to_string(),
            invited: Some(Invited::NewCredential(invited)),
            ..Default::default()
        };
        let code = invitations::code(&operator, invitation).await;
        let joined = invitations::join(&hub, &code, &token_of(side)).await;
        joined.expect("joined");
        codes.push(code);
    }
    let mut life = Life {
        codes,
        now: NOW.parse().expect("a time"),
        dice: Dice::seeded(),
        sides: [
            Side::new(&hub, &hub.group, "春风教育集团").await,
            Side::new(&hub, &other, "乙方集团").await,
        ],
    };
    for _ in 0..steps {
        life.now += SignedDuration::from_secs(1);
        hub.clock.set(life.now);
        let side = life.dice.below(2);
        life.push(side).await;
        life.ask(side).await;
    }
    for side in life.sides {
        // The control: there was something to leak, and marks are found where they may be.
        assert!(
            side.records.len() > steps / 10,
            "{} records",
            side.records.len()
        );
        assert!(side.told > steps / 10, "told {} times", side.told);
        let (exported, erased) = (side.exported, side.erased);
        assert!(exported > 0 && erased > 0, "{exported}, {erased}");
    }
}
