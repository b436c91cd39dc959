-- When $who was last here before the visit that goes on at $now: visits are noted while they last, and half an hour
-- without a note ends one. One row; null: never.
SELECT max("at") AS left_at
FROM (
    SELECT "at", coalesce(lead("at") OVER (ORDER BY "at"), $now::TIMESTAMPTZ) AS next_at
    FROM looks
    WHERE who = $who AND what = 'visit' AND "at" <= $now::TIMESTAMPTZ
)
WHERE next_at - "at" >= INTERVAL 30 MINUTE
