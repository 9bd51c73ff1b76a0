//! Whoever is refused is counted, here and nowhere else: an answer carries who asked, and why not.

use super::status::reason;
use crate::hub::Hub;
use crate::model::audit::Refused;
use http::Response;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use tonic::Status;
use tonic::body::Body;
use tonic::transport::server::TcpConnectInfo;

/// Counts an answer that refuses its call.
pub fn count(hub: Arc<Hub>) -> impl Fn(Response<Body>) -> Response<Body> + Clone + Send + 'static {
    move |answer| {
        let extensions = answer.extensions();
        if let (Some(status), Some(who)) = (extensions.get::<Status>(), extensions.get::<Refused>())
        {
            hub.refused(*who, &reason(status));
        }
        answer
    }
}

/// An answer that knows whose call it answers.
pub fn known_as(who: Refused, mut answer: Response<Body>) -> Response<Body> {
    answer.extensions_mut().insert(who);
    answer
}

/// Where a call comes from.
pub fn address<T>(request: &http::Request<T>) -> IpAddr {
    let connection = request.extensions().get::<TcpConnectInfo>();
    let address = connection.and_then(TcpConnectInfo::remote_addr);
    address.map_or(Ipv4Addr::UNSPECIFIED.into(), |address| {
        address.ip().to_canonical()
    })
}
