CREATE TABLE public.office (id bigint); ALTER TABLE office ADD COLUMN city text NOT NULL; -- é
CREATE TABLE "Büro" (LIKE office);
ALTER TABLE public."Büro" ADD COLUMN id2 bigint PRIMARY KEY;
CREATE TEMP TABLE t (a int); ALTER TABLE t ADD b int NOT NULL;
