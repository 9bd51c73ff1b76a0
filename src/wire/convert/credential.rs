//! Places, rights and what else a credential says.

use super::{BadArgument, record_id};
use crate::model::ids::Place;
use crate::model::rights::{Right, Rights};
use crate::wire::v1;

/// A place as the contract names it.
#[must_use]
pub fn place_kind(place: Place) -> v1::PlaceKind {
    match place {
        Place::Office => v1::PlaceKind::Office,
        Place::Campus(_) => v1::PlaceKind::Campus,
        Place::Public => v1::PlaceKind::Public,
    }
}

/// Reads a place: a campus goes with its id, any other place with none.
///
/// # Errors
/// When it is none, or the id does not go with it.
pub fn place(kind: i32, campus_id: &str) -> Result<Place, BadArgument> {
    let place = match v1::PlaceKind::try_from(kind) {
        Ok(v1::PlaceKind::Campus) => return Ok(Place::Campus(record_id("campus_id", campus_id)?)),
        Ok(v1::PlaceKind::Office) => Place::Office,
        Ok(v1::PlaceKind::Public) => Place::Public,
        _ => {
            let why = "place must be CAMPUS, OFFICE or PUBLIC";
            return Err(BadArgument::new("place", why));
        }
    };
    if campus_id.is_empty() {
        Ok(place)
    } else {
        let why = "campus_id goes with place CAMPUS only";
        Err(BadArgument::new("campus_id", why))
    }
}

/// Rights as the contract lists them.
#[must_use]
pub fn kind_rights(rights: &Rights) -> Vec<v1::KindRights> {
    let wire = |right| match right {
        Right::Read => v1::Right::Read,
        Right::Draft => v1::Right::Draft,
        Right::Act => v1::Right::Act,
    };
    let of_kind = |(kind, rights): (&str, _)| v1::KindRights {
        kind: kind.to_owned(),
        rights: Iterator::map(rights, |right| wire(right).into()).collect(),
    };
    rights.by_kind().map(of_kind).collect()
}

/// Reads rights.
///
/// # Errors
/// When one is none, or a kind comes without any: that would be a right to nothing, or to everything.
pub fn rights(sent: &[v1::KindRights]) -> Result<Rights, BadArgument> {
    let mut rights = Rights::default();
    for (i, of_kind) in sent.iter().enumerate() {
        let field = format!("rights[{i}].rights");
        let why = || format!("{field} must name at least one of READ, DRAFT, ACT");
        if of_kind.rights.is_empty() {
            return Err(BadArgument::new(&field, why()));
        }
        for right in &of_kind.rights {
            let right = match v1::Right::try_from(*right) {
                Ok(v1::Right::Read) => Right::Read,
                Ok(v1::Right::Draft) => Right::Draft,
                Ok(v1::Right::Act) => Right::Act,
                _ => return Err(BadArgument::new(&field, why())),
            };
            rights.give(&of_kind.kind, right);
        }
    }
    Ok(rights)
}
