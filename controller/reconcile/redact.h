// `ledger redact`: takes a body out of the ledger. Its digest stays, so every proof still holds; an entry
// says who took it out and why. The administrator's, where the ledger has an owner of its own.
#ifndef PALIAD_CONTROLLER_RECONCILE_REDACT_H_
#define PALIAD_CONTROLLER_RECONCILE_REDACT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "controller/reconcile/target.h"

namespace paliad {

struct RedactRequest {
  std::string digest;     // 64 hex digits, lower case
  std::string reason;     // not empty
  std::string actor;      // "m@laptop"
  std::string admin_url;  // empty: as the target's own role
};

struct Redaction {
  std::optional<Error> objection;  // no such body, or none any more: nothing was changed
  std::int64_t bytes = 0;          // that the body had
};

// Body, salt and the `redaction` entry go and come in one transaction. PostgreSQL keeps the old row until the
// table is vacuumed, and backups keep it for longer.
[[nodiscard]] Result<Redaction> RedactBody(const Target& target, const RedactRequest& request,
                                           const Clock& clock);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_REDACT_H_
