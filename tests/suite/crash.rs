//! Promise 1 and 2 against `kill -9`: what was acknowledged is there, and what was not can be sent again.
//!
//! A killed process loses nothing that the kernel holds, so this does not prove durability against the
//! loss of power; it proves that an answer is never given before its commit, and that a retry is safe.

use crate::harness::within;
use crate::process::{clerk, serve};
use lianxiao::wire::convert::push_request;
use lianxiao::wire::v1::{self, sync_service_client::SyncServiceClient};
use prost::Message as _;
use std::collections::HashMap;
use tokio::sync::mpsc;
use tonic::Request;
use tonic::transport::Channel;
use uuid::Uuid;

const PUSHERS: u128 = 4;
const KILLS: u64 = 3;

/// One mutation of one pusher, the same whenever it is sent.
fn mutation(pusher: u128, number: u128) -> v1::Mutation {
    let session = v1::Session {
        form: v1::SessionForm::JointPrep.into(),
        title: format!("第{number}次备课"),
        days: vec![v1::SessionDay {
            date: "2026-05-12".into(),
            ..Default::default()
        }],
        ..Default::default()
    };
    let content = v1::Content {
        kind: Some(v1::content::Kind::Session(session)),
    };
    let put = v1::Put {
        content: content.encode_to_vec().into(),
        ..Default::default()
    };
    let id = |space: u128| Uuid::from_u128(space << 96 | pusher << 64 | number).to_string();
    v1::Mutation {
        mutation_id: id(1),
        record_id: id(2),
        wish: Some(v1::mutation::Wish::Put(put)),
        ..Default::default()
    }
}

struct Campus {
    hub: String,
    token: String,
}

impl Campus {
    async fn client(&self) -> SyncServiceClient<Channel> {
        let endpoint = Channel::from_shared(format!("http://{}", self.hub)).unwrap();
        SyncServiceClient::new(endpoint.connect().await.unwrap())
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let token = format!("Bearer {}", self.token).parse().unwrap();
        request.metadata_mut().insert("authorization", token);
        request
    }

    async fn push(
        &self,
        client: &mut SyncServiceClient<Channel>,
        mutation: v1::Mutation,
    ) -> Result<v1::PushResult, tonic::Status> {
        let push = push_request(&[mutation]);
        let answer = client.push(self.request(push)).await?.into_inner();
        Ok(answer.results.into_iter().next().unwrap())
    }

    /// Every record the campus may see, by id.
    async fn pull_all(&self) -> HashMap<String, v1::Record> {
        let mut client = self.client().await;
        let mut records = HashMap::new();
        let mut cursor = String::new();
        loop {
            let pull = v1::PullRequest {
                cursor,
                ..Default::default()
            };
            let page = client.pull(self.request(pull)).await.unwrap().into_inner();
            for change in page.changes {
                if let Some(v1::change::Change::Upsert(record)) =
                    v1::Change::decode(change).unwrap().change
                {
                    records.insert(record.id.clone(), record);
                }
            }
            if page.checkpoint.is_some() {
                return records;
            }
            cursor = page.cursor;
        }
    }
}

/// Pushes one after another until the line breaks; the positions that were acknowledged.
async fn push_until_killed(
    campus: Campus,
    pusher: u128,
    from: u128,
    got_through: mpsc::UnboundedSender<()>,
) -> Vec<(u128, i64)> {
    let mut client = campus.client().await;
    let mut acknowledged = Vec::new();
    for number in from.. {
        match campus.push(&mut client, mutation(pusher, number)).await {
            Ok(result) => {
                acknowledged.push((number, result.position));
                let _ = got_through.send(());
            }
            Err(_) => break,
        }
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_before_a_kill_is_there_after_it_and_a_retry_adds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (mut running, mut hub) = serve(folder.path());
    let token = clerk(folder.path());
    let mut sent = [0_u128; PUSHERS as usize];
    let mut acknowledged: HashMap<(u128, u128), i64> = HashMap::new();
    for kill in 1..=KILLS {
        let (got_through, mut answers) = mpsc::unbounded_channel();
        let pushers: Vec<_> = (0..PUSHERS)
            .map(|pusher| {
                let campus = Campus {
                    hub: hub.clone(),
                    token: token.clone(),
                };
                let from = sent[usize::try_from(pusher).unwrap()];
                tokio::spawn(push_until_killed(campus, pusher, from, got_through.clone()))
            })
            .collect();
        // The kill falls into running pushes, at another moment each time.
        for _ in 0..10 * kill {
            within("a push got through", answers.recv()).await;
        }
        running.kill();
        for (pusher, pushes) in pushers.into_iter().enumerate() {
            for (number, position) in pushes.await.unwrap() {
                acknowledged.insert((pusher as u128, number), position);
                // The one in flight when the line broke is sent again after the restart.
                sent[pusher] = number + 1;
            }
        }
        (running, hub) = serve(folder.path());
    }
    check(&Campus { hub, token }, &acknowledged, sent).await;
}

async fn check(
    campus: &Campus,
    acknowledged: &HashMap<(u128, u128), i64>,
    sent: [u128; PUSHERS as usize],
) {
    let mut client = campus.client().await;
    for (pusher, sent) in sent.into_iter().enumerate() {
        for number in 0..=sent {
            let result = campus
                .push(&mut client, mutation(pusher as u128, number))
                .await
                .unwrap();
            if let Some(position) = acknowledged.get(&(pusher as u128, number)) {
                assert!(
                    result.replayed,
                    "{pusher}/{number} was acknowledged and is gone"
                );
                assert_eq!(result.position, *position);
            }
        }
    }
    let records = campus.pull_all().await;
    let sessions = records.values().filter(|record| record.kind == "session");
    assert!(
        sessions.clone().all(|record| record.version == 1),
        "a retry made a second version"
    );
    let expected: u128 = sent.iter().map(|sent| sent + 1).sum();
    assert_eq!(sessions.count() as u128, expected);
}
