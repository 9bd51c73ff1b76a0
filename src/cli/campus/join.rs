//! `lianxiao campus join`: an invitation is traded for a credential.

use crate::cli::Error;
use crate::client::Joining;
use crate::hub::{make_private_folder, random_bits};
use crate::model::invitation::Invitation;
use crate::wire::convert;
use crate::wire::v1;
use clap::Args;
use std::io;
use std::path::Path;

#[derive(Args)]
pub struct Join {
    /// The invitation, a file that holds it, or - for standard input
    #[arg(value_name = "LINE|FILE|-")]
    invitation: String,
    /// Replace a credential of somebody else, or of another hub, that stands in the file
    #[arg(long)]
    force: bool,
    /// Send the token to another machine in plain text, where the invitation says so
    #[arg(long)]
    plaintext: bool,
}

impl Join {
    pub async fn run(self, file: &Path) -> Result<(), Error> {
        let invitation = self.invitation()?;
        if let Some(folder) = file.parent() {
            make_private_folder(folder)?;
        }
        let joining = Joining {
            invitation: &invitation,
            file,
            replace: self.force,
            plaintext: self.plaintext,
        };
        let joined = joining.join(random_bits()).await?;
        let (zh, en) = told(&joined);
        println!("{zh}\n{en}");
        let file = file.display();
        println!("凭证已存入 {file}，只有本机此用户可读");
        println!("the credential is kept in {file}, which only this user can read");
        Ok(())
    }

    fn invitation(&self) -> Result<Invitation, Error> {
        let text = match self.invitation.as_str() {
            "-" => io::read_to_string(io::stdin())?,
            line if line.contains("://") => line.to_owned(),
            file => std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?,
        };
        Ok(text.parse()?)
    }
}

/// What was joined, in Chinese and English.
fn told(joined: &v1::DescribeResponse) -> (String, String) {
    let group = joined.group.clone().unwrap_or_default().name;
    let caller = joined.caller.clone().unwrap_or_default();
    let (place_zh, place_en) = match caller.place() {
        v1::PlaceKind::Office => ("集团办", "the group office"),
        v1::PlaceKind::Public => ("公开链接", "a public link"),
        _ => (caller.campus_name.as_str(), caller.campus_name.as_str()),
    };
    let (holder, hub) = (&caller.holder, &joined.hub_id);
    let rights = convert::rights(&caller.rights).unwrap_or_default();
    let (rights_zh, rights_en) = match rights.unlimited() {
        true => ("全部".to_owned(), "all".to_owned()),
        false => (rights.to_string(), rights.to_string()),
    };
    (
        format!("已加入{group}：{place_zh}，{holder}；权限：{rights_zh}；中心 {hub}"),
        format!("joined {group}: {place_en}, {holder}; rights: {rights_en}; hub {hub}"),
    )
}
