#include "tests/support/pg_framing.h"

#include <cassert>

namespace paliad::testing {
namespace {

std::uint32_t ReadUint32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
  }
  return value;
}

}  // namespace

std::uint32_t PgFrame::code() const {
  assert(type == 0);
  return body().size() < 4 ? 0 : ReadUint32(body());
}

std::optional<PgFrame> TakeFrame(std::string& buffer, bool typed) {
  const std::size_t header = typed ? 5 : 4;
  if (buffer.size() < header) {
    return std::nullopt;
  }
  // The length counts itself and not the type.
  const std::size_t size = ReadUint32(std::string_view(buffer).substr(header - 4)) + header - 4;
  if (size < header || buffer.size() < size) {
    return std::nullopt;
  }
  PgFrame frame{typed ? buffer[0] : '\0', buffer.substr(0, size)};
  buffer.erase(0, size);
  return frame;
}

PgFrame ParameterStatus(std::string_view name, std::string_view value) {
  std::string body = std::string(name) + '\0' + std::string(value) + '\0';
  const std::size_t length = body.size() + 4;
  std::string bytes = "S";
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(length >> shift & 0xff);
  }
  return {'S', bytes + body};
}

}  // namespace paliad::testing
