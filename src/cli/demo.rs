//! `lianxiao demo`: a week of a school group, played over real gRPC on a hub of its own.

mod cast;
mod clash;
mod doubts;
mod kill;
mod scenes;
mod sheet;
mod stage;
mod trespass;
mod week;

use super::Outcome;
use super::running::asked_to_end;
use clap::Args;
use stage::Stage;
use std::net::SocketAddr;
use std::process::ExitCode;

#[derive(Args)]
pub struct Demo {
    /// End after the table; status 0 only if everything went as the script says
    #[arg(long)]
    exit: bool,
    /// Address of this machine alone to listen on; a free port is taken when this one is not free
    #[arg(long, default_value = "127.0.0.1:50051", value_name = "ADDRESS", value_parser = loopback)]
    listen: SocketAddr,
}

impl Demo {
    pub async fn run(self) -> Outcome {
        super::serve::log_to_stderr("warn");
        let mut stage = Stage::open(self.listen).await?;
        stage.found_group().await?;
        show_page(&stage);
        let played = scenes::play(&mut stage).await;
        let as_written = match &played {
            Ok(as_written) => *as_written,
            Err(error) => {
                println!("\n✗ {error}");
                false
            }
        };
        if played.is_ok() && !self.exit {
            invite(&stage);
            asked_to_end().await?;
        }
        stage.close().await?;
        Ok(if as_written {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

/// The demo speaks plain text.
fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text.parse().map_err(|_| "write ADDRESS:PORT".to_owned())?;
    let why = "the demo speaks plain text, so it listens on 127.0.0.1 or [::1] only";
    address
        .ip()
        .is_loopback()
        .then_some(address)
        .ok_or_else(|| why.to_owned())
}

/// Where to watch the week go by.
fn show_page(stage: &Stage) {
    println!("网页 (the page)：http://{}/", stage.address());
    println!(
        "  集团办的令牌 (sign in as the group office)：{}",
        stage.token(cast::OFFICE)
    );
    println!(
        "  春风分校的令牌 (as a branch school)：{}\n",
        stage.token("春风分校")
    );
}

/// What somebody at the keyboard can do next.
fn invite(stage: &Stage) {
    let hub = stage.address();
    println!(
        "\n中心仍在运行，可以动手试试 (the hub stays up; paste these into a second terminal):\n"
    );
    println!("export HUB={hub}");
    println!(
        "export OFFICE={}   # 集团办 (the group office)",
        stage.token(cast::OFFICE)
    );
    println!(
        "export CLERK={}   # 春风分校 总务处 (a branch school)",
        stage.token("春风分校")
    );
    println!("export CAMPUS={}   # 春风分校", cast::campus_id("春风分校"));
    println!();
    let call = |token: &str, body: &str, method: &str| {
        println!(
            "grpcurl -plaintext -H \"authorization: Bearer {}\" -d '{body}' {hub} lianxiao.v1.{method}",
            stage.token(token)
        );
    };
    let (first, last) = week::WEEK;
    let span = format!(r#"{{"firstDate":"{first}","lastDate":"{last}"}}"#);
    call(cast::OFFICE, &span, "OfficeService/GetGroupStatus");
    call(
        "春风分校",
        r#"{"filter":{"kinds":["menu"]}}"#,
        "SyncService/Pull",
    );
    call(
        "春风分校",
        r#"{"filter":{"kinds":["session"]}}"#,
        "SyncService/Watch",
    );
    println!("\nCtrl-C ends the demo and throws its data away.");
}
