// What Fetch and its child process say to each other: one JSON document each way.
//
//   to the child:  {"url":"…","branch":"main","data_dir":"…","references":[],"max_bytes":4294967296,
//                   "credentials":{"username":"","password":"","ssh_key_file":"","known_hosts_file":"",
//                                  "ca_file":""}}
//   back:          {"clone":"/var/lib/paliad/git/0123…"} or
//                  {"error":{"kind":"unavailable","doing":"fetch","subject":"…","cause":"…","hint":"…"}}
#ifndef PALIAD_CONTROLLER_GIT_FETCH_MESSAGE_H_
#define PALIAD_CONTROLLER_GIT_FETCH_MESSAGE_H_

#include <string>
#include <string_view>

#include "base/result.h"
#include "controller/git/fetch.h"

namespace paliad::git {

// kInvalidInput if something in it is not UTF-8.
[[nodiscard]] Result<std::string> EncodeRequest(const FetchOptions& options);
// kInternal if it is not what EncodeRequest writes. `deadline`, `stop` and `program` stay with the parent.
[[nodiscard]] Result<FetchOptions> DecodeRequest(std::string_view text);

std::string EncodeReply(const Result<std::string>& reply);
// The reply, or kInternal if it is none.
[[nodiscard]] Result<std::string> DecodeReply(std::string_view text);

}  // namespace paliad::git

#endif  // PALIAD_CONTROLLER_GIT_FETCH_MESSAGE_H_
