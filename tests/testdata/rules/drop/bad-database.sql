-- paliad:no-transaction
SELECT 'é'; DROP DATABASE IF EXISTS "Shop";
