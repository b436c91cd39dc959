-- One row of how alerts are handled, at $now: median seconds to take and to resolve of those raised in the last 30 days,
-- deliveries that fail or were given up in the last week, and silences and waivers that end within a day.
WITH recent AS (
    SELECT *, alert_standing(state, standing, until, $now::TIMESTAMPTZ) AS stands
    FROM alerts WHERE raised_at >= $now::TIMESTAMPTZ - INTERVAL 30 DAY
),
taken AS (
    SELECT json_extract_string(data, '$.alert') AS alert, min(time) AS taken_at
    FROM events
    WHERE time >= $now::TIMESTAMPTZ - INTERVAL 30 DAY AND type IN ('alert.acknowledged', 'alert.assigned')
    GROUP BY ALL
)
SELECT
    (SELECT median(seconds_between(raised_at, taken_at)) FROM recent JOIN taken USING (alert) WHERE taken_at >= raised_at) AS take_s,
    (SELECT median(seconds_between(raised_at, coalesce(ended_at, turned_at))) FROM recent WHERE stands = 'resolved') AS resolve_s,
    (SELECT count(*) FROM notices WHERE state = 'dead' AND made_at >= $now::TIMESTAMPTZ - INTERVAL 7 DAY) AS dead,
    (SELECT count(*) FROM notices WHERE state IN ('waiting', 'trying') AND fault IS NOT NULL) AS failing,
    (SELECT string_agg(DISTINCT receiver, ', ' ORDER BY receiver) FROM notices
        WHERE (state = 'dead' AND made_at >= $now::TIMESTAMPTZ - INTERVAL 7 DAY)
            OR (state IN ('waiting', 'trying') AND fault IS NOT NULL)) AS receivers,
    (SELECT count(*) FROM silences WHERE starts_at <= $now::TIMESTAMPTZ AND ends_at > $now::TIMESTAMPTZ) AS silences,
    (SELECT count(*) FROM silences
        WHERE ends_at BETWEEN $now::TIMESTAMPTZ AND $now::TIMESTAMPTZ + INTERVAL 1 DAY) AS silences_end,
    (SELECT count(*) FROM alerts WHERE standing = 'waived'
        AND until BETWEEN $now::TIMESTAMPTZ AND $now::TIMESTAMPTZ + INTERVAL 1 DAY) AS waivers_end
