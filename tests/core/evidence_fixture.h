// A scenario whose ledger is signed and published, and what an attacker with every right does to it.
#ifndef PALIAD_TESTS_CORE_EVIDENCE_FIXTURE_H_
#define PALIAD_TESTS_CORE_EVIDENCE_FIXTURE_H_

#include <string>
#include <string_view>
#include <vector>

#include "tests/core/scenario.h"
#include "tests/support/postgres_server.h"
#include "tests/support/temp_dir.h"

namespace paliad::testing {

inline constexpr char kTestOrigin[] = "db.example.com/paliad";

class SignedLedger {
 public:
  // A key, a folder of checkpoints, nothing in the database yet.
  SignedLedger() : SignedLedger(PostgresServer::Shared().CreateDatabase()) {}
  // A database somewhere else.
  explicit SignedLedger(const std::string& url);

  // One more migration, applied by a run of its own.
  Outcome ApplyNext();

  // paliadctl with the ledger's flags.
  Outcome Run(std::vector<std::string> arguments);
  Outcome Verify(std::vector<std::string> more = {});
  std::vector<std::string> Flags() const;

  Scenario& scenario() { return scenario_; }
  std::string folder() const { return files_.path() + "/checkpoints"; }
  std::string key_file() const { return files_.path() + "/key"; }
  std::string File(const std::string& name) const { return files_.path() + "/" + name; }
  const std::string& vkey() const { return vkey_; }
  std::string Latest() const;
  int Size() const;  // entries in the database

  // Runs the SQL with every trigger of the ledger's tables off, and puts each back as it was.
  void Attack(std::string_view sql) const;

 private:
  Scenario scenario_;
  TempDir files_;
  std::string vkey_;
  int migrations_ = 0;
};

// "edited@3 gap@5": kinds and numbers of a verification's problems.
std::string Problems(const Outcome& verification);

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_CORE_EVIDENCE_FIXTURE_H_
