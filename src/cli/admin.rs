//! `lianxiao admin`: what the operator does, over the local socket of a running hub. Each command prints
//! the one thing a script needs of it.

use super::Outcome;
use crate::model::clock::{Clock as _, SystemClock};
use crate::model::rights::Rights;
use crate::wire::convert;
use crate::wire::v1;
use crate::wire::v1::admin_service_client::AdminServiceClient;
use clap::{Args, Subcommand, ValueEnum};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tokio::net::UnixStream;
use tonic::transport::{Channel, Endpoint};
use uuid::Uuid;

type Operator = AdminServiceClient<Channel>;
type Error = Box<dyn std::error::Error + Send + Sync>;

#[derive(Args)]
pub struct Admin {
    /// Data folder of the running hub
    #[arg(
        long,
        env = "LIANXIAO_DATA",
        default_value = "lianxiao-data",
        value_name = "FOLDER"
    )]
    data: PathBuf,
    #[command(subcommand)]
    noun: Noun,
}

#[derive(Subcommand)]
enum Noun {
    /// Groups (集团): the hub's tenants
    #[command(subcommand)]
    Group(Group),
    /// Campuses (学校) of a group
    #[command(subcommand)]
    Campus(Campus),
    /// Credentials: who may call for a campus or the office
    #[command(subcommand)]
    Credential(Credential),
    /// Write a backup of the running hub into a new file
    Backup {
        /// The file to make
        file: PathBuf,
    },
}

#[derive(Subcommand)]
enum Group {
    /// Make a group and print its id
    Create {
        /// Its name, unlike any other's
        name: String,
    },
    /// Print every group's id and name
    List,
}

#[derive(Subcommand)]
enum Campus {
    /// Make a campus and print its id
    Create(NewCampus),
}

#[derive(Args)]
struct NewCampus {
    /// The group's id
    #[arg(long)]
    group: String,
    /// The campus's full name
    #[arg(long)]
    name: String,
    /// Its part in the group
    #[arg(long)]
    role: Role,
    /// A canteen and the meals it announces, as NAME=MEAL[,MEAL…]; may be repeated
    #[arg(long = "canteen", value_parser = canteen, value_name = "NAME=MEALS")]
    canteens: Vec<v1::Canteen>,
    /// The campus id, a UUID; made when left out
    #[arg(long)]
    id: Option<Uuid>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Role {
    /// 总校
    Head,
    /// 分校
    Branch,
    /// 成员校
    Member,
}

#[derive(Subcommand)]
enum Credential {
    /// Make a credential and print its token, this once
    Create(NewCredential),
    /// Print every credential's id, place, holder, state, rights and label
    List {
        /// The group's id
        #[arg(long)]
        group: String,
    },
    /// Let credentials in again that a restore locked out, and print how many
    Confirm {
        /// The group's id
        #[arg(long)]
        group: String,
        /// Credential ids, as `list` prints them; none: all of the group
        ids: Vec<String>,
    },
}

#[derive(Args)]
struct NewCredential {
    /// The group's id
    #[arg(long)]
    group: String,
    /// The post that holds it, for example 总务处
    #[arg(long)]
    holder: String,
    #[command(flatten)]
    place: Place,
    /// A right on a kind, as KIND=RIGHT[,RIGHT] of read, draft and act (menu=draft,act); may be repeated.
    /// Without any: everything the place may do
    #[arg(long = "right", value_name = "KIND=RIGHTS")]
    rights: Vec<Rights>,
    /// What you call it, for example 总务处的笔记本电脑
    #[arg(long, default_value = "")]
    label: String,
    /// When it ends, RFC 3339 (2027-08-31T18:00:00+08:00); never when left out
    #[arg(long, value_name = "TIME")]
    expires: Option<Timestamp>,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Place {
    /// For this campus, by id
    #[arg(long, value_name = "CAMPUS")]
    campus: Option<String>,
    /// For the group office (集团办)
    #[arg(long)]
    office: bool,
    /// For a public link (公开链接): published menus and registers, to be read only
    #[arg(long)]
    public: bool,
}

impl Admin {
    pub async fn run(self) -> Outcome {
        let mut admin = connect(&self.data.join("admin.sock")).await?;
        match self.noun {
            Noun::Backup { file } => return backup(admin, &file).await,
            Noun::Credential(credential) => return credentials(admin, credential).await,
            Noun::Group(Group::Create { name }) => {
                let made = admin.create_group(v1::CreateGroupRequest { name }).await;
                println!(
                    "{}",
                    made.map_err(|refusal| refusal.message().to_owned())?
                        .into_inner()
                        .group
                        .unwrap_or_default()
                        .id
                );
            }
            Noun::Group(Group::List) => {
                let groups = admin
                    .list_groups(v1::ListGroupsRequest {})
                    .await
                    .map_err(|refusal| refusal.message().to_owned())?;
                for group in groups.into_inner().groups {
                    println!("{}\t{}", group.id, group.name);
                }
            }
            Noun::Campus(Campus::Create(campus)) => {
                let made = admin
                    .create_campus(campus.request())
                    .await
                    .map_err(|refusal| refusal.message().to_owned())?;
                println!("{}", made.into_inner().campus_id);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn credentials(mut admin: Operator, credential: Credential) -> Outcome {
    match credential {
        Credential::Create(credential) => {
            let made = admin.create_credential(credential.request()).await;
            let made = made.map_err(|refusal| refusal.message().to_owned())?;
            println!("{}", made.into_inner().token);
        }
        Credential::List { group } => {
            let request = v1::ListCredentialsRequest { group_id: group };
            let listed = admin.list_credentials(request).await;
            let listed = listed.map_err(|refusal| refusal.message().to_owned())?;
            for credential in listed.into_inner().credentials {
                println!("{}", line(&credential));
            }
        }
        Credential::Confirm { group, ids } => {
            let request = v1::ConfirmCredentialsRequest {
                group_id: group,
                credential_ids: ids,
            };
            let confirmed = admin.confirm_credentials(request).await;
            let confirmed = confirmed.map_err(|refusal| refusal.message().to_owned())?;
            println!("{}", confirmed.into_inner().confirmed_count);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn line(credential: &v1::Credential) -> String {
    let v1::Credential {
        id, holder, label, ..
    } = credential;
    let place = match credential.place() {
        v1::PlaceKind::Office => "office",
        v1::PlaceKind::Public => "public",
        _ => &credential.campus_id,
    };
    let state = state(credential);
    let rights = convert::rights(&credential.rights).unwrap_or_default();
    format!("{id}\t{place}\t{holder}\t{state}\t{rights}\t{label}")
}

/// Whether it lets its holder in, or why not.
fn state(credential: &v1::Credential) -> &'static str {
    let now = SystemClock.now();
    let end = credential.expire_time.as_ref().and_then(convert::time);
    if credential.revoke_time.is_some() {
        "revoked"
    } else if end.is_some_and(|end| end <= now) {
        "expired"
    } else if credential.locked {
        "locked"
    } else {
        "ok"
    }
}

async fn backup(mut admin: Operator, file: &Path) -> Outcome {
    let path = std::path::absolute(file)?;
    let path = path.to_str().ok_or("the path is not UTF-8")?.to_owned();
    let written = admin.create_backup(v1::CreateBackupRequest { path }).await;
    let written = written.map_err(|refusal| refusal.message().to_owned())?;
    println!("{}", written.into_inner().bytes);
    Ok(ExitCode::SUCCESS)
}

impl NewCampus {
    fn request(self) -> v1::CreateCampusRequest {
        let role = match self.role {
            Role::Head => v1::CampusRole::Head,
            Role::Branch => v1::CampusRole::Branch,
            Role::Member => v1::CampusRole::Member,
        };
        let campus = v1::Campus {
            name: self.name,
            role: role.into(),
            canteens: self.canteens,
            ..Default::default()
        };
        let id = self.id.unwrap_or_else(crate::hub::random_uuid);
        v1::CreateCampusRequest {
            group_id: self.group,
            campus_id: id.to_string(),
            campus: Some(campus),
        }
    }
}

impl NewCredential {
    fn request(self) -> v1::CreateCredentialRequest {
        let place = match (self.place.office, self.place.public) {
            (true, _) => v1::PlaceKind::Office,
            (_, true) => v1::PlaceKind::Public,
            _ => v1::PlaceKind::Campus,
        };
        v1::CreateCredentialRequest {
            group_id: self.group,
            place: place.into(),
            campus_id: self.place.campus.unwrap_or_default(),
            holder: self.holder,
            rights: self.rights.iter().flat_map(convert::kind_rights).collect(),
            label: self.label,
            expire_time: self.expires.map(convert::timestamp),
        }
    }
}

/// Reads `学生食堂=lunch,dinner`.
fn canteen(text: &str) -> Result<v1::Canteen, String> {
    let (name, meals) = text.split_once('=').ok_or("write NAME=MEAL[,MEAL…]")?;
    let meal = |word: &str| match word {
        "breakfast" => Ok(v1::Meal::Breakfast.into()),
        "morning-snack" => Ok(v1::Meal::MorningSnack.into()),
        "lunch" => Ok(v1::Meal::Lunch.into()),
        "afternoon-snack" => Ok(v1::Meal::AfternoonSnack.into()),
        "dinner" => Ok(v1::Meal::Dinner.into()),
        other => Err(format!(
            "no meal \"{other}\"; there are breakfast, morning-snack, lunch, afternoon-snack, dinner"
        )),
    };
    let meals = meals.split(',').map(meal).collect::<Result<_, _>>()?;
    Ok(v1::Canteen {
        name: name.to_owned(),
        meals,
        ..Default::default()
    })
}

/// Opens the operator's socket of a running hub.
pub async fn connect(socket: &Path) -> Result<Operator, Error> {
    let path = socket.to_owned();
    let connector = tower::service_fn(move |_| {
        let path = path.clone();
        async move { UnixStream::connect(path).await.map(TokioIo::new) }
    });
    let channel = Endpoint::from_static("http://admin.sock")
        .connect_with_connector(connector)
        .await;
    let channel = channel.map_err(|_| {
        format!(
            "no hub answers at {}; is `lianxiao serve` running on that --data?",
            socket.display()
        )
    })?;
    Ok(AdminServiceClient::new(channel))
}
