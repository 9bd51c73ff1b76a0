//! `lianxiao admin credential`: who may call for a campus or the office.

use super::{Operator, Outcome};
use crate::model::clock::{Clock as _, SystemClock};
use crate::model::rights::Rights;
use crate::wire::convert;
use crate::wire::v1;
use clap::{Args, Subcommand};
use jiff::{Span, SpanRelativeTo, Timestamp};
use std::process::ExitCode;
use std::time::Duration;
use v1::create_invitation_request::Invited;

#[derive(Subcommand)]
pub enum Credential {
    /// Make a credential and print its token, this once
    Create {
        #[command(flatten)]
        group: Group,
        #[command(flatten)]
        new: New,
    },
    /// Make a credential for whoever joins by the line that is printed, once, within 7 days
    Invite {
        #[command(flatten)]
        group: Group,
        #[command(flatten)]
        new: New,
        /// Where campuses reach the hub, for example hub.hhjy.cn:50051; where it listens when left out
        #[arg(long, value_name = "HOST:PORT")]
        address: Option<String>,
    },
    /// Make the next token of a credential and print it, this once; the older ones end a while later
    Rotate(Rotate),
    /// Take a credential back for good: its next call is refused, and its watches end at once
    Revoke {
        #[command(flatten)]
        group: Group,
        /// The credential's id, as `list` prints it
        id: String,
    },
    /// Print every credential's id, place, holder, state, rights, end, last call and label
    List {
        #[command(flatten)]
        group: Group,
    },
    /// Let credentials in again that a restore locked out, and print how many
    Confirm {
        #[command(flatten)]
        group: Group,
        /// Credential ids, as `list` prints them; none: all of the group
        ids: Vec<String>,
    },
}

#[derive(Args)]
pub struct Group {
    /// The group's id
    #[arg(id = "group", long, value_name = "GROUP")]
    id: String,
}

#[derive(Args)]
pub struct New {
    /// The post that holds it, for example 总务处
    #[arg(long)]
    holder: String,
    #[command(flatten)]
    place: Place,
    /// A right on a kind, as KIND=RIGHTS of read, draft and act with commas between (menu=draft,act); may
    /// be repeated. Without any: everything the place may do
    #[arg(long = "right", value_name = "KIND=RIGHTS")]
    rights: Vec<Rights>,
    /// What you call it, for example 总务处的笔记本电脑
    #[arg(long, default_value = "")]
    label: String,
    /// When it ends, RFC 3339 (2027-08-31T18:00:00+08:00); never when left out
    #[arg(long, value_name = "TIME")]
    expires: Option<Timestamp>,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Place {
    /// For this campus, by id
    #[arg(long, value_name = "CAMPUS")]
    campus: Option<String>,
    /// For the group office (集团办)
    #[arg(long)]
    office: bool,
    /// For a public link (公开链接): published menus, campuses, calendar, words and rules, to be read only
    #[arg(long)]
    public: bool,
}

#[derive(Args)]
pub struct Rotate {
    #[command(flatten)]
    group: Group,
    /// The credential's id, as `list` prints it
    id: String,
    /// How long the older tokens last, for example 36h; 0 ends them at once; 7 days when left out
    #[arg(long, value_name = "TIME", value_parser = overlap)]
    overlap: Option<Duration>,
    /// Print an invitation instead of the token; the older tokens then end after it is used
    #[arg(long)]
    invite: bool,
    /// Where campuses reach the hub, for example hub.hhjy.cn:50051; where it listens when left out
    #[arg(long, value_name = "HOST:PORT", requires = "invite")]
    address: Option<String>,
}

impl Credential {
    pub async fn run(self, mut admin: Operator) -> Outcome {
        match self {
            Credential::Create { group, new } => {
                let request = v1::CreateCredentialRequest {
                    group_id: group.id,
                    credential: Some(new.credential()),
                };
                let made = admin.create_credential(request).await;
                let made = made.map_err(|refusal| refusal.message().to_owned())?;
                println!("{}", made.into_inner().token);
            }
            Credential::Invite {
                group,
                new,
                address,
            } => {
                let request = v1::CreateInvitationRequest {
                    group_id: group.id,
                    invited: Some(Invited::NewCredential(new.credential())),
                    address: address.unwrap_or_default(),
                    ..Default::default()
                };
                println!("{}", invite(&mut admin, request).await?);
            }
            Credential::Rotate(rotate) => println!("{}", rotate.run(admin).await?),
            Credential::Revoke { group, id } => {
                let request = v1::RevokeCredentialRequest {
                    group_id: group.id,
                    credential_id: id,
                };
                let revoked = admin.revoke_credential(request).await;
                revoked.map_err(|refusal| refusal.message().to_owned())?;
            }
            Credential::List { group } => {
                let request = v1::ListCredentialsRequest { group_id: group.id };
                let listed = admin.list_credentials(request).await;
                let listed = listed.map_err(|refusal| refusal.message().to_owned())?;
                for credential in listed.into_inner().credentials {
                    println!("{}", line(&credential));
                }
            }
            Credential::Confirm { group, ids } => {
                let request = v1::ConfirmCredentialsRequest {
                    group_id: group.id,
                    credential_ids: ids,
                };
                let confirmed = admin.confirm_credentials(request).await;
                let confirmed = confirmed.map_err(|refusal| refusal.message().to_owned())?;
                println!("{}", confirmed.into_inner().confirmed_count);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Rotate {
    /// The token, or the invitation to come by it.
    async fn run(self, mut admin: Operator) -> Result<String, String> {
        let overlap = self.overlap.map(prost_types::Duration::try_from);
        let overlap = overlap.transpose().map_err(|error| error.to_string())?;
        if self.invite {
            let request = v1::CreateInvitationRequest {
                group_id: self.group.id,
                invited: Some(Invited::CredentialId(self.id)),
                overlap,
                address: self.address.unwrap_or_default(),
            };
            return invite(&mut admin, request).await;
        }
        let request = v1::RotateCredentialRequest {
            group_id: self.group.id,
            credential_id: self.id,
            overlap,
        };
        let made = admin.rotate_credential(request).await;
        let made = made.map_err(|refusal| refusal.message().to_owned())?;
        Ok(made.into_inner().token)
    }
}

async fn invite(
    admin: &mut Operator,
    request: v1::CreateInvitationRequest,
) -> Result<String, String> {
    let made = admin.create_invitation(request).await;
    let made = made.map_err(|refusal| refusal.message().to_owned())?;
    Ok(made.into_inner().line)
}

fn line(credential: &v1::Credential) -> String {
    let v1::Credential {
        id, holder, label, ..
    } = credential;
    let place = match credential.place() {
        v1::PlaceKind::Office => "office",
        v1::PlaceKind::Public => "public",
        _ => &credential.campus_id,
    };
    let state = state(credential);
    let rights = convert::rights(&credential.rights).unwrap_or_default();
    let time = |time: &Option<prost_types::Timestamp>| {
        let time = time.as_ref().and_then(convert::time);
        time.map_or_else(|| "never".to_owned(), |time| time.to_string())
    };
    let (ends, heard) = (
        time(&credential.expire_time),
        time(&credential.last_heard_time),
    );
    format!("{id}\t{place}\t{holder}\t{state}\t{rights}\t{ends}\t{heard}\t{label}")
}

/// Whether it lets its holder in, or why not.
fn state(credential: &v1::Credential) -> &'static str {
    let now = SystemClock.now();
    let end = credential.expire_time.as_ref().and_then(convert::time);
    if credential.revoke_time.is_some() {
        "revoked"
    } else if end.is_some_and(|end| end <= now) {
        "expired"
    } else if credential.locked {
        "locked"
    } else {
        "ok"
    }
}

impl New {
    fn credential(self) -> v1::NewCredential {
        let place = match (self.place.office, self.place.public) {
            (true, _) => v1::PlaceKind::Office,
            (_, true) => v1::PlaceKind::Public,
            _ => v1::PlaceKind::Campus,
        };
        v1::NewCredential {
            place: place.into(),
            campus_id: self.place.campus.unwrap_or_default(),
            holder: self.holder,
            rights: self.rights.iter().flat_map(convert::kind_rights).collect(),
            label: self.label,
            expire_time: self.expires.map(convert::timestamp),
        }
    }
}

/// Reads `7d`, `36h` or `0`.
fn overlap(text: &str) -> Result<Duration, String> {
    let why = |_| "write a time such as 7d, 36h or 0".to_owned();
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let span: Span = text.parse().map_err(why)?;
    let overlap = span.to_duration(SpanRelativeTo::days_are_24_hours());
    Duration::try_from(overlap.map_err(why)?).map_err(|_| "write no negative time".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overlap_is_written_with_its_unit() {
        for (text, hours) in [
            ("7d", 168),
            ("36h", 36),
            ("1d 12h", 36),
            ("0", 0),
            ("0s", 0),
        ] {
            assert_eq!(overlap(text), Ok(Duration::from_hours(hours)), "{text}");
        }
        for wrong in ["", "7", "-1d", "soon", "1mo"] {
            assert!(overlap(wrong).is_err(), "{wrong}");
        }
    }
}
