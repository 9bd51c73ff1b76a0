//! `lianxiao serve`: runs a hub until it is told to end.

use super::Outcome;
use super::database::Database;
use super::running::{Cover, Running, asked_to_end};
use crate::hub::{Config, LOOK_EVERY};
use crate::model::clock::SystemClock;
use crate::model::limits::Limits;
use clap::Args;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io::IsTerminal as _;
use std::net::{IpAddr, SocketAddr};
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
    #[command(flatten)]
    database: Database,
    /// Address to listen on; port 0 takes a free one
    #[arg(
        long,
        env = "LIANXIAO_LISTEN",
        default_value = "127.0.0.1:50051",
        value_name = "ADDRESS"
    )]
    listen: SocketAddr,
    #[command(flatten)]
    tls: Tls,
}

#[derive(Args)]
struct Tls {
    /// Certificate in PEM, with those that vouch for it after it; read again when it changes
    #[arg(
        long,
        env = "LIANXIAO_TLS_CERT",
        value_name = "FILE",
        requires = "tls_key"
    )]
    tls_cert: Option<PathBuf>,
    /// Its key in PEM
    #[arg(
        long,
        env = "LIANXIAO_TLS_KEY",
        value_name = "FILE",
        requires = "tls_cert"
    )]
    tls_key: Option<PathBuf>,
    /// TLS on this machine's own addresses too, where plain text is the rule
    #[arg(long)]
    tls: bool,
    /// Plain text on any address: tokens and records can be read on the way
    #[arg(long, conflicts_with_all = ["tls", "tls_cert", "tls_key"])]
    plaintext: bool,
    /// Plain text to a proxy that speaks TLS to everybody else: browsers keep their sign-in to TLS
    #[arg(long, conflicts_with_all = ["tls", "tls_cert", "tls_key", "plaintext"])]
    behind_tls: bool,
}

impl Tls {
    /// Only what stays on this machine is in plain text, unless it is asked for by name.
    fn cover(self, listen: IpAddr) -> Cover {
        let local = listen.to_canonical().is_loopback();
        match (self.tls_cert, self.tls_key) {
            (Some(certificate), Some(key)) => Cover::Files { certificate, key },
            _ if self.behind_tls => Cover::Proxy,
            _ if self.plaintext || (local && !self.tls) => Cover::PlainText,
            _ => Cover::SelfMade,
        }
    }
}

impl Serve {
    pub async fn run(self) -> Outcome {
        log_to_stderr("info");
        raise_file_limit();
        let listener = TcpListener::bind(self.listen)
            .await
            .map_err(|error| format!("cannot listen on {}: {error}", self.listen))?;
        let config = Config {
            data: self.data,
            database: self.database.address()?,
            limits: Limits::default(),
            look_every: LOOK_EVERY,
        };
        let cover = self.tls.cover(self.listen.ip());
        let running = Running::start(&config, Arc::new(SystemClock), listener, cover).await?;
        println!("listening on {}", running.address);
        let identity = running.identity.as_ref();
        let fingerprint = identity.map(|identity| identity.fingerprint().to_string());
        if let Some(fingerprint) = &fingerprint {
            println!("certificate SHA-256 {fingerprint}");
        }
        let database = config.database.as_ref().map(ToString::to_string);
        tracing::info!(
            address = %running.address,
            data = %config.data.display(),
            database = database.as_deref().unwrap_or("in the data folder"),
            certificate = fingerprint.as_deref().unwrap_or("none: plain text"),
            "the hub is up"
        );
        asked_to_end().await?;
        tracing::info!("the hub is going down");
        running.stop().await?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A connection is a file, and the usual limit for a process that does not ask is 1,024.
fn raise_file_limit() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let current = maximum;
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current, maximum }) {
        tracing::warn!(%error, "the limit of open files stays as it is");
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
