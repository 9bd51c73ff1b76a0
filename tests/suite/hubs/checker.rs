//! The checker of the promises, against two hubs on one database.

use crate::checker::check_hubs;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn replicas_of_hubs_that_are_killed_on_a_database_that_crashes_lose_and_double_nothing() {
    check_hubs().await;
}
