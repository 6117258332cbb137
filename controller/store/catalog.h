// Whether the ledger's schema is what this program made: its tables, triggers, functions, owners and grants,
// and what else could write to them, compared with a list that the program was built with
// (migrations/schema/catalog.txt).
#ifndef PALIAD_CONTROLLER_STORE_CATALOG_H_
#define PALIAD_CONTROLLER_STORE_CATALOG_H_

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "controller/postgres/session.h"
#include "ledger/problem.h"

namespace paliad::store {

// The roles that `ledger install` makes. The owner's name also stands in migrations/schema.
inline constexpr char kOwnerRole[] = "paliad_ledger_owner";
inline constexpr char kAuditorRole[] = "paliad_auditor";

struct CatalogReport {
  bool installed = false;          // the ledger belongs to kOwnerRole; else to a login: single-role mode
  std::vector<std::string> notes;  // what weakens the record without being wrong; a sentence each
  ledger::Problems problems;       // of kind kCatalog, each naming an object and what differs
};

// Reads catalogs and the entries of installations, so that whoever may read the ledger may ask; reads in the
// transaction that is open, if one is, and leaves it with pg_catalog as its search path. An Error if the
// database could not be asked or has no ledger (kInvalidInput).
[[nodiscard]] Result<CatalogReport> CompareCatalog(pg::Session& session);

// The part of it that is about the schema's own objects: neither grants nor roles. Runs no code of theirs.
[[nodiscard]] Result<CatalogReport> CompareObjects(pg::Session& session);

// (object's property, value). One name may have several values.
using CatalogLines = std::set<std::pair<std::string, std::string>>;

// The schema as it is: what migrations/schema/catalog.txt was written from.
[[nodiscard]] Result<CatalogLines> ReadCatalogLines(pg::Session& session);

// For whom `ledger install` was run, by the ledger's own entries.
[[nodiscard]] Result<std::set<std::string>> ReadInstalledLogins(pg::Session& session);

struct Grant {
  std::string object;  // "schema paliad_ledger", "table entry", "column entry.leaf", "function append"
  std::string grantee;
  std::string privilege;  // "SELECT"
};

// What `ledger install` grants: reading everything but the secret, and the functions that a run calls.
bool IsForAuditors(const Grant& grant);
bool IsForLogins(const Grant& grant);

}  // namespace paliad::store

#endif  // PALIAD_CONTROLLER_STORE_CATALOG_H_
