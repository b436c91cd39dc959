-- The access log: who looked at a subject, exported or erased one, and for which purpose. Kept for a year.
CREATE TABLE looks (
    "at" TIMESTAMPTZ NOT NULL,
    who VARCHAR NOT NULL,
    what VARCHAR NOT NULL, -- export, erase, retention
    subject VARCHAR,
    purpose VARCHAR NOT NULL
);
