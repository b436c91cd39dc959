-- What arrived: events, the facts they state, and what could not be read.
-- No key and no index: on 10 million rows a primary key made an insert of 5,000 rows 200 times slower.
-- Identity is kept by `duplicates.py`. A subject can be removed: `batches` chains salted digests, not rows.
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
    batch BIGINT NOT NULL
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
    recorded_at TIMESTAMPTZ NOT NULL
);

-- One row a transaction. `leaf` = SHA-256(salt, digests of its events), `chain` = SHA-256(chain before, leaf):
-- who removes or changes stored events by hand breaks it; who removes a subject by right keeps the leaf.
CREATE TABLE batches (
    batch BIGINT NOT NULL,
    "partition" INTEGER NOT NULL,
    epoch BIGINT NOT NULL,
    reads VARCHAR NOT NULL, -- JSON: topic, partition, epoch, first, next
    stored INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    quarantined INTEGER NOT NULL,
    dropped_fields INTEGER NOT NULL,
    revised INTEGER NOT NULL,
    salt BLOB NOT NULL,
    leaf BLOB NOT NULL,
    chain BLOB NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL
);
