-- Straßen: two statements in one line, and words that stand before the place.
CREATE TABLE public.street (id bigint); CREATE INDEX street_id ON public.street (id); COMMENT ON TABLE office IS 'Büro — é'; CREATE INDEX office_city ON public.office (city);
CREATE UNIQUE INDEX IF NOT EXISTS "Office_Name" -- the name's case is kept
  ON /* here */ "Office" USING btree (lower(name)) WHERE name <> '';
CREATE INDEX ON other.street USING gin (tags);
