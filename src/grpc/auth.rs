//! Who calls: the bearer token of every call, looked up before its message is read.

use super::door::Peer;
use super::refusals::known_as;
use super::status::status;
use crate::hub::{Hub, HubError, Share};
use crate::model::audit::Refused;
use crate::model::caller::Caller;
use futures::future::BoxFuture;
use http::header::AUTHORIZATION;
use std::net::IpAddr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tonic::body::Body;
use tonic::{Request, Status};
use tower::{Layer, Service};

/// Calls that need no token: they tell nothing of any group.
const OPEN: [&str; 2] = ["/grpc.health.", "/grpc.reflection."];

/// The call of those who have no token yet: a code lets them in.
const JOIN: &str = "/lianxiao.v1.HubService/Join";

/// The call whose message may be large.
const PUSH: &str = "/lianxiao.v1.SyncService/Push";

/// How long a refusal waits that was asked for too often.
const PAUSE: Duration = Duration::from_millis(100);

/// Whether a call needs no token.
pub fn is_open(path: &str) -> bool {
    path == JOIN || OPEN.iter().any(|open| path.starts_with(open))
}

#[derive(Clone)]
pub struct AuthLayer {
    hub: Arc<Hub>,
}

impl AuthLayer {
    pub fn new(hub: Arc<Hub>) -> Self {
        AuthLayer { hub }
    }
}

impl<S> Layer<S> for AuthLayer {
    type Service = Auth<S>;
    fn layer(&self, inner: S) -> Auth<S> {
        Auth {
            hub: Arc::clone(&self.hub),
            inner,
        }
    }
}

#[derive(Clone)]
pub struct Auth<S> {
    hub: Arc<Hub>,
    inner: S,
}

impl<S> Service<http::Request<Body>> for Auth<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        // The service that was polled ready is the one that is called.
        let ready = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, ready);
        let hub = Arc::clone(&self.hub);
        // Unless it turns out to hold a credential.
        let address = Peer::of(&request).address;
        let mut who = Refused::Stranger(address);
        Box::pin(async move {
            let mut open = None;
            if !is_open(request.uri().path()) {
                let token = token(&request).map(str::to_owned);
                let caller = match authenticate(&hub, token, address).await {
                    Ok(caller) => caller,
                    Err(error) => {
                        let who = error.shut_out().unwrap_or(who);
                        return Ok(refusal(who, &error).await);
                    }
                };
                who = caller.as_refused();
                match admit(&hub, &caller, request.uri().path()) {
                    Ok(share) => open = share,
                    Err(error) => return Ok(refusal(who, &error).await),
                }
                request.extensions_mut().insert(caller);
            }
            drop(hub);
            let began = Instant::now();
            let answer = inner.call(request).await?;
            drop(open);
            let elapsed_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
            tracing::debug!(elapsed_us, "the call was answered");
            Ok(known_as(who, answer))
        })
    }
}

async fn authenticate(
    hub: &Hub,
    token: Option<String>,
    address: IpAddr,
) -> Result<Caller, HubError> {
    let token = token.ok_or(HubError::Unauthenticated)?;
    hub.authenticate(&token, address).await
}

/// A refusal. Who asks too often is told so a moment later: who does not wait as told waits here, and one
/// flood of calls is not one of refusals.
async fn refusal(who: Refused, error: &HubError) -> http::Response<Body> {
    if matches!(error, HubError::TooOften { .. } | HubError::Full { .. }) {
        tokio::time::sleep(PAUSE).await;
    }
    known_as(who, status(error).into_http())
}

/// Lets a call in; a push is counted as open.
fn admit(hub: &Hub, caller: &Caller, path: &str) -> Result<Option<Share>, HubError> {
    hub.admit(caller)?;
    match path {
        PUSH => hub.admit_push(caller).map(Some),
        _ => Ok(None),
    }
}

fn token(request: &http::Request<Body>) -> Option<&str> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The caller that the layer found.
pub fn caller<T>(request: &Request<T>) -> Result<Caller, Status> {
    let caller = request.extensions().get::<Caller>().cloned();
    caller.ok_or_else(|| status(&HubError::Unauthenticated))
}
