#include "policies/plain_text.h"

#include <algorithm>

namespace paliad {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// REQUIRES: `c` is in lower case.
bool IsNamePart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

PlainText::PlainText(std::string_view text) : text_(text) {
  std::transform(text_.begin(), text_.end(), text_.begin(), Lower);
}

std::size_t PlainText::FindCall(std::string_view word) const {
  for (std::size_t at = FindFrom(word, 0); at != kNone; at = FindFrom(word, at + 1)) {
    const std::size_t next = text_.find_first_not_of("\" \t\r\n\f\v", at + word.size());
    if (next != kNone && text_[next] == '(') {
      return at;
    }
  }
  return kNone;
}

std::size_t PlainText::FindQualified(std::string_view schema, std::string_view table) const {
  for (std::size_t at = FindFrom(table, 0); at != kNone; at = FindFrom(table, at + 1)) {
    std::size_t before = SkipBack(at);
    if (before == 0 || text_[before - 1] != '.') {
      continue;
    }
    before = SkipBack(before - 1);
    if (before >= schema.size() && StandsAt(schema, before - schema.size())) {
      return before - schema.size();
    }
  }
  return kNone;
}

std::size_t PlainText::FindFrom(std::string_view word, std::size_t at) const {
  for (at = text_.find(word, at); at != kNone; at = text_.find(word, at + 1)) {
    if (StandsAt(word, at)) {
      return at;
    }
  }
  return kNone;
}

bool PlainText::StandsAt(std::string_view word, std::size_t at) const {
  const std::size_t end = at + word.size();
  return text_.compare(at, word.size(), word) == 0 && (at == 0 || !IsNamePart(text_[at - 1])) &&
         (end == text_.size() || !IsNamePart(text_[end]));
}

// Over quotes and white space before `at`: a run of them, which belongs to one name only.
std::size_t PlainText::SkipBack(std::size_t at) const {
  while (at > 0 && std::string_view("\" \t\r\n").find(text_[at - 1]) != std::string_view::npos) {
    --at;
  }
  return at;
}

}  // namespace paliad
