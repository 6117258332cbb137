#include "controller/cli/ledger_session.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "controller/cli/anchoring.h"
#include "controller/store/queries.h"

namespace paliad::cli {

Result<LedgerSession> OpenLedger(const Options& options) {
  ASSIGN_OR_RETURN(Target target, MakeTarget(options));
  ASSIGN_OR_RETURN(LogSetup setup, ReadLogSetup(target));
  ASSIGN_OR_RETURN(pg::Session session,
                   pg::Session::Connect({.url = target.database_url, .search_path = pg::kOwnSearchPath}));
  RETURN_IF_ERROR(session.Run(session.settings_sql(), "set up the connection"));
  ASSIGN_OR_RETURN(const bool found, store::HasLedger(session));
  if (!found) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "use the ledger of",
                 .subject = session.shown_url(),
                 .cause = "this database has none",
                 .hint = "`paliadctl reconcile` makes it"});
  }
  return LedgerSession{.target = std::move(target), .setup = std::move(setup), .session = std::move(session)};
}

void SetLedgerCallback(CLI::App& command, Invocation& invocation, LedgerCommand run) {
  command.callback([&invocation, run = std::move(run)] {
    const Options& options = invocation.options;
    if (const auto missing = MissingDatabase(options)) {
      invocation.exit_code = AnswerError(options, *missing, kUsage);
      return;
    }
    const Result<int> code = run(invocation);
    invocation.exit_code =
        code ? *code
             : AnswerError(options, code.error(), ExitCodeWith(code.error(), ExitCodeFor(code.error())));
  });
}

Result<std::string> ReadSmallFile(const std::string& path, std::size_t most) {
  std::ifstream source(path, std::ios::binary);
  std::string bytes(most + 1, '\0');
  source.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(source.gcount()));
  if (source.bad() || !source.eof()) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "read",
                 .subject = path,
                 .cause = bytes.size() > most ? fmt::format("it has more than {} bytes", most)
                                              : std::string(std::strerror(errno)),
                 .hint = ""});
  }
  return bytes;
}

}  // namespace paliad::cli
