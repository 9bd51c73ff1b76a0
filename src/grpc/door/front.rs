//! The first look at every request: whether it speaks gRPC or wants a page, and whether the address may have
//! one more call for which nobody has said yet who he is.

use super::seats::Seats;
use super::{Bounds, Pages, Peer};
use crate::grpc::auth;
use crate::grpc::refusals::known_as;
use crate::grpc::status::status;
use crate::hub::HubError;
use crate::model::audit::Refused;
use futures::future::BoxFuture;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use http_body_util::BodyExt as _;
use std::future::Future;
use std::net::IpAddr;
use std::task::{Context, Poll};
use tonic::body::Body;
use tower::{Layer, Service, ServiceExt as _};

/// What a browser is told while its address has as many requests open as it may.
const FULL: &str =
    "此刻请求过多，请稍候再试。Too many requests from here are open: try again in a moment.\n";

#[derive(Clone)]
pub struct FrontLayer {
    pages: Pages,
    tokenless: Seats,
    tokenless_of_address_max: usize,
}

impl FrontLayer {
    pub fn new(bounds: Bounds, pages: Pages) -> Self {
        let of_address_max = bounds.tokenless_calls_per_address_max;
        FrontLayer {
            pages,
            tokenless: Seats::new(bounds.tokenless_calls_max, of_address_max),
            tokenless_of_address_max: of_address_max,
        }
    }
}

impl<S> Layer<S> for FrontLayer {
    type Service = Front<S>;
    fn layer(&self, inner: S) -> Front<S> {
        Front {
            layer: self.clone(),
            inner,
        }
    }
}

#[derive(Clone)]
pub struct Front<S> {
    layer: FrontLayer,
    inner: S,
}

impl<S> Service<http::Request<Body>> for Front<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>>,
    S::Error: Send + 'static,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let peer = Peer::of(&request).clone();
        peer.asks();
        let path = request.uri().path();
        if !speaks_grpc(&request) {
            let answer = self.layer.page(request, peer.address);
            return Box::pin(async { Ok(answer.await) });
        }
        if !auth::is_open(path) {
            return Box::pin(self.inner.call(request));
        }
        let Some(seat) = self.layer.tokenless.take(peer.address) else {
            let refusal = known_as(Refused::Stranger(peer.address), self.layer.refusal());
            return Box::pin(async { Ok(refusal) });
        };
        let answer = self.inner.call(request);
        Box::pin(async {
            let answer = answer.await?;
            // The seat is taken as long as the answer flows.
            Ok(answer.map(|body| {
                Body::new(body.inspect_frame(move |_| {
                    let _ = &seat;
                }))
            }))
        })
    }
}

impl FrontLayer {
    fn refusal(&self) -> http::Response<Body> {
        let max = self.tokenless_of_address_max;
        let limit = "tokenless_calls_per_address_max";
        status(&HubError::Full { limit, max }).into_http()
    }

    /// A page. Who asks for it is found out behind the door, so until its answer is begun it counts as a call
    /// without a token.
    fn page(
        &self,
        mut request: http::Request<Body>,
        address: IpAddr,
    ) -> impl Future<Output = http::Response<Body>> + Send + 'static {
        let seat = self.tokenless.take(address);
        let pages = self.pages.clone();
        request.extensions_mut().insert(address);
        async move {
            let Some(_seat) = seat else { return full() };
            let answer = pages.oneshot(request).await;
            answer.unwrap_or_else(|never| match never {}).map(Body::new)
        }
    }
}

fn full() -> http::Response<Body> {
    let mut answer = http::Response::new(Body::new(FULL.to_owned()));
    *answer.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    answer.headers_mut().insert(CONTENT_TYPE, text);
    answer
}

fn speaks_grpc(request: &http::Request<Body>) -> bool {
    let content_type = request.headers().get(CONTENT_TYPE);
    content_type.is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"))
}
