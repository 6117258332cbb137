// What went wrong, in the words a person needs, and classed by what the caller should do about it.
// Values; safe to copy between threads.
#ifndef PALIAD_BASE_ERROR_H_
#define PALIAD_BASE_ERROR_H_

#include <string>
#include <string_view>

namespace paliad {

// Named after the reaction, not after the library that failed.
enum class ErrorKind {
  kUnavailable,   // back off and try again: connection lost, lock timeout, deadlock
  kConflict,      // read again and plan again: somebody else moved first
  kInvalidInput,  // wait for a new commit or a person
  kInDoubt,       // find out what happened before anything else
  kCorruption,    // stop; a person must look
  kInternal,      // a bug
};

enum class NextAction { kRetry, kReplan, kWaitForChange, kSettle, kStop };

// The one place that maps a kind to what happens next.
NextAction NextActionFor(ErrorKind kind);

// "unavailable", "conflict", "invalid_input", "in_doubt", "corruption", "internal".
// Part of the JSON contract and of ledger entries; never rename.
std::string_view ErrorKindName(ErrorKind kind);

// Reads "cannot <doing>[ <subject>]: <cause>", followed by the hint on a line of its own.
struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  std::string doing;    // "connect to the database": completes "cannot …"
  std::string subject;  // to what; secrets already removed; may be empty
  std::string cause;    // why, in the words of whoever refused
  std::string hint;     // what to do next; may be empty

  // Without the hint; one line unless the cause has several.
  std::string Message() const;
};

}  // namespace paliad

#endif  // PALIAD_BASE_ERROR_H_
