SET search_path = app, public;
SET /* for all */ SESSION lock_timeout TO '2s'; SELECT 'é'; SET TIME ZONE 'UTC';
SET ROLE "Büro"; set session authorization app; SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;
SET statement_timeout = DEFAULT; SET "App"."Mode" = 'x'; SET SCHEMA 'app'; SET NAMES 'latin1';
RESET search_path; RESET ALL; RESET ROLE; RESET SESSION AUTHORIZATION;
