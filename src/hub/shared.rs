//! What many ask for at the same time, computed once for all of them.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OnceCell;

/// What a question costs beside its answer, in bytes.
const QUESTION: usize = 256;

/// Answers by their questions. A question says all that its answer depends on, so no answer grows old: when they are
/// too many, all are let go.
pub struct Shared<Q, A> {
    kept: Mutex<Kept<Q, A>>,
    bytes_max: usize,
}

struct Kept<Q, A> {
    answers: HashMap<Q, Arc<OnceCell<A>>>,
    bytes: usize,
}

impl<Q: Hash + Eq, A: Clone> Shared<Q, A> {
    /// Keeps answers of so many bytes.
    #[must_use]
    pub fn of(bytes_max: usize) -> Self {
        let kept = Kept {
            answers: HashMap::new(),
            bytes: 0,
        };
        Shared {
            kept: Mutex::new(kept),
            bytes_max,
        }
    }

    /// The answer to a question. Whoever asks while it is computed waits for it; `compute` gives it with its bytes.
    ///
    /// # Errors
    /// Why it could not be computed; whoever waited tries it anew.
    pub async fn get<E>(
        &self,
        question: Q,
        compute: impl Future<Output = Result<(A, usize), E>>,
    ) -> Result<A, E> {
        let answer = {
            let mut kept = self.make_room(QUESTION);
            Arc::clone(kept.answers.entry(question).or_default())
        };
        let computed = answer.get_or_try_init(|| async {
            let (computed, bytes) = compute.await?;
            drop(self.make_room(bytes));
            Ok(computed)
        });
        computed.await.cloned()
    }

    fn make_room(&self, bytes: usize) -> MutexGuard<'_, Kept<Q, A>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.bytes += bytes;
        if kept.bytes > self.bytes_max {
            kept.answers.clear();
            kept.bytes = bytes;
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::join_all;
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn a_thousand_who_ask_cost_one_computation_and_another_question_another() {
        let (shared, computed) = (Shared::of(1 << 20), AtomicUsize::new(0));
        let ask = async |question: i64| {
            let answer = shared.get(question, async {
                computed.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                Ok::<_, Infallible>((question * 2, 8))
            });
            answer.await.unwrap()
        };
        let answers = join_all((0..1_000).map(|_| ask(21))).await;
        assert_eq!(answers, [42; 1_000]);
        assert_eq!(computed.load(Ordering::Relaxed), 1);
        assert_eq!(ask(4).await, 8);
        assert_eq!(computed.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn it_stays_within_its_bytes_and_a_failure_is_no_answer() {
        let shared: Shared<usize, usize> = Shared::of(10 * QUESTION);
        for question in 0..100 {
            let answer = shared.get(question, async {
                Ok::<_, Infallible>((question, QUESTION))
            });
            assert_eq!(answer.await, Ok(question));
            let kept = shared.kept.lock().unwrap();
            assert!(kept.answers.len() <= 10 && kept.bytes <= 10 * QUESTION);
        }
        assert_eq!(
            shared.get(200, async { Err("the line is down") }).await,
            Err("the line is down")
        );
        assert_eq!(
            shared.get(200, async { Ok::<_, &str>((7, 1)) }).await,
            Ok(7)
        );
    }
}
