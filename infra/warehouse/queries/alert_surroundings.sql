-- Alerts that fire and rest on no finding: silent systems, clauses without evidence, verdicts that do not settle.
SELECT * FROM alerts WHERE finding IS NULL AND state = 'firing'
