ALTER TABLE app.office ADD UNIQUE (name); CREATE TABLE app.office (name text); ALTER TABLE other.office ADD UNIQUE (name);
