-- Alerts that an officer acted upon by an event recorded at $since or later, and those whose standing lapsed by $now.
SELECT DISTINCT json_extract_string(data, '$.alert') AS alert
FROM events
WHERE recorded_at >= $since::TIMESTAMPTZ AND starts_with(type, 'alert.') AND NOT held
    AND json_extract_string(data, '$.alert') IS NOT NULL
UNION
SELECT alert FROM alerts WHERE standing IS NOT NULL AND until <= $now::TIMESTAMPTZ
