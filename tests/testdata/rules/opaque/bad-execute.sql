CREATE FUNCTION app.drop_old() RETURNS void LANGUAGE plpgsql AS $$
DECLARE t text;
BEGIN
  -- EXECUTE is in a comment, and 'é' moves nothing
  FOR t IN SELECT relname FROM pg_class LOOP
    /* now */ EXECUTE format('DROP TABLE %I', t);
  END LOOP;
END $$;
CREATE OR REPLACE FUNCTION "App"."Run"(sql text) RETURNS SETOF record LANGUAGE PLPGSQL AS 'BEGIN RETURN QUERY EXECUTE sql; END';
CREATE PROCEDURE run2() LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'SELECT 1' || ' + 1'; EXECUTE a.b; END $$; SELECT 1;
CREATE PROCEDURE run3() LANGUAGE plpgsql AS 'BEGIN EXECUTE ''SELECT '' || 1; END';
