#include "controller/forge/link_header.h"

#include <algorithm>

namespace paliad::forge {
namespace {

bool SameWord(std::string_view one, std::string_view other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(), [](char a, char b) {
    return a == b || ((a | 0x20) == (b | 0x20) && (a | 0x20) >= 'a' && (a | 0x20) <= 'z');
  });
}

// Takes the text up to one of `ends` that is not within quotes; the end itself stays.
std::string_view TakeUntil(std::string_view& text, std::string_view ends) {
  bool quoted = false;
  std::size_t at = 0;
  for (; at < text.size() && (quoted || ends.find(text[at]) == ends.npos); ++at) {
    if (text[at] == '"') {
      quoted = !quoted;
    } else if (quoted && text[at] == '\\') {
      ++at;
    }
  }
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(taken.size());
  return taken;
}

std::string_view Trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  return begin == text.npos ? std::string_view()
                            : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// `parameter` is "rel=next" or "rel=\"next last\"".
bool IsRelation(std::string_view parameter, std::string_view relation) {
  const std::size_t equals = parameter.find('=');
  if (equals == parameter.npos || !SameWord(Trim(parameter.substr(0, equals)), "rel")) {
    return false;
  }
  std::string_view words = Trim(parameter.substr(equals + 1));
  if (words.size() >= 2 && words.starts_with('"') && words.ends_with('"')) {
    words = words.substr(1, words.size() - 2);
  }
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(' '));
    if (SameWord(word, relation)) {
      return true;
    }
    words.remove_prefix(std::min(word.size() + 1, words.size()));
  }
  return false;
}

}  // namespace

std::string LinkTarget(std::string_view header, std::string_view relation) {
  while (true) {
    const std::size_t begin = header.find('<');
    const std::size_t end = header.find('>', begin == header.npos ? begin : begin + 1);
    if (end == header.npos) {
      return "";
    }
    const std::string_view target = header.substr(begin + 1, end - begin - 1);
    header.remove_prefix(end + 1);
    bool found = false;
    TakeUntil(header, ";,");
    while (header.starts_with(';')) {
      header.remove_prefix(1);
      found |= IsRelation(TakeUntil(header, ";,"), relation);
    }
    if (found) {
      return std::string(target);
    }
  }
}

}  // namespace paliad::forge
