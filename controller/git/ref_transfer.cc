// The parent's side; the child's is ref_transfer_command.cc. A transfer travels as the request of a fetch:
// `data_dir` is the local repository, `references` has the one reference, `branch` says which way.
#include "controller/git/ref_transfer.h"

#include <fmt/format.h>

#include <utility>

#include "base/duration.h"
#include "base/text.h"
#include "controller/git/child_process.h"
#include "controller/git/fetch_message.h"
#include "controller/git/remote_url.h"

namespace paliad::git {
namespace {

Error Ended(const ChildResult& result, const RefTransfer& transfer, const std::string& way,
            const std::string& location) {
  const bool late = result.end == ChildResult::End::kDeadline;
  return {.kind = ErrorKind::kUnavailable,
          .doing = fmt::format("{} {}, at", way, transfer.reference),
          .subject = location,
          .cause = late ? fmt::format("it took longer than {}", FormatDuration(transfer.deadline))
                        : fmt::format("the process that does it ended with code {}", result.code),
          .hint = late ? "check the network and the server" : ""};
}

Result<std::string> Transfer(const RefTransfer& transfer, const std::string& way) {
  ASSIGN_OR_RETURN(const RemoteUrl url, ParseRemoteUrl(transfer.url));
  FetchOptions request;
  request.url = transfer.url;
  request.branch = way;
  request.data_dir = transfer.repository;
  request.references = {transfer.reference};
  request.credentials = transfer.credentials;
  ASSIGN_OR_RETURN(std::string text, EncodeRequest(request));
  ASSIGN_OR_RETURN(
      const ChildResult result,
      RunChild({{transfer.program, kRefTransferCommand}, std::move(text), transfer.deadline, {}}));
  if (result.end != ChildResult::End::kExited || result.standard_output.empty()) {
    return Fail(Ended(result, transfer, way, RedactUrl(url.location)));
  }
  return DecodeReply(result.standard_output);
}

}  // namespace

Result<std::optional<std::string>> FetchRef(const RefTransfer& transfer) {
  ASSIGN_OR_RETURN(std::string tip, Transfer(transfer, "fetch"));
  return tip.empty() ? std::nullopt : std::optional(std::move(tip));
}

Status PushRef(const RefTransfer& transfer) {
  return Transfer(transfer, "push").map([](const auto&) {});
}

}  // namespace paliad::git
