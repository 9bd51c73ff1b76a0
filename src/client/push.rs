//! The way of the outbox to the hub, and of the journal back to it.

use super::database::{Entry, Kept};
use super::error::{ReplicaError, Result};
use super::line::Line;
use super::replica::Replica;
use crate::wire::convert::push_request;
use crate::wire::v1;
use prost::Message as _;
use std::collections::{HashMap, HashSet};

/// What a request needs around its mutations, and around each.
const ENVELOPE: usize = 64;
/// The most mutations asked about at once.
const ASKED_AT_ONCE: usize = 500;

/// What was sent in this sync, by mutation id: a refused mutation is not sent again as it was.
type Sent = HashMap<String, v1::Mutation>;

impl Replica {
    /// Pushes what waits, in order; the highest position the hub answered.
    pub(super) async fn push(&self, line: &Line, limits: &v1::Limits) -> Result<i64> {
        let (mut sent, mut pushed_to) = (Sent::new(), 0);
        loop {
            let outbox = self.database.outbox().await?;
            let (batch, atomicity) = match next_batch(&outbox, &sent, limits) {
                Batch::Nothing => return Ok(pushed_to),
                Batch::TooLarge(mutations) => {
                    let refusals = mutations.iter();
                    let refusals = refusals.map(|mutation| too_large(mutation, limits));
                    self.store(&mutations, &refusals.collect::<Vec<_>>())
                        .await?;
                    continue;
                }
                Batch::Send(batch, atomicity) => (batch, atomicity),
            };
            let push = v1::PushRequest {
                atomicity: atomicity.into(),
                ..push_request(&batch)
            };
            let results = line.sync().push(push).await?.into_inner().results;
            check(&batch, &results)?;
            self.still_the_same(line, &results).await?;
            self.store(&batch, &results).await?;
            let positions = results.iter().map(|result| result.position);
            pushed_to = positions.fold(pushed_to, i64::max);
            sent.extend(batch.into_iter().map(|m| (m.mutation_id.clone(), m)));
        }
    }

    /// A refusal counts only from the hub whose memory was compared with the journal: a restore since
    /// then took away what the refused mutations build on.
    async fn still_the_same(&self, line: &Line, results: &[v1::PushResult]) -> Result<()> {
        let refused = |result: &v1::PushResult| result.outcome() == v1::Outcome::Rejected;
        if !results.iter().any(refused) {
            return Ok(());
        }
        let about = line.hub().describe(v1::DescribeRequest {}).await?;
        let epoch = about.into_inner().group.unwrap_or_default().epoch;
        if epoch == self.state().await?.epoch {
            return Ok(());
        }
        Err(tonic::Status::unavailable("the hub was restored meanwhile").into())
    }

    async fn store(&self, sent: &[v1::Mutation], results: &[v1::PushResult]) -> Result<()> {
        for (mutation, result) in self.database.answered(sent, results).await? {
            self.observer.answered(mutation, result);
        }
        Ok(())
    }

    /// After a restore: what the hub no longer knows of the journal goes into the outbox again, before
    /// what was typed later.
    pub(super) async fn recover(&self, line: &Line, limits: &v1::Limits) -> Result<()> {
        let journal = self.database.journal().await?;
        self.compare(line, limits, &journal, 0).await?;
        self.database.set_recover(false).await
    }

    /// A backup holds the journal up to here: that part is not needed any more, once the hub says of each
    /// mutation that it stands there.
    pub(super) async fn forget(
        &self,
        line: &Line,
        limits: &v1::Limits,
        checkpoint: &v1::Checkpoint,
    ) -> Result<()> {
        let backed_up = checkpoint.backed_up_position;
        let held = self.database.journal_up_to(backed_up).await?;
        self.compare(line, limits, &held, backed_up).await
    }

    async fn compare(
        &self,
        line: &Line,
        limits: &v1::Limits,
        kept: &[Kept],
        backed_up: i64,
    ) -> Result<()> {
        let most = usize::try_from(limits.push_mutations_max).unwrap_or(1);
        for part in kept.chunks(most.clamp(1, ASKED_AT_ONCE)) {
            let ids = part.iter().map(|kept| kept.mutation.mutation_id.clone());
            let ask = v1::GetPushResultsRequest {
                mutation_ids: ids.collect(),
            };
            let told = line.sync().get_push_results(ask).await?.into_inner();
            let unknown = &told.unknown_mutation_ids;
            let compared = self.database.compared(&told.results, unknown, backed_up);
            compared.await?;
        }
        Ok(())
    }
}

enum Batch {
    Nothing,
    /// This one alone, or these that belong together, are more than the hub takes.
    TooLarge(Vec<v1::Mutation>),
    Send(Vec<v1::Mutation>, v1::Atomicity),
}

/// The next mutations to send: in order, and none before what it follows was answered.
fn next_batch(outbox: &[Entry], sent: &Sent, limits: &v1::Limits) -> Batch {
    let most = usize::try_from(limits.push_mutations_max).unwrap_or(1);
    let room = usize::try_from(limits.request_bytes_max).unwrap_or(0);
    let (mut batch, mut bytes) = (Vec::new(), ENVELOPE);
    let mut deletions = Deletions::default();
    // Records about which something must be answered first.
    let mut held: HashSet<&str> = HashSet::new();
    let waiting: Vec<&Entry> = outbox.iter().filter(|entry| !entry.refused).collect();
    let same = |a: &&Entry, b: &&Entry| a.together.is_some() && a.together == b.together;
    for entries in waiting.chunk_by(same) {
        let tried = |of: &v1::Mutation| sent.get(&of.mutation_id) == Some(of);
        let waits = |entry: &&Entry| {
            let mutation = &entry.mutation;
            tried(mutation) || entry.follows.is_some() || held.contains(mutation.record_id.as_str())
        };
        let mutations = entries.iter().map(|entry| &entry.mutation);
        if entries.iter().any(waits) {
            held.extend(mutations.map(|mutation| mutation.record_id.as_str()));
            continue;
        }
        let sizes = mutations
            .clone()
            .map(|mutation| mutation.encoded_len() + ENVELOPE);
        let (size, mutations): (usize, Vec<_>) = (sizes.sum(), mutations.cloned().collect());
        let together = mutations.len() > 1;
        if size + ENVELOPE > room || mutations.len() > most {
            return match batch.is_empty() {
                true => Batch::TooLarge(mutations),
                false => Batch::Send(batch, v1::Atomicity::Item),
            };
        }
        let full = batch.len() + mutations.len() > most || bytes + size > room;
        let deleted = entries.iter().all(|entry| deletions.take(entry));
        if full || !deleted || (together && !batch.is_empty()) {
            break;
        }
        if together {
            return Batch::Send(mutations, v1::Atomicity::All);
        }
        bytes += size;
        batch.extend(mutations);
    }
    match batch.is_empty() {
        true => Batch::Nothing,
        false => Batch::Send(batch, v1::Atomicity::Item),
    }
}

/// The deletions of a batch. What a restore took back was allowed once, and may be more by now than one push may
/// delete: it comes back one at a time, so that the figure is asked of what is new alone.
#[derive(Default)]
struct Deletions {
    some: bool,
    taken_back: bool,
}

impl Deletions {
    /// Whether there is room for what an entry deletes.
    fn take(&mut self, entry: &Entry) -> bool {
        if !matches!(entry.mutation.wish, Some(v1::mutation::Wish::Delete(_))) {
            return true;
        }
        if self.taken_back || self.some && entry.taken_back {
            return false;
        }
        self.some = true;
        self.taken_back = entry.taken_back;
        true
    }
}

/// One answer a mutation, in the order sent.
fn check(sent: &[v1::Mutation], results: &[v1::PushResult]) -> Result<()> {
    let ids = |mutation: &v1::Mutation| mutation.mutation_id.clone();
    let answered = results.iter().map(|result| &result.mutation_id);
    if answered.eq(sent.iter().map(ids).collect::<Vec<_>>().iter()) {
        Ok(())
    } else {
        let what = "the answers to a push are not to what was sent";
        Err(ReplicaError::Contract(what.to_owned()))
    }
}

/// The refusal that the hub would give, if it could read the request.
fn too_large(mutation: &v1::Mutation, limits: &v1::Limits) -> v1::PushResult {
    use crate::model::finding::{Code, Finding};
    let finding = Finding::new(Code::ContentTooLarge, "put.content")
        .with("bytes", mutation.encoded_len())
        .with("max", limits.content_bytes_max);
    v1::PushResult {
        mutation_id: mutation.mutation_id.clone(),
        record_id: mutation.record_id.clone(),
        outcome: v1::Outcome::Rejected.into(),
        refusals: vec![crate::wire::convert::finding(&finding)],
        ..Default::default()
    }
}
