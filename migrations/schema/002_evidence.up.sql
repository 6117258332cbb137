-- What an auditor needs beside the entries (bodies, checkpoints, views), and what keeps others from writing: codes on
-- append, triggers, an owner of its own. Only DDL in this folder: the administrator runs it on objects that were another
-- role's, and must not run that role's code.

-- Texts (SQL, output, replies) that an entry names as 64 hex digits. A body that was redacted is NULL; its digest stays.
CREATE TABLE paliad_ledger.blob (
  digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
  salt   bytea,
  body   bytea CHECK (octet_length(body) <= 67108864),
  CHECK ((salt IS NULL AND body IS NULL) OR (octet_length(salt) = 16 AND digest = sha256(salt || body)))
);

-- A copy for convenience, never trusted: what counts is what was published.
CREATE TABLE paliad_ledger.checkpoint (
  size   bigint NOT NULL CHECK (size > 0),
  key_id bytea  NOT NULL CHECK (octet_length(key_id) IN (0, 4)),  -- of the vkey; empty: unsigned
  note   text   NOT NULL CHECK (size::text = split_part(note, chr(10), 2)),
  PRIMARY KEY (size, key_id)
);

-- The secret of the codes on append, one for each log that is kept here, as the two pads of HMAC: PostgreSQL has
-- sha256(), but neither HMAC nor XOR of bytes. Nobody is granted it. Empty: no code is asked for.
CREATE TABLE paliad_ledger.append_secret (
  origin    text  PRIMARY KEY,
  inner_pad bytea NOT NULL CHECK (octet_length(inner_pad) = 64),
  outer_pad bytea NOT NULL CHECK (octet_length(outer_pad) = 64)
);

DROP FUNCTION paliad_ledger.append(bytea);

-- Appends one leaf and returns its seq: the only way in. To be called last before COMMIT, since the turn is held until then.
-- `p_mac` is HMAC-SHA256 of run id ":" ordinal ":" leaf hash. Where there is a secret, it is asked for: migrations run as
-- the login that may call this. Whoever may act as the owner could read the secret, so that it is not asked of the
-- administrator.
CREATE FUNCTION paliad_ledger.append(p_leaf bytea, p_mac bytea DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  v_leaf      jsonb := convert_from(p_leaf, 'UTF8')::jsonb;
  v_hash      bytea := sha256('\x00'::bytea || p_leaf);
  v_run       uuid  := (v_leaf ->> 'run')::uuid;
  v_ordinal   int   := (v_leaf ->> 'ordinal')::int;
  v_seq       bigint;
  v_replayed  boolean;
  v_authentic boolean;  -- NULL: there is no secret
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'paliad_ledger.append needs READ COMMITTED: an older snapshot would not see the last entry';
  END IF;
  LOCK TABLE paliad_ledger.turn IN EXCLUSIVE MODE;
  -- A statement of its own: its snapshot is taken after the turn was had. One statement for all that is to be known: each
  -- costs more than what it asks for.
  SELECT coalesce(max(seq) + 1, 0),
         EXISTS (SELECT FROM paliad_ledger.entry WHERE run_id = v_run AND ordinal = v_ordinal),
         (SELECT bool_or(sha256(outer_pad || sha256(inner_pad || convert_to(v_run || ':' || v_ordinal || ':', 'UTF8')
                                                    || v_hash)) IS NOT DISTINCT FROM p_mac)
          FROM paliad_ledger.append_secret)
    INTO v_seq, v_replayed, v_authentic FROM paliad_ledger.entry;
  IF NOT v_authentic AND NOT pg_has_role(session_user, current_user, 'USAGE') THEN
    RAISE EXCEPTION USING ERRCODE = 'PL002', MESSAGE = CASE WHEN p_mac IS NULL
      THEN 'the ledger takes no entry without the code that its signing key makes'
      ELSE 'the ledger does not take this entry: its code was made with another key or origin, or for another entry' END,
      HINT = 'use the signing key and the origin that `paliadctl ledger install` was last run with';
  ELSIF v_replayed THEN
    RAISE EXCEPTION USING ERRCODE = 'PL002',
      MESSAGE = format('the ledger has entry %s of run %s already: the call was replayed', v_ordinal, v_run);
  END IF;
  INSERT INTO paliad_ledger.entry
    (seq, leaf, leaf_hash, kind, run_id, ordinal, target, tracker, version, outcome, "commit", checksum, blob, at, xid)
  VALUES
    (v_seq, p_leaf, v_hash, v_leaf ->> 'kind', v_run, v_ordinal, v_leaf ->> 'target', v_leaf ->> 'tracker',
     (v_leaf ->> 'version')::int, v_leaf ->> 'outcome', v_leaf ->> 'commit', v_leaf ->> 'checksum', v_leaf ->> 'blob',
     (v_leaf ->> 'at')::timestamptz, pg_current_xact_id());
  RETURN v_seq;
END
$function$;

-- Stores a body and returns the digest by which an entry may name it.
CREATE FUNCTION paliad_ledger.put_blob(p_salt bytea, p_body bytea) RETURNS bytea
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  v_digest bytea := sha256(p_salt || p_body);
BEGIN
  IF v_digest IS NULL THEN
    RAISE EXCEPTION 'paliad_ledger.put_blob needs a salt and a body';
  END IF;
  INSERT INTO paliad_ledger.blob (digest, salt, body) VALUES (v_digest, p_salt, p_body) ON CONFLICT DO NOTHING;
  RETURN v_digest;
END
$function$;

-- Keeps a copy of a note. Only for a tree that there is by now, so that nobody can occupy the place of a later one.
CREATE FUNCTION paliad_ledger.put_checkpoint(p_size bigint, p_key_id bytea, p_note text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF p_size > (SELECT coalesce(max(seq) + 1, 0) FROM paliad_ledger.entry) THEN
    RAISE EXCEPTION 'the ledger has no % entries that a checkpoint could speak of', p_size;
  END IF;
  INSERT INTO paliad_ledger.checkpoint (size, key_id, note) VALUES (p_size, p_key_id, p_note) ON CONFLICT DO NOTHING;
  IF NOT FOUND AND p_note <> (SELECT note FROM paliad_ledger.checkpoint WHERE size = p_size AND key_id = p_key_id) THEN
    RAISE EXCEPTION 'the ledger has another checkpoint of % entries by this key', p_size
      USING HINT = 'two trees of one size are a fork: keep both notes, and run `paliadctl ledger verify`';
  END IF;
END
$function$;

REVOKE EXECUTE ON FUNCTION paliad_ledger.put_blob(bytea, bytea), paliad_ledger.put_checkpoint(bigint, bytea, text) FROM PUBLIC;

-- For what auditors ask: by kind, by how it ended, by commit, by time.
CREATE INDEX entry_kind ON paliad_ledger.entry (kind, seq);
CREATE INDEX entry_outcome ON paliad_ledger.entry (outcome, seq) WHERE outcome IS NOT NULL;
CREATE INDEX entry_commit ON paliad_ledger.entry ("commit" COLLATE "C", seq) WHERE "commit" IS NOT NULL;
CREATE INDEX entry_at ON paliad_ledger.entry (at);
-- Of a statement, so that it costs nothing where it does not fire, and refuses a change of no rows too.
CREATE FUNCTION paliad_ledger.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'PL003',
    MESSAGE = format('%s on paliad_ledger.%s is refused: the ledger is only ever added to', TG_OP, TG_TABLE_NAME);
END
$function$;

-- A body may be taken out, and nothing else.
CREATE FUNCTION paliad_ledger.refuse_all_but_redaction() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF NEW.digest = OLD.digest AND NEW.salt IS NULL AND NEW.body IS NULL THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'PL003',
    MESSAGE = 'UPDATE on paliad_ledger.blob is refused: a body can be taken out, and never be changed',
    HINT = '`paliadctl ledger redact DIGEST --reason TEXT` takes one out';
END
$function$;

-- The functions above insert as the table's owner, and nobody else does.
CREATE FUNCTION paliad_ledger.refuse_others() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF current_user <> (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) THEN
    RAISE EXCEPTION USING ERRCODE = 'PL003',
      MESSAGE = format('INSERT into paliad_ledger.%s is refused: only the ledger''s own functions insert', TG_TABLE_NAME);
  END IF;
  RETURN NULL;
END
$function$;

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON paliad_ledger.entry
  FOR EACH STATEMENT EXECUTE FUNCTION paliad_ledger.refuse_change();
CREATE TRIGGER refuse_others BEFORE INSERT ON paliad_ledger.entry
  FOR EACH STATEMENT EXECUTE FUNCTION paliad_ledger.refuse_others();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON paliad_ledger.checkpoint
  FOR EACH STATEMENT EXECUTE FUNCTION paliad_ledger.refuse_change();
CREATE TRIGGER refuse_others BEFORE INSERT ON paliad_ledger.checkpoint
  FOR EACH STATEMENT EXECUTE FUNCTION paliad_ledger.refuse_others();
CREATE TRIGGER refuse_change BEFORE DELETE OR TRUNCATE ON paliad_ledger.blob
  FOR EACH STATEMENT EXECUTE FUNCTION paliad_ledger.refuse_change();
CREATE TRIGGER refuse_all_but_redaction BEFORE UPDATE ON paliad_ledger.blob
  FOR EACH ROW EXECUTE FUNCTION paliad_ledger.refuse_all_but_redaction();
CREATE TRIGGER refuse_others BEFORE INSERT ON paliad_ledger.blob
  FOR EACH STATEMENT EXECUTE FUNCTION paliad_ledger.refuse_others();

-- Whatever session_replication_role is.
ALTER TABLE paliad_ledger.entry ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_others;
ALTER TABLE paliad_ledger.checkpoint ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_others;
ALTER TABLE paliad_ledger.blob ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_others,
  ENABLE ALWAYS TRIGGER refuse_all_but_redaction;

-- One row a run, in the order in which they began.
CREATE VIEW paliad_ledger.run AS
SELECT started.run_id, started.target, started.tracker, begin.leaf ->> 'trigger' AS trigger, begin.leaf ->> 'actor' AS actor,
       started."commit", begin.leaf ->> 'branch' AS branch, finished.outcome, started.at AS started_at,
       finished.at AS finished_at, (finished.leaf ->> 'applied')::bigint AS applied,
       (finished.leaf ->> 'bootstrapped')::bigint AS bootstrapped, (finished.leaf ->> 'findings')::bigint AS findings,
       (finished.leaf ->> 'pending')::bigint AS pending, finished.leaf ->> 'reason' AS reason,
       begin.leaf ->> 'role' AS role, begin.leaf ->> 'host' AS host,
       begin.leaf ->> 'controller_version' AS controller_version, started.seq AS first_seq, finished.seq AS last_seq
FROM paliad_ledger.entry AS started
CROSS JOIN LATERAL (SELECT convert_from(started.leaf, 'UTF8')::jsonb AS leaf) AS begin
LEFT JOIN LATERAL (SELECT e.seq, e.at, e.outcome, convert_from(e.leaf, 'UTF8')::jsonb AS leaf FROM paliad_ledger.entry AS e
                   WHERE e.run_id = started.run_id AND e.kind = 'run_finished' ORDER BY e.seq LIMIT 1) AS finished ON true
WHERE started.kind = 'run_started';

-- What happened to each migration: one row for each event and version.
CREATE VIEW paliad_ledger.migration_history AS
WITH told AS (
  SELECT e.seq, e.at, e.target, e.tracker, e.version, e.kind, e.outcome, e."commit", e.checksum, e.run_id,
         convert_from(e.leaf, 'UTF8')::jsonb AS leaf
  FROM paliad_ledger.entry AS e
  WHERE e.kind IN ('intent', 'applied', 'failed', 'outcome_unknown', 'resolved', 'drift', 'bootstrapped', 'schema_upgraded',
                   'attributed')
)
SELECT told.seq, told.at, told.target, told.tracker, covered.version, told.leaf ->> 'name' AS name, told.kind, told.outcome,
       coalesce(told."commit", run."commit") AS "commit", told.leaf #>> '{author,name}' AS author,
       told.leaf #>> '{author,email}' AS author_email, told.leaf ->> 'path' AS path, told.checksum,
       coalesce(told.leaf ->> 'actor', run.leaf ->> 'actor') AS actor, told.leaf ->> 'sqlstate' AS sqlstate,
       told.leaf ->> 'message' AS message, told.leaf ->> 'reason' AS reason,
       (told.leaf ->> 'duration_us')::bigint AS duration_us, told.run_id
FROM told
CROSS JOIN LATERAL (SELECT told.version WHERE told.kind <> 'bootstrapped'
                    UNION ALL
                    SELECT generate_series((range ->> 0)::int, (range ->> 1)::int)
                    FROM jsonb_array_elements(told.leaf -> 'versions') AS range
                    WHERE told.kind = 'bootstrapped') AS covered (version)
LEFT JOIN LATERAL (SELECT e."commit", convert_from(e.leaf, 'UTF8')::jsonb AS leaf FROM paliad_ledger.entry AS e
                   WHERE e.run_id = told.run_id AND e.kind = 'run_started' LIMIT 1) AS run ON true;

-- Findings that a file waived, with the reason that it gave.
CREATE VIEW paliad_ledger.policy_exception AS
SELECT e.seq, e.at, e.target, e.tracker, found.leaf ->> 'rule' AS rule, found.leaf ->> 'severity' AS severity,
       e.version, found.leaf ->> 'path' AS path, (found.leaf ->> 'line')::int AS line, found.leaf ->> 'message' AS message,
       found.leaf ->> 'waiver' AS reason, run."commit", run.leaf ->> 'actor' AS actor, e.run_id
FROM paliad_ledger.entry AS e
CROSS JOIN LATERAL (SELECT convert_from(e.leaf, 'UTF8')::jsonb AS leaf) AS found
LEFT JOIN LATERAL (SELECT s."commit", convert_from(s.leaf, 'UTF8')::jsonb AS leaf FROM paliad_ledger.entry AS s
                   WHERE s.run_id = e.run_id AND s.kind = 'run_started' LIMIT 1) AS run ON true
WHERE e.kind = 'finding' AND found.leaf ->> 'waived' = 'true';

-- What people decided or did by hand, and why.
CREATE VIEW paliad_ledger.operator_action AS
SELECT e.seq, e.at, e.target, e.tracker, e.kind AS action, said.leaf ->> 'actor' AS actor, said.leaf ->> 'reason' AS reason,
       e.version, e.outcome, e."commit", said.leaf ->> 'role' AS role, e.run_id, said.leaf
FROM paliad_ledger.entry AS e
CROSS JOIN LATERAL (SELECT convert_from(e.leaf, 'UTF8')::jsonb AS leaf) AS said
WHERE e.kind IN ('resolved', 'suspended', 'resumed', 'redaction', 'key_rotated', 'incarnation')
   OR (e.kind = 'schema_upgraded' AND said.leaf ? 'actor');

REVOKE EXECUTE ON FUNCTION
  paliad_ledger.append(bytea, bytea), paliad_ledger.put_blob(bytea, bytea),
  paliad_ledger.put_checkpoint(bigint, bytea, text), paliad_ledger.refuse_change(), paliad_ledger.refuse_all_but_redaction(), paliad_ledger.refuse_others() FROM PUBLIC;
