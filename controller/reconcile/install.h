// `ledger install`: gives the ledger to an owner of its own, so that the role that runs migrations can only
// add to it. The administrator's; the controller itself never does this.
#ifndef PALIAD_CONTROLLER_RECONCILE_INSTALL_H_
#define PALIAD_CONTROLLER_RECONCILE_INSTALL_H_

#include <chrono>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "controller/reconcile/target.h"

namespace paliad {

struct InstallRequest {
  std::string admin_url;  // a superuser, or a role with CREATEROLE that may create in the database
  std::string actor;      // "m@laptop"
  std::chrono::milliseconds lock_wait{60'000};
};

struct Installation {
  std::string database;
  std::string login;                 // the target's role, which the grants are for
  std::string previous_owner;        // of the ledger; "": there was none
  std::vector<std::string> applied;  // files of migrations/schema: "002_evidence.up.sql"
  bool code = false;                 // append asks for a code from now on
  std::vector<std::string> changes;  // the statements that were needed; empty: nothing was to do
};

// One transaction: roles, missing files of the schema, owners, grants, the secret, the tracker, and the
// entries that tell of it. What is as it should be is left alone. kInvalidInput, with nothing changed: the
// login could get around the grants (each of its rights is named), is not there, or the administrator lacks a
// right; kCorruption: the schema is not as it was made, or a role of ours is not what it should be.
[[nodiscard]] Result<Installation> InstallLedger(const Target& target, const InstallRequest& request,
                                                 const Clock& clock);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_INSTALL_H_
