//! The policy: what each place may do at all, and what its credentials' rights leave of it. What an owner,
//! a host or an invited campus may do with one record is a rule of its kind (`kinds/`).
//!
//! Source: the charters of school groups (权责清单). The office is a role of its own, though the head school
//! staffs it in most groups.

use crate::model::ids::{Place, Who};
use crate::model::rights::{Right, Rights};
use crate::model::sight::Sight;

/// What a call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errand {
    /// Asks what hub this is.
    Describe,
    /// Reads records as they stand: `Pull`, `Watch`, `GetRecord`.
    Read,
    /// Reads who changed what: `ListHistory`, `ListCommits`.
    History,
    /// Pushes, and asks what became of it.
    Push,
    /// Asks for the group's figures.
    Figures,
    /// Exports or erases what is kept about a person.
    Persons,
}

/// Whether a place may send anybody on an errand.
#[must_use]
pub fn may(place: Place, errand: Errand) -> bool {
    match errand {
        Errand::Describe | Errand::Read => true,
        Errand::History | Errand::Push => place != Place::Public,
        Errand::Figures | Errand::Persons => place == Place::Office,
    }
}

/// Whether a place may write the content of a record: the owner does, nobody else.
#[must_use]
pub fn may_put(place: Place, owner: Place) -> bool {
    place == owner
}

/// A kind, as far as the policy asks about it.
#[derive(Clone, Copy, Debug)]
pub struct Topic {
    /// Its name.
    pub name: &'static str,
    /// Everybody needs it to read the rest: a register without persons.
    pub open: bool,
    /// It is shown to the public.
    pub public: bool,
}

/// What the holder of a credential may see: the records of its place and of the `circles` its campus
/// belongs to, of the kinds it has a right on.
pub fn sight(
    place: Place,
    circles: impl IntoIterator<Item = Who>,
    rights: &Rights,
    topics: impl IntoIterator<Item = Topic>,
) -> Sight {
    let mut audiences = vec![Who::Group];
    if place != Place::Public {
        audiences.push(place.into());
        audiences.extend(circles);
    }
    let seen = |topic: &Topic| match place {
        Place::Public => topic.public && rights.allow(topic.name, Right::Read),
        _ => topic.open || rights.allow(topic.name, Right::Read),
    };
    let limited = place == Place::Public || !rights.unlimited();
    Sight {
        audiences,
        topics: limited.then(|| {
            let seen = topics.into_iter().filter(seen);
            seen.map(|topic| topic.name.to_owned()).collect()
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::RecordId;
    use uuid::Uuid;

    const CAMPUS: Place = Place::Campus(RecordId(Uuid::from_u128(1)));
    const TOPICS: [Topic; 3] = [
        Topic {
            name: "menu",
            open: false,
            public: true,
        },
        Topic {
            name: "exchange",
            open: false,
            public: false,
        },
        Topic {
            name: "calendar",
            open: true,
            public: true,
        },
    ];

    #[test]
    fn each_place_has_its_errands() {
        use Errand::{Describe, Figures, History, Persons, Push, Read};
        for (errand, public, campus, office) in [
            (Describe, true, true, true),
            (Read, true, true, true),
            (History, false, true, true),
            (Push, false, true, true),
            (Figures, false, false, true),
            (Persons, false, false, true),
        ] {
            let allowed = [Place::Public, CAMPUS, Place::Office].map(|place| may(place, errand));
            assert_eq!(allowed, [public, campus, office], "{errand:?}");
        }
    }

    #[test]
    fn rights_and_place_together_make_the_sight() {
        let names = |place, rights: &str| {
            let rights = rights.parse().unwrap();
            let topics = sight(place, [Who::Core], &rights, TOPICS).topics;
            topics.map(|topics| topics.into_iter().collect::<Vec<_>>().join(" "))
        };
        assert_eq!(names(CAMPUS, ""), None);
        assert_eq!(names(Place::Office, ""), None);
        assert_eq!(
            names(CAMPUS, "menu=draft").as_deref(),
            Some("calendar menu")
        );
        assert_eq!(
            names(Place::Office, "exchange=read").as_deref(),
            Some("calendar exchange")
        );
        assert_eq!(names(Place::Public, "").as_deref(), Some("calendar menu"));
        assert_eq!(names(Place::Public, "menu=read").as_deref(), Some("menu"));
        assert_eq!(names(Place::Public, "exchange=read").as_deref(), Some(""));
    }

    #[test]
    fn the_public_stands_in_no_circle() {
        let audiences = |place| sight(place, [Who::Core], &Rights::default(), TOPICS).audiences;
        assert_eq!(audiences(Place::Public), [Who::Group]);
        assert_eq!(audiences(CAMPUS), [Who::Group, CAMPUS.into(), Who::Core]);
    }
}
