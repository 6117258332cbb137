-- SET search_path = app;
CREATE FUNCTION app.f() RETURNS void LANGUAGE sql SET search_path = app AS 'SET lock_timeout = 1';
ALTER FUNCTION app.f() SET search_path = app; ALTER FUNCTION app.f() RESET ALL;
ALTER ROLE app SET search_path = app; ALTER DATABASE app RESET search_path;
CREATE VIEW app.v AS SELECT set_config('a.b', 'c', false);
ALTER TABLE app.office SET (fillfactor = 70); ALTER TABLE app.office RESET (fillfactor);
UPDATE app.office SET "role" = 'SET ROLE app';
