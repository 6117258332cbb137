#include "ledger/line_reader.h"

#include <algorithm>
#include <cstring>

namespace paliad::ledger {

bool LineReader::Fill() {
  if (begin_ == end_) {
    source_.read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    begin_ = 0;
    end_ = static_cast<std::size_t>(source_.gcount());
  }
  return begin_ < end_;
}

std::optional<std::string_view> LineReader::Line(std::size_t max_bytes) {
  line_.clear();
  while (Fill()) {
    const char* const data = buffer_.data() + begin_;
    const auto* newline = static_cast<const char*>(std::memchr(data, '\n', end_ - begin_));
    const std::size_t count = newline != nullptr ? static_cast<std::size_t>(newline - data) : end_ - begin_;
    if (line_.size() + count > max_bytes) {
      return std::nullopt;
    }
    begin_ += count + (newline != nullptr ? 1 : 0);
    if (newline != nullptr && line_.empty()) {
      return std::string_view(data, count);  // most lines: no copy
    }
    line_.append(data, count);
    if (newline != nullptr) {
      return line_;
    }
  }
  return std::nullopt;
}

std::optional<std::string> LineReader::Bytes(std::size_t count) {
  std::string bytes;
  while (bytes.size() < count && Fill()) {
    const std::size_t part = std::min(count - bytes.size(), end_ - begin_);
    bytes.append(buffer_.data() + begin_, part);
    begin_ += part;
  }
  return bytes.size() == count ? std::optional(std::move(bytes)) : std::nullopt;
}

bool LineReader::AtEnd() { return !Fill(); }

}  // namespace paliad::ledger
