-- What controllers remember of their targets between runs: mutable, unlike the ledger, and evidence of nothing.

CREATE SCHEMA paliad_controller;

CREATE TABLE paliad_controller.target (
  tracker       text        PRIMARY KEY,
  target        text        NOT NULL,
  state         text        NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'retrying', 'stalled')),
  reason        text        NOT NULL DEFAULT '',
  rewritten     boolean     NOT NULL DEFAULT false,  -- stalled until a person accepts the branch's new history
  attempt       int         NOT NULL DEFAULT 0,
  next_attempt  timestamptz,
  since         timestamptz NOT NULL DEFAULT now(),
  seq           bigint,                              -- of the newest run's end; what is said above holds as of it
  suspended_by  text,
  suspended_at  timestamptz,
  suspended_for text,
  CHECK (num_nulls(suspended_by, suspended_at, suspended_for) IN (0, 3))
);

CREATE FUNCTION paliad_controller.set_state(p_tracker text, p_target text, p_state text, p_reason text,
  p_rewritten boolean, p_attempt int, p_next_attempt timestamptz, p_seq bigint) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
  INSERT INTO paliad_controller.target AS known
    (tracker, target, state, reason, rewritten, attempt, next_attempt, seq)
  VALUES (p_tracker, p_target, p_state, p_reason, p_rewritten, p_attempt, p_next_attempt, p_seq)
  ON CONFLICT (tracker) DO UPDATE SET
    target = excluded.target, state = excluded.state, reason = excluded.reason, rewritten = excluded.rewritten,
    attempt = excluded.attempt, next_attempt = excluded.next_attempt, seq = excluded.seq,
    since = CASE WHEN known.state = excluded.state THEN known.since ELSE excluded.since END
$function$;

-- A second suspension changes nothing: the first one's reason still holds.
CREATE FUNCTION paliad_controller.suspend(p_tracker text, p_target text, p_actor text, p_reason text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
  INSERT INTO paliad_controller.target AS known (tracker, target, suspended_by, suspended_at, suspended_for)
  VALUES (p_tracker, p_target, p_actor, now(), p_reason)
  ON CONFLICT (tracker) DO UPDATE SET
    suspended_by = excluded.suspended_by, suspended_at = excluded.suspended_at,
    suspended_for = excluded.suspended_for
  WHERE known.suspended_by IS NULL
$function$;

CREATE FUNCTION paliad_controller.resume(p_tracker text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
  UPDATE paliad_controller.target
  SET suspended_by = NULL, suspended_at = NULL, suspended_for = NULL, rewritten = false
  WHERE tracker = p_tracker
$function$;

REVOKE EXECUTE ON FUNCTION
  paliad_controller.set_state(text, text, text, text, boolean, int, timestamptz, bigint),
  paliad_controller.suspend(text, text, text, text), paliad_controller.resume(text) FROM PUBLIC;
