#include "ledger/problem.h"

namespace paliad::ledger {

std::string_view ProblemKindName(ProblemKind kind) {
  switch (kind) {
    case ProblemKind::kEdited:
      return "edited";
    case ProblemKind::kGap:
      return "gap";
    case ProblemKind::kTruncated:
      return "truncated";
    case ProblemKind::kFork:
      return "fork";
    case ProblemKind::kUntrusted:
      return "untrusted";
    case ProblemKind::kBadSignature:
      return "bad_signature";
    case ProblemKind::kUnsigned:
      return "unsigned";
    case ProblemKind::kUnproven:
      return "unproven";
    case ProblemKind::kMalformed:
      return "malformed";
    case ProblemKind::kOrdinalGap:
      return "ordinal_gap";
    case ProblemKind::kDuplicate:
      return "duplicate";
    case ProblemKind::kUnfinished:
      return "unfinished";
    case ProblemKind::kUnstarted:
      return "unstarted";
    case ProblemKind::kGenesis:
      return "genesis";
    case ProblemKind::kBody:
      return "body";
    case ProblemKind::kProjection:
      return "projection";
    case ProblemKind::kCatalog:
      return "catalog";
  }
  return "";
}

}  // namespace paliad::ledger
