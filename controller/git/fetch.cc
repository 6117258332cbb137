// The parent's side of a fetch; the child's is fetch_command.cc.
#include "controller/git/fetch.h"

#include <fmt/format.h>
#include <signal.h>

#include <cassert>
#include <cstdlib>
#include <cstring>

#include "base/duration.h"
#include "base/text.h"
#include "controller/git/child_process.h"
#include "controller/git/fetch_message.h"
#include "controller/git/home.h"
#include "controller/git/remote_url.h"

namespace paliad::git {
namespace {

std::string FromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The child's last line says where it was.
std::string LastLine(const std::string& text) {
  const std::size_t end = text.find_last_not_of('\n');
  if (end == std::string::npos) {
    return "starting";
  }
  const std::size_t start = text.find_last_of('\n', end);
  const std::size_t from = start == std::string::npos ? 0 : start + 1;
  return Truncate(ToValidUtf8(text.substr(from, end - from + 1)), 400);
}

Error Ended(const ChildResult& result, const FetchOptions& options, const std::string& location) {
  Error error{ErrorKind::kUnavailable, "fetch", location, "", ""};
  const std::string where = LastLine(result.standard_error);
  switch (result.end) {
    case ChildResult::End::kDeadline:
      error.cause =
          fmt::format("it took longer than {} (at the end: {})", FormatDuration(options.deadline), where);
      error.hint = "check the network and the server, or allow more time";
      break;
    case ChildResult::End::kStopped:
      error.cause = "it was stopped";
      break;
    case ChildResult::End::kSignalled:
      error.cause =
          fmt::format("the fetch process was ended by signal {} (at the end: {})", result.code, where);
      error.hint = result.code == SIGKILL ? "it may have run out of memory" : "";
      break;
    case ChildResult::End::kExited:
      error.kind = ErrorKind::kInternal;
      error.cause =
          fmt::format("the fetch process left no reply (exit code {}, at the end: {})", result.code, where);
      break;
  }
  return error;
}

}  // namespace

Credentials CredentialsFromEnvironment() {
  Credentials credentials;
  credentials.username = FromEnvironment("PALIAD_GIT_USERNAME");
  credentials.password = FromEnvironment("PALIAD_GIT_PASSWORD");
  credentials.ssh_key_file = FromEnvironment("PALIAD_GIT_SSH_KEY_FILE");
  credentials.known_hosts_file = FromEnvironment("PALIAD_GIT_KNOWN_HOSTS_FILE");
  credentials.ca_file = FromEnvironment("PALIAD_GIT_CA_FILE");
  return credentials;
}

std::string DefaultDataDir() {
  // XDG Base Directory Specification: a relative path there is invalid and ignored.
  if (const std::string cache = FromEnvironment("XDG_CACHE_HOME"); cache.starts_with('/')) {
    return cache + "/paliad";
  }
  const std::string home = HomeFolder();
  return home.empty() || home == "/" ? "/var/cache/paliad" : home + "/.cache/paliad";
}

Result<std::string> Fetch(const FetchOptions& options) {
  assert(options.deadline.count() > 0 && options.max_bytes > 0);
  ASSIGN_OR_RETURN(const RemoteUrl url, ParseRemoteUrl(options.url));
  ASSIGN_OR_RETURN(std::string request, EncodeRequest(options));
  ASSIGN_OR_RETURN(
      const ChildResult result,
      RunChild({{options.program, kFetchCommand}, std::move(request), options.deadline, options.stop}));
  if (result.end != ChildResult::End::kExited || result.standard_output.empty()) {
    return Fail(Ended(result, options, RedactUrl(url.location)));
  }
  return DecodeReply(result.standard_output);
}

}  // namespace paliad::git
