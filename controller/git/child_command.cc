#include "controller/git/child_command.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "controller/git/child_process.h"
#include "controller/git/fetch_message.h"
#include "controller/git/home.h"

namespace paliad::git {
namespace {

std::string ReadStandardInput() {
  std::string text;
  std::array<char, 8192> buffer;
  while (text.size() <= kMaxChildInput) {
    const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(count));
    } else if (count == 0 || errno != EINTR) {
      break;
    }
  }
  return text;
}

}  // namespace

int AnswerRequest(const std::function<Result<std::string>(const FetchOptions&)>& answer) {
  SetHomeIfMissing();
  const Result<FetchOptions> request = DecodeRequest(ReadStandardInput());
  const Result<std::string> reply = request ? answer(*request) : Fail(request.error());
  const std::string text = EncodeReply(reply) + "\n";
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  return reply && written ? 0 : 1;
}

}  // namespace paliad::git
