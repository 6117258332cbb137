SELECT 'ü', pg_advisory_lock(1); SELECT PG_CATALOG.pg_advisory_unlock_all();
DO $$ BEGIN PERFORM pg_try_advisory_lock(1); END $$; DISCARD ALL;
