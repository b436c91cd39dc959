-- What concerns all partitions (agreements, policy), and what has to be judged again because of a change.
CREATE TABLE registers (
    number BIGINT NOT NULL,
    source VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    type VARCHAR NOT NULL,
    time TIMESTAMPTZ NOT NULL,
    data VARCHAR,
    entity VARCHAR,
    "partition" INTEGER NOT NULL, -- whose owner works out the entity's obligations
    salt BLOB NOT NULL
);

CREATE TABLE rejudge (
    rejudge BIGINT NOT NULL,
    "partition" INTEGER NOT NULL,
    cause VARCHAR NOT NULL,
    entity VARCHAR,
    since TIMESTAMPTZ NOT NULL,
    not_before TIMESTAMPTZ,
    opened_at TIMESTAMPTZ NOT NULL,
    done_time TIMESTAMPTZ, -- the last event of the pieces worked off so far
    done_source VARCHAR,
    done_id VARCHAR,
    closed_at TIMESTAMPTZ
);
