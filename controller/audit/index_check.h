// Whether the indexes of the log have what the table has. Every query and the stream of the log itself go
// along them, and whoever may write to the catalog can have rows stored past one, or taken out of one.
#ifndef PALIAD_CONTROLLER_AUDIT_INDEX_CHECK_H_
#define PALIAD_CONTROLLER_AUDIT_INDEX_CHECK_H_

#include "base/result.h"
#include "controller/postgres/session.h"
#include "ledger/problem.h"

namespace paliad::audit {

// Compares the rows of `paliad_ledger.entry` and their keys, read without an index, with what is read along
// each one. kCatalog for an index that differs. Not proof against whoever writes to the index's own file.
// REQUIRES: a LogReader's transaction; how its queries are planned is changed for the rest of it.
[[nodiscard]] Status CheckIndexes(pg::Session& session, ledger::Problems& problems);

}  // namespace paliad::audit

#endif  // PALIAD_CONTROLLER_AUDIT_INDEX_CHECK_H_
