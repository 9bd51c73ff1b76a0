//! Who may take which step of a record's course, and who may delete it.

use super::cast::{CALLERS, Cast};
use super::{answer, rows};
use crate::wishes::{
    accept, act, adopt, agree_extension, announce, approve, approve_extension, ask_correction,
    ask_extension, cancel_exchange, cancel_session, close, complete, confirm_arrival, decline,
    decline_proposal, delete, hold, postpone, propose, publish, record_session, refuse_extension,
    reopen_menu, reopen_session, report_attendance, return_exchange, withdraw, withdraw_exchange,
};
use bytes::Bytes;

/// What each is answered who asks for a step of a record in that state; `-`: there is no such record, `no`:
/// somebody else would have to ask, `right`: another post of the place would, `state`: nobody may now.
const STEPS: &str = "
                                          head spring kitchen logistics lake member office public stranger reader actor inspector
    menu, draft: publish                  - ok right ok - - no call - right ok right
    menu, draft: correct menu             - no no no - - ok call - no no right
    menu, published: publish              no ok right ok no no no call - right ok right
    menu, published: withdraw             no ok right ok no no no call - right ok right
    menu, published: close                no NOT_YET_OVER right NOT_YET_OVER no no no call - right NOT_YET_OVER right
    menu, published: correct menu         no no no no no no ok call - no no right
    menu, closed: reopen                  no no right no no no ok call - right no right
    session, branches: announce           no ok - - no - no call - right ok no
    session, branches: postpone           no ok - - no - no call - right ok no
    session, branches: call off           no ok - - no - no call - right ok no
    session, branches: correct session    no no - - no - ok call - no no ok
    session, invited: correct session     no no - - no no ok call - no no ok
    session, announced: hold              no ok - - no - no call - right ok no
    session, held: attend                 no ok - - no - no call - right ok no
    session, held: record                 no ATTENDANCE_MISSING - - no - no call - right ATTENDANCE_MISSING no
    session, recorded: open again         no no - - no - ok call - right no ok
    exchange, draft: propose              - ok - - - - - call - right ok -
    exchange, draft: correct exchange     - no - - - - - call - no no -
    exchange, proposed: accept            - no - - ok - no call - right no -
    exchange, proposed: decline           - no - - ok - no call - right no -
    exchange, proposed: return            - no - - no - state call - right no -
    exchange, proposed: cancel            - ok - - no - no call - right ok -
    exchange, proposed: correct exchange  - no - - no - ok call - no no -
    exchange, accepted: approve           - no - - no - ok call - right no -
    exchange, accepted: return            - no - - no - ok call - right no -
    exchange, approved: arrive            - no - - ok - no call - right no -
    exchange, approved: end               - no - - no - ok call - right no -
    exchange, active: ask longer          - ok - - ok - no call - right ok -
    exchange, active: complete            - no - - NOT_YET_OVER - no call - right no -
    exchange, active: end                 - no - - no - ok call - right no -
    exchange, asked: agree longer         - no - - ok - no call - right no -
    exchange, asked: approve longer       - no - - no - NO_EXTENSION call - right no -
    exchange, asked: refuse longer        - no - - ok - ok call - right no -
    proposal: adopt                       - no - - - - ok call - - - -
    proposal: turn down                   - no - - - - ok call - - - -
    proposal: correct proposal            - no - - - - ok call - - - -
    proposal, declined: adopt             - no - - - - state call - - - -
    person, at home: correct person       - no - - - - no call - - - -
";

/// What each is answered who deletes it.
const DELETE: &str = "
                                          head spring kitchen logistics lake member office public stranger reader actor inspector
    menu, draft                           - ok ok ok - - owner call - right right owner
    menu, published                       owner state state state owner owner owner call - right right owner
    menu, closed                          owner state state state owner owner owner call - right right owner
    session, branches                     owner ok - - owner - owner call - right right owner
    session, invited                      owner ok - - owner owner owner call - right right owner
    session, announced                    owner state - - owner - owner call - right right owner
    session, held                         owner state - - owner - owner call - right right owner
    exchange, draft                       - ok - - - - - call - right right -
    exchange, proposed                    - ok - - owner - owner call - right right -
    exchange, accepted                    - ok - - owner - owner call - right right -
    exchange, active                      - state - - owner - owner call - right right -
    proposal                              - ok - - - - owner call - - - -
    proposal, declined                    - state - - - - owner call - - - -
    policy                                owner owner owner owner owner owner ok call - owner owner right
    person, at home                       - owner - - - - ok call - - - -
";

fn step(name: &str) -> Bytes {
    match name {
        "publish" => publish(),
        "withdraw" => withdraw(),
        "close" => close(),
        "reopen" => reopen_menu(),
        "announce" => announce(),
        "hold" => hold(),
        "attend" => report_attendance(1, 1),
        "postpone" => postpone(&["2026-05-19"]),
        "call off" => cancel_session(),
        "record" => record_session(&[]),
        "open again" => reopen_session(),
        "propose" => propose(),
        "accept" => accept(),
        "decline" => decline(),
        "approve" => approve(),
        "return" => return_exchange(),
        "cancel" => cancel_exchange(),
        "arrive" => confirm_arrival("2026-05-06"),
        "complete" => complete("2026-05-08"),
        "end" => withdraw_exchange("2026-05-08"),
        "ask longer" => ask_extension("2026-12"),
        "agree longer" => agree_extension(),
        "approve longer" => approve_extension(),
        "refuse longer" => refuse_extension(),
        "correct menu" => ask_correction("label", "第几周？"),
        "correct session" => ask_correction("title", "哪一课？"),
        "correct exchange" => ask_correction("planned_end", "到哪天？"),
        "adopt" => adopt(),
        "turn down" => decline_proposal(),
        "correct proposal" => ask_correction("why", "为何？"),
        "correct person" => ask_correction("display_name", "哪位？"),
        other => panic!("how is {other} asked?"),
    }
}

/// A refusal in one word.
fn short(code: &str) -> &str {
    match code {
        "RECORD_NOT_FOUND" => "-",
        "NOT_ALLOWED" => "no",
        "RIGHT_MISSING" => "right",
        "STATE_FORBIDS" => "state",
        "NOT_OWNER" => "owner",
        other => other,
    }
}

#[tokio::test]
async fn each_step_is_taken_by_whom_it_belongs_to() {
    let cast = Cast::meet().await;
    for (row, cells) in rows(STEPS) {
        let (record, name) = row.split_once(": ").expect("a record and a step");
        for (caller, expected) in CALLERS.into_iter().zip(cells) {
            let wish = act(cast.id(record), cast.version(record), step(name));
            let answer = answer(&cast, caller, wish).await;
            assert_eq!(short(&answer), expected, "{caller}: {row}");
        }
    }
}

#[tokio::test]
async fn nobody_but_its_owner_deletes_a_record() {
    let cast = Cast::meet().await;
    for (record, cells) in rows(DELETE) {
        for (caller, expected) in CALLERS.into_iter().zip(cells) {
            let wish = delete(cast.id(record), cast.version(record));
            let answer = answer(&cast, caller, wish).await;
            assert_eq!(short(&answer), expected, "{caller}: {record}");
        }
    }
}
