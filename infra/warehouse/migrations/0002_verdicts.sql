-- What was judged: verdicts on events and obligations, with the time each was believed [from, to).
CREATE TABLE verdicts (
    finding VARCHAR NOT NULL,
    clause VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    severity VARCHAR,
    system VARCHAR,
    type VARCHAR,
    subject VARCHAR,
    time TIMESTAMPTZ NOT NULL,
    policy_version VARCHAR,
    evidence VARCHAR,
    missing VARCHAR,
    believed_from TIMESTAMPTZ NOT NULL,
    believed_to TIMESTAMPTZ
);

CREATE TABLE obligations (
    finding VARCHAR NOT NULL,
    clause VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    severity VARCHAR,
    system VARCHAR,
    type VARCHAR,
    subject VARCHAR,
    entity VARCHAR NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    policy_version VARCHAR,
    clocks STRUCT(clock VARCHAR, since TIMESTAMPTZ, due_at TIMESTAMPTZ)[],
    met_at TIMESTAMPTZ,
    cancelled_at TIMESTAMPTZ,
    suspensions STRUCT(since TIMESTAMPTZ, until TIMESTAMPTZ)[],
    undecided VARCHAR,
    outcome VARCHAR,
    evidence VARCHAR,
    believed_from TIMESTAMPTZ NOT NULL,
    believed_to TIMESTAMPTZ,
    entity_key UBIGINT NOT NULL -- lower half of the entity's MD5, as in `events`
);
