#include "controller/store/run_recorder.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/json.h"

namespace paliad::store {
namespace {

bool TellsOfEffect(ledger::Kind kind) {
  switch (kind) {
    case ledger::Kind::kGenesis:
    case ledger::Kind::kBootstrapped:
    case ledger::Kind::kIntent:
    case ledger::Kind::kApplied:
    case ledger::Kind::kResolved:
    case ledger::Kind::kSchemaUpgraded:
    case ledger::Kind::kKeyRotated:
    case ledger::Kind::kIncarnation:
    case ledger::Kind::kRedaction:
    case ledger::Kind::kSuspended:
    case ledger::Kind::kResumed:
    case ledger::Kind::kRunFinished:  // tells what the run came to, which a lost connection may change
      return true;
    case ledger::Kind::kRunStarted:
    case ledger::Kind::kFinding:
    case ledger::Kind::kFailed:
    case ledger::Kind::kOutcomeUnknown:
    case ledger::Kind::kDrift:
    case ledger::Kind::kCheckFinished:
    case ledger::Kind::kAttributed:
      return false;
  }
  return false;
}

// PostgreSQL takes 1,664 columns at most. The fewer statements, the less it and libpq have to hold: a result
// each.
constexpr std::size_t kCallsPerStatement = 100;

// ASCII goes as it is, which is half of its hex; anything else in hex, since a migration may have changed
// client_encoding.
std::string TextAsBytes(const std::string& text) {
  const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return c > 0; });
  return ascii ? "pg_catalog.convert_to(" + pg::DollarQuote(text) + ",'UTF8')" : pg::QuoteBytes(text);
}

// A message for each statement: the text of a thousand entries, and libpq's copy of it, are megabytes.
Status Commit(pg::Session& session, RunRecorder& recorder, const std::string& sql_before) {
  std::string sql = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;" + sql_before;
  const std::size_t messages = std::max<std::size_t>(recorder.statements(), 1);
  pg::MessageResult message;
  for (std::size_t i = 0; i < messages && message.ok(); ++i) {
    if (i < recorder.statements()) {
      sql += recorder.Statement(i);
    }
    if (i + 1 == messages) {
      sql += "COMMIT;";
    }
    message = session.Send(std::exchange(sql, ""));
  }
  if (message.committed) {
    recorder.Appended();
    return {};
  }
  Error error = pg::ToError(*message.error, "write to the ledger");
  if (message.connection_lost) {
    error.kind = ErrorKind::kUnavailable;
  } else {
    (void)session.Send("ROLLBACK;");
  }
  return Fail(std::move(error));
}

}  // namespace

RunRecorder::RunRecorder(ledger::RunIdentity run, const Clock& clock, std::int64_t first_ordinal,
                         std::optional<ledger::MacSecret> secret)
    : run_(std::move(run)),
      clock_(clock),
      secret_(secret),
      next_ordinal_(first_ordinal),
      last_appended_(first_ordinal - 1) {}

Status RunRecorder::Add(ledger::Kind kind, Json fields, std::shared_ptr<const ledger::SaltedBody> body) {
  ASSIGN_OR_RETURN(ledger::Entry entry,
                   MakeEntry(run_, next_ordinal_, kind, clock_.Now(), std::move(fields)));
  waiting_.push_back({.ordinal = next_ordinal_++, .entry = std::move(entry), .body = std::move(body)});
  if (first_.empty()) {
    first_.push_back(waiting_.back());
  }
  return {};
}

std::string RunRecorder::AppendSql(const std::string& check) const {
  if (waiting_.empty() && !check.empty()) {
    return "SELECT " + check + ";";
  }
  std::string sql;
  for (std::size_t i = 0; i < statements(); ++i) {
    sql += Statement(i, i == 0 ? check : "");
  }
  return sql;
}

std::size_t RunRecorder::statements() const {
  return (waiting_.size() + kCallsPerStatement - 1) / kCallsPerStatement;
}

std::string RunRecorder::Statement(std::size_t i) const { return Statement(i, ""); }

std::string RunRecorder::Statement(std::size_t i, const std::string& check) const {
  const std::size_t first = i * kCallsPerStatement;
  const std::size_t end = std::min(first + kCallsPerStatement, waiting_.size());
  std::string sql = "SELECT " + check + (check.empty() ? "" : ",");
  if (i == 0) {
    sql += BodiesSql();
  }
  for (std::size_t at = first; at < end; ++at) {
    sql += AppendCall(waiting_[at]);
    sql += at + 1 < end ? "," : ";";
  }
  return sql;
}

std::string RunRecorder::BodiesSql() const {
  std::string sql;
  std::set<std::string_view> seen;
  for (const Waiting& waiting : waiting_) {
    if (waiting.body != nullptr && !stored_.contains(waiting.body->digest) &&
        seen.insert(waiting.body->digest).second) {
      sql += "paliad_ledger.put_blob(" + pg::QuoteBytes(waiting.body->salt) + "," +
             TextAsBytes(waiting.body->text) + "),";
    }
  }
  return sql;
}

std::string RunRecorder::AppendCall(const Waiting& waiting) const {
  std::string code;
  if (secret_) {
    const Sha256Digest mac =
        ledger::AppendMac(*secret_, run_.run_id, waiting.ordinal, waiting.entry.leaf_hash);
    code = "," + pg::QuoteBytes(AsBytes(mac));
  }
  return "paliad_ledger.append(" + pg::QuoteBytes(waiting.entry.leaf) + code + ")";
}

void RunRecorder::Appended() {
  if (waiting_.empty()) {
    return;
  }
  last_appended_ = std::max(last_appended_, waiting_.back().ordinal);
  std::set<std::string> stored;
  for (const Waiting& waiting : waiting_) {
    if (waiting.body != nullptr) {
      stored.insert(waiting.body->digest);
    }
  }
  if (!stored.empty()) {
    stored_ = std::move(stored);
  }
  waiting_.clear();
}

void RunRecorder::DropEffects() {
  std::erase_if(waiting_, [](const Waiting& waiting) { return TellsOfEffect(waiting.entry.kind); });
  Renumber();
}

void RunRecorder::Renumber() {
  next_ordinal_ = last_appended_ + 1;
  for (Waiting& waiting : waiting_) {
    if (waiting.ordinal != next_ordinal_) {
      waiting.entry = ledger::WithOrdinal(waiting.entry, next_ordinal_);
      waiting.ordinal = next_ordinal_;
    }
    ++next_ordinal_;
  }
}

void RunRecorder::Rebase(std::int64_t last) {
  std::erase_if(waiting_, [&](const Waiting& waiting) { return waiting.ordinal <= last; });
  last_appended_ = last;
  stored_.clear();  // storing one again changes nothing
  const bool first_is_lost =
      last < 0 && !first_.empty() && (waiting_.empty() || waiting_.front().ordinal != first_.front().ordinal);
  if (first_is_lost) {
    waiting_.insert(waiting_.begin(), first_.front());
  }
  DropEffects();
}

Status CommitWaiting(pg::Session& session, RunRecorder& recorder, const std::string& sql_before) {
  return Commit(session, recorder, sql_before);
}

Status CommitWaitingAsynchronously(pg::Session& session, RunRecorder& recorder,
                                   const std::string& sql_before) {
  return Commit(session, recorder, "SET LOCAL synchronous_commit = off;" + sql_before);
}

}  // namespace paliad::store
