-- GRANT SELECT ON office TO PUBLIC; CREATE ROLE app SUPERUSER;
ALTER TABLE app.office OWNER TO app; ALTER SCHEMA app OWNER TO app; SET LOCAL ROLE app;
SELECT 'GRANT ALL ON office TO PUBLIC'; CREATE TABLE app.role (superuser boolean);
ALTER DATABASE app SET search_path = app;
