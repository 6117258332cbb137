CREATE DOMAIN app.positive AS int CHECK (value > 0);
ALTER TABLE office ADD COLUMN size app.positive;
