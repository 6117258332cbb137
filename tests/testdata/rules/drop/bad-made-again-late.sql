-- paliad:no-transaction
-- In between, the view is missing.
DROP VIEW offices;
CREATE VIEW offices AS SELECT 1 AS id;
