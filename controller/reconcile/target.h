// Target: one branch of one repository and the database that is to follow it. A value.
#ifndef PALIAD_CONTROLLER_RECONCILE_TARGET_H_
#define PALIAD_CONTROLLER_RECONCILE_TARGET_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "controller/git/fetch.h"
#include "controller/publish/ledger_settings.h"
#include "policies/policy.h"

namespace paliad {

// "schema.table", both as PostgreSQL stores them.
struct QualifiedName {
  std::string schema;
  std::string table;

  // kInvalidInput unless there is exactly one dot with something on both sides.
  [[nodiscard]] static Result<QualifiedName> Parse(std::string_view text);

  std::string Text() const { return schema + "." + table; }
  std::string Quoted() const;  // for SQL
};

// The schema of the controller's own objects, and the tracker of the migrations that make it.
inline constexpr char kLedgerSchema[] = "paliad_ledger";
inline constexpr char kLedgerTracker[] = "paliad_ledger.applied_migrations";

struct Target {
  std::string name = "default";
  std::string database_url;
  std::string branch = "main";
  std::string path = "migrations";
  QualifiedName tracker{.schema = "paliad", .table = "applied_migrations"};
  QualifiedName legacy_tracker{.schema = "paliad", .table = "paliad_schema_migrations"};
  std::optional<std::string> search_path;          // none: the login role's own
  std::chrono::milliseconds lock_timeout{5'000};   // per statement of a migration; 0: none
  std::chrono::milliseconds statement_timeout{0};  // the same
  std::string policy_path = kPolicyPath;           // on the branch; where it is not, the default policy holds
  std::optional<Policy> policy;                    // instead of the branch's
  std::string data_dir;                            // where this machine keeps caches; empty: none are kept
  LedgerSettings ledger;
  std::string repository = ".";      // a folder or a URL: where git:REF is
  git::Credentials git_credentials;  // for the URL, or for the folder's remote
};

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_TARGET_H_
