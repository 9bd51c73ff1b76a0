//! What tests say of the hub's answers.

use lianxiao::wire::v1;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};
use v1::Outcome;

/// How each item ended.
pub fn outcomes(results: &[v1::PushResult]) -> Vec<Outcome> {
    results.iter().map(v1::PushResult::outcome).collect()
}

/// An item that was refused for one reason, about one field, in words; nothing of it was stored.
pub fn refused<'a>(result: &'a v1::PushResult, code: &str, path: &str) -> &'a v1::Finding {
    assert_eq!(result.outcome(), Outcome::Rejected, "{result:#?}");
    assert!(!result.replayed);
    assert_eq!((result.position, result.conflict_id.as_str()), (0, ""));
    let [refusal] = result.refusals.as_slice() else {
        panic!("one refusal, not {:#?}", result.refusals);
    };
    assert_eq!((refusal.code.as_str(), refusal.path.as_str()), (code, path));
    reads_well(refusal);
    refusal
}

/// A finding has both sentences, and every hole in them is filled.
pub fn reads_well(finding: &v1::Finding) {
    for sentence in [&finding.message_zh, &finding.message_en] {
        assert!(!sentence.is_empty(), "{finding:#?}");
        assert!(!sentence.contains(['{', '}']), "{finding:#?}");
    }
    for argument in &finding.arguments {
        assert!(
            finding.message_en.contains(&argument.value),
            "the sentence speaks of {}: {finding:#?}",
            argument.name
        );
    }
}

/// A value that a finding speaks of.
pub fn argument<'a>(finding: &'a v1::Finding, name: &str) -> &'a str {
    let argument = finding.arguments.iter().find(|of| of.name == name);
    &argument.unwrap_or_else(|| panic!("{finding:#?}")).value
}

/// A call that failed with a code and a reason; its details say more.
pub fn failed<T>(answer: Result<T, Status>, code: Code, reason: &str) -> (Status, ErrorDetails) {
    let Err(status) = answer else {
        panic!("the call should have failed with {reason}");
    };
    assert_eq!(status.code(), code, "{status:?}");
    assert!(!status.message().is_empty());
    let details = status.get_error_details();
    let info = details.error_info().expect("an ErrorInfo");
    assert_eq!(
        (info.reason.as_str(), info.domain.as_str()),
        (reason, "lianxiao")
    );
    (status, details)
}

/// A call that failed for one of its arguments, in words.
pub fn bad_argument<T>(answer: Result<T, Status>, field: &str) -> String {
    let (status, details) = failed(answer, Code::InvalidArgument, "ARGUMENT_INVALID");
    let violations = &details
        .bad_request()
        .expect("a BadRequest")
        .field_violations;
    let fields: Vec<&str> = violations.iter().map(|of| of.field.as_str()).collect();
    assert_eq!(fields, [field], "{status:?}");
    assert_eq!(violations[0].description, status.message());
    status.message().to_owned()
}
