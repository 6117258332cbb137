CREATE TABLE app.office (id bigint); ALTER TABLE office ADD COLUMN city text;
SET LOCAL search_path = app; CREATE TABLE city (id bigint); SET LOCAL search_path TO DEFAULT; CREATE TABLE land (id bigint);
CREATE TABLE twice (id bigint); ALTER TABLE twice ADD COLUMN a int; -- said once
