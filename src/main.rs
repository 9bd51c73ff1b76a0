//! The program `lianxiao`.

fn main() -> std::process::ExitCode {
    lianxiao::cli::run()
}
