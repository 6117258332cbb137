-- What an auditor needs beside the entries: bodies that entries name by digest, and the checkpoints that were signed.

-- Texts (SQL, output, replies) that an entry names as 64 hex digits. A body that was redacted is NULL; its digest stays.
CREATE TABLE paliad_ledger.blob (
  digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
  salt   bytea,
  body   bytea,
  CHECK ((salt IS NULL AND body IS NULL) OR (octet_length(salt) = 16 AND digest = sha256(salt || body)))
);

-- A copy for convenience, never trusted: what counts is what was published.
CREATE TABLE paliad_ledger.checkpoint (
  size   bigint NOT NULL CHECK (size > 0),
  key_id bytea  NOT NULL,  -- 4 bytes of the vkey; empty: unsigned
  note   text   NOT NULL,
  PRIMARY KEY (size, key_id)
);

-- Stores a body and returns the digest by which an entry may name it.
CREATE FUNCTION paliad_ledger.put_blob(p_salt bytea, p_body bytea) RETURNS bytea
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
  INSERT INTO paliad_ledger.blob (digest, salt, body) VALUES (sha256(p_salt || p_body), p_salt, p_body)
  ON CONFLICT DO NOTHING;
  SELECT sha256(p_salt || p_body);
$function$;

CREATE FUNCTION paliad_ledger.put_checkpoint(p_size bigint, p_key_id bytea, p_note text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
  INSERT INTO paliad_ledger.checkpoint (size, key_id, note) VALUES (p_size, p_key_id, p_note) ON CONFLICT DO NOTHING;
$function$;

REVOKE EXECUTE ON FUNCTION paliad_ledger.put_blob(bytea, bytea), paliad_ledger.put_checkpoint(bigint, bytea, text) FROM PUBLIC;

-- For what auditors ask: by kind, by how it ended, by commit, by time.
CREATE INDEX entry_kind ON paliad_ledger.entry (kind, seq);
CREATE INDEX entry_outcome ON paliad_ledger.entry (outcome, seq) WHERE outcome IS NOT NULL;
CREATE INDEX entry_commit ON paliad_ledger.entry ("commit" COLLATE "C", seq) WHERE "commit" IS NOT NULL;
CREATE INDEX entry_at ON paliad_ledger.entry (at);
