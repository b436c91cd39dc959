-- Sums for the pages: rows are added per transaction and merged now and then, so readers always sum `n`.
CREATE TABLE counts (
    clause VARCHAR NOT NULL,
    system VARCHAR,
    hour TIMESTAMPTZ NOT NULL,
    policy_version VARCHAR,
    outcome VARCHAR NOT NULL,
    n BIGINT NOT NULL
);

CREATE TABLE minutes (
    system VARCHAR,
    minute TIMESTAMPTZ NOT NULL,
    n BIGINT NOT NULL
);

CREATE TABLE sources (
    source VARCHAR NOT NULL,
    system VARCHAR,
    last_time TIMESTAMPTZ NOT NULL,
    last_recorded_at TIMESTAMPTZ NOT NULL,
    n BIGINT NOT NULL
);
