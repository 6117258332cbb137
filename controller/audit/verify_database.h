// The ledger in a database against what was published of it, entry by entry.
#ifndef PALIAD_CONTROLLER_AUDIT_VERIFY_DATABASE_H_
#define PALIAD_CONTROLLER_AUDIT_VERIFY_DATABASE_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "controller/audit/log_reader.h"
#include "controller/publish/log_identity.h"
#include "controller/publish/place.h"
#include "ledger/report.h"

namespace paliad::audit {

struct Verification {
  ledger::Report report;
  std::vector<std::string> notes;  // what weakens the evidence without being wrong; a sentence each
};

// Reads the whole log as a stream. `published`: the checkpoints that vouch for it, of this origin and of the
// ones that it had before an incarnation. Without any, the database's own copies do as far as a trusted key
// signed them. What differs is in the report; an Error is for what kept from looking.
[[nodiscard]] Result<Verification> VerifyDatabase(const LogReader& log, const publish::LogIdentity& identity,
                                                  const std::vector<publish::PublishedNote>& published);

}  // namespace paliad::audit

#endif  // PALIAD_CONTROLLER_AUDIT_VERIFY_DATABASE_H_
