-- paliad:no-transaction
-- Each statement is a transaction of its own: in between, the name is missing.
ALTER TABLE office RENAME TO bureau;
CREATE VIEW office AS SELECT * FROM bureau;
