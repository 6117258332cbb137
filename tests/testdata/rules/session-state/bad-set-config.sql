SELECT pg_catalog.set_config('search_path', '', false);
SELECT 'ü', SET_CONFIG('lock_timeout', '2s', is_local => 'f'::boolean), set_config('a.b', 'c', true), set_config('role', 'app', false);
INSERT INTO app.log SELECT set_config(name, 'x', FALSE) FROM app.settings;
