//! A page of the audit, with the callers in it looked up.

use crate::hub::AuditPage;
use crate::model::audit::Entry;
use crate::model::ids::CredentialId;
use crate::wire::convert;
use crate::wire::v1;

pub fn page(page: &AuditPage) -> v1::ListAuditResponse {
    let entry = |entry: &Entry| convert::audit_entry(entry, caller(page, entry));
    v1::ListAuditResponse {
        entries: page.entries.iter().map(entry).collect(),
        next_page_token: page
            .next
            .as_ref()
            .map(convert::audit_token)
            .unwrap_or_default(),
    }
}

fn caller(page: &AuditPage, entry: &Entry) -> Option<v1::AuditCaller> {
    match entry {
        Entry::Deed(_, deed) => deed.by.map(|by| holder(page, by)),
        Entry::Refusal(refusal) => Some(match refusal.who.parse() {
            Ok(credential) => holder(page, credential),
            Err(_) => v1::AuditCaller {
                address: refusal.who.clone(),
                ..Default::default()
            },
        }),
    }
}

fn holder(page: &AuditPage, id: CredentialId) -> v1::AuditCaller {
    let known = page.credentials.get(&id);
    let known = known.map(|credential| v1::AuditCaller {
        place: convert::place_kind(credential.place).into(),
        campus_id: credential.place.to_text(),
        holder: credential.holder.clone(),
        ..Default::default()
    });
    v1::AuditCaller {
        credential_id: id.to_string(),
        ..known.unwrap_or_default()
    }
}
