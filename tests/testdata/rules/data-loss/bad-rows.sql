SELECT 'é'; DELETE FROM public.office; UPDATE "Büro" SET city = 'Köln' -- WHERE id = 1
; DELETE FROM ONLY app.office AS o USING city;
UPDATE office SET size = size + 1 FROM city RETURNING *;
DELETE FROM office WHERE true; UPDATE office SET size = 1 WHERE 1 = 1; DELETE FROM office WHERE 'a' = 'a';
MERGE INTO office USING city ON true WHEN MATCHED THEN DELETE;
MERGE INTO office USING city ON true WHEN MATCHED AND true THEN UPDATE SET size = 1;
