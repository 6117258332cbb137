DROP INDEX IF EXISTS public.office_city, "Büro_Idx";
/* done
   above */ DROP INDEX office_name CASCADE;
