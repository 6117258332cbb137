CREATE TABLE public.office (id int, name text);
ALTER TABLE office ALTER id TYPE bigint, ADD token uuid DEFAULT gen_random_uuid(), ADD no serial;
ALTER TABLE public.office SET UNLOGGED; ALTER TABLE office SET TABLESPACE fast;
CREATE INDEX i ON office (id); ALTER INDEX i SET TABLESPACE fast; CLUSTER office USING i;
CREATE UNLOGGED TABLE "Büro" AS SELECT 1 AS id; ALTER TABLE "Büro" SET LOGGED;
