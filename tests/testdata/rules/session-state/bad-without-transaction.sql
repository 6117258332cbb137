-- paliad:no-transaction
SET LOCAL lock_timeout = '2s'; SELECT 'é', set_config('statement_timeout', '0', true);
SET LOCAL ROLE app;
CREATE INDEX CONCURRENTLY office_city ON public.office (city);
LISTEN office;
