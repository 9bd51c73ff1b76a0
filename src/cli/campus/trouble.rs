//! What went wrong, in plain words: what the state is, and what to do.

use super::lang::{Lang, say};
use crate::cli::Error;
use crate::client::ReplicaError;

/// The exit status when the hub did not answer and nothing else is wrong (`EX_TEMPFAIL`).
pub const TRY_LATER: u8 = 75;
/// The exit status when this computer's disk or the copy's file fails (`EX_IOERR`).
pub const DISK: u8 = 74;
/// The exit status when the hub refuses the credential, or is not the hub that was joined (`EX_NOPERM`).
pub const NOT_LET_IN: u8 = 77;

/// The words, and the exit status.
pub fn told(error: &Error, lang: Lang) -> (String, u8) {
    match error.downcast_ref::<ReplicaError>() {
        Some(error) => replica(error, lang),
        None => (error.to_string(), 1),
    }
}

fn replica(error: &ReplicaError, lang: Lang) -> (String, u8) {
    match error {
        full if full.disk_full() => (
            say!(
                lang,
                "本机磁盘已满：刚才这一步没有存下，以前录入的都还在。请腾出空间再做一次。（{error}）",
                "this computer's disk is full: this step was not stored, all that was typed before is. Make room and \
                 do it again. ({error})"
            ),
            DISK,
        ),
        passing if passing.passes() => (
            say!(
                lang,
                "联系不上中心：录入的都存在本机，没有丢，也不会重复上报。线路恢复后再同步。（{error}）",
                "the hub is not reached: what was typed is kept on this computer, nothing is lost and nothing will be \
                 sent twice. Sync again when the line is back. ({error})"
            ),
            TRY_LATER,
        ),
        ReplicaError::Busy => (
            say!(
                lang,
                "另一个窗口正在同步这份副本（campus watch 或 sync），新录入的由它上报。",
                "another window keeps this copy in step (campus watch or sync); it brings along what is typed."
            ),
            TRY_LATER,
        ),
        ReplicaError::Hub(_) => (
            say!(
                lang,
                "中心不受理：录入的都存在本机。请联系集团办核对凭证。（{error}）",
                "the hub refuses the call: what was typed is kept on this computer. Ask the group office about the \
                 credential. ({error})"
            ),
            NOT_LET_IN,
        ),
        ReplicaError::NotTheHub(_) | ReplicaError::OtherHub { .. } => (
            say!(
                lang,
                "对方不是当初加入的中心或学校，什么都没有上报；录入的都存在本机。（{error}）",
                "this is not the hub, or not the campus, that was joined: nothing was sent, what was typed is kept on \
                 this computer. ({error})"
            ),
            NOT_LET_IN,
        ),
        ReplicaError::Database(_)
        | ReplicaError::Migrate(_)
        | ReplicaError::Damaged(_)
        | ReplicaError::Turn(_) => (
            say!(
                lang,
                "本机副本文件读写失败，刚才这一步没有存下。（{error}）",
                "the copy's file failed, this step was not stored. ({error})"
            ),
            DISK,
        ),
        ReplicaError::Twice(record) => (
            say!(
                lang,
                "同一条记录写了两遍（{record}）：--with 写另外的记录",
                "the record is named twice ({record}): say --with another one"
            ),
            1,
        ),
        ReplicaError::Contract(_) | ReplicaError::NotRefused(_) => (error.to_string(), 1),
    }
}
