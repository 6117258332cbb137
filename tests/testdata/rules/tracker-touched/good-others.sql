CREATE TABLE paliad.office (id bigint, applied_migrations bigint, paliad_ledger text);
ALTER TABLE paliad.office ADD COLUMN city text; DROP TABLE paliad.paliad_schema_migrations;
CREATE TABLE billing.applied_migrations (version int); SELECT "Applied_Migrations" FROM paliad."Applied_Migrations";
