//! The groups that hubs under test begin with.

use super::{HEAD, LAKE, SPRING};
use crate::wishes::{Content as _, id};
use bytes::Bytes;
use lianxiao::hub::{Hub, NewCredential};
use lianxiao::model::ids::Place;
use lianxiao::model::mutation::Outcome;
use lianxiao::wire::v1;
use uuid::Uuid;

/// A campus to be made.
pub struct NewCampus {
    pub id: String,
    pub name: String,
    pub content: Bytes,
}

pub fn small_campuses() -> Vec<NewCampus> {
    let roles = [
        (HEAD, v1::CampusRole::Head),
        (SPRING, v1::CampusRole::Branch),
        (LAKE, v1::CampusRole::Branch),
    ];
    roles
        .into_iter()
        .map(|(name, role)| NewCampus {
            id: id(name),
            name: name.to_owned(),
            content: campus(name, role).encode(),
        })
        .collect()
}

/// A campus with one canteen that serves lunch.
pub fn campus(name: &str, role: v1::CampusRole) -> v1::Campus {
    let canteen = v1::Canteen {
        name: "学生食堂".to_owned(),
        meals: vec![v1::Meal::Lunch.into()],
        ..Default::default()
    };
    v1::Campus {
        name: name.to_owned(),
        role: role.into(),
        canteens: vec![canteen],
        ..Default::default()
    }
}

/// A group and the tokens of its places.
#[derive(Clone)]
pub struct Group {
    pub id: Uuid,
    pub office: String,
    pub campuses: Vec<Member>,
}

/// A campus and its token.
#[derive(Clone)]
pub struct Member {
    pub id: String,
    pub name: String,
    pub token: String,
}

impl Group {
    /// A campus of the group.
    pub fn member(&self, name: &str) -> &Member {
        let member = self.campuses.iter().find(|member| member.name == name);
        member.unwrap_or_else(|| panic!("the group has no {name}"))
    }

    pub async fn make(hub: &Hub, name: &str, campuses: Vec<NewCampus>) -> Self {
        let group = hub.create_group(name).await.expect("a new group").id;
        let mut members = Vec::new();
        for NewCampus { id, name, content } in campuses {
            let campus = id.parse().expect("a campus id");
            let made = hub.create_campus(group, campus, content).await;
            assert_eq!(made.expect("a campus").outcome, Outcome::Applied, "{name}");
            let place = Place::Campus(campus);
            let token = credential(hub, group, place, "总务处").await;
            members.push(Member { id, name, token });
        }
        Group {
            id: group,
            office: credential(hub, group, Place::Office, "集团办").await,
            campuses: members,
        }
    }
}

/// A new token.
pub async fn credential(hub: &Hub, group: Uuid, place: Place, holder: &str) -> String {
    limited(hub, group, place, holder, "").await
}

/// A new token with these rights only.
pub async fn limited(hub: &Hub, group: Uuid, place: Place, holder: &str, rights: &str) -> String {
    let new = NewCredential {
        rights: rights.parse().expect("rights"),
        ..NewCredential::new(place, holder)
    };
    let made = hub.create_credential(group, new).await;
    made.expect("a credential").1.reveal().to_owned()
}
