//! `lianxiao admin`: what the operator does, over the local socket of a running hub but for a move. Each prints
//! the one thing a script needs of it.

mod audit;
mod credential;
mod migrate;

use super::Outcome;
use super::database::Database;
use crate::wire::v1;
use crate::wire::v1::admin_service_client::AdminServiceClient;
use clap::{Args, Subcommand, ValueEnum};
use hyper_util::rt::TokioIo;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tokio::net::UnixStream;
use tonic::transport::{Channel, Endpoint};
use uuid::Uuid;

type Operator = AdminServiceClient<Channel>;
type Error = Box<dyn std::error::Error + Send + Sync>;

#[derive(Args)]
pub struct Admin {
    /// Data folder of the hub, which runs for all but `migrate`
    #[arg(
        long,
        global = true,
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
    Credential(credential::Credential),
    /// Print who did what with credentials and persons, and how often somebody was refused
    Audit(audit::Audit),
    /// Write a backup of the running hub into a new file; or run your own backup of its database, and note it
    Backup {
        /// The file to make
        #[arg(required_unless_present = "command", conflicts_with = "command")]
        file: Option<PathBuf>,
        /// The program that makes the backup, and what it is told; with status 0, it is kept
        #[arg(last = true, value_name = "COMMAND")]
        command: Vec<OsString>,
    },
    /// Move a stopped hub out of its data folder into an empty PostgreSQL database
    Migrate(Database),
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

impl Admin {
    pub async fn run(self) -> Outcome {
        if let Noun::Migrate(database) = &self.noun {
            return migrate::run(self.data.clone(), database).await;
        }
        let mut admin = connect(&self.data.join("admin.sock")).await?;
        match self.noun {
            Noun::Migrate(_) => {}
            Noun::Audit(audit) => return audit.run(admin).await,
            Noun::Backup { file, command } => {
                return match file {
                    Some(file) => backup(admin, &file).await,
                    None => backup_by(admin, &command).await,
                };
            }
            Noun::Credential(credential) => return credential.run(admin).await,
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

async fn backup(mut admin: Operator, file: &Path) -> Outcome {
    let path = std::path::absolute(file)?;
    let path = path.to_str().ok_or("the path is not UTF-8")?.to_owned();
    let written = admin.create_backup(v1::CreateBackupRequest { path }).await;
    let written = written.map_err(|refusal| refusal.message().to_owned())?;
    println!("{}", written.into_inner().bytes);
    Ok(ExitCode::SUCCESS)
}

/// Runs a backup that is none of the hub's, and notes what was committed before it began.
async fn backup_by(mut admin: Operator, command: &[OsString]) -> Outcome {
    let (program, words) = command.split_first().ok_or("name a command")?;
    let groups = admin.list_groups(v1::ListGroupsRequest {}).await;
    let groups = groups.map_err(|refusal| refusal.message().to_owned())?;
    let groups = groups.into_inner().groups;
    let ended = tokio::process::Command::new(program).args(words).status();
    let ended = ended.await?;
    if !ended.success() {
        return Err(format!("the backup failed ({ended}): none is noted").into());
    }
    let noted = admin.note_backup(v1::NoteBackupRequest { groups }).await;
    noted.map_err(|refusal| refusal.message().to_owned())?;
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
