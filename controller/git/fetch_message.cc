#include "controller/git/fetch_message.h"

#include "base/json.h"
#include "base/text.h"

namespace paliad::git {
namespace {

constexpr ErrorKind kKinds[] = {ErrorKind::kUnavailable, ErrorKind::kConflict,   ErrorKind::kInvalidInput,
                                ErrorKind::kInDoubt,     ErrorKind::kCorruption, ErrorKind::kInternal};

Error Malformed(const char* doing, const std::string& cause) {
  return {ErrorKind::kInternal, doing, "", cause, ""};
}

ErrorKind KindFromName(const std::string& name) {
  for (const ErrorKind kind : kKinds) {
    if (ErrorKindName(kind) == name) {
      return kind;
    }
  }
  return ErrorKind::kInternal;
}

}  // namespace

Result<std::string> EncodeRequest(const FetchOptions& options) {
  const Credentials& credentials = options.credentials;
  const Json request = {{"url", options.url},
                        {"branch", options.branch},
                        {"data_dir", options.data_dir},
                        {"references", options.references},
                        {"max_bytes", options.max_bytes},
                        {"credentials",
                         {{"username", credentials.username},
                          {"password", credentials.password},
                          {"ssh_key_file", credentials.ssh_key_file},
                          {"known_hosts_file", credentials.known_hosts_file},
                          {"ca_file", credentials.ca_file}}}};
  try {
    return request.dump();
  } catch (const Json::exception&) {  // its text could quote a secret
    return Fail({ErrorKind::kInvalidInput, "fetch", RedactUrl(ToValidUtf8(options.url)),
                 "a name, a path or a credential is not UTF-8", ""});
  }
}

Result<FetchOptions> DecodeRequest(std::string_view text) {
  try {
    const Json request = Json::parse(text);
    const Json& credentials = request.at("credentials");
    FetchOptions options;
    request.at("url").get_to(options.url);
    request.at("branch").get_to(options.branch);
    request.at("data_dir").get_to(options.data_dir);
    request.at("references").get_to(options.references);
    request.at("max_bytes").get_to(options.max_bytes);
    credentials.at("username").get_to(options.credentials.username);
    credentials.at("password").get_to(options.credentials.password);
    credentials.at("ssh_key_file").get_to(options.credentials.ssh_key_file);
    credentials.at("known_hosts_file").get_to(options.credentials.known_hosts_file);
    credentials.at("ca_file").get_to(options.credentials.ca_file);
    return options;
  } catch (const Json::exception&) {
    return Fail(Malformed("read the fetch request", "standard input is not a request of this version"));
  }
}

std::string EncodeReply(const Result<std::string>& reply) {
  if (reply) {
    return DumpJson({{"clone", *reply}});
  }
  const Error& error = reply.error();
  return DumpJson({{"error",
                    {{"kind", ErrorKindName(error.kind)},
                     {"doing", error.doing},
                     {"subject", error.subject},
                     {"cause", error.cause},
                     {"hint", error.hint}}}});
}

Result<std::string> DecodeReply(std::string_view text) {
  try {
    const Json reply = Json::parse(text);
    if (reply.contains("clone")) {
      return reply.at("clone").get<std::string>();
    }
    const Json& error = reply.at("error");
    return Fail({KindFromName(error.at("kind").get<std::string>()), error.at("doing").get<std::string>(),
                 error.at("subject").get<std::string>(), error.at("cause").get<std::string>(),
                 error.at("hint").get<std::string>()});
  } catch (const Json::exception& exception) {
    return Fail(Malformed("read the fetch process's reply", exception.what()));
  }
}

}  // namespace paliad::git
