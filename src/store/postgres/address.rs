//! Where a PostgreSQL database is.

use crate::store::StoreError;
use sqlx::postgres::PgConnectOptions;
use std::fmt;
use std::str::FromStr;

/// The address of a database, `postgres://user:password@host:port/name`. It tells nobody the password.
#[derive(Clone)]
pub struct PostgresAddress(PgConnectOptions);

impl PostgresAddress {
    pub(super) fn options(&self) -> PgConnectOptions {
        self.0.clone()
    }
}

impl FromStr for PostgresAddress {
    type Err = StoreError;

    fn from_str(url: &str) -> Result<Self, StoreError> {
        let scheme = url.split_once("://").map(|(scheme, _)| scheme);
        if !matches!(scheme, Some("postgres" | "postgresql")) {
            return Err(StoreError::Address);
        }
        // What sqlx says of it may hold a part of it.
        let options = url.parse().map_err(|_| StoreError::Address)?;
        Ok(PostgresAddress(options))
    }
}

impl fmt::Display for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PostgresAddress(options) = self;
        let name = options.get_database().unwrap_or(options.get_username());
        let (host, port) = (options.get_host(), options.get_port());
        write!(f, "postgres://{host}:{port}/{name}")
    }
}

impl fmt::Debug for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_does_not_tell_the_password() {
        let address: PostgresAddress = "postgres://hub:geheim@db.school:5433/lianxiao"
            .parse()
            .unwrap();
        for told in [address.to_string(), format!("{address:?}")] {
            assert_eq!(told, "postgres://db.school:5433/lianxiao");
        }
        for bad in [
            "postgres://hub:geheim@db:port/x",
            "mysql://hub:geheim@db/x",
            "geheim",
        ] {
            let error = bad.parse::<PostgresAddress>().unwrap_err();
            assert!(!format!("{error} {error:?}").contains("geheim"));
        }
    }
}
