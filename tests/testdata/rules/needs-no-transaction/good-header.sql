-- paliad:no-transaction since an index cannot be built in one: é
CREATE INDEX CONCURRENTLY ON public.office (city); VACUUM "Büro"; REINDEX (CONCURRENTLY) TABLE office;
ALTER TYPE mood ADD VALUE 'x'; UPDATE office SET mood = 'x' WHERE id = 1;
