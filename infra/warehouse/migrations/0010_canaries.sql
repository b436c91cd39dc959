-- Made-up breaches that show that a clause can fire: one row a clause, and nothing else of them is ever stored.
CREATE TABLE canaries (
    clause VARCHAR NOT NULL,
    judged_at TIMESTAMPTZ NOT NULL, -- when the last was sent that came whole and was judged
    fired_at TIMESTAMPTZ -- when the last was sent that the clause found
);
