//! The one line that invites somebody: where the hub is, what it is recognised by, and a code to be traded
//! for a credential. It is a link, so that a page may open it; what follows the `#` never leaves the browser
//! for a log.

use super::fingerprint::Fingerprint;
use super::secret::Code;
use http::uri::Authority;
use std::fmt;
use std::str::FromStr;

/// An invitation. With a fingerprint it is written `https://HOST:PORT/join#code=CODE&sha256=FINGERPRINT`,
/// without one `http://HOST:PORT/join#code=CODE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Where the hub is.
    pub address: Address,
    /// The hub's certificate; `None`: it speaks plain text.
    pub fingerprint: Option<Fingerprint>,
    /// What is traded.
    pub code: Code,
}

/// A host and a port, written `HOST:PORT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(Authority);

/// Text that is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an address: write HOST:PORT, for example hub.hhjy.cn:50051")]
pub struct NotAnAddress;

/// Text that is no invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an invitation: it looks like https://HOST:PORT/join#code=…&sha256=…")]
pub struct NotAnInvitation;

impl FromStr for Address {
    type Err = NotAnAddress;
    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let address: Authority = text.parse().map_err(|_| NotAnAddress)?;
        let whole = !address.host().is_empty() && address.port_u16().is_some_and(|port| port > 0);
        (whole && !text.contains('@'))
            .then_some(Address(address))
            .ok_or(NotAnAddress)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl fmt::Display for Invitation {
    /// In plain, for whoever is invited.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (address, code) = (&self.address, self.code.reveal());
        match self.fingerprint {
            Some(of) => write!(f, "https://{address}/join#code={code}&sha256={of}"),
            None => write!(f, "http://{address}/join#code={code}"),
        }
    }
}

impl FromStr for Invitation {
    type Err = NotAnInvitation;
    fn from_str(text: &str) -> Result<Self, NotAnInvitation> {
        let (link, fragment) = text.trim().split_once('#').ok_or(NotAnInvitation)?;
        let (scheme, rest) = link.split_once("://").ok_or(NotAnInvitation)?;
        let address = rest.strip_suffix("/join").ok_or(NotAnInvitation)?;
        let part = |name: &str| {
            let parts = fragment.split('&').filter_map(|part| part.split_once('='));
            let mut of_name = parts.filter(|(of, _)| *of == name);
            of_name.next().map(|(_, value)| value)
        };
        let fingerprint = match (scheme, part("sha256")) {
            ("https", Some(of)) => Some(of.parse().map_err(|_| NotAnInvitation)?),
            ("http", None) => None,
            _ => return Err(NotAnInvitation),
        };
        Ok(Invitation {
            address: address.parse().map_err(|_| NotAnInvitation)?,
            fingerprint,
            code: part("code").and_then(Code::parse).ok_or(NotAnInvitation)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invitation(address: &str, fingerprint: Option<Fingerprint>) -> Invitation {
        Invitation {
            address: address.parse().unwrap(),
            fingerprint,
            code: Code::from_random([7; 16]),
        }
    }

    #[test]
    fn an_invitation_is_read_as_it_is_written() {
        let certificate = Fingerprint::of(b"abc");
        for (address, fingerprint, written) in [
            (
                "hub.hhjy.cn:50051",
                Some(certificate),
                "https://hub.hhjy.cn:50051/join#code=BwcHBwcHBwcHBwcHBwcHBw&sha256=\
                 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
            (
                "[::1]:50051",
                None,
                "http://[::1]:50051/join#code=BwcHBwcHBwcHBwcHBwcHBw",
            ),
        ] {
            let invitation = invitation(address, fingerprint);
            assert_eq!(invitation.to_string(), written);
            assert_eq!(format!("  {written}\n").parse(), Ok(invitation));
        }
    }

    #[test]
    fn half_an_invitation_is_none() {
        let whole = invitation("127.0.0.1:50051", Some(Fingerprint::of(b"abc"))).to_string();
        for wrong in [
            "",
            "lianxiao_BwcHBwcHBwcHBwcHBwcHBw",
            &whole[..whole.len() - 1],
            &whole.replace("https", "http"),
            &whole.replace("https", "ftp"),
            &whole.replace("&sha256", "&sha1"),
            &whole.replace("code=B", "code="),
            &whole.replace("/join", "/"),
            &whole.replace(":50051", ""),
            &whole.replace("127.0.0.1:50051", ""),
        ] {
            assert_eq!(wrong.parse::<Invitation>(), Err(NotAnInvitation), "{wrong}");
        }
    }

    #[test]
    fn an_address_is_a_host_and_a_port() {
        for wrong in [
            "",
            "hub",
            ":50051",
            "hub:",
            "hub:0",
            "hub:70000",
            "me@hub:1",
            "hub:1/x",
        ] {
            assert_eq!(wrong.parse::<Address>(), Err(NotAnAddress), "{wrong}");
        }
    }

    #[test]
    fn an_invitation_is_printed_for_nobody_else() {
        let invitation = invitation("127.0.0.1:50051", None);
        assert!(!format!("{invitation:?}").contains(invitation.code.reveal()));
    }
}
