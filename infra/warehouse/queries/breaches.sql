-- Findings at $now by the filters of the page Breaches: a page of them after a key, each row with the sums of all that
-- match. Optional: $known (as believed then), $clause, $clauses (words by spaces), $system, $severity (words by
-- spaces), $jurisdiction (NL, ZA, other: any but these, or none), $hours (the last), $since and $until (of
-- `happened_at`), $q (the beginning of an id, a whole pseudonym), $sort (newest, oldest, severity, clause, system),
-- $state (stands by default: every breach that is not resolved; overdue, late; resolved; all: every breach; unclear;
-- revised: judged otherwise before), $sharing (any word: of promises on sharing and transfers, about a disclosure; then
-- also $country, $recipient, $ground of the disclosure, `-`: none), $news (what became so later), $after_first,
-- $after_second, $after_finding (`first`, `second`, `finding` of the last row of the page before), $rows.
WITH every AS NOT MATERIALIZED (
    SELECT finding, clause, source, id, '' AS key, outcome, severity, system, type, subject, time, policy_version,
        evidence, missing, CAST(NULL AS VARCHAR) AS state, CAST(NULL AS TIMESTAMPTZ) AS due_at, time AS happened_at,
        believed_from AS became_at
    FROM verdicts
    WHERE believed_at(believed_from, believed_to, $known::TIMESTAMPTZ) AND time <= $now::TIMESTAMPTZ
    UNION ALL
    SELECT finding, clause, source, id, key, outcome, severity, system, type, subject, opened_at, policy_version,
        evidence, undecided, state, due_at,
        CASE WHEN outcome <> 'breach' THEN opened_at WHEN state = 'met' THEN met_at ELSE coalesce(due_at, opened_at) END,
        greatest(believed_from, coalesce(due_at, opened_at))
    FROM obligations_as_of($now::TIMESTAMPTZ, known := $known)
    WHERE outcome IN ('breach', 'indeterminate')
),
disclosed AS (
    SELECT time, source, id FROM events
    WHERE $sharing IS NOT NULL AND type = 'data.disclosed' AND NOT held AND time <= $now::TIMESTAMPTZ
        AND ($hours IS NULL OR time >= $now::TIMESTAMPTZ - to_hours($hours::INTEGER))
        AND ($country IS NULL OR coalesce(data ->> '$.recipient_country', '-') = $country)
        AND ($recipient IS NULL OR coalesce(recipient, '-') = $recipient)
        AND ($ground IS NULL OR coalesce(data ->> '$.ground', '-') = $ground)
),
found AS MATERIALIZED ( -- narrow: there may be millions, of which one page is shown
    SELECT finding, severity, happened_at,
        finding IN (FROM findings_resolved($now::TIMESTAMPTZ, known := $known)) AS resolved,
        CASE $sort WHEN 'severity' THEN list_position(['critical', 'high', 'medium', 'low'], severity)::VARCHAR
            WHEN 'clause' THEN clause WHEN 'system' THEN coalesce(system, '') ELSE '' END AS first,
        CASE WHEN $sort = 'oldest' THEN epoch_us(happened_at) ELSE -epoch_us(happened_at) END AS second
    FROM every
    WHERE CASE coalesce($state, 'stands')
            WHEN 'stands' THEN outcome = 'breach' AND NOT resolved
            WHEN 'overdue' THEN outcome = 'breach' AND state = 'overdue' AND NOT resolved
            WHEN 'late' THEN outcome = 'breach' AND state IN ('met', 'met_late') AND NOT resolved
            WHEN 'resolved' THEN outcome = 'breach' AND resolved
            WHEN 'all' THEN outcome = 'breach'
            WHEN 'unclear' THEN outcome = 'indeterminate'
            WHEN 'revised' THEN outcome IN ('pass', 'not_applicable')
            ELSE FALSE END
        AND ($clause IS NULL OR clause = $clause)
        AND ($clauses IS NULL OR list_contains(string_split($clauses, ' '), clause))
        AND ($system IS NULL OR system = $system)
        AND ($severity IS NULL OR list_contains(string_split($severity, ' '), severity))
        AND ($hours IS NULL OR happened_at >= $now::TIMESTAMPTZ - to_hours($hours::INTEGER))
        AND ($since IS NULL OR happened_at >= $since::TIMESTAMPTZ)
        AND ($until IS NULL OR happened_at < $until::TIMESTAMPTZ)
        AND ($q IS NULL OR starts_with(finding, $q) OR starts_with(id, $q) OR subject = $q OR key = $q)
        AND ($news IS NULL OR CASE
            WHEN $state = 'resolved' THEN finding IN (SELECT finding FROM alerts WHERE turned_at > $news::TIMESTAMPTZ)
            ELSE became_at > $news::TIMESTAMPTZ END)
        AND ($sharing IS NULL OR (type = 'data.disclosed' AND regexp_matches(clause, '^(XFER|SHARE)-')
            AND (time, source, id) IN (FROM disclosed)))
        AND ($jurisdiction IS NULL OR CASE
            WHEN $jurisdiction = 'other'
                THEN coalesce(substr(evidence ->> '$.jurisdiction', 1, 2), '') NOT IN ('NL', 'ZA')
            ELSE substr(evidence ->> '$.jurisdiction', 1, 2) = $jurisdiction END)
),
sums AS (
    SELECT count(*) AS total, count(*) FILTER (severity = 'critical') AS critical,
        count(*) FILTER (severity = 'high') AS high, min(happened_at) AS oldest
    FROM found
),
shown AS MATERIALIZED (
    SELECT finding, first, second, resolved FROM found
    WHERE $after_finding IS NULL OR (first, second, finding) > ($after_first, $after_second::BIGINT, $after_finding)
    ORDER BY first, second, finding
    LIMIT coalesce($rows, 100)
)
SELECT every.*, first, second, resolved, sums.*
FROM every JOIN shown USING (finding), sums
ORDER BY first, second, finding
