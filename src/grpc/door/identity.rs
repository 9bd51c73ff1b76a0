//! The hub's certificate: what is shown to whoever connects. The files are read again when they change, so
//! that a renewed certificate needs no restart and cuts no connection.

use super::self_made;
use crate::model::fingerprint::Fingerprint;
use sha2::{Digest as _, Sha256};
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

/// How long a look at the files is good for.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// What is spoken over TLS. With h2 alone a client of HTTP/1.1 would get an alert instead of an answer.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Why a certificate cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// A file cannot be read, or not be made.
    #[error("{0:?}: {1}")]
    File(PathBuf, io::Error),
    /// A file is not PEM, or not of what it should be.
    #[error("{0:?} holds no PEM of what it should: {1}")]
    Pem(PathBuf, pem::Error),
    /// Certificate and key cannot be used together.
    #[error("certificate and key cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
    /// A certificate cannot be made.
    #[error("no certificate can be made: {0}")]
    NotMade(#[from] rcgen::Error),
}

/// A certificate with its key, as two PEM files hold them.
pub struct Identity {
    certificate: PathBuf,
    key: PathBuf,
    shown: Mutex<Shown>,
    looked: Mutex<Look>,
}

/// What is shown.
struct Shown {
    acceptor: TlsAcceptor,
    fingerprint: Fingerprint,
}

/// What was found in the files when they were last read.
struct Look {
    at: Instant,
    digest: [u8; 32],
}

/// The bytes of both files.
struct Pair {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Identity {
    /// The identity that two PEM files hold: a certificate, with those that vouch for it after it, and its
    /// key.
    ///
    /// # Errors
    /// When a file cannot be read, or the two cannot be used together.
    pub fn from_files(certificate: &Path, key: &Path) -> Result<Self, IdentityError> {
        let pair = Pair::read(certificate, key)?;
        let look = Look {
            at: Instant::now(),
            digest: pair.digest(),
        };
        Ok(Identity {
            shown: Mutex::new(pair.shown(certificate, key)?),
            looked: Mutex::new(look),
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        })
    }

    /// The identity that a hub made for itself in a folder, `cert.pem` and `key.pem`; made there when there
    /// is no such folder, for whoever connects to `listen`, to this machine by its name, or from it.
    ///
    /// # Errors
    /// When the folder cannot be made, or what is in it cannot be used.
    pub fn self_made(folder: &Path, listen: IpAddr) -> Result<Self, IdentityError> {
        if !folder.exists() {
            self_made::make(folder, listen)?;
        }
        Identity::from_files(
            &folder.join(self_made::CERTIFICATE),
            &folder.join(self_made::KEY),
        )
    }

    /// What whoever connects now can recognise the hub by.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        locked(&self.shown).fingerprint
    }

    /// Covers the next connection.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        match self.look_again() {
            Some(Ok(fingerprint)) => {
                tracing::info!(%fingerprint, "the certificate was read again");
            }
            Some(Err(error)) => {
                tracing::warn!(%error, "the certificate changed and cannot be used: the old one is shown on");
            }
            None => {}
        }
        locked(&self.shown).acceptor.clone()
    }

    /// Two files are not changed at once: what cannot be used, half a pair say, changes nothing and is
    /// looked at again when it changed. What there is to say of it; `None`: nothing changed.
    fn look_again(&self) -> Option<Result<Fingerprint, IdentityError>> {
        let mut looked = locked(&self.looked);
        if looked.at.elapsed() < LOOK_INTERVAL {
            return None;
        }
        looked.at = Instant::now();
        let pair = Pair::read(&self.certificate, &self.key);
        let digest = pair.as_ref().map_or([0; 32], Pair::digest);
        if std::mem::replace(&mut looked.digest, digest) == digest {
            return None;
        }
        let shown = pair.and_then(|pair| pair.shown(&self.certificate, &self.key));
        Some(shown.map(|shown| {
            let fingerprint = shown.fingerprint;
            *locked(&self.shown) = shown;
            fingerprint
        }))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pair {
    fn read(certificate: &Path, key: &Path) -> Result<Self, IdentityError> {
        let read = |path: &Path| {
            std::fs::read(path).map_err(|error| IdentityError::File(path.to_owned(), error))
        };
        Ok(Pair {
            certificate: read(certificate)?,
            key: read(key)?,
        })
    }

    fn digest(&self) -> [u8; 32] {
        let certificate = Sha256::digest(&self.certificate);
        Sha256::new()
            .chain_update(certificate)
            .chain_update(&self.key)
            .finalize()
            .into()
    }

    fn shown(&self, certificate: &Path, key: &Path) -> Result<Shown, IdentityError> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.certificate).collect();
        let chain = chain.map_err(|error| IdentityError::Pem(certificate.to_owned(), error))?;
        let first = chain.first().ok_or(pem::Error::NoItemsFound);
        let first = first.map_err(|error| IdentityError::Pem(certificate.to_owned(), error))?;
        let fingerprint = Fingerprint::of(first);
        let private = PrivateKeyDer::from_pem_slice(&self.key);
        let private = private.map_err(|error| IdentityError::Pem(key.to_owned(), error))?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, private)?;
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
        Ok(Shown {
            acceptor: Arc::new(config).into(),
            fingerprint,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// Looks at the files at once, and tells what is shown, and whether that is new (`Some(true)`) or the files are
    /// complained of.
    fn look(identity: &Identity) -> (Fingerprint, Option<bool>) {
        locked(&identity.looked).at -= LOOK_INTERVAL;
        let said = identity.look_again();
        (identity.fingerprint(), said.map(|said| said.is_ok()))
    }

    #[test]
    fn half_a_renewed_pair_changes_nothing_and_is_complained_of_once() {
        let folder = tempfile::tempdir().unwrap();
        let [old, new] = ["old", "new"].map(|name| folder.path().join(name));
        let identity = Identity::self_made(&old, [127, 0, 0, 1].into()).unwrap();
        let renewed = Identity::self_made(&new, [127, 0, 0, 1].into()).unwrap();
        let (before, after) = (identity.fingerprint(), renewed.fingerprint());
        assert_ne!(before, after);
        let renew = |file: &str| fs::copy(new.join(file), old.join(file)).unwrap();
        let complained = Some(false);
        assert_eq!(look(&identity), (before, None), "nothing changed");
        renew(self_made::CERTIFICATE);
        for said in [complained, None, None] {
            assert_eq!(look(&identity), (before, said));
        }
        fs::remove_file(old.join(self_made::KEY)).unwrap();
        for said in [complained, None, None] {
            assert_eq!(look(&identity), (before, said));
        }
        renew(self_made::KEY);
        assert_eq!(look(&identity), (after, Some(true)));
    }

    #[test]
    fn the_files_are_not_read_again_within_a_second() {
        let folder = tempfile::tempdir().unwrap();
        let made = folder.path().join("tls");
        let identity = Identity::self_made(&made, [127, 0, 0, 1].into()).unwrap();
        let read = locked(&identity.looked).digest;
        fs::write(made.join(self_made::KEY), "half").unwrap();
        locked(&identity.looked).at = Instant::now();
        identity.acceptor();
        assert_eq!(locked(&identity.looked).digest, read);
        look(&identity);
        assert_ne!(locked(&identity.looked).digest, read);
    }
}
