CREATE TABLE public.scratch (id bigint, note text);
INSERT INTO public.scratch SELECT g, 'x' FROM generate_series(1, 10) AS g;
ALTER TABLE scratch DROP COLUMN note;
DROP TABLE scratch;
CREATE SCHEMA tmp;
CREATE FUNCTION tmp.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
DROP FUNCTION tmp.f();
DROP SCHEMA tmp;
