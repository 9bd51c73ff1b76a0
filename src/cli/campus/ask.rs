//! Questions to whoever sits at the terminal. A script is never asked: it says by flags what it wants.

use crate::cli::Error;
use std::io::{BufRead, IsTerminal as _, Write, stderr, stdin};

/// Whether somebody is there to answer.
pub fn somebody() -> bool {
    stdin().is_terminal() && stderr().is_terminal()
}

/// Whether the one who is asked agrees; nobody there does not.
pub fn agreed(question: &str) -> Result<bool, Error> {
    if !somebody() {
        return Ok(false);
    }
    let answer = answer(
        &mut stdin().lock(),
        &mut stderr(),
        &format!("{question} [y/N] "),
    )?;
    Ok(is_yes(&answer))
}

fn is_yes(answer: &str) -> bool {
    matches!(
        answer.to_lowercase().as_str(),
        "y" | "yes" | "是" | "好" | "对"
    )
}

/// What the one who is asked types; empty: nothing, or nobody is there.
pub fn line(question: &str) -> Result<String, Error> {
    if !somebody() {
        return Ok(String::new());
    }
    answer(&mut stdin().lock(), &mut stderr(), question)
}

fn answer(from: &mut impl BufRead, to: &mut impl Write, question: &str) -> Result<String, Error> {
    write!(to, "{question}")?;
    to.flush()?;
    let mut line = String::new();
    from.read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_put_and_its_answer_taken_without_blanks() {
        let mut shown = Vec::new();
        let answer = answer(&mut " 是 \n".as_bytes(), &mut shown, "录入？").unwrap();
        assert_eq!(shown, "录入？".as_bytes());
        assert!(is_yes(&answer));
        assert!(!is_yes("") && !is_yes("no"));
    }
}
