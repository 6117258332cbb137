CREATE TEMP TABLE office AS SELECT * FROM public.office; TRUNCATE public.office;
DELETE FROM office;
DELETE FROM city; CREATE TABLE city (id int);
CREATE TABLE IF NOT EXISTS street (id int); DELETE FROM street;
