CREATE TABLE app.office (id bigint);
GRANT SELECT ON app.office TO app, "Büro"; GRANT USAGE ON SCHEMA app TO "Public";
GRANT EXECUTE ON FUNCTION app.f() TO app WITH GRANT OPTION;
