SELECT pg_advisory_xact_lock(1), pg_try_advisory_xact_lock_shared(1), app.pg_advisory_lock(1);
DISCARD TEMP; LOCK TABLE paliad.office;
