ALTER TABLE IF EXISTS booking ADD CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, during WITH &&);
