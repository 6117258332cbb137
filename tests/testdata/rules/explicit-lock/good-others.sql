-- LOCK TABLE office;
SET LOCAL lock_timeout = '2s'; -- é
SELECT id FROM office WHERE id = 1 FOR UPDATE;
SELECT pg_advisory_xact_lock(1);
CREATE TABLE lock (id int);
COMMENT ON TABLE office IS 'ALTER TABLE office DISABLE TRIGGER ALL';
