// Whether the ledger's schema is what this program made: its tables, triggers, functions, owners and grants, and what
// else could write to them, compared with a list that the program was built with (migrations/schema/catalog.txt).
#ifndef PALIAD_CONTROLLER_STORE_CATALOG_H_
#define PALIAD_CONTROLLER_STORE_CATALOG_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "controller/postgres/session.h"
#include "ledger/problem.h"

namespace paliad::store {

// The roles that `ledger install` makes.
inline constexpr char kOwnerRole[] = "paliad_ledger_owner";
inline constexpr char kAuditorRole[] = "paliad_auditor";

struct CatalogReport {
  bool installed = false;          // the ledger belongs to kOwnerRole; else to a login: single-role mode
  std::vector<std::string> notes;  // what weakens the record without being wrong; a sentence each
  ledger::Problems problems;       // of kind kCatalog, each naming an object and what differs
};

// Reads catalogs only, so that any role may ask; reads in the transaction that is open, if one is. An Error if the
// database could not be asked or has no ledger (kInvalidInput).
[[nodiscard]] Result<CatalogReport> CompareCatalog(pg::Session& session);

}  // namespace paliad::store

#endif  // PALIAD_CONTROLLER_STORE_CATALOG_H_
