-- Ümläute before the place do not move it.
SELECT 'é'; DROP TABLE "Büro", public.office CASCADE;
