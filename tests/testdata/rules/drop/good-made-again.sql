DROP VIEW IF EXISTS public.offices; CREATE VIEW public.offices AS SELECT 1 AS id, 'é' AS name;
DROP MATERIALIZED VIEW counts;
CREATE MATERIALIZED VIEW counts AS SELECT 1 AS n;
DROP FUNCTION app.f(int, text[]);
CREATE FUNCTION app.f(a int, b text[], OUT c text) LANGUAGE sql AS 'SELECT ''x''';
DROP PROCEDURE run; CREATE OR REPLACE PROCEDURE run() LANGUAGE sql AS '';
ALTER TYPE mood RENAME TO mood_old; CREATE TYPE mood AS ENUM ('fine'); DROP TYPE mood_old;
