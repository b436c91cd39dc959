-- The alerts whose ids $alerts lists (JSON).
SELECT * FROM alerts WHERE list_contains(from_json($alerts, '["VARCHAR"]'), alert)
