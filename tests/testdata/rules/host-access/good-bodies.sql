-- CREATE EXTENSION dblink; COPY t FROM '/tmp/x'; LOAD 'x'; SELECT pg_read_file('x')
DO $$
DECLARE language text; copy text;
BEGIN
  -- copy the rows from 'old' to 'new'; pg_read_file('x')
  IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'postgis') THEN
    RAISE EXCEPTION 'create extension postgis first, as administrator; copy data from ''x''';
  END IF;
  SELECT substring(t.copy FROM 'x') INTO copy FROM t WHERE t.language = 'c';
  /* dblink('x') */ EXECUTE 'SELECT 1';
  GRANT EXECUTE ON FUNCTION f(text) TO app; PERFORM 'create server x';
  COPY t TO STDOUT;
END $$;
CREATE FUNCTION app.log() RETURNS void LANGUAGE plperl AS $$
  # don't use pg_read_file, LANGUAGE c or "COPY t FROM 'x'"
  elog(NOTICE, "dblink is for others");
$$;
