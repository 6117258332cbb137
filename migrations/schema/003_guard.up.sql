-- What a run asks of a migration's transaction before and after the file's own SQL. As functions, since PostgreSQL keeps
-- the plans of a function's statements: sent as SQL, the same questions cost three times as much, for every migration.

-- Returns the transaction's id and what this session has written to the tracker and to the ledger: `<xid>;<facts>;<facts>`.
-- Raises unless the session has the lock. The counters are of what is not yet reported,
-- so only their growth means something. No look at pg_class: planning that join costs more than all else here.
CREATE FUNCTION paliad_ledger.look(p_tracker text, p_lock bigint) RETURNS text
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  v_tracker oid := to_regclass(p_tracker);  -- by name each time: a migration may put another table in its place
  v_ledger  oid := to_regclass('paliad_ledger.entry');
  v_blob    oid := to_regclass('paliad_ledger.blob');
  v_signed  oid := to_regclass('paliad_ledger.checkpoint');
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
              pg_stat_get_xact_tuples_inserted(v_blob), pg_stat_get_xact_tuples_inserted(v_signed)));
END
$function$;

-- Ends the transaction unless it is the one that `look` saw, still has the lock, and wrote one row to the tracker and
-- nothing to the ledger since. `p_row_is_ours`: that row is as it should be.
CREATE FUNCTION paliad_ledger.seal(
  p_tracker text, p_lock bigint, p_xid text, p_tracker_before text, p_ledger_before text, p_row_is_ours boolean
) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  v_tracker oid := to_regclass(p_tracker);
  v_ledger  oid := to_regclass('paliad_ledger.entry');
  v_blob    oid := to_regclass('paliad_ledger.blob');
  v_signed  oid := to_regclass('paliad_ledger.checkpoint');
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
                   pg_stat_get_xact_tuples_inserted(v_blob), pg_stat_get_xact_tuples_inserted(v_signed))
         = p_ledger_before) IS NOT TRUE THEN
    RAISE EXCEPTION USING ERRCODE = 'PL001', MESSAGE = 'ledger touched';
  END IF;
END
$function$;

REVOKE EXECUTE ON FUNCTION
  paliad_ledger.look(text, bigint), paliad_ledger.seal(text, bigint, text, text, text, boolean) FROM PUBLIC;
