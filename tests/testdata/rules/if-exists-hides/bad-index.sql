-- paliad:no-transaction
SELECT 'é'; CREATE INDEX CONCURRENTLY IF NOT EXISTS office_city ON app.office (city);
CREATE UNIQUE INDEX CONCURRENTLY /* again */ IF NOT EXISTS "Büro_x" ON "Büro" (x);
