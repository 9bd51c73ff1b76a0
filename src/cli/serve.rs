//! `lianxiao serve`: runs a hub until it is told to end.

use super::Outcome;
use super::running::{Running, asked_to_end};
use crate::hub::Config;
use crate::model::clock::SystemClock;
use crate::model::limits::Limits;
use clap::Args;
use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

#[derive(Args)]
pub struct Serve {
    /// Data folder: database, lock and the operator's socket; made when it is missing
    #[arg(
        long,
        env = "LIANXIAO_DATA",
        default_value = "lianxiao-data",
        value_name = "FOLDER"
    )]
    data: PathBuf,
    /// Address to listen on; port 0 takes a free one
    #[arg(
        long,
        env = "LIANXIAO_LISTEN",
        default_value = "127.0.0.1:50051",
        value_name = "ADDRESS"
    )]
    listen: SocketAddr,
}

impl Serve {
    pub async fn run(self) -> Outcome {
        log_to_stderr("info");
        let listener = TcpListener::bind(self.listen)
            .await
            .map_err(|error| format!("cannot listen on {}: {error}", self.listen))?;
        let config = Config {
            data: self.data,
            limits: Limits::default(),
        };
        let running = Running::start(&config, Arc::new(SystemClock), listener).await?;
        println!("listening on {}", running.address);
        tracing::info!(address = %running.address, data = %config.data.display(), "the hub is up");
        asked_to_end().await?;
        tracing::info!("the hub is going down");
        running.stop().await?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Logs to standard error, so that standard output is for results; `LIANXIAO_LOG` sets what. Whatever it
/// asks for, what other people's crates tell below a warning is left out: a transport's frames hold tokens
/// and names.
pub fn log_to_stderr(default: &str) {
    let wanted =
        EnvFilter::try_from_env("LIANXIAO_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let discreet = filter_fn(|line| {
        line.target().starts_with("lianxiao") || *line.level() <= tracing::Level::WARN
    });
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .with_filter(wanted.and(discreet));
    tracing_subscriber::registry().with(lines).init();
}
