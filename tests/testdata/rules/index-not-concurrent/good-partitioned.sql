-- The index of the partitioned table is not built: it waits for those of the partitions.
CREATE INDEX orders_day ON ONLY public.orders (day);
ALTER INDEX orders_day ATTACH PARTITION orders_2024_day;
