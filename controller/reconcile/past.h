// What the ledger and the controllers' own table say of a target's past: where to go on from.
#ifndef PALIAD_CONTROLLER_RECONCILE_PAST_H_
#define PALIAD_CONTROLLER_RECONCILE_PAST_H_

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "controller/postgres/session.h"
#include "controller/reconcile/target.h"

namespace paliad {

// The newest run that had the lock and came to an end of its own: interrupted ones did not, and their commit
// still has to have its run.
struct FinishedRun {
  std::int64_t seq = -1;  // of its end in the log
  std::string run_id;
  std::string commit;
  std::string outcome;
  std::string reason;          // why it did not end in sync; may be empty
  std::string finished_at;     // as FormatUtc
  std::string applied_digest;  // of the tracker's rows as it left them
  bool retry = false;          // what failed may go by itself

  bool InSync() const { return outcome == "in_sync" || outcome == "applied"; }
};

struct Suspension {
  std::string by;
  std::string since;  // as FormatUtc
  std::string reason;
};

// A row of paliad_controller.target: what a controller last said of the target.
struct NotedState {
  std::string state;  // "ready", "retrying", "stalled"
  std::string reason;
  std::string since;  // as FormatUtc
  bool rewritten = false;
  std::int64_t seq = -1;  // it speaks of the past up to there
};

struct Past {
  std::optional<FinishedRun> last;
  std::int64_t person_seq = -1;    // of the newest `resume` or `resolve` since that run began
  bool accepts_rewrite = false;    // one of them with --accept-rewrite
  std::int64_t ledger_size = 0;    // entries
  std::int64_t anchored_size = 0;  // of the newest signed checkpoint
  std::optional<Suspension> suspension;
  std::optional<NotedState> noted;

  std::int64_t seq() const { return last ? last->seq : -1; }
  bool person_acted() const { return person_seq >= 0; }
};

// Which tables to ask; they have to be there.
struct PastObjects {
  bool ledger = false;      // of runs and persons
  bool controller = false;  // and with it everything that is older
};

// One message. Nothing is there where the tables are not.
[[nodiscard]] Result<Past> ReadPast(pg::Session& session, const Target& target, const PastObjects& objects);

// The same where nobody has looked which tables there are.
[[nodiscard]] Result<Past> ReadPast(pg::Session& session, const Target& target);

// The commit of the newest run that ended in sync; "" if there is none. REQUIRES: there is a ledger.
[[nodiscard]] Result<std::string> ReadCommitInSync(pg::Session& session, const Target& target);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_PAST_H_
