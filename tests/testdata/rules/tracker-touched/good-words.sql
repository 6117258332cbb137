-- paliad.applied_migrations, paliad_ledger, pg_advisory_lock(1)
COMMENT ON TABLE paliad.office IS 'see paliad.applied_migrations';
INSERT INTO app.note VALUES ('pg_advisory_lock', 'paliad_ledger'); GRANT USAGE ON SCHEMA paliad TO paliad_controller;
