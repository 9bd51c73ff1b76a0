//! Benches of the hub, run by hand: `cargo bench --bench hub -- NAME…` (see `benches/README.md`).
//!
//! Every figure stands beside one of a raw program, taken in the same run on the same machine: the
//! ratios travel, the figures do not.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

mod bare;
mod fanout;
mod figures;
mod flood;
mod load;
mod memory;
mod pull;
mod push;
mod raw;
mod raw_postgres;
mod report;
mod server;
mod stage;
mod verify;

use tokio::runtime::Builder;

fn main() {
    let mut names: Vec<String> = std::env::args().skip(1).collect();
    names.retain(|name| name != "--bench");
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    if let [role, address, tokens, lines] = names.as_slice()
        && role == memory::CHILD
    {
        return runtime.block_on(memory::child(address, tokens, lines));
    }
    if let [role, kind, address, token] = names.as_slice()
        && role == flood::CHILD
    {
        return runtime.block_on(flood::child(kind, address, token));
    }
    if names.is_empty() {
        names = vec!["all".to_owned()];
    }
    runtime.block_on(run(&names));
}

async fn run(names: &[String]) {
    let wanted = |name: &str| names.iter().any(|n| n == name || n == "all");
    if wanted("push-batched") {
        push::batched().await;
    }
    if wanted("push-single") {
        push::single(8).await;
        push::single(64).await;
    }
    if wanted("push-two-hubs") && server::is_there() {
        push::two_hubs().await;
    }
    if wanted("push-groups") {
        push::groups().await;
    }
    if wanted("pull") {
        pull::cold_and_incremental().await;
    }
    if wanted("verify") {
        verify::whole_history().await;
    }
    if wanted("fanout") {
        for (watchers, audiences) in [(200, 1), (200, 20), (1_000, 1), (1_000, 20)] {
            fanout::fanout(watchers, audiences).await;
        }
    }
    if wanted("memory") {
        memory::memory();
    }
    for case in [memory::SHARED, memory::OWN] {
        if names.iter().any(|name| name == case) {
            memory::watched(case).await;
        }
    }
    if wanted("push-under-load") {
        load::push_while_cold_loads().await;
    }
    for (name, kind, in_group) in flood::FLOODS {
        if wanted("flood") || wanted(name) {
            flood::flood(kind, in_group).await;
        }
    }
    // By name alone: it writes for minutes.
    if names.iter().any(|name| name == "figures") {
        figures::this_week().await;
    }
    if wanted("reconnect") {
        load::reconnect().await;
    }
}
