CREATE DOMAIN app.code AS character(5) CHECK (VALUE <> ''); SELECT 'é'; CREATE DOMAIN "Zeit" timestamp;
CREATE TYPE app.address AS (city text, since timestamp, note json);
ALTER TYPE app.address ADD ATTRIBUTE /* later */ rent money, ALTER ATTRIBUTE city TYPE char(10) CASCADE;
CREATE TABLE made_here (id bigint); ALTER TABLE made_here ADD COLUMN at timestamp;
