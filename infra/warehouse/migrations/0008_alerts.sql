-- Alerts: what somebody has to act on, what was told to whom, and who tells.

-- Who may do what only one may at a time. Each taking over has a new token, so that the one before is fenced.
CREATE TABLE leases (name VARCHAR NOT NULL, holder VARCHAR NOT NULL, token BIGINT NOT NULL, until TIMESTAMPTZ NOT NULL);

CREATE TABLE alerts (
    alert VARCHAR NOT NULL, -- of a finding on an event its id; else of what it is about and which time of it
    kind VARCHAR NOT NULL, -- breach, indeterminate, nearing, due, overdue, late, silent, no_evidence, unsettled
    finding VARCHAR,
    clause VARCHAR,
    system VARCHAR,
    severity VARCHAR NOT NULL,
    type VARCHAR, -- of the event, or of the obligation's opener
    crossing VARCHAR, -- of an obligation: how near it came to its due instant
    backfill BOOLEAN NOT NULL, -- of long before it came: told in one summary a clause
    labels VARCHAR NOT NULL, -- JSON, by name: what routes match and groups are made of
    starts_at TIMESTAMPTZ NOT NULL,
    due_at TIMESTAMPTZ,
    state VARCHAR NOT NULL, -- by evidence: firing, resolved, withdrawn (it never was so), superseded (another tells more)
    cause VARCHAR, -- of the end
    raised_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    turned_at TIMESTAMPTZ NOT NULL, -- when it last began or ended: what receivers are told of
    standing VARCHAR, -- by the officer: acknowledged, waived, resolved
    until TIMESTAMPTZ, -- of the standing
    assignee VARCHAR,
    salt BLOB NOT NULL
);

-- Up to which turn each set of labels was told, to whom, in which group.
CREATE TABLE told (
    told VARCHAR NOT NULL, -- id: of receiver, way, group and labels
    receiver VARCHAR NOT NULL,
    way VARCHAR NOT NULL, -- webhook[0], email[1] …
    grouped VARCHAR NOT NULL, -- the group's key
    labels VARCHAR NOT NULL,
    upto TIMESTAMPTZ NOT NULL,
    noticed_at TIMESTAMPTZ NOT NULL,
    salt BLOB NOT NULL
);

-- The ledger of deliveries: one row a notice and way.
CREATE TABLE notices (
    notice VARCHAR NOT NULL,
    receiver VARCHAR NOT NULL,
    way VARCHAR NOT NULL,
    grouped VARCHAR NOT NULL,
    message VARCHAR NOT NULL, -- JSON: counts, labels and the first alerts
    state VARCHAR NOT NULL, -- waiting, trying, delivered, dead
    attempts INTEGER NOT NULL,
    repeated BOOLEAN NOT NULL, -- sent again after a crash: it may have arrived before
    fault VARCHAR, -- of the last attempt
    made_at TIMESTAMPTZ NOT NULL,
    tried_at TIMESTAMPTZ,
    due_at TIMESTAMPTZ, -- of the next attempt
    delivered_at TIMESTAMPTZ,
    salt BLOB NOT NULL
);

CREATE TABLE silences (
    silence VARCHAR NOT NULL,
    matchers VARCHAR NOT NULL,
    author VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    salt BLOB NOT NULL
);

-- How an alert stands at T: by evidence, else as the officer has it.
CREATE MACRO alert_standing(state, standing, until, t) AS CASE
    WHEN state <> 'firing' THEN state
    WHEN standing IS NULL OR until <= t THEN 'firing'
    ELSE standing
END;
