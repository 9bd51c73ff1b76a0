//! What is worth a look: who is meant, what things are called, when it is.

use super::*;

#[test]
fn a_name_only_proposes_a_person_and_two_of_one_name_stay_a_question() {
    let led_by = |name: &str| {
        let mut session = session("2026-05-12");
        session.lead.as_mut().unwrap().display_name = name.into();
        doubts(&session)
    };
    assert_eq!(
        led_by("张老师"),
        [(Code::NameAmbiguous, "s.lead".to_owned())]
    );
    assert_eq!(
        led_by("李老师"),
        [(Code::PersonLikely, "s.lead".to_owned())]
    );
    assert_eq!(led_by("赵老师"), []);
    assert_eq!(
        led_by("王老师"),
        [],
        "another campus's colleague is not shown"
    );
}

#[test]
fn old_words_are_doubted_and_unknown_ones_refused() {
    let of = |subject: &str| {
        let mut session = session("2026-05-12");
        session.subjects = vec![subject.into()];
        session.lead.as_mut().unwrap().display_name = "赵老师".into();
        doubts(&session)
    };
    assert_eq!(of("信息科技"), []);
    assert_eq!(
        of("信息技术"),
        [(Code::WordOld, "s.subjects[0]".to_owned())]
    );
    assert_eq!(of("道法"), [(Code::WordOld, "s.subjects[0]".to_owned())]);
    assert_eq!(
        of("信息学"),
        [(Code::WordUnknown, "s.subjects[0]".to_owned())]
    );
}

#[test]
fn when_it_is_may_be_doubted_and_never_refused() {
    let on = |date: &str, start: &str, half_day: v1::HalfDay| {
        let mut session = session(date);
        session.days[0].start = start.into();
        session.days[0].half_day = half_day.into();
        session.lead.as_mut().unwrap().display_name = "赵老师".into();
        doubts(&session)
    };
    assert_eq!(on("2026-05-12", "", Afternoon), []);
    assert_eq!(
        on("2026-05-12", "", Unspecified),
        [(Code::ClockMissing, "s.days[0]".to_owned())]
    );
    // A Saturday in the winter break, as in document 003.
    assert_eq!(
        on("2026-01-31", "14:00", Unspecified),
        [(Code::OutsideTerm, "s.days[0]".to_owned())]
    );
    assert_eq!(
        on("2026-05-16", "14:00", Unspecified),
        [],
        "a Saturday in term"
    );
}
