-- The ledger: an append-only log of entries, dense from seq 0.
-- `leaf` is what is hashed; every other column is a projection of it for queries.

CREATE SCHEMA paliad_ledger;

-- Which of the files in this folder were applied: the same shape as every tracker.
CREATE TABLE paliad_ledger.applied_migrations (
  version    int         NOT NULL PRIMARY KEY,
  name       text        NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now(),
  checksum   text        NULL
);

-- Locked by whoever appends, for the moment before its commit. A table and not an advisory lock, which anybody could hold.
CREATE TABLE paliad_ledger.turn ();

CREATE TABLE paliad_ledger.entry (
  seq       bigint      PRIMARY KEY CHECK (seq >= 0),
  prev      bigint      GENERATED ALWAYS AS (CASE WHEN seq > 0 THEN seq - 1 END) STORED
                        REFERENCES paliad_ledger.entry (seq),  -- refuses a gap
  leaf      bytea       NOT NULL CHECK (octet_length(leaf) BETWEEN 1 AND 65535),
  leaf_hash bytea       NOT NULL CHECK (octet_length(leaf_hash) = 32),
  kind      text        NOT NULL,
  run_id    uuid        NOT NULL,
  ordinal   int         NOT NULL,
  target    text        NOT NULL,
  tracker   text        NOT NULL,
  version   int,
  outcome   text,       -- of run_finished; of resolved: 'applied' or 'not-applied'
  "commit"  text,
  checksum  text,
  blob      text,
  at        timestamptz NOT NULL,
  xid       xid8        NOT NULL,
  UNIQUE (run_id, ordinal)
);

CREATE INDEX entry_tracker ON paliad_ledger.entry (tracker, seq);
CREATE INDEX entry_version ON paliad_ledger.entry (tracker, version, seq) WHERE version IS NOT NULL;

-- Appends one leaf and returns its seq: the only way in. To be called last before COMMIT, since the turn is held until then.
CREATE FUNCTION paliad_ledger.append(p_leaf bytea) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  v_leaf jsonb := convert_from(p_leaf, 'UTF8')::jsonb;
  v_seq  bigint;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'paliad_ledger.append needs READ COMMITTED: an older snapshot would not see the last entry';
  END IF;
  LOCK TABLE paliad_ledger.turn IN EXCLUSIVE MODE;
  -- A statement of its own: its snapshot is taken after the turn was had.
  SELECT coalesce(max(seq) + 1, 0) INTO v_seq FROM paliad_ledger.entry;
  INSERT INTO paliad_ledger.entry
    (seq, leaf, leaf_hash, kind, run_id, ordinal, target, tracker, version, outcome, "commit", checksum, blob, at, xid)
  VALUES
    (v_seq, p_leaf, sha256(decode('00', 'hex') || p_leaf), v_leaf ->> 'kind', (v_leaf ->> 'run')::uuid,
     (v_leaf ->> 'ordinal')::int, v_leaf ->> 'target', v_leaf ->> 'tracker', (v_leaf ->> 'version')::int,
     v_leaf ->> 'outcome', v_leaf ->> 'commit', v_leaf ->> 'checksum', v_leaf ->> 'blob',
     (v_leaf ->> 'at')::timestamptz, pg_current_xact_id());
  RETURN v_seq;
END
$function$;

-- Ends the transaction of a migration that is not what it should be; `p_what` names the condition.
CREATE FUNCTION paliad_ledger.require(p_ok boolean, p_what text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF p_ok IS NOT TRUE THEN
    RAISE EXCEPTION USING ERRCODE = 'PL001', MESSAGE = p_what;
  END IF;
END
$function$;

REVOKE EXECUTE ON FUNCTION paliad_ledger.append(bytea), paliad_ledger.require(boolean, text) FROM PUBLIC;
