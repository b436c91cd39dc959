-- What an officer reopened fires whatever the evidence says.
CREATE OR REPLACE MACRO alert_standing(state, standing, until, t) AS CASE
    WHEN standing = 'reopened' THEN 'firing'
    WHEN state <> 'firing' THEN state
    WHEN standing IS NULL OR until <= t THEN 'firing'
    ELSE standing
END;
