DELETE FROM office WHERE id = 1; UPDATE office SET size = 1 WHERE size IS NULL;
UPDATE office AS o SET size = c.size FROM city AS c WHERE c.id = o.city;
WITH gone AS (DELETE FROM office WHERE closed RETURNING *) INSERT INTO archive SELECT * FROM gone;
INSERT INTO office VALUES (1) ON CONFLICT (id) DO UPDATE SET size = 1;
DELETE FROM office WHERE false; DELETE FROM office WHERE 'a' = 'b'; DELETE FROM office WHERE NULL = NULL;
MERGE INTO office USING city ON office.city = city.id WHEN MATCHED THEN DELETE;
MERGE INTO office USING city ON true WHEN MATCHED AND city.id = 1 THEN DELETE WHEN NOT MATCHED THEN INSERT DEFAULT VALUES;
