// RunRecorder: the entries of one run on their way into the ledger. Entries are made first and appended by
// the next transaction that commits, so that what they tell and they themselves become durable together.
//
//   recorder.Add(Kind::kApplied, …);
//   session.Send("BEGIN; …; " + recorder.AppendSql() + " COMMIT;");   // then either
//   recorder.Appended();                                              // it committed
//   recorder.DropEffects();                                           // it rolled back
//
// Not thread-safe.
#ifndef PALIAD_CONTROLLER_STORE_RUN_RECORDER_H_
#define PALIAD_CONTROLLER_STORE_RUN_RECORDER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "controller/postgres/session.h"
#include "ledger/append_mac.h"
#include "ledger/body.h"
#include "ledger/entry.h"

namespace paliad::store {

class RunRecorder {
 public:
  // `first_ordinal` > 0 goes on where another process stopped (to finish its run for it). `clock` must
  // outlive the recorder. With a secret each call of append carries its code; a ledger that asks for none
  // takes it all the same.
  RunRecorder(ledger::RunIdentity run, const Clock& clock, std::int64_t first_ordinal = 0,
              std::optional<ledger::MacSecret> secret = std::nullopt);

  // The log's id, once it is known: it comes into every entry that is made from then on.
  void SetLedger(std::string id) { run_.ledger = std::move(id); }

  // kInternal as ledger::MakeEntry; nothing is added then. `body`, if there is one, is stored in the entry's
  // transaction, once for all entries that bring it; naming its digest is up to `fields`.
  [[nodiscard]] Status Add(ledger::Kind kind, Json fields,
                           std::shared_ptr<const ledger::SaltedBody> body = nullptr);

  // SELECT paliad_ledger.append(…), …; for the entries that wait, in order; "" if none does. Their bodies are
  // stored by the first of these statements, before the log's turn is taken: no statement more, and nobody
  // waits for a large one. A target list is evaluated from left to right. `check`: a call that comes before
  // all of these in the same statement, since a statement costs more than what it asks for; it is made also
  // where no entry waits.
  std::string AppendSql(const std::string& check = "") const;

  // The same in parts, for more entries than one message should carry.
  std::size_t statements() const;
  // REQUIRES: i < statements().
  std::string Statement(std::size_t i) const;

  void Appended();

  // Takes back every waiting entry that tells of an effect of its own transaction (applied, bootstrapped,
  // intent, …): that transaction did not commit, so it is not true. What only tells (findings, failures)
  // still waits.
  void DropEffects();

  // After a lost connection: entries up to the ordinal `last` are in the ledger (-1: none). Waiting effects
  // that are not there are dropped. If nothing is there, the run's first entry is put back in front, since a
  // run without one is none.
  void Rebase(std::int64_t last);

  bool NothingWaits() const { return waiting_.empty(); }

  const ledger::RunIdentity& run() const { return run_; }

 private:
  struct Waiting {
    std::int64_t ordinal = 0;
    ledger::Entry entry;
    std::shared_ptr<const ledger::SaltedBody> body;  // may be null
  };

  std::string Statement(std::size_t i, const std::string& check) const;

  // Calls of put_blob, each with a comma after it.
  std::string BodiesSql() const;

  // Gives what waits the ordinals that follow what the ledger has, so that a run's ordinals have no gap.
  void Renumber();

  std::string AppendCall(const Waiting& waiting) const;

  ledger::RunIdentity run_;
  const Clock& clock_;
  std::optional<ledger::MacSecret> secret_;
  std::int64_t next_ordinal_;
  std::int64_t last_appended_;  // ordinal; first_ordinal - 1: none
  std::vector<Waiting> waiting_;
  // Digests that the newest append brought: the next attempt at a migration names the same ones. Not of all,
  // since a run may have any number.
  std::set<std::string> stored_;
  std::vector<Waiting> first_;  // the run's first entry, kept; at most one
};

// One transaction, synchronous: `sql_before`, then every entry that waits. On an error nothing was committed
// and the entries still wait, unless the connection was lost (kUnavailable): then only Rebase can tell.
[[nodiscard]] Status CommitWaiting(pg::Session& session, RunRecorder& recorder,
                                   const std::string& sql_before = "");

// The same without waiting for the disk: the commit is ordered before every later one and may be lost with
// them in a crash.
[[nodiscard]] Status CommitWaitingAsynchronously(pg::Session& session, RunRecorder& recorder,
                                                 const std::string& sql_before = "");

}  // namespace paliad::store

#endif  // PALIAD_CONTROLLER_STORE_RUN_RECORDER_H_
