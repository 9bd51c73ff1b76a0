//! What whoever joined keeps: where the hub is, what it is recognised by, and a token, in a file that only
//! its user can read.

use super::line::{Line, LineError, Trust};
use crate::model::fingerprint::Fingerprint;
use crate::model::ids::CredentialId;
use crate::model::invitation::{Address, Invitation};
use crate::model::secret::Token;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// Why a credential cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// Its file cannot be read or written.
    #[error("{0:?}: {1}")]
    File(PathBuf, #[source] io::Error),
    /// Its file holds something else.
    #[error("{0:?} is no credential that this program wrote")]
    Damaged(PathBuf),
}

/// A credential, on its holder's side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Where the hub is.
    pub address: Address,
    /// The hub's certificate; `None`: it speaks plain text.
    pub fingerprint: Option<Fingerprint>,
    /// What is sent with every call.
    pub token: Token,
    /// SHA-256 of the code that was traded for it.
    pub(super) code: Fingerprint,
    /// The hub's name for it; `None`: the hub has not answered yet.
    pub(super) id: Option<CredentialId>,
}

impl Credential {
    /// What is brought to the hub of an invitation.
    pub(super) fn to_join(invitation: &Invitation, token: Token) -> Self {
        Credential {
            address: invitation.address.clone(),
            fingerprint: invitation.fingerprint,
            token,
            code: Fingerprint(invitation.code.hash()),
            id: None,
        }
    }

    /// Whether it is what that invitation is traded for. One with another address or fingerprint is another.
    pub(super) fn is_of(&self, invitation: &Invitation) -> bool {
        (&self.address, self.fingerprint) == (&invitation.address, invitation.fingerprint)
            && self.code == Fingerprint(invitation.code.hash())
    }

    /// The credential in a file; `None`: there is no such file.
    ///
    /// # Errors
    /// When the file cannot be read, or holds something else.
    pub fn read(file: &Path) -> Result<Option<Self>, CredentialError> {
        let text = match fs::read(file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            text => text.map_err(|error| CredentialError::File(file.to_owned(), error))?,
        };
        let credential = serde_json::from_slice(&text).ok();
        let credential = credential.and_then(|fields| Self::from_fields(&fields));
        let damaged = || CredentialError::Damaged(file.to_owned());
        credential.ok_or_else(damaged).map(Some)
    }

    fn from_fields(fields: &Value) -> Option<Self> {
        let text = |name: &str| fields.get(name).map(Value::as_str);
        let address = text("hub")??;
        let fingerprint = match text("certificate_sha256") {
            Some(of) => Some(of?.parse().ok()?),
            None => None,
        };
        let scheme = scheme(fingerprint);
        Some(Credential {
            address: address.strip_prefix(scheme)?.parse().ok()?,
            fingerprint,
            token: Token::parse(text("token")??)?,
            code: text("code_sha256")??.parse().ok()?,
            id: match text("credential_id") {
                Some(id) => Some(id?.parse().ok()?),
                None => None,
            },
        })
    }

    fn to_fields(&self) -> Value {
        let mut fields = json!({
            "hub": self.url(),
            "token": self.token.reveal(),
            "code_sha256": self.code.to_string(),
        });
        if let Some(fingerprint) = self.fingerprint {
            fields["certificate_sha256"] = fingerprint.to_string().into();
        }
        if let Some(id) = self.id {
            fields["credential_id"] = id.to_string().into();
        }
        fields
    }

    /// Writes it into a file, in the place of what stands there, whole or not at all. Nobody else can read
    /// the file at any moment: on Unix its mode is 0600 from the start; elsewhere it is as private as its
    /// folder, and a user's own folders are closed to others there.
    pub(super) fn write(&self, file: &Path) -> Result<(), CredentialError> {
        let written = || {
            let fresh = with_suffix(file, ".new");
            remove(&fresh)?;
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut open = options.open(&fresh)?;
            open.write_all(format!("{:#}\n", self.to_fields()).as_bytes())?;
            open.sync_all()?;
            fs::rename(&fresh, file)?;
            sync_folder(file)
        };
        written().map_err(|error| CredentialError::File(file.to_owned(), error))
    }

    /// A line to its hub.
    ///
    /// # Errors
    /// Never, unless the address has a form that no line can have.
    pub fn line(&self) -> Result<Line, LineError> {
        let trust = self.fingerprint.map(Trust::Fingerprint);
        let trust = trust.unwrap_or(Trust::PlainText);
        Line::trusting(&self.url(), trust, self.token.reveal())
    }

    /// The hub's address as a line wants it.
    pub(super) fn url(&self) -> String {
        format!("{}{}", scheme(self.fingerprint), self.address)
    }
}

fn scheme(fingerprint: Option<Fingerprint>) -> &'static str {
    match fingerprint {
        Some(_) => "https://",
        None => "http://",
    }
}

/// Another file beside a file.
pub(super) fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut path = OsString::from(file);
    path.push(suffix);
    PathBuf::from(path)
}

/// Removes a file, if there is one.
pub(super) fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Makes durable under which name a file stands. Folders cannot be opened on every system.
fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|of| !of.as_os_str().is_empty());
    match cfg!(unix) {
        true => File::open(folder.unwrap_or(Path::new(".")))?.sync_all(),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::secret::Code;

    fn credential(fingerprint: Option<Fingerprint>) -> Credential {
        let invitation = Invitation {
            address: "hub.hhjy.cn:50051".parse().unwrap(),
            fingerprint,
            code: Code::from_random([1; 16]),
        };
        Credential::to_join(&invitation, Token::from_random([7; 32]))
    }

    #[test]
    fn a_credential_is_read_as_it_was_written_and_written_over_whole() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("credential");
        assert_eq!(Credential::read(&file).unwrap(), None);
        let id = "0b6f4a2e-7c1d-4e5f-8a9b-0c1d2e3f4a5b".parse().ok();
        let plain = credential(None);
        let covered = Credential {
            id,
            ..credential(Some(Fingerprint::of(b"abc")))
        };
        for credential in [plain, covered] {
            // What an attempt left that was cut off.
            fs::write(with_suffix(&file, ".new"), b"half").unwrap();
            credential.write(&file).unwrap();
            assert_eq!(Credential::read(&file).unwrap(), Some(credential));
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_no_credential_is_told_by_its_path_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("credential");
        let whole = credential(Some(Fingerprint::of(b"abc")))
            .to_fields()
            .to_string();
        for wrong in [
            "",
            "{}",
            &whole[1..],
            &whole.replace("https", "http"),
            &whole.replace("lianxiao_", ""),
            &whole.replace("code_sha256\":\"", "code_sha256\":\"x"),
        ] {
            fs::write(&file, wrong).unwrap();
            let error = Credential::read(&file).unwrap_err();
            assert!(matches!(error, CredentialError::Damaged(_)), "{wrong}");
            assert!(!format!("{error} {error:?}").contains("BwcH"), "{error}");
        }
    }

    #[test]
    fn a_credential_prints_no_secret() {
        let credential = credential(None);
        let printed = format!("{credential:?}");
        assert!(!printed.contains(credential.token.reveal()), "{printed}");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_a_credential_whatever_stood_in_its_place() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("credential");
        for leftover in [file.clone(), with_suffix(&file, ".new")] {
            fs::write(&leftover, b"left").unwrap();
            fs::set_permissions(&leftover, fs::Permissions::from_mode(0o666)).unwrap();
        }
        credential(None).write(&file).unwrap();
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
