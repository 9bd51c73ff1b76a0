//! What every request for a page goes by, once: who it is, whether a form is the hub's own, and what the browser
//! is told to allow.

use super::Console;
use super::trouble::{Counted, Trouble};
use super::visit::{Lost, Visitor, cookie};
use crate::hub::HubError;
use crate::model::audit::Refused;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::net::{IpAddr, Ipv4Addr};

/// Nothing from elsewhere, nothing in line, no frame around it.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Where nobody is asked who he is.
const OPEN: [&str; 3] = ["/assets/", "/public/", "/subscribe/"];

/// Lets a request in, and its answer out.
pub async fn guard(State(console): State<Console>, mut request: Request, next: Next) -> Response {
    let address = request.extensions().get().copied();
    let address: IpAddr = address.unwrap_or(Ipv4Addr::UNSPECIFIED.into());
    let mut who = Refused::Stranger(address);
    let answer = match admitted(&console, &mut request, address, &mut who).await {
        Ok(()) => next.run(request).await,
        Err(trouble) => trouble.into_response(),
    };
    if let Some(Counted(reason)) = answer.extensions().get() {
        console.hub.refused(who, reason);
    }
    dressed(answer)
}

async fn admitted(
    console: &Console,
    request: &mut Request,
    address: IpAddr,
    who: &mut Refused,
) -> Result<(), Trouble> {
    if request.method() != Method::GET
        && request.method() != Method::HEAD
        && !of_this_hub(
            request.headers(),
            request.uri().authority().map(AsRef::as_ref),
        )
    {
        return Err(Trouble::foreign_form());
    }
    let path = request.uri().path();
    let asks_nobody = OPEN.iter().any(|open| path.starts_with(open));
    let Some(token) = cookie(request.headers(), console.secure).filter(|_| !asks_nobody) else {
        return Ok(());
    };
    match console.hub.visitor(&token, address).await {
        Ok(caller) => {
            *who = caller.as_refused();
            console.hub.admit(&caller)?;
            request.extensions_mut().insert(Visitor(caller));
        }
        Err(error @ (HubError::TooOften { .. } | HubError::Store(_))) => return Err(error.into()),
        Err(error) => {
            let who = error.shut_out().unwrap_or(*who);
            console.hub.refused(who, error.reason());
            request.extensions_mut().insert(Lost);
        }
    }
    Ok(())
}

/// Whether a form was sent from a page of this hub. A browser says so by itself, and no script can make it say
/// otherwise.
pub fn of_this_hub(headers: &HeaderMap, authority: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    // Over plain text browsers say only where a form comes from.
    let host = authority.or(text(HOST.as_str()));
    let origin = text(ORIGIN.as_str()).and_then(|origin| origin.split_once("://"));
    origin.is_some_and(|(_, from)| Some(from) == host)
}

/// An answer with what its browser is told to allow.
pub fn dressed(mut answer: Response) -> Response {
    let headers = answer.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Not `no-referrer`: with it a browser does not say where a form comes from.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_comes_from_a_page_of_the_same_hub_or_not_at_all() {
        let sent = |pairs: &[(&'static str, &'static str)]| {
            let pairs = pairs
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
            of_this_hub(&pairs.collect(), None)
        };
        for (good, headers) in [
            (true, &[("sec-fetch-site", "same-origin")][..]),
            (false, &[("sec-fetch-site", "same-site")]),
            (false, &[("sec-fetch-site", "none")]),
            (
                false,
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "https://hub"),
                    ("host", "hub"),
                ],
            ),
            (true, &[("origin", "http://hub:5"), ("host", "hub:5")]),
            (false, &[("origin", "http://hub:6"), ("host", "hub:5")]),
            (false, &[("origin", "null"), ("host", "hub:5")]),
            (false, &[("host", "hub:5")]),
            (false, &[]),
        ] {
            assert_eq!(sent(headers), good, "{headers:?}");
        }
    }
}
