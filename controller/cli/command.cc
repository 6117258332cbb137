#include "controller/cli/command.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "base/duration.h"
#include "base/json.h"
#include "base/text.h"
#include "controller/git/fetch.h"
#include "policies/policy_file.h"

namespace paliad::cli {
namespace {

Error BadFlag(std::string flag, const Error& why) {
  return {.kind = ErrorKind::kInvalidInput,
          .doing = "use the value of",
          .subject = std::move(flag),
          .cause = why.Message(),
          .hint = why.hint};
}

}  // namespace

Result<std::string> ReadPolicyText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxPolicyBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad() || !file.eof()) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "read the policy",
                 .subject = path,
                 .cause = text.size() > kMaxPolicyBytes
                              ? fmt::format("it is larger than {} bytes", kMaxPolicyBytes)
                              : std::string(std::strerror(errno)),
                 .hint = "--policy names a file on this machine"});
  }
  return text;
}

Result<Policy> ReadPolicyFile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadPolicyText(path));
  return ReadPolicy(text, path);
}

bool Options::UseColor(int file_descriptor) const {
  if (color != "auto") {
    return color == "always";
  }
  const char* no_color = std::getenv("NO_COLOR");
  return (no_color == nullptr || *no_color == '\0') && isatty(file_descriptor) == 1;
}

std::string IsDuration(const std::string& text) {
  const auto duration = ParseDuration(text);
  return duration ? "" : fmt::format("{}; {}", duration.error().cause, duration.error().hint);
}

Result<Target> MakeTarget(const Options& options) {
  Target target;
  target.name = options.target;
  target.database_url = options.database;
  target.branch = options.branch;
  target.path = options.path;
  target.data_dir = options.data_dir.empty() ? git::DefaultDataDir() : options.data_dir;
  const auto table = [](const std::string& flag, const std::string& text, QualifiedName& to) -> Status {
    Result<QualifiedName> name = QualifiedName::Parse(text);
    if (!name) {
      return Fail(BadFlag(flag, name.error()));
    }
    to = *name;
    return {};
  };
  const auto duration = [](const std::string& flag, const std::string& text,
                           std::chrono::milliseconds& to) -> Status {
    const auto parsed = ParseDuration(text);
    if (!parsed) {
      return Fail(BadFlag(flag, parsed.error()));
    }
    to = *parsed;
    return {};
  };
  RETURN_IF_ERROR(table("--tracker", options.tracker, target.tracker));
  RETURN_IF_ERROR(table("--legacy-tracker", options.legacy_tracker, target.legacy_tracker));
  RETURN_IF_ERROR(duration("--lock-timeout", options.lock_timeout, target.lock_timeout));
  RETURN_IF_ERROR(duration("--statement-timeout", options.statement_timeout, target.statement_timeout));
  target.policy = options.policy_of_file;
  target.policy_path = options.policy_path;
  target.ledger = options.ledger;
  target.repository = options.repository;
  if (!options.credentials) {
    target.git_credentials = git::CredentialsFromEnvironment();
  } else if (*options.credentials) {  // else whoever opens the repository says why not
    target.git_credentials = **options.credentials;
  }
  if (!options.search_path.empty()) {
    target.search_path = options.search_path;
  }
  return target;
}

std::optional<Error> MissingDatabase(const Options& options) {
  if (!options.database.empty()) {
    return std::nullopt;
  }
  if (options.database_error) {
    return options.database_error;
  }
  return Error{.kind = ErrorKind::kInvalidInput,
               .doing = "connect to the database",
               .subject = "",
               .cause = "none is named",
               .hint = "name it with --database URL or $PALIAD_DATABASE_URL, or in a configuration file"};
}

Result<git::Repository> OpenRepository(const Options& options, const std::vector<std::string>& references) {
  if (!git::IsRemote(options.repository)) {
    return git::Repository::Open(options.repository);
  }
  git::FetchOptions fetch;
  fetch.url = options.repository;
  fetch.branch = options.branch;
  fetch.references = references;
  fetch.data_dir = options.data_dir.empty() ? git::DefaultDataDir() : options.data_dir;
  if (options.credentials) {
    ASSIGN_OR_RETURN(fetch.credentials, *options.credentials);
  } else {
    fetch.credentials = git::CredentialsFromEnvironment();
  }
  ASSIGN_OR_RETURN(const std::string clone, git::Fetch(fetch));
  return git::Repository::Open(clone);
}

std::string Actor() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  const passwd* user = getpwuid(getuid());
  return fmt::format("{}@{}", user != nullptr ? user->pw_name : std::to_string(getuid()), host.data());
}

void Answer(const std::string& text) { std::fputs(text.c_str(), stdout); }

void AnswerJson(const OrderedJson& json) { Answer(DumpJson(json) + "\n"); }

OrderedJson ErrorJson(const Error& error) {
  return {{"kind", ErrorKindName(error.kind)}, {"message", error.Message()}, {"hint", error.hint}};
}

std::string ErrorText(const Error& error, bool color) {
  const char* red = color ? "\033[1;31m" : "";
  const char* bold = color ? "\033[1m" : "";
  const char* reset = color ? "\033[0m" : "";
  std::string text =
      fmt::format("{}error:{} {}\n", red, reset, EscapeForTerminal(error.Message(), /*multiline=*/true));
  if (!error.hint.empty()) {
    text += fmt::format("  {}hint:{} {}\n", bold, reset, EscapeForTerminal(error.hint, /*multiline=*/true));
  }
  return text;
}

int AnswerError(const Options& options, const Error& error, int code) {
  if (options.json()) {
    AnswerJson(OrderedJson{{"error", ErrorJson(error)}});
  }
  std::fputs(ErrorText(error, options.UseColor(STDERR_FILENO)).c_str(), stderr);
  return code;
}

int ExitCodeFor(const Error& error) {
  return NextActionFor(error.kind) == NextAction::kSettle ? kRefused : kFailed;
}

}  // namespace paliad::cli
