CREATE TABLE paliad.applied_migrations (version int PRIMARY KEY);
CREATE SCHEMA paliad_ledger;
