-- What arrived: events, the facts they state, and what could not be read.
-- No key and no index: on 10 million rows a primary key made an insert of 5,000 rows 200 times slower.
-- Identity is kept by `duplicates.py`. A hash says nothing without its row's salt: a row that is erased by right takes
-- its salt along, and the chain of `batches` stays whole.
CREATE TABLE events (
    source VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    system VARCHAR,
    type VARCHAR NOT NULL,
    subject VARCHAR,
    entity VARCHAR,
    time TIMESTAMPTZ NOT NULL,
    data VARCHAR,
    digest VARCHAR NOT NULL,
    agreement VARCHAR,
    recipient VARCHAR,
    passed VARCHAR NOT NULL,
    policy_version VARCHAR,
    held BOOLEAN NOT NULL,
    topic VARCHAR,
    "partition" INTEGER NOT NULL,
    "offset" BIGINT,
    batch BIGINT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    salt BLOB NOT NULL,
    subject_key UBIGINT -- lower half of the subject's MD5: a scan over it costs a sixth of one over the text
);

CREATE TABLE facts (
    entity VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    about VARCHAR,
    link VARCHAR,
    word VARCHAR,
    flag BOOLEAN,
    "at" TIMESTAMPTZ,
    jurisdiction VARCHAR,
    time TIMESTAMPTZ NOT NULL,
    source VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    revises BOOLEAN NOT NULL,
    batch BIGINT NOT NULL,
    salt BLOB NOT NULL
);

CREATE TABLE quarantine (
    reason VARCHAR NOT NULL,
    detail VARCHAR,
    digest VARCHAR,
    system VARCHAR,
    topic VARCHAR,
    "partition" INTEGER,
    "offset" BIGINT,
    batch BIGINT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    salt BLOB NOT NULL
);

-- One row a transaction. `leaf` = SHA-256(salt, the row, leaves), `chain` = SHA-256(chain before, leaf); see `chain.py`.
CREATE TABLE batches (
    batch BIGINT NOT NULL,
    kind VARCHAR NOT NULL, -- apply, revise, reconcile ...
    "partition" INTEGER NOT NULL,
    epoch BIGINT NOT NULL,
    reads VARCHAR NOT NULL, -- JSON: topic, partition, epoch, first, next
    revises VARCHAR NOT NULL, -- JSON: the rejudge rows that it worked off
    stored INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    quarantined INTEGER NOT NULL,
    dropped_fields INTEGER NOT NULL,
    revised INTEGER NOT NULL,
    -- JSON: [table, added (else taken out, or replaced by what was added), how many]; their leaves, 32 bytes each,
    -- follow each other in `leaves`.
    changes VARCHAR NOT NULL,
    leaves BLOB NOT NULL,
    salt BLOB NOT NULL,
    leaf BLOB NOT NULL,
    chain BLOB NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL
);
