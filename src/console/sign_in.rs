//! Signing in, with a token or by an invitation, and out.

use super::Console;
use super::frame::Frame;
use super::trouble::{Trouble, html};
use super::visit::{Visitor, go_to, keep, path_of_ours};
use crate::hub::{HubError, random_bits};
use crate::model::invitation::Invitation;
use crate::model::secret::Token;
use askama::Template;
use axum::extract::{Extension, Form, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::collections::HashMap;
use std::net::IpAddr;

/// The fields of a form or of a query, by name.
type Fields = HashMap<String, String>;

#[derive(Template)]
#[template(path = "templates/sign_in.html")]
struct SignIn<'a> {
    frame: Frame,
    next: &'a str,
    refusal: Option<(&'a str, &'a str)>,
}

#[derive(Template)]
#[template(path = "templates/join.html")]
struct Join<'a> {
    frame: Frame,
    refusal: Option<(&'a str, &'a str)>,
}

#[derive(Template)]
#[template(path = "templates/joined.html")]
struct Joined<'a> {
    frame: Frame,
    who: String,
    token: &'a str,
}

fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map_or("", |value| value.trim())
}

fn sign_in_page(next: &str, trouble: Option<&Trouble>) -> Response {
    let page = SignIn {
        frame: Frame::outside("登录 Sign in"),
        next: path_of_ours(next),
        refusal: trouble.map(Trouble::sentences),
    };
    html(trouble.map_or(StatusCode::OK, Trouble::status), &page)
}

/// Asks for a token.
pub async fn page(Query(query): Query<Fields>) -> Response {
    sign_in_page(field(&query, "next"), None)
}

/// Takes a token.
pub async fn sign_in(
    State(console): State<Console>,
    Extension(address): Extension<IpAddr>,
    Form(form): Form<Fields>,
) -> Response {
    let next = path_of_ours(field(&form, "next"));
    match console.hub.sign_in(field(&form, "token"), address).await {
        Ok((_, token)) => keep(go_to(next), Some(&token), console.secure),
        Err(error) => {
            let trouble = Trouble::from(error);
            trouble.counted(sign_in_page(next, Some(&trouble)))
        }
    }
}

fn ask_for_invitation(trouble: Option<&Trouble>) -> Response {
    let page = Join {
        frame: Frame::outside("加入 Join"),
        refusal: trouble.map(Trouble::sentences),
    };
    html(trouble.map_or(StatusCode::OK, Trouble::status), &page)
}

/// Asks for an invitation; a script fills in the one by which the page was opened.
pub async fn join_page() -> Response {
    ask_for_invitation(None)
}

/// Takes an invitation.
pub async fn join(
    State(console): State<Console>,
    Extension(address): Extension<IpAddr>,
    Form(form): Form<Fields>,
) -> Response {
    match joined(&console, field(&form, "invitation"), address).await {
        Ok(answer) => answer,
        Err(error) => {
            let trouble = Trouble::from(error);
            trouble.counted(ask_for_invitation(Some(&trouble)))
        }
    }
}

async fn joined(console: &Console, line: &str, address: IpAddr) -> Result<Response, HubError> {
    let invitation: Invitation = line.parse().map_err(|_| HubError::InvitationUnknown)?;
    let token = Token::from_random(random_bits());
    let code = invitation.code.reveal();
    console.hub.join(code, token.reveal(), address).await?;
    let (caller, session) = console.hub.sign_in(token.reveal(), address).await?;
    let page = Joined {
        frame: Frame::outside("已加入 Joined"),
        who: format!("{} · {}", caller.group.name, caller.holder),
        token: token.reveal(),
    };
    Ok(keep(
        html(StatusCode::OK, &page),
        Some(&session),
        console.secure,
    ))
}

/// Signs out.
pub async fn sign_out(
    State(console): State<Console>,
    Visitor(caller): Visitor,
) -> Result<Response, Trouble> {
    console.hub.sign_out(&caller).await?;
    Ok(keep(go_to("/sign-in"), None, console.secure))
}
