-- A replica's tables: one file a school. Ids are text as on the wire; frames and mutations are encoded
-- messages of the contract.

-- Where the copy stands: one row.
CREATE TABLE state (
    one       BIGINT NOT NULL PRIMARY KEY,
    hub       TEXT   NOT NULL, -- empty: no hub was met yet
    grp       TEXT   NOT NULL,
    campus    TEXT   NOT NULL, -- whose copy it is, by id; empty: the office's, or no hub was met yet
    epoch     BIGINT NOT NULL,
    cursor    TEXT   NOT NULL, -- everything up to it stands in record or incoming
    read_at   BIGINT NOT NULL, -- the last position read
    whole_at  BIGINT NOT NULL, -- the position at which the copy is whole
    whole_time BIGINT NOT NULL, -- when it became so, in microseconds of this machine's clock, for people; 0: never
    sweeping  BIGINT NOT NULL, -- 1: reading again from the start; at the checkpoint the rest is dropped
    recover   BIGINT NOT NULL, -- 1: the hub may have forgotten what the journal holds
    verified_at    BIGINT NOT NULL, -- history and copy were verified up to this position
    verified_chain BLOB   NOT NULL  -- the head of the hub's chain there
);
INSERT INTO state VALUES (1, '', '', '', 0, '', 0, 0, 0, 0, 0, 0, zeroblob(32));

-- Heads of the hub's chain that its checkpoints told: few, and the older the fewer.
CREATE TABLE head (
    seq      INTEGER PRIMARY KEY,
    epoch    BIGINT NOT NULL,
    position BIGINT NOT NULL,
    chain    BLOB   NOT NULL,
    UNIQUE (epoch, position, chain) -- another chain at the same place is one more head, and a lie
);

-- The copy, whole as of the last checkpoint.
CREATE TABLE record (
    id       TEXT   NOT NULL PRIMARY KEY,
    kind     TEXT   NOT NULL,
    version  BIGINT NOT NULL,
    position BIGINT NOT NULL,
    frame    BLOB   NOT NULL -- the encoded change, byte for byte as the hub sent and hashed it
);
CREATE INDEX record_position ON record (position);

-- What was deleted since the copy was begun: its end is verified too.
CREATE TABLE gone (
    id       TEXT   NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL
);

-- What was read since, until a checkpoint says that it is whole.
CREATE TABLE incoming (
    id       TEXT   NOT NULL PRIMARY KEY,
    kind     TEXT   NOT NULL, -- empty: no longer ours to see
    version  BIGINT NOT NULL,
    position BIGINT NOT NULL,
    erased   BIGINT NOT NULL, -- up to here the hub erased personal data in its history; 0: never
    frame    BLOB             -- null: deleted, or no longer ours to see
);

-- What was typed and not yet accepted, in the order typed.
CREATE TABLE outbox (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    mutation_id TEXT   NOT NULL UNIQUE,
    record_id   TEXT   NOT NULL,
    mutation    BLOB   NOT NULL,
    follows     TEXT,            -- an action: the wish of one's own that must be answered first
    together    TEXT,            -- done with the others of the same word in one push, all or none; null: by itself
    refused     BIGINT NOT NULL,
    tries_left  BIGINT NOT NULL, -- above 0: a restore took it back; refused only when none is left
    answer      BLOB             -- the last answer, when it was a refusal
);
CREATE INDEX outbox_record ON outbox (record_id, seq);

-- What the hub accepted and no backup of it holds yet.
CREATE TABLE journal (
    seq         BIGINT NOT NULL PRIMARY KEY, -- as in the outbox
    mutation_id TEXT   NOT NULL UNIQUE,
    record_id   TEXT   NOT NULL,
    mutation    BLOB   NOT NULL,
    together    TEXT,                        -- as in the outbox
    position    BIGINT NOT NULL,
    answer      BLOB   NOT NULL
);
CREATE INDEX journal_record ON journal (record_id, seq);
CREATE INDEX journal_position ON journal (position);
