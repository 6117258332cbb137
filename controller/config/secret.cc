#include "controller/config/secret.h"

#include <fmt/format.h>

#include <cassert>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace paliad::config {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{64} << 10;

Result<std::string> ReadVariable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') {
    return Fail(
        {.kind = ErrorKind::kInvalidInput,
         .doing = "read the secret",
         .subject = "$" + name,
         .cause = value == nullptr ? "the environment variable is not set" : "it is empty",
         .hint = "set it where paliadctl is started: in the service's unit, the container, the shell"});
  }
  return std::string(value);
}

Result<std::string> ReadSecretFile(const std::string& path) {
  const auto fail = [&](std::string cause) {
    return Fail({.kind = ErrorKind::kUnavailable,
                 .doing = "read the secret in",
                 .subject = path,
                 .cause = std::move(cause),
                 .hint = "the file holds the secret and nothing else; this user must be able to read it"});
  };
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxBytes) {
    return fail(fmt::format("it is larger than {} bytes", kMaxBytes));
  }
  if (file.bad() || !file.eof()) {
    return fail(std::strerror(errno));
  }
  if (text.ends_with('\n')) {
    text.resize(text.size() - (text.ends_with("\r\n") ? 2 : 1));
  }
  return text.empty() ? fail("it is empty") : Result<std::string>(std::move(text));
}

}  // namespace

std::string Secret::Where() const { return place_ == Place::kEnvironment ? "$" + name_ : name_; }

Result<std::string> Secret::Read() const {
  assert(!empty());
  return place_ == Place::kEnvironment ? ReadVariable(name_) : ReadSecretFile(name_);
}

Result<std::string> Secret::ReadIfNamed() const { return empty() ? Result<std::string>("") : Read(); }

}  // namespace paliad::config
