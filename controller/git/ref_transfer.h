// One reference to and from a remote repository, in a child process of the same binary, for the reasons that
// fetch.h has.
#ifndef PALIAD_CONTROLLER_GIT_REF_TRANSFER_H_
#define PALIAD_CONTROLLER_GIT_REF_TRANSFER_H_

#include <chrono>
#include <optional>
#include <string>

#include "base/result.h"
#include "controller/git/fetch.h"

namespace paliad::git {

struct RefTransfer {
  std::string repository;  // the local one
  std::string url;         // of the remote one
  std::string reference;   // "refs/paliad/ledger": the same on both sides
  Credentials credentials;
  std::chrono::milliseconds deadline{std::chrono::seconds(20)};  // > 0
  std::string program = "/proc/self/exe";
};

// Fetches the remote's reference and makes it the local one's value, unless the local one continues it (then
// the remote lacks what was not pushed yet). Returns the remote's commit; none: it has no such reference.
// What the local reference had besides is given up: it was never published. Errors as Fetch.
[[nodiscard]] Result<std::optional<std::string>> FetchRef(const RefTransfer& transfer);

// Pushes the local reference, never by force. kConflict if the remote has something that it does not
// continue; else errors as Fetch.
[[nodiscard]] Status PushRef(const RefTransfer& transfer);

// The hidden subcommand: a request as JSON on standard input, a reply on standard output.
inline constexpr char kRefTransferCommand[] = "internal-ref-transfer";
int RunRefTransferCommand();

}  // namespace paliad::git

#endif  // PALIAD_CONTROLLER_GIT_REF_TRANSFER_H_
