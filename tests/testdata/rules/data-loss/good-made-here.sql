CREATE TABLE public.office (id int); TRUNCATE office; DELETE FROM "public"."office"; UPDATE office SET id = 1; -- é
CREATE TEMP TABLE "Büro" AS SELECT 1 AS id; DELETE FROM "Büro"; TRUNCATE pg_temp."Büro";
CREATE SCHEMA tmp; TRUNCATE tmp.anything;
