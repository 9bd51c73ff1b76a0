//! The command line: one file a command. The only room that prints.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this room talks to people"
)]

mod admin;
mod campus;
mod database;
mod demo;
mod office;
mod read;
mod restore;
mod running;
mod serve;
mod way;
mod words;

use clap::{CommandFactory as _, Parser, Subcommand};
use std::process::ExitCode;

/// What stops a command; it is printed as one line.
type Error = Box<dyn std::error::Error + Send + Sync>;

/// What a command answers.
type Outcome = Result<ExitCode, Error>;

/// The exit status for a command line that cannot be read (`EX_USAGE`).
const USAGE: u8 = 64;

/// 联校 keeps the schools of an education group in step
#[derive(Parser)]
#[command(name = "lianxiao", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a hub
    Serve(serve::Serve),
    /// Make groups, campuses and credentials on a running hub
    Admin(admin::Admin),
    /// Keep a school's own copy of the hub in step, and verify the hub's history against it
    Campus(campus::Campus),
    /// Ask where every campus stands, as the group office: tables, csv, JSON, the line for the chat group
    Office(office::Office),
    /// Read what people typed, and their sheets: contents to push, and what is doubtful
    Read(read::Read),
    /// Print the vocabularies that come with the program, for the office to push
    Words(words::Words),
    /// Put a backup in the place of a stopped hub's database
    Restore(restore::Restore),
    /// Print the completion of command lines for a shell: lianxiao completion bash >> ~/.bashrc
    Completion {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Play a week of a school group on a hub of its own, then stay up to be tried
    Demo(demo::Demo),
}

/// Reads the command line and runs the command.
#[must_use]
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() {
                ExitCode::from(USAGE)
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    keep_private();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    let outcome = runtime.block_on(async {
        match cli.command {
            Command::Serve(serve) => serve.run().await,
            Command::Admin(admin) => admin.run().await,
            Command::Campus(campus) => campus.run().await,
            Command::Office(office) => office.run().await,
            Command::Read(read) => read.run(),
            Command::Words(words) => words.run(),
            Command::Restore(restore) => restore.run().await,
            Command::Completion { shell } => Ok(complete(shell)),
            Command::Demo(demo) => demo.run().await,
        }
    });
    // A stream that a peer holds open does not hold up the end.
    runtime.shutdown_background();
    outcome.unwrap_or_else(|error| fail(&*error))
}

/// Prints what makes a shell complete the command lines of this program.
fn complete(shell: clap_complete::Shell) -> ExitCode {
    let mut command = Cli::command();
    clap_complete::generate(shell, &mut command, "lianxiao", &mut std::io::stdout());
    ExitCode::SUCCESS
}

/// What a command writes (a database, a copy, a backup) is its user's alone, whatever folder it lands in.
/// Elsewhere than on Unix it is as private as its folder.
fn keep_private() {
    #[cfg(unix)]
    {
        use rustix::fs::Mode;
        rustix::process::umask(Mode::RWXG | Mode::RWXO);
    }
}

fn fail(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    eprintln!("lianxiao: {error}");
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
