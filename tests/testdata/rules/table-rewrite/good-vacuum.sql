-- paliad:no-transaction
VACUUM office;
VACUUM (FULL off, ANALYZE) office;
VACUUM (FULL false) "Büro";
