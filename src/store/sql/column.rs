//! How values stand in columns: BIGINT, TEXT and BLOB only, times in microseconds.

use crate::model::ids::{Place, RecordId, Who};
use crate::store::{Result, StoreError};
use jiff::Timestamp;
use uuid::Uuid;

/// `superseded_at` of a version without a successor.
pub const NEWEST: i64 = i64::MAX;

/// What a token is good for, as it is stored.
pub mod purpose {
    use crate::model::secret::Purpose;
    use crate::store::{Result, StoreError};

    const STORED: [Purpose; 3] = [Purpose::Calls, Purpose::Pages, Purpose::Calendar];

    pub fn number(of: Purpose) -> i64 {
        (0..)
            .zip(STORED)
            .find_map(|(number, stored)| (stored == of).then_some(number))
            .expect("each has a number")
    }

    pub fn read(number: i64) -> Result<Purpose> {
        let stored = usize::try_from(number)
            .ok()
            .and_then(|number| STORED.get(number));
        stored
            .copied()
            .ok_or(StoreError::Damaged("what a token is good for"))
    }
}

pub fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

pub fn time(micros: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|_| StoreError::Damaged("a time"))
}

pub fn uuid(bytes: &[u8]) -> Result<Uuid> {
    Uuid::from_slice(bytes).map_err(|_| StoreError::Damaged("an id"))
}

pub fn id(bytes: &[u8]) -> Result<RecordId> {
    uuid(bytes).map(RecordId)
}

pub fn id_bytes(id: RecordId) -> Vec<u8> {
    id.0.as_bytes().to_vec()
}

/// No campus has so short an id.
const PUBLIC: &[u8] = &[0];

pub fn place_bytes(place: Place) -> Vec<u8> {
    match place {
        Place::Office => Vec::new(),
        Place::Campus(id) => id_bytes(id),
        Place::Public => PUBLIC.to_vec(),
    }
}

pub fn place(bytes: &[u8]) -> Result<Place> {
    match bytes {
        [] => Ok(Place::Office),
        PUBLIC => Ok(Place::Public),
        bytes => id(bytes).map(Place::Campus),
    }
}

pub fn hash<const N: usize>(bytes: &[u8]) -> Result<[u8; N]> {
    bytes.try_into().map_err(|_| StoreError::Damaged("a hash"))
}

pub fn who_text(who: Who) -> String {
    match who {
        Who::Group => "*".to_owned(),
        Who::Core => "core".to_owned(),
        Who::Office => "office".to_owned(),
        Who::Campus(id) => id.to_string(),
    }
}

pub fn who(text: &str) -> Result<Who> {
    match text {
        "*" => Ok(Who::Group),
        "core" => Ok(Who::Core),
        "office" => Ok(Who::Office),
        id => id
            .parse()
            .map(Who::Campus)
            .map_err(|_| StoreError::Damaged("an audience")),
    }
}
