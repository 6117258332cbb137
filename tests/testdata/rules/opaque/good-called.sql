-- only computes, or is used by other statements
CREATE FUNCTION app.slug(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
SELECT app.slug('Ü');
CREATE FUNCTION app.code(text) RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN upper($1); END';
UPDATE app.office SET slug = app.code(name) WHERE slug IS NULL;
CREATE PROCEDURE app.seen() BEGIN ATOMIC DELETE FROM app.office WHERE id = 1; END;
CALL app.seen(); CALL app.refresh(); SELECT app.rebuild(), setval('app.office_id_seq', 1);
CREATE SCHEMA other; SELECT other.code('x');
