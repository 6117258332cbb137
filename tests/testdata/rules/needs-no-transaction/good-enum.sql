CREATE TYPE public.mood AS ENUM ('a'); ALTER TYPE public.mood ADD VALUE 'é'; SELECT 'é'::public.mood;
ALTER TYPE other ADD VALUE 'x'; -- 'x' is not used
ALTER TYPE other RENAME VALUE 'w' TO 'z'; SELECT 'z';
