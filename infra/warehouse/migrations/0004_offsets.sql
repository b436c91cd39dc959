-- Who may write (epochs), how far each partition was read, of which log, and which holes were accepted.
CREATE TABLE claims ("partition" INTEGER NOT NULL, epoch BIGINT NOT NULL, worker VARCHAR, claimed_at TIMESTAMPTZ NOT NULL);

CREATE TABLE offsets (
    topic VARCHAR NOT NULL,
    "partition" INTEGER NOT NULL,
    next BIGINT NOT NULL,
    read_to TIMESTAMPTZ, -- the latest event time read
    recorded_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE logs (
    generation BIGINT NOT NULL,
    cluster VARCHAR NOT NULL,
    topic VARCHAR NOT NULL,
    topic_id VARCHAR NOT NULL,
    since TIMESTAMPTZ NOT NULL
);

CREATE TABLE gaps (
    topic VARCHAR NOT NULL,
    "partition" INTEGER NOT NULL,
    expected BIGINT NOT NULL,
    got BIGINT NOT NULL,
    refused_at TIMESTAMPTZ NOT NULL,
    reason VARCHAR,
    accepted_at TIMESTAMPTZ
);

-- Up to which transaction one identity under two times was looked for.
CREATE TABLE reconciled (batch BIGINT NOT NULL, recorded_at TIMESTAMPTZ NOT NULL);
