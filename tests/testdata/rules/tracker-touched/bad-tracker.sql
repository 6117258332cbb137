SELECT 'ü', version FROM paliad.applied_migrations; -- ü
INSERT INTO office SELECT 1; DELETE FROM /* by hand */ "paliad"."applied_migrations" WHERE version = 7;
ALTER TABLE IF EXISTS Applied_Migrations ADD COLUMN note text; DROP TABLE paliad.applied_migrations;
ALTER SCHEMA paliad RENAME TO old;
