SET LOCAL search_path = app, public;
CREATE TABLE office (id bigint); ALTER TABLE office ADD COLUMN city text; CREATE TYPE mood AS ENUM ();
