CREATE TABLE app.office (name text); ALTER TABLE other.office ADD COLUMN id bigint PRIMARY KEY;
