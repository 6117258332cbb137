-- What controllers still have to tell forges, and what they remember of pull requests: mutable, unlike the ledger, and
-- evidence of nothing. `forge` names the project: a target that moves to another one starts anew.

-- One row for each thing that is told in one place; a newer one takes the place of an older one.
CREATE TABLE paliad_controller.feedback (
  tracker      text        NOT NULL,
  forge        text        NOT NULL,
  slot         text        NOT NULL,
  pull_request bigint      NOT NULL,                       -- 0: of none
  payload      text        NOT NULL,
  generation   int         NOT NULL DEFAULT 1,             -- of the payload
  delivered    int         NOT NULL DEFAULT 0,             -- the generation that the forge has
  remote_id    bigint      NOT NULL DEFAULT 0,             -- of the comment; 0: not known
  at           timestamptz NOT NULL DEFAULT clock_timestamp(),
  attempt      int         NOT NULL DEFAULT 0,
  next_attempt timestamptz NOT NULL DEFAULT '-infinity',
  refused      boolean     NOT NULL DEFAULT false,         -- by the forge: holds back nothing that came later
  error        text        NOT NULL DEFAULT '',
  PRIMARY KEY (tracker, forge, slot)
);

CREATE INDEX feedback_waiting ON paliad_controller.feedback (tracker, forge, at) WHERE delivered < generation;

-- What was said last of an open pull request, and what that followed from.
CREATE TABLE paliad_controller.pull_request (
  tracker    text        NOT NULL,
  forge      text        NOT NULL,
  number     bigint      NOT NULL,
  key        text        NOT NULL,  -- while it is the same, judging again is of no use
  verdict    text        NOT NULL,  -- digest of what was said
  head       text        NOT NULL,  -- the commit of which it was said
  held_check text        NOT NULL,  -- of a fork's: the entry's fields, recorded once it is merged; '': none
  at         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tracker, forge, number)
);

-- Runs with commits of which the forge has not said yet who approved them.
CREATE TABLE paliad_controller.awaited_attribution (
  tracker      text        NOT NULL,
  forge        text        NOT NULL,
  run_id       uuid        NOT NULL,
  commit       text        NOT NULL,
  since        timestamptz NOT NULL DEFAULT now(),
  next_attempt timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tracker, forge, run_id, commit)
);

CREATE FUNCTION paliad_controller.put_feedback(p_tracker text, p_forge text, p_slot text, p_pull_request bigint,
  p_payload text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
  INSERT INTO paliad_controller.feedback AS known (tracker, forge, slot, pull_request, payload)
  VALUES (p_tracker, p_forge, p_slot, p_pull_request, p_payload)
  ON CONFLICT (tracker, forge, slot) DO UPDATE SET
    pull_request = excluded.pull_request, payload = excluded.payload, generation = known.generation + 1,
    at = clock_timestamp(), attempt = 0, next_attempt = '-infinity', refused = false, error = ''
  WHERE known.payload <> excluded.payload
$function$;

-- A newer generation that came meanwhile still waits.
CREATE FUNCTION paliad_controller.feedback_delivered(p_tracker text, p_forge text, p_slot text, p_generation int,
  p_remote_id bigint) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
  UPDATE paliad_controller.feedback
  SET delivered = greatest(delivered, p_generation), remote_id = p_remote_id, attempt = 0, refused = false, error = ''
  WHERE tracker = p_tracker AND forge = p_forge AND slot = p_slot
$function$;

CREATE FUNCTION paliad_controller.feedback_failed(p_tracker text, p_forge text, p_slot text, p_generation int,
  p_delay interval, p_refused boolean, p_error text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
  UPDATE paliad_controller.feedback
  SET attempt = attempt + 1, next_attempt = clock_timestamp() + p_delay, refused = p_refused, error = p_error
  WHERE tracker = p_tracker AND forge = p_forge AND slot = p_slot AND generation = p_generation
$function$;

-- What the forge has had for a month, or has refused for so long. A comment whose id is forgotten is found by its marker.
CREATE FUNCTION paliad_controller.prune_feedback(p_tracker text, p_forge text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
  DELETE FROM paliad_controller.feedback
  WHERE tracker = p_tracker AND forge = p_forge AND at < now() - interval '30 days'
    AND (delivered = generation OR refused)
$function$;

CREATE FUNCTION paliad_controller.put_pull_request(p_tracker text, p_forge text, p_number bigint, p_key text,
  p_verdict text, p_head text, p_held_check text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
  INSERT INTO paliad_controller.pull_request (tracker, forge, number, key, verdict, head, held_check)
  VALUES (p_tracker, p_forge, p_number, p_key, p_verdict, p_head, p_held_check)
  ON CONFLICT (tracker, forge, number) DO UPDATE SET
    key = excluded.key, verdict = excluded.verdict, head = excluded.head, held_check = excluded.held_check, at = now()
$function$;

CREATE FUNCTION paliad_controller.forget_pull_request(p_tracker text, p_forge text, p_number bigint) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
  DELETE FROM paliad_controller.pull_request WHERE tracker = p_tracker AND forge = p_forge AND number = p_number
$function$;

CREATE FUNCTION paliad_controller.await_attribution(p_tracker text, p_forge text, p_run_id uuid, p_commit text)
  RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
  INSERT INTO paliad_controller.awaited_attribution (tracker, forge, run_id, commit)
  VALUES (p_tracker, p_forge, p_run_id, p_commit) ON CONFLICT DO NOTHING
$function$;

CREATE FUNCTION paliad_controller.delay_attribution(p_tracker text, p_forge text, p_run_id uuid, p_commit text,
  p_delay interval) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
  UPDATE paliad_controller.awaited_attribution SET next_attempt = clock_timestamp() + p_delay
  WHERE tracker = p_tracker AND forge = p_forge AND run_id = p_run_id AND commit = p_commit
$function$;

CREATE FUNCTION paliad_controller.settle_attribution(p_tracker text, p_forge text, p_run_id uuid, p_commit text)
  RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
  DELETE FROM paliad_controller.awaited_attribution
  WHERE tracker = p_tracker AND forge = p_forge AND run_id = p_run_id AND commit = p_commit
$function$;

REVOKE EXECUTE ON FUNCTION
  paliad_controller.put_feedback(text, text, text, bigint, text),
  paliad_controller.feedback_delivered(text, text, text, int, bigint),
  paliad_controller.feedback_failed(text, text, text, int, interval, boolean, text),
  paliad_controller.prune_feedback(text, text),
  paliad_controller.put_pull_request(text, text, bigint, text, text, text, text),
  paliad_controller.forget_pull_request(text, text, bigint),
  paliad_controller.await_attribution(text, text, uuid, text),
  paliad_controller.delay_attribution(text, text, uuid, text, interval),
  paliad_controller.settle_attribution(text, text, uuid, text) FROM PUBLIC;
