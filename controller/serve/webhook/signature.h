// Is a webhook from the forge that a target believes? Decided on the raw body, before anything reads it.
#ifndef PALIAD_CONTROLLER_SERVE_WEBHOOK_SIGNATURE_H_
#define PALIAD_CONTROLLER_SERVE_WEBHOOK_SIGNATURE_H_

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace paliad::serve {

// Whose webhooks a target believes. The target's choice, never the sender's: Gitea also sends GitHub's
// headers.
enum class ForgeKind { kGitea, kForgejo, kGithub, kGitlab };

// The one header of that name (lower case); none if there is none, or several.
using HeaderLookup = std::function<std::optional<std::string_view>(std::string_view name)>;

inline constexpr std::chrono::minutes kSignatureTolerance{5};

// Signed with one of `secrets` (several are good while one is rotated; an empty one is good for nothing):
//
//   gitea    X-Gitea-Signature: hex of HMAC-SHA256 over the body
//   forgejo  X-Forgejo-Signature, else X-Gitea-Signature: the same
//   github   X-Hub-Signature-256: "sha256=" and the same; SHA-1 is never looked at
//   gitlab   a secret "whsec_<base64>": webhook-signature of Standard Webhooks (standardwebhooks.com), which
//            is "v1,<base64>" of HMAC-SHA256 over "id.timestamp.body", not older or newer than the tolerance;
//            any other secret: X-Gitlab-Token is the secret itself
//
// Compared in constant time, and byte by byte: one spelling of a signature is good.
bool IsAuthentic(ForgeKind kind, const HeaderLookup& header, std::string_view body,
                 const std::vector<std::string>& secrets, WallTime now);

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_WEBHOOK_SIGNATURE_H_
