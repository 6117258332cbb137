-- paliad:no-transaction

;;VACUUM;
