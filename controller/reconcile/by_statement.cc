#include "controller/reconcile/by_statement.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "controller/postgres/advisory_lock.h"
#include "controller/reconcile/backoff.h"
#include "migrations/sql_file.h"
#include "migrations/sql_tree.h"

namespace paliad {
namespace {

// Every index that a failed CONCURRENTLY left behind, by its qualified, quoted name.
constexpr char kInvalidIndexesSql[] = R"sql(
SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname), c.relname
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND c.relkind = 'i'
ORDER BY 1
)sql";

struct InvalidIndex {
  std::string qualified;  // quoted for SQL
  std::string name;
  friend bool operator<(const InvalidIndex& a, const InvalidIndex& b) { return a.qualified < b.qualified; }
};

// The statement's kind and what matters of it here.
struct StatementFacts {
  bool concurrently = false;  // builds or drops an index without blocking writes
  std::string index_name;     // of CREATE INDEX, if it names one
};

bool HasConcurrentOption(const Json& node) {
  for (const Json& parameter : node.value("params", Json::array())) {
    if (parameter.contains("DefElem") && parameter["DefElem"].value("defname", "") == "concurrently") {
      return true;
    }
  }
  return false;
}

StatementFacts FactsOf(const Json& tree) {
  StatementFacts facts;
  if (tree.contains("IndexStmt")) {
    facts.concurrently = tree["IndexStmt"].value("concurrent", false);
    facts.index_name = tree["IndexStmt"].value("idxname", "");
  } else if (tree.contains("DropStmt")) {
    facts.concurrently = tree["DropStmt"].value("concurrent", false);
  } else if (tree.contains("ReindexStmt")) {
    facts.concurrently = HasConcurrentOption(tree["ReindexStmt"]);
  } else if (tree.contains("AlterTableStmt")) {
    // DETACH PARTITION … CONCURRENTLY waits for readers like the others.
    VisitObjects(tree, [&](std::string_view key, const Json& object) {
      facts.concurrently = facts.concurrently || (key == "PartitionCmd" && object.value("concurrent", false));
    });
  }
  return facts;
}

class StatementRun {
 public:
  StatementRun(pg::Session& session, store::RunRecorder& recorder, const Clock& clock,
               const MigrationJob& job, int max_attempts)
      : session_(session),
        recorder_(recorder),
        clock_(clock),
        job_(job),
        max_attempts_(max_attempts),
        started_(clock.Steady()) {}

  Result<JobResult> Run(const SqlFile& sql, Json fields) {
    ASSIGN_OR_RETURN(invalid_before_, ReadInvalidIndexes());
    RETURN_IF_ERROR(CommitIntent(fields, sql.statements.size()));
    for (const Statement& statement : sql.statements) {
      if (auto ended = RunStatement(statement)) {
        return std::move(*ended);
      }
      ++done_;
    }
    fields["statements"] = done_;
    fields["duration_us"] = Elapsed().count();
    RETURN_IF_ERROR(recorder_.Add(ledger::Kind::kApplied, std::move(fields)));
    return Seal();
  }

 private:
  std::chrono::microseconds Elapsed() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(clock_.Steady() - started_);
  }

  Result<std::set<InvalidIndex>> ReadInvalidIndexes() {
    ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer,
                     session_.Run(kInvalidIndexesSql, "look for invalid indexes"));
    std::set<InvalidIndex> invalid;
    for (int row = 0; row < answer.front().size(); ++row) {
      invalid.insert({.qualified = answer.front().String(row, 0), .name = answer.front().String(row, 1)});
    }
    return invalid;
  }

  // Durable before the first statement is sent.
  Status CommitIntent(Json fields, std::size_t statements) {
    fields["statements"] = statements;
    RETURN_IF_ERROR(recorder_.Add(ledger::Kind::kIntent, std::move(fields), job_.sql));
    return store::CommitWaiting(session_, recorder_);
  }

  std::optional<JobResult> RunStatement(const Statement& statement) {
    const StatementFacts facts = FactsOf(*statement.tree);
    const std::string text = job_.text.substr(statement.begin, statement.end - statement.begin);
    if (auto ended = SetTimeouts(facts)) {
      return ended;
    }
    for (int attempt = 1;; ++attempt) {
      const pg::MessageResult message = session_.SendBody(text);
      if (message.connection_lost) {
        return Ended(Effect::kConnectionLost,
                     UnlocatedFailure(job_, message.error->sqlstate, message.error->message, ""));
      }
      if (!message.error) {
        break;
      }
      if (facts.concurrently || !pg::IsRetryable(*message.error) || attempt >= max_attempts_) {
        return Failed(LocateFailure(job_, *message.error, session_.facts().encoding == "SQL_ASCII", done_,
                                    statement.begin),
                      facts);
      }
      clock_.Sleep(BackoffDelay(attempt));
    }
    return facts.concurrently ? RequireValidIndexes(statement, facts) : std::nullopt;
  }

  std::optional<JobResult> SetTimeouts(const StatementFacts& facts) {
    const auto lock = facts.concurrently ? std::chrono::milliseconds(0) : job_.lock_timeout;
    const auto statement = facts.concurrently ? std::chrono::milliseconds(0) : job_.statement_timeout;
    const pg::MessageResult message = session_.Send(
        fmt::format("SET lock_timeout = {}; SET statement_timeout = {};", lock.count(), statement.count()));
    if (message.ok()) {
      return std::nullopt;
    }
    return Ended(message.connection_lost ? Effect::kConnectionLost
                 : done_ > 0             ? Effect::kPartly
                                         : Effect::kNone,
                 UnlocatedFailure(job_, message.error->sqlstate, message.error->message, ""));
  }

  // IF NOT EXISTS over an invalid index reports success, so names are compared and not only before and after.
  std::optional<JobResult> RequireValidIndexes(const Statement& statement, const StatementFacts& facts) {
    const auto invalid = ReadInvalidIndexes();
    if (!invalid) {
      return Ended(session_.broken() ? Effect::kConnectionLost : Effect::kPartly,
                   UnlocatedFailure(job_, "", invalid.error().cause, ""));
    }
    for (const InvalidIndex& index : *invalid) {
      if (!invalid_before_.contains(index) || (!facts.index_name.empty() && index.name == facts.index_name)) {
        const pg::ServerError error{
            .sqlstate = "",
            .message = fmt::format("index {} is invalid: PostgreSQL does not use it", index.qualified)};
        return Failed(LocateFailure(job_, error, false, done_, statement.begin), facts);
      }
    }
    return std::nullopt;
  }

  JobResult Failed(Failure failure, const StatementFacts& facts) {
    std::string repair;
    if (const auto invalid = ReadInvalidIndexes()) {
      for (const InvalidIndex& index : *invalid) {
        if (!invalid_before_.contains(index) ||
            (!facts.index_name.empty() && index.name == facts.index_name)) {
          repair += fmt::format("DROP INDEX CONCURRENTLY {}; ", index.qualified);
        }
      }
    }
    std::vector<std::string> repairs;
    if (!repair.empty()) {
      repair.pop_back();
      repairs.push_back("an invalid index was left behind, drop it: " + repair);
    }
    if (done_ > 0) {
      repairs.push_back(fmt::format(
          "the file's first {} took effect, undo {} or make the file safe to run again",
          done_ == 1 ? "statement" : fmt::format("{} statements", done_), done_ == 1 ? "it" : "them"));
    }
    if (!repairs.empty()) {
      failure.hint = fmt::format("{}; then run again", fmt::join(repairs, "; "));
    }
    const bool left_something = done_ > 0 || !repair.empty();
    return Ended(left_something ? Effect::kPartly : Effect::kNone, std::move(failure));
  }

  JobResult Ended(Effect effect, Failure failure) {
    if (!session_.broken()) {
      const pg::MessageResult message = session_.Send(CleanUpSql(session_));
      if (message.connection_lost && effect == Effect::kNone) {
        effect = Effect::kConnectionLost;
      }
    }
    return {.effect = effect,
            .retryable = false,
            .failure = std::move(failure),
            .statements_done = done_,
            .duration = Elapsed()};
  }

  // Everything took effect; what is missing is the record. If that fails, only a person can say what holds.
  JobResult Seal() {
    (void)session_.Send(CleanUpSql(session_));  // a broken connection shows below
    const pg::MessageResult message = session_.Send(
        "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL search_path = pg_catalog, pg_temp;" +
        InsertRowSql(job_) + RequireSql(pg::HoldsLockSql(job_.lock_number), "lock lost") +
        recorder_.AppendSql() + "COMMIT;");
    if (message.committed) {
      recorder_.Appended();
      return {.effect = Effect::kApplied, .statements_done = done_, .duration = Elapsed()};
    }
    Failure failure = UnlocatedFailure(
        job_, message.error->sqlstate,
        "every statement took effect, but that could not be recorded: " + message.error->message,
        fmt::format("`paliadctl resolve {} --as applied --reason …`", job_.version));
    if (message.connection_lost) {
      return Ended(Effect::kConnectionLost, std::move(failure));
    }
    recorder_.DropEffects();
    (void)session_.Send("ROLLBACK");
    return Ended(Effect::kUnknown, std::move(failure));
  }

  pg::Session& session_;
  store::RunRecorder& recorder_;
  const Clock& clock_;
  const MigrationJob& job_;
  const int max_attempts_;
  const SteadyTime started_;
  std::set<InvalidIndex> invalid_before_;
  std::int64_t done_ = 0;
};

}  // namespace

Result<JobResult> RunByStatement(pg::Session& session, store::RunRecorder& recorder, const Clock& clock,
                                 const MigrationJob& job, const SqlFile& sql, int max_attempts,
                                 Json entry_fields) {
  return StatementRun(session, recorder, clock, job, max_attempts).Run(sql, std::move(entry_fields));
}

}  // namespace paliad
