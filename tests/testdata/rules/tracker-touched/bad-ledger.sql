CREATE TABLE paliad_ledger.mine (id bigint); SELECT 'é'; GRANT USAGE ON SCHEMA paliad_controller TO app;
SET LOCAL search_path = app, paliad_ledger;
CREATE FUNCTION app.f() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM paliad_ledger.append('x');
END $$;
