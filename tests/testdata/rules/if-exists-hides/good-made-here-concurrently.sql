-- paliad:no-transaction
CREATE TABLE public.office (id bigint);
CREATE INDEX CONCURRENTLY IF NOT EXISTS office_id ON public.office (id);
