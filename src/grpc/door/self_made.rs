//! A certificate of the hub's own making, for a hub that was given none. Nobody vouches for it: a client
//! recognises it by its fingerprint.

use super::identity::IdentityError;
use rcgen::{CertificateParams, DnType, KeyPair};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::net::IpAddr;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// The certificate's file.
pub const CERTIFICATE: &str = "cert.pem";
/// The key's file, which only the hub's user may read.
pub const KEY: &str = "key.pem";

/// Makes the folder with both files. It appears when both are whole: a hub that was killed on the way makes
/// them anew.
pub fn make(folder: &Path, listen: IpAddr) -> Result<(), IdentityError> {
    let key = KeyPair::generate()?;
    // It lasts as long as the hub: nobody renews it, and a new one is a new fingerprint for every client.
    let mut certificate = CertificateParams::new(names(listen))?;
    certificate
        .distinguished_name
        .push(DnType::CommonName, "lianxiao");
    let certificate = certificate.self_signed(&key)?.pem();
    write(folder, &certificate, &key.serialize_pem())
        .map_err(|error| IdentityError::File(folder.to_owned(), error))
}

/// The names by which the hub may be called.
fn names(listen: IpAddr) -> Vec<String> {
    let mut names = vec![
        "localhost".to_owned(),
        "127.0.0.1".to_owned(),
        "::1".to_owned(),
    ];
    let machine = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let dns = |name: &str| {
        name.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
    };
    names.extend(Some(machine.trim().to_owned()).filter(|name| !name.is_empty() && dns(name)));
    names.extend((!listen.is_unspecified()).then(|| listen.to_string()));
    names.sort();
    names.dedup();
    names
}

fn write(folder: &Path, certificate: &str, key: &str) -> io::Result<()> {
    let unfinished = folder.with_extension("new");
    match fs::remove_dir_all(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    DirBuilder::new().mode(0o700).create(&unfinished)?;
    for (name, text) in [(CERTIFICATE, certificate), (KEY, key)] {
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(unfinished.join(name))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
    }
    File::open(&unfinished)?.sync_all()?;
    fs::rename(&unfinished, folder)?;
    folder
        .parent()
        .map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grpc::door::Identity;

    #[test]
    fn what_a_killed_hub_left_half_made_is_made_anew_and_what_is_whole_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (made, half) = (folder.path().join("tls"), folder.path().join("tls.new"));
        fs::create_dir(&half).unwrap();
        fs::write(half.join(KEY), "half").unwrap();
        let listen = IpAddr::from([192, 0, 2, 1]);
        let first = Identity::self_made(&made, listen).unwrap().fingerprint();
        assert!(!half.exists());
        assert_eq!(
            Identity::self_made(&made, listen).unwrap().fingerprint(),
            first
        );
        fs::remove_file(made.join(KEY)).unwrap();
        let lost = Identity::self_made(&made, listen)
            .err()
            .expect("never a new identity unasked");
        assert!(lost.to_string().contains(KEY), "{lost}");
    }

    #[test]
    fn the_names_are_those_by_which_a_hub_is_called() {
        let called = names([192, 0, 2, 1].into());
        for name in ["localhost", "127.0.0.1", "::1", "192.0.2.1"] {
            assert!(called.contains(&name.to_owned()), "{called:?}");
        }
        assert!(!names([0, 0, 0, 0].into()).contains(&"0.0.0.0".to_owned()));
    }
}
