//! The operator of a hub, at the socket in its data folder.

use crate::harness::{TestHub, within};
use hyper_util::rt::TokioIo;
use lianxiao::grpc::{self, Doorplate};
use lianxiao::wire::v1;
use std::sync::Arc;
use tokio::net::UnixStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::Status;
use tonic::transport::{Channel, Endpoint};
use v1::admin_service_client::AdminServiceClient;

/// Where the invitations of a test lead.
pub const ADDRESS: &str = "127.0.0.1:50051";

/// What the operator does, by RPC.
pub struct Operator {
    pub admin: AdminServiceClient<Channel>,
    pub group_id: String,
    shutdown: oneshot::Sender<()>,
    served: JoinHandle<Result<(), tonic::transport::Error>>,
}

impl Operator {
    /// The operator of a hub that listens at [`ADDRESS`], busy with its first group.
    pub fn of(hub: &TestHub) -> Self {
        let address = ADDRESS.parse().expect("an address");
        let identity = None;
        Self::at(hub, Doorplate { address, identity })
    }

    /// The same of a hub that is entered elsewhere.
    pub fn at(hub: &TestHub, plate: Doorplate) -> Self {
        let socket = hub.data().join("admin.sock");
        let listener = grpc::bind_private(&socket).expect("a socket");
        let (shutdown, shut) = oneshot::channel();
        let shut = async {
            let _ = shut.await;
        };
        let served = grpc::serve_admin(Arc::clone(hub.hub()), plate, listener, shut);
        let connector = tower::service_fn(move |_| {
            let socket = socket.clone();
            async move { UnixStream::connect(socket).await.map(TokioIo::new) }
        });
        let served = tokio::spawn(served);
        let channel = Endpoint::from_static("http://admin").connect_with_connector_lazy(connector);
        Operator {
            admin: AdminServiceClient::new(channel),
            group_id: hub.group.id.to_string(),
            shutdown,
            served,
        }
    }

    /// Hangs up, so that the hub can go down.
    pub async fn leave(self) {
        drop((self.admin, self.shutdown));
        let served = within("the operator's door closes", self.served).await;
        served.expect("no panic").expect("it ended well");
    }

    /// A new credential; its id and its token.
    pub async fn hire(&self, new: v1::NewCredential) -> (String, String) {
        let request = v1::CreateCredentialRequest {
            group_id: self.group_id.clone(),
            credential: Some(new),
        };
        let mut admin = self.admin.clone();
        let made = within("a credential is made", admin.create_credential(request)).await;
        let made = made.expect("a credential").into_inner();
        (made.credential_id, made.token)
    }

    pub async fn revoke(&self, credential_id: &str) -> Result<(), Status> {
        let request = v1::RevokeCredentialRequest {
            group_id: self.group_id.clone(),
            credential_id: credential_id.to_owned(),
        };
        let mut admin = self.admin.clone();
        let revoked = within("a credential is revoked", admin.revoke_credential(request)).await;
        revoked.map(|_| ())
    }

    /// The next token, beside which the others last so many milliseconds.
    pub async fn rotate(&self, credential_id: &str, overlap_ms: i64) -> Result<String, Status> {
        let request = v1::RotateCredentialRequest {
            group_id: self.group_id.clone(),
            credential_id: credential_id.to_owned(),
            overlap: Some(milliseconds(overlap_ms)),
        };
        let mut admin = self.admin.clone();
        let made = within("a token is made", admin.rotate_credential(request)).await;
        made.map(|made| made.into_inner().token)
    }

    pub async fn invite(
        &self,
        request: v1::CreateInvitationRequest,
    ) -> Result<v1::CreateInvitationResponse, Status> {
        let mut admin = self.admin.clone();
        let made = within("an invitation is made", admin.create_invitation(request)).await;
        made.map(tonic::Response::into_inner)
    }
}

pub fn milliseconds(ms: i64) -> prost_types::Duration {
    let nanos = i32::try_from(ms % 1_000 * 1_000_000).expect("less than a second");
    prost_types::Duration {
        seconds: ms / 1_000,
        nanos,
    }
}

/// A credential of a campus that may do everything its place may.
pub fn new_credential(campus_id: &str, holder: &str) -> v1::NewCredential {
    v1::NewCredential {
        place: v1::PlaceKind::Campus.into(),
        campus_id: campus_id.to_owned(),
        holder: holder.to_owned(),
        ..Default::default()
    }
}
