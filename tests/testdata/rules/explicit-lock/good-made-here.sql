CREATE TABLE public.office (id int); LOCK TABLE office; LOCK "public"."office" IN SHARE MODE;
ALTER TABLE office DISABLE TRIGGER ALL;
CREATE TEMP TABLE "Büro" (id int); LOCK TABLE "Büro";
