CREATE TABLE public.office (id bigint, name text UNIQUE, PRIMARY KEY (id)); ALTER TABLE office ADD UNIQUE (name);
CREATE TABLE "Büro" (LIKE public.office);
ALTER TABLE "Büro" ADD PRIMARY KEY (id), ADD COLUMN code text UNIQUE;
CREATE TABLE orders_2025 PARTITION OF orders FOR VALUES IN (2025);
ALTER TABLE orders_2025 ADD CONSTRAINT orders_2025_no UNIQUE (no);
