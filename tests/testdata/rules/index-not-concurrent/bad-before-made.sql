-- The table that was there before is not the one that is made below.
CREATE INDEX office_city ON office (city);
DROP TABLE office;
CREATE TABLE office (id bigint, city text);
CREATE TABLE IF NOT EXISTS city (id bigint, name text);
CREATE INDEX city_name ON city (name);
CREATE TEMP TABLE person AS SELECT * FROM public.person;
CREATE INDEX person_name ON public.person (name);
