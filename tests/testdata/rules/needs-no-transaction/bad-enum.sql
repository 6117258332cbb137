SELECT 'é'; ALTER TYPE public.mood ADD VALUE 'gemütlich';
CREATE TYPE "Mood" AS ENUM ('a');
ALTER TYPE "Mood" ADD VALUE 'b';
UPDATE office SET mood = 'gemütlich', other = 'b' WHERE id = 1;
