#include "tests/support/webhook.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "base/text.h"

namespace paliad::testing {

std::string HmacHex(std::string_view secret, std::string_view body) {
  std::array<unsigned char, 32> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest.data(), &size);
  return HexEncode({reinterpret_cast<const char*>(digest.data()), size});
}

std::string GiteaPushHeaders(std::string_view secret, std::string_view body, std::string_view delivery) {
  return fmt::format(
      "Content-Type: application/json\r\nX-Gitea-Event: push\r\nX-Gitea-Delivery: {}\r\n"
      "X-Gitea-Signature: {}\r\n",
      delivery, HmacHex(secret, body));
}

}  // namespace paliad::testing
