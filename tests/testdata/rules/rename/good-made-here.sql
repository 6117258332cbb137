CREATE TABLE public.office_new (id int, city text);
ALTER TABLE office_new RENAME COLUMN city TO "Town"; ALTER TABLE public.office_new RENAME TO office; -- é
ALTER TABLE office SET SCHEMA app;
CREATE TYPE app.mood AS ENUM ('fine'); ALTER TYPE app.mood RENAME VALUE 'fine' TO 'good'; ALTER TYPE mood RENAME TO "Mood";
CREATE SCHEMA tmp; ALTER TABLE tmp.anything RENAME TO other; ALTER SCHEMA tmp RENAME TO kept;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER FUNCTION f() RENAME TO g;
