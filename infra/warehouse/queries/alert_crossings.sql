-- Alerts of obligations that fire.
SELECT * FROM alerts WHERE crossing IS NOT NULL AND state = 'firing'
