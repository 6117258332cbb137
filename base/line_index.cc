#include "base/line_index.h"

#include <algorithm>

namespace paliad {
namespace {

bool IsContinuationByte(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

LineIndex::LineIndex(std::string_view text) : text_(text) {
  starts_.push_back(0);
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    starts_.push_back(at + 1);
  }
}

Position LineIndex::AtByte(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const std::size_t start = *(after - 1);
  const std::string_view before = text_.substr(start, offset - start);
  const auto continuation = std::count_if(before.begin(), before.end(), IsContinuationByte);
  return {.line = static_cast<int>(after - starts_.begin()),
          .column = static_cast<int>(before.size()) - static_cast<int>(continuation) + 1};
}

std::size_t LineIndex::ByteOfCharacter(std::size_t character) const {
  std::size_t seen = 0;
  for (std::size_t at = 0; at < text_.size(); ++at) {
    if (!IsContinuationByte(text_[at]) && ++seen == character) {
      return at;
    }
  }
  return text_.size();
}

std::string_view LineIndex::Line(int line) const {
  if (line < 1 || static_cast<std::size_t>(line) > starts_.size()) {
    return {};
  }
  const std::size_t start = starts_[line - 1];
  std::string_view rest = text_.substr(start);
  rest = rest.substr(0, rest.find('\n'));
  if (!rest.empty() && rest.back() == '\r') {
    rest.remove_suffix(1);
  }
  return rest;
}

}  // namespace paliad
