CREATE FUNCTION app.fixed(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE DOMAIN plain AS int;
ALTER TABLE office
  ADD a timestamptz NOT NULL DEFAULT now(),
  ADD b timestamptz DEFAULT CURRENT_TIMESTAMP,
  ADD c timestamp DEFAULT (now() AT TIME ZONE 'utc'),
  ADD d text DEFAULT upper('é') || 'random()',
  ADD e jsonb DEFAULT jsonb_build_object('a', 1),
  ADD f int DEFAULT app.fixed(3),
  ADD g text[] DEFAULT '{}',
  ADD h int DEFAULT extract(year FROM statement_timestamp()),
  ADD i app.mood DEFAULT 'fine', -- DEFAULT random()
  ADD j text DEFAULT pg_catalog.format('%s', 1),
  ADD k plain,
  ADD l text DEFAULT current_setting('app.tenant', true);
