-- An append pays for nothing twice, and a migration leaves the controller's tables alone.

-- Read and planned anew for every row. The function hashes the leaf itself; it looks at the leaf's length from now on.
ALTER TABLE paliad_ledger.entry
  DROP CONSTRAINT entry_leaf_check,
  DROP CONSTRAINT entry_leaf_hash_check;

CREATE OR REPLACE FUNCTION paliad_ledger.append(p_leaf bytea, p_mac bytea DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET random_page_cost = 0
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
  ELSIF octet_length(p_leaf) > 65535 THEN
    RAISE EXCEPTION USING ERRCODE = 'PL002',
      MESSAGE = format('an entry has at most 65535 bytes, and this one has %s', octet_length(p_leaf));
  END IF;
  LOCK TABLE paliad_ledger.turn IN EXCLUSIVE MODE;
  -- A statement of its own: its snapshot is taken after the turn was had. One statement for all that is to be known: each
  -- costs more than what it asks for. Before the INSERT, so that a call which is refused leaves no dead row.
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
      HINT = 'use the signing key and the origin that `paliadctl ledger install` was last run with, or run it again with the new ones';
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

-- Its query was a twentieth of an append. The role that owns every installed ledger passes by its name; where it owns
-- none, it has no right to insert.
CREATE OR REPLACE FUNCTION paliad_ledger.refuse_others() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF current_user = 'paliad_ledger_owner' THEN
    RETURN NULL;
  ELSIF current_user <> (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) THEN
    RAISE EXCEPTION USING ERRCODE = 'PL003',
      MESSAGE = format('INSERT into paliad_ledger.%s is refused: only the ledger''s own functions insert', TG_TABLE_NAME);
  END IF;
  RETURN NULL;
END
$function$;

-- What a migration does to the controller's own tables ends it too, as what it does to the ledger: an entry may come
-- of them.

-- Returns the transaction's id and what this session has written to the tracker and to what is ours:
-- `<xid>;<facts>;<facts>`. Raises unless the session has the lock. The counters are of what is not yet reported,
-- so only their growth means something. No look at pg_class: planning that join costs more than all else here.
CREATE OR REPLACE FUNCTION paliad_ledger.look(p_tracker text, p_lock bigint) RETURNS text
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  v_tracker oid := to_regclass(p_tracker);  -- by name each time: a migration may put another table in its place
  v_ledger  oid := to_regclass('paliad_ledger.entry');
  v_blob    oid := to_regclass('paliad_ledger.blob');
  v_signed  oid := to_regclass('paliad_ledger.checkpoint');
  -- What the controller keeps: the login may write it, and a migration has nothing to do there.
  v_target   oid := to_regclass('paliad_controller.target');
  v_feedback oid := to_regclass('paliad_controller.feedback');
  v_pulls    oid := to_regclass('paliad_controller.pull_request');
  v_awaited  oid := to_regclass('paliad_controller.awaited_attribution');
BEGIN
  -- One of the lock's two holds is given back and taken again; see HoldsLockSql.
  IF NOT (pg_advisory_unlock(p_lock) AND pg_try_advisory_lock(p_lock)) THEN
    RAISE EXCEPTION USING ERRCODE = 'PL001', MESSAGE = 'lock lost';
  END IF;
  -- The file node changes with TRUNCATE, which the counters do not see.
  RETURN concat_ws(';', pg_current_xact_id(),
    concat_ws(':', v_tracker, pg_relation_filenode(v_tracker), pg_stat_get_xact_tuples_inserted(v_tracker),
              pg_stat_get_xact_tuples_updated(v_tracker), pg_stat_get_xact_tuples_deleted(v_tracker)),
    concat_ws(':', v_ledger, pg_relation_filenode(v_ledger), pg_stat_get_xact_tuples_inserted(v_ledger),
              pg_stat_get_xact_tuples_updated(v_ledger), pg_stat_get_xact_tuples_deleted(v_ledger),
              pg_stat_get_xact_tuples_inserted(v_blob), pg_stat_get_xact_tuples_inserted(v_signed),
              pg_stat_get_xact_tuples_inserted(v_target), pg_stat_get_xact_tuples_updated(v_target),
              pg_stat_get_xact_tuples_inserted(v_feedback), pg_stat_get_xact_tuples_updated(v_feedback),
              pg_stat_get_xact_tuples_deleted(v_feedback),
              pg_stat_get_xact_tuples_inserted(v_pulls), pg_stat_get_xact_tuples_updated(v_pulls),
              pg_stat_get_xact_tuples_deleted(v_pulls),
              pg_stat_get_xact_tuples_inserted(v_awaited), pg_stat_get_xact_tuples_updated(v_awaited),
              pg_stat_get_xact_tuples_deleted(v_awaited)));
END
$function$;

-- Ends the transaction unless it is the one that `look` saw, still has the lock, and wrote one row to the tracker and
-- nothing to what is ours since. `p_row_is_ours`: that row is as it should be.
CREATE OR REPLACE FUNCTION paliad_ledger.seal(
  p_tracker text, p_lock bigint, p_xid text, p_tracker_before text, p_ledger_before text, p_row_is_ours boolean
) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  v_tracker oid := to_regclass(p_tracker);
  v_ledger  oid := to_regclass('paliad_ledger.entry');
  v_blob    oid := to_regclass('paliad_ledger.blob');
  v_signed  oid := to_regclass('paliad_ledger.checkpoint');
  -- What the controller keeps: the login may write it, and a migration has nothing to do there.
  v_target   oid := to_regclass('paliad_controller.target');
  v_feedback oid := to_regclass('paliad_controller.feedback');
  v_pulls    oid := to_regclass('paliad_controller.pull_request');
  v_awaited  oid := to_regclass('paliad_controller.awaited_attribution');
BEGIN
  IF (pg_current_xact_id()::text = p_xid) IS NOT TRUE THEN
    RAISE EXCEPTION USING ERRCODE = 'PL001', MESSAGE = 'transaction changed';
  ELSIF (pg_advisory_unlock(p_lock) AND pg_try_advisory_lock(p_lock)) IS NOT TRUE THEN
    RAISE EXCEPTION USING ERRCODE = 'PL001', MESSAGE = 'lock lost';
  ELSIF (concat_ws(':', v_tracker, pg_relation_filenode(v_tracker), pg_stat_get_xact_tuples_inserted(v_tracker) - 1,
                   pg_stat_get_xact_tuples_updated(v_tracker), pg_stat_get_xact_tuples_deleted(v_tracker))
         = p_tracker_before) IS NOT TRUE THEN
    RAISE EXCEPTION USING ERRCODE = 'PL001', MESSAGE = 'tracker touched';
  ELSIF p_row_is_ours IS NOT TRUE THEN
    RAISE EXCEPTION USING ERRCODE = 'PL001', MESSAGE = 'tracker row changed';
  ELSIF (concat_ws(':', v_ledger, pg_relation_filenode(v_ledger), pg_stat_get_xact_tuples_inserted(v_ledger),
                   pg_stat_get_xact_tuples_updated(v_ledger), pg_stat_get_xact_tuples_deleted(v_ledger),
                   pg_stat_get_xact_tuples_inserted(v_blob), pg_stat_get_xact_tuples_inserted(v_signed),
                   pg_stat_get_xact_tuples_inserted(v_target), pg_stat_get_xact_tuples_updated(v_target),
                   pg_stat_get_xact_tuples_inserted(v_feedback), pg_stat_get_xact_tuples_updated(v_feedback),
                   pg_stat_get_xact_tuples_deleted(v_feedback),
                   pg_stat_get_xact_tuples_inserted(v_pulls), pg_stat_get_xact_tuples_updated(v_pulls),
                   pg_stat_get_xact_tuples_deleted(v_pulls),
                   pg_stat_get_xact_tuples_inserted(v_awaited), pg_stat_get_xact_tuples_updated(v_awaited),
                   pg_stat_get_xact_tuples_deleted(v_awaited))
         = p_ledger_before) IS NOT TRUE THEN
    RAISE EXCEPTION USING ERRCODE = 'PL001', MESSAGE = 'ledger touched';
  END IF;
END
$function$;
