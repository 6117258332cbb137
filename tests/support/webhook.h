// Webhooks as Gitea signs and sends them.
#ifndef PALIAD_TESTS_SUPPORT_WEBHOOK_H_
#define PALIAD_TESTS_SUPPORT_WEBHOOK_H_

#include <string>
#include <string_view>

namespace paliad::testing {

// HMAC-SHA256 in hex.
std::string HmacHex(std::string_view secret, std::string_view body);

// Header lines, each with its CRLF, of a push whose JSON is `body`. `delivery`: its id.
std::string GiteaPushHeaders(std::string_view secret, std::string_view body, std::string_view delivery);

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_SUPPORT_WEBHOOK_H_
