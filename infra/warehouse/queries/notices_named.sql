-- The notices whose ids $notices lists (JSON).
SELECT * FROM notices WHERE list_contains(from_json($notices, '["VARCHAR"]'), notice)
