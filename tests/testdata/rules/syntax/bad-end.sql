CREATE TABLE public."Büro" (
  id bigint, -- é
