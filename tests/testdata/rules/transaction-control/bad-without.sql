-- paliad:no-transaction
BEGIN;
CREATE TABLE public.office (id int); COMMIT;
