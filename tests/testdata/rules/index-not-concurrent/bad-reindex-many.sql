-- paliad:no-transaction
REINDEX SCHEMA app;
REINDEX DATABASE "Shop";
REINDEX SYSTEM "Shop";
