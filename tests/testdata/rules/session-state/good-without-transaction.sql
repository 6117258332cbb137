-- paliad:no-transaction
SET lock_timeout = '2s'; SET ROLE app;
SELECT set_config('statement_timeout', '0', false);
CREATE INDEX CONCURRENTLY office_city ON public.office (city);
RESET ROLE; RESET ALL;
