-- Up to which turn each set of labels was told, to whom.
SELECT * EXCLUDE (salt) FROM told
