SET LOCAL search_path = app, public; SET LOCAL ROLE "Büro"; SET LOCAL lock_timeout TO DEFAULT;
SET LOCAL SESSION AUTHORIZATION app; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SET CONSTRAINTS ALL DEFERRED;
SELECT set_config('search_path', 'app', true), set_config('search_path', 'app', app.is_local()), app.set_config('a', 'b', false);
NOTIFY office, 'changed'; SET transaction_deferrable = on;
CREATE TEMP TABLE t (a int); PREPARE p AS SELECT 1; EXECUTE p; DEALLOCATE p;
