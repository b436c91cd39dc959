-- Per clause: when the last canary was sent that was judged, and the last that the clause found.
SELECT clause, judged_at, fired_at FROM canaries ORDER BY clause
