-- paliad:no-transaction
DROP INDEX CONCURRENTLY IF EXISTS app.office_city;
CREATE INDEX CONCURRENTLY office_city ON app.office (city);
