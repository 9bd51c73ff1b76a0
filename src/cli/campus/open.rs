//! `lianxiao campus open`: the clerk's pages from the school's own copy, for a browser on this computer.

use super::lang::say;
use super::sync::notify;
use super::{Door, Screen, trouble};
use crate::cli::{Error, Outcome};
use crate::client::{Line, Observer, Replica, ReplicaError, fresh_id};
use crate::console::{Kept, copy};
use crate::wire::v1;
use clap::Args;
use serde_json::json;
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

/// How soon a hub that refuses, or another window that keeps the copy in step, is asked again.
const AGAIN: Duration = Duration::from_secs(10);

#[derive(Args)]
pub struct Open {
    /// The port on 127.0.0.1; a free one when left out
    #[arg(long, default_value_t = 0, value_name = "PORT")]
    port: u16,
}

/// Hears whether there is a line, and that something was answered.
struct Ear {
    in_reach: Arc<AtomicBool>,
    answered: watch::Sender<u64>,
}

impl Ear {
    fn stir(&self) {
        self.answered.send_modify(|count| *count += 1);
    }
}

impl Observer for Ear {
    fn answered(&self, _: &v1::Mutation, _: &v1::PushResult) {
        self.stir();
    }

    fn whole(&self, _: &v1::Checkpoint) {
        self.in_reach.store(true, Ordering::Release);
    }

    fn interrupted(&self, _: &ReplicaError) {
        self.in_reach.store(false, Ordering::Release);
        self.stir();
    }
}

impl Open {
    pub async fn run(self, door: &Door, screen: Screen) -> Outcome {
        let (replica, line) = door.open().await?;
        let in_reach = Arc::new(AtomicBool::new(false));
        let (answered, hears) = watch::channel(0);
        let ear = Ear {
            in_reach: Arc::clone(&in_reach),
            answered,
        };
        let replica = Arc::new(replica.observed_by(Arc::new(ear)));
        let kept = Kept {
            replica: Arc::clone(&replica),
            typed: Arc::new(Notify::new()),
            answered: hears,
            in_reach,
        };
        let typed = Arc::clone(&kept.typed);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await?;
        let host = listener.local_addr()?.to_string();
        let (key, session) = (
            fresh_id().simple().to_string(),
            fresh_id().simple().to_string(),
        );
        tell(&format!("http://{host}/enter/{key}"), screen);
        let pages = copy::pages(kept, host, key, &session);
        let outcome: Result<(), Error> = tokio::select! {
            ended = axum::serve(listener, pages).into_future() => ended.map_err(Error::from),
            ended = in_step(&replica, &line, &typed, screen) => ended,
            ended = notify(&replica, &typed) => ended,
            ended = tokio::signal::ctrl_c() => ended.map_err(Error::from),
        };
        outcome.map(|()| ExitCode::SUCCESS)
    }
}

fn tell(address: &str, screen: Screen) {
    if screen.json {
        return println!("{}", json!({"address": address}));
    }
    println!("{address}");
    let said = say!(
        screen.lang,
        "用本机浏览器打开上面的网址（只能用一次）；录入即存在本机，有线路就上报。按 Ctrl-C 结束。",
        "open the address above with a browser on this computer (it is good once); what is typed is kept here at once, \
         and goes to the hub when there is a line. Ctrl-C ends it."
    );
    eprintln!("{said}");
}

/// Keeps the copy in step for as long as the pages are open, whatever the hub says: what is typed stays here.
async fn in_step(
    replica: &Replica,
    line: &Line,
    typed: &Notify,
    screen: Screen,
) -> Result<(), Error> {
    loop {
        let whole = |checkpoint: &v1::Checkpoint| {
            if screen.json {
                println!("{}", json!({"position": checkpoint.newest_position}));
            }
        };
        let Err(error) = replica.watch(line, typed, whole).await else {
            continue;
        };
        if !matches!(error, ReplicaError::Busy) {
            eprintln!("lianxiao: {}", trouble::told(&error.into(), screen.lang).0);
        }
        tokio::time::sleep(AGAIN).await;
    }
}
