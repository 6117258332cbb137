-- No row has a value yet, and nobody waits for the other table.
CREATE TABLE region (id int PRIMARY KEY);
ALTER TABLE office ADD COLUMN region int REFERENCES region, ADD COLUMN parent int REFERENCES office;
ALTER TABLE public.office ADD COLUMN other int DEFAULT NULL REFERENCES public.office;
ALTER TABLE office ADD COLUMN size int NOT NULL DEFAULT 1;
ALTER FOREIGN TABLE remote ADD CONSTRAINT c CHECK (a > 0), ALTER a SET NOT NULL;
