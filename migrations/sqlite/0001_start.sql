-- The hub's tables. Types are BIGINT, TEXT and BLOB only, so that every engine holds the same values.
-- Times are microseconds since 1970-01-01 UTC; days are text, YYYY-MM-DD; ids are the 16 bytes of a UUID.
-- A place is the id of a campus, the empty blob for the office, or a zero byte for a public link.

-- Says whose file it is ("LxHb"): another program's is never migrated.
PRAGMA application_id = 1282951266;

-- The hub itself: one row.
CREATE TABLE hub (
    id BLOB NOT NULL PRIMARY KEY
);

-- The groups (tenants). Every other primary key begins with grp, so that a sharded database can keep a
-- group together.
CREATE TABLE grp (
    grp        BIGINT NOT NULL PRIMARY KEY,
    id         BLOB   NOT NULL UNIQUE,
    name       TEXT   NOT NULL UNIQUE,
    epoch      BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed    BIGINT NOT NULL DEFAULT 0 -- how often what no position tells of was: credentials, what was erased, a backup
);

-- Who may call.
CREATE TABLE credential (
    grp        BIGINT NOT NULL REFERENCES grp,
    id         BLOB   NOT NULL,
    place      BLOB   NOT NULL,
    holder     TEXT   NOT NULL,
    label      TEXT   NOT NULL,
    rights     TEXT   NOT NULL, -- 'menu=draft,act session=read'; empty: all that the place may do
    created_at BIGINT NOT NULL,
    expires_at BIGINT,          -- null: never
    revoked_at BIGINT,
    heard_at   BIGINT,
    reported_at BIGINT,         -- when its replica last said how it stands; null: never
    behind     BIGINT,          -- how many positions it lacked then
    unsent     BIGINT,
    refused    BIGINT,
    conflicts  BIGINT,
    locked     BIGINT NOT NULL, -- 1: refused since a restore, until the operator confirms it
    PRIMARY KEY (grp, id)
);

-- The secrets of credentials, by their hashes: a token is looked up before its group is known. A credential
-- has more than one while its token is being exchanged for the next, and one for every browser that signed in.
CREATE TABLE token (
    hash       BLOB   NOT NULL PRIMARY KEY,
    grp        BIGINT NOT NULL,
    credential BLOB   NOT NULL,
    expires_at BIGINT,          -- null: with the credential
    purpose    BIGINT NOT NULL, -- what it lets in for. 0: calls; 1: the pages, in one browser; 2: the calendar
    FOREIGN KEY (grp, credential) REFERENCES credential (grp, id)
);
CREATE INDEX token_credential ON token (grp, credential);

-- Codes that are traded for a token, once, by their hashes.
CREATE TABLE invitation (
    hash       BLOB   NOT NULL PRIMARY KEY,
    grp        BIGINT NOT NULL,
    credential BLOB   NOT NULL,
    expires_at BIGINT NOT NULL,
    overlap    BIGINT NOT NULL, -- how long the credential's other tokens last after the trade, in microseconds
    token      BLOB,            -- the hash of the token it was traded for; null: none yet
    FOREIGN KEY (grp, credential) REFERENCES credential (grp, id)
);
CREATE INDEX invitation_credential ON invitation (grp, credential);

-- Positions written together, and the chain over the group's history up to them.
CREATE TABLE "commit" (
    grp           BIGINT NOT NULL REFERENCES grp,
    last_position BIGINT NOT NULL,
    at            BIGINT NOT NULL,
    chain         BLOB   NOT NULL,
    PRIMARY KEY (grp, last_position)
);
CREATE UNIQUE INDEX commit_at ON "commit" (grp, at);

-- The restores that this history went through: above the position, what the epoch's predecessor held was
-- taken back.
CREATE TABLE restore (
    grp      BIGINT NOT NULL REFERENCES grp,
    epoch    BIGINT NOT NULL, -- the one that began with it
    position BIGINT NOT NULL,
    PRIMARY KEY (grp, epoch)
);

-- Every version of every record: the feed, the history and the memory of answered mutations are this
-- one table.
CREATE TABLE version (
    grp           BIGINT NOT NULL REFERENCES grp,
    position      BIGINT NOT NULL,
    kind          TEXT   NOT NULL,
    topic         TEXT   NOT NULL, -- the kind by which it may be read: a conflict's is its record's
    id            BLOB   NOT NULL,
    version       BIGINT NOT NULL,
    campus        BLOB   NOT NULL, -- the owner's place
    place         BLOB   NOT NULL, -- the place that pushed
    actor         TEXT   NOT NULL,
    reason        TEXT   NOT NULL,
    mutation_id   BLOB,            -- null: the hub wrote it beside a mutation
    mutation_hash BLOB,            -- null beside an id: erased, it would confirm a guess
    answer        BLOB,            -- the first answer to the mutation
    leaf          BLOB   NOT NULL,
    salt          BLOB   NOT NULL, -- empty: erased
    erased        BIGINT NOT NULL, -- where its record was last erased, up to here; 0: never
    superseded_at BIGINT NOT NULL, -- the position of the next version; the largest BIGINT: none yet
    starts_on     TEXT   NOT NULL,
    ends_on       TEXT   NOT NULL,
    frame         BLOB,            -- the version as it goes over the wire; null: a tombstone
    pushed        BLOB,            -- the content as pushed, where a merge made another of it
    PRIMARY KEY (grp, position)
);
CREATE UNIQUE INDEX version_record ON version (grp, id, version);
CREATE UNIQUE INDEX version_mutation ON version (grp, place, mutation_id);
CREATE INDEX version_place ON version (grp, place, position);
CREATE INDEX version_span ON version (grp, kind, ends_on, starts_on);
-- What has no end is looked for among the live, however many versions it had.
CREATE INDEX version_open ON version (grp, kind, ends_on, superseded_at)
    WHERE ends_on = '9999-12-31' AND frame IS NOT NULL;

-- The newest version of every record.
CREATE TABLE record (
    grp      BIGINT NOT NULL REFERENCES grp,
    id       BLOB   NOT NULL,
    version  BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (grp, id)
);

-- Who sees what: one row a record and audience, moved to the position of the newest version. Whoever
-- drops out keeps a row marked gone.
CREATE TABLE audience (
    grp      BIGINT NOT NULL REFERENCES grp,
    who      TEXT   NOT NULL, -- '*' the group, 'core' the head school and its branches, 'office', or a campus id
    id       BLOB   NOT NULL,
    position BIGINT NOT NULL,
    gone     BIGINT NOT NULL,
    PRIMARY KEY (grp, id, who)
);
CREATE INDEX audience_feed ON audience (grp, who, position, gone);

-- What the last backup of the hub holds, a row a group.
CREATE TABLE backup (
    grp      BIGINT NOT NULL PRIMARY KEY REFERENCES grp,
    position BIGINT NOT NULL,
    at       BIGINT NOT NULL
);

-- Values that only one live record of a kind may hold.
CREATE TABLE key (
    grp   BIGINT NOT NULL REFERENCES grp,
    kind  TEXT   NOT NULL,
    value TEXT   NOT NULL,
    id    BLOB   NOT NULL,
    PRIMARY KEY (grp, kind, value)
);

-- What the office erased, by id: a person, a record that named one, or the holder of a credential. A restore
-- does again what it would undo.
CREATE TABLE erasure (
    grp    BIGINT NOT NULL REFERENCES grp,
    id     BLOB   NOT NULL,
    what   BIGINT NOT NULL, -- 0: everybody in a record; 1: a person; 2: the holder of a credential
    at     BIGINT NOT NULL,
    looked BIGINT NOT NULL, -- the position up to which it was carried out
    due    BIGINT NOT NULL, -- 1: under way; 2: taken back by a restore; 0: done
    "by"   BLOB   NOT NULL, -- the credential that asked for it
    PRIMARY KEY (grp, id)
);

-- How far the records of a kind were looked through for those that are kept too long.
CREATE TABLE retention (
    grp      BIGINT NOT NULL REFERENCES grp,
    kind     TEXT   NOT NULL,
    ends_on  TEXT   NOT NULL, -- of all that ended by this day
    position BIGINT NOT NULL, -- as they stood at this position
    PRIMARY KEY (grp, kind)
);

-- What was done that leaves no version: with credentials, and by the office with what tells of persons. Ids
-- only: whoever a credential's holder or a record's person was stands in one place.
CREATE TABLE audit (
    grp            BIGINT NOT NULL REFERENCES grp,
    seq            BIGINT NOT NULL, -- 1, 2, 3 … without a gap
    at             BIGINT NOT NULL,
    deed           TEXT   NOT NULL, -- 'created', 'read' …
    credential     BLOB,            -- who did it; null: the operator, or the hub by itself
    subject        BLOB,            -- the credential, record or person it was done to
    kinds          TEXT   NOT NULL, -- of the records it was done to: 'exchange person'
    count          BIGINT NOT NULL, -- how many it was done to
    first_position BIGINT,          -- the part of the feed it is about
    last_position  BIGINT,
    PRIMARY KEY (grp, seq),
    FOREIGN KEY (grp, credential) REFERENCES credential (grp, id)
);
CREATE INDEX audit_at ON audit (grp, at, seq);

-- How often somebody was refused in a minute.
CREATE TABLE refusal (
    grp    BIGINT NOT NULL, -- 0: of callers whom nobody knows
    minute BIGINT NOT NULL, -- when it began
    who    TEXT   NOT NULL, -- a credential's id, an address, or '*': those beyond the number kept apart
    reason TEXT   NOT NULL, -- of a refused call, or the code of a refused item
    count  BIGINT NOT NULL,
    PRIMARY KEY (grp, minute, who, reason)
);
