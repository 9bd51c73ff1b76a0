//! Canteen notes (食堂经验与不足): what one canteen learned, for all to read.

use super::found::Found;
use super::{Case, Owner, Rules};
use crate::model::ids::{Place, Who};
use crate::wire::v1;

/// The rules of canteen notes.
pub struct CanteenNoteRules;

impl Rules for CanteenNoteRules {
    const NAME: &'static str = "canteen_note";
    const OWNER: Owner = Owner::Campus;
    type Content = v1::CanteenNote;
    type State = ();
    type Action = ();

    fn check(note: &v1::CanteenNote, _: &Case<'_>, found: &mut Found) {
        found.line("topic", &note.topic, 60);
        found.text("fault", &note.fault, 1_000);
        found.required("measure", !note.measure.trim().is_empty());
        found.text("measure", &note.measure, 1_000);
    }

    fn audience(_: Place, _: &v1::CanteenNote, (): &()) -> Vec<Who> {
        vec![Who::Group]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::testing::{campus, case};
    use crate::model::finding::Code;

    #[test]
    fn a_note_has_a_topic_and_a_measure_and_a_fault_only_if_there_was_one() {
        let note = |topic: &str, fault: &str, measure: &str| v1::CanteenNote {
            topic: topic.into(),
            fault: fault.into(),
            measure: measure.into(),
        };
        let long = "长".repeat(1_001);
        for (note, wrong) in [
            (note("留样", "留样不足125克", "专人称重登记"), None),
            (note("剩菜", "", "小份多次添"), None),
            (note("", "x", "y"), Some((Code::Required, "n.topic"))),
            (note("留样", "x", " "), Some((Code::Required, "n.measure"))),
            (
                note("留样", &long, "y"),
                Some((Code::TextTooLong, "n.fault")),
            ),
            (
                note("留\n样", "x", "y"),
                Some((Code::TextNotOneLine, "n.topic")),
            ),
        ] {
            let mut found = Found::under("n".into());
            CanteenNoteRules::check(&note, &case(campus(1)), &mut found);
            let found = found
                .findings
                .iter()
                .map(|finding| (finding.code, finding.path.as_str()));
            assert_eq!(found.collect::<Vec<_>>(), Vec::from_iter(wrong));
        }
    }
}
