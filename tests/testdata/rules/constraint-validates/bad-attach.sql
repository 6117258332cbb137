-- Größe: the parent is new, its partition is not.
CREATE TABLE app."Besuch" (tag date NOT NULL) PARTITION BY RANGE (tag);
/* é */ ALTER TABLE app."Besuch" ATTACH PARTITION app."Besuch alt" FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
ALTER TABLE visit ADD CONSTRAINT later CHECK (day IS NOT NULL) NOT VALID; ALTER TABLE app.visit ATTACH PARTITION /* here */ visit DEFAULT;
