// Cuts a byte stream of the frontend/backend protocol 3.0 into messages.
#ifndef PALIAD_TESTS_SUPPORT_PG_FRAMING_H_
#define PALIAD_TESTS_SUPPORT_PG_FRAMING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace paliad::testing {

inline constexpr std::uint32_t kCancelRequest = 80877102;
inline constexpr std::uint32_t kSslRequest = 80877103;
inline constexpr std::uint32_t kGssEncRequest = 80877104;

// One whole message as it is on the wire.
struct PgFrame {
  char type = 0;  // 0: one without a type byte, which only a client sends, before anything else
  std::string bytes;

  // Without type and length.
  std::string_view body() const { return std::string_view(bytes).substr(type == 0 ? 4 : 5); }
  // REQUIRES: type == 0. The protocol's version or one of the request codes above.
  std::uint32_t code() const;
};

// Takes the first message off `buffer`; nothing while it is not complete.
std::optional<PgFrame> TakeFrame(std::string& buffer, bool typed);

// ParameterStatus.
PgFrame ParameterStatus(std::string_view name, std::string_view value);

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_SUPPORT_PG_FRAMING_H_
