SELECT 'é'; ALTER TABLE ONLY public.office RENAME COLUMN city TO town; ALTER TABLE "Büro" RENAME "Größe" TO size;
ALTER VIEW offices RENAME COLUMN city TO town;
ALTER TYPE address RENAME ATTRIBUTE street TO road CASCADE;
-- Another column of the old name does not help the code that reads both.
ALTER TABLE a RENAME b TO c; ALTER TABLE a ADD COLUMN b int;
