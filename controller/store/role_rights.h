// What a role could do to the ledger in spite of all grants.
#ifndef PALIAD_CONTROLLER_STORE_ROLE_RIGHTS_H_
#define PALIAD_CONTROLLER_STORE_ROLE_RIGHTS_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "controller/postgres/session.h"

namespace paliad::store {

struct RoleRight {
  std::string what;    // "is a superuser": completes "role app …"
  std::string remedy;  // the SQL that takes it away
};

// The attributes and memberships by which `role` could read the secret, become the ledger's owner, or remove
// the database. Not BYPASSRLS: the ledger has no policies. Empty: none, or no such role.
[[nodiscard]] Result<std::vector<RoleRight>> ReadDangerousRights(pg::Session& session,
                                                                 const std::string& role);

}  // namespace paliad::store

#endif  // PALIAD_CONTROLLER_STORE_ROLE_RIGHTS_H_
