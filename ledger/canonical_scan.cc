#include "ledger/canonical_scan.h"

#include <fmt/format.h>

#include "base/text.h"
#include "ledger/encoding.h"

namespace paliad::ledger {
namespace {

constexpr std::uint64_t kMaxInteger = (std::uint64_t{1} << 53) - 1;

class Scanner {
 public:
  Scanner(std::string_view text, const JsonVisitor& visit) : text_(text), visit_(visit) {}

  std::optional<std::string> Run() {
    std::size_t bad = 0;
    if (!IsValidUtf8(text_, &bad)) {
      return fmt::format("byte {} is not UTF-8", bad);
    }
    JsonScalar value;
    if (Value(0, value) && at_ < text_.size()) {
      Object("something after the value");
    }
    return objection_;
  }

 private:
  bool Object(std::string_view what) {
    objection_ = fmt::format("{} at byte {}", what, at_);
    return false;
  }

  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool Take(std::string_view token) {
    if (text_.substr(at_).starts_with(token)) {
      at_ += token.size();
      return true;
    }
    return false;
  }

  bool Value(int depth, JsonScalar& value) {
    value = std::monostate();
    switch (Peek()) {
      case '{':
        return Members(depth + 1);
      case '[':
        return Elements(depth + 1);
      case '"':
        return String(value.emplace<std::string>());
      case 't':
        value = true;
        return Take("true") || Object("a misspelt word");
      case 'f':
        value = false;
        return Take("false") || Object("a misspelt word");
      case 'n':
        value = nullptr;
        return Take("null") || Object("a misspelt word");
      default:
        return Integer(value);
    }
  }

  bool Integer(JsonScalar& value) {
    const bool negative = Take("-");
    const std::size_t begin = at_;
    while (Peek() >= '0' && Peek() <= '9') {
      ++at_;
    }
    const auto digits = ParseDecimal(text_.substr(begin, at_ - begin));
    if (!digits || *digits > kMaxInteger || (negative && *digits == 0)) {
      return Object("no canonical integer below 2^53");
    }
    value = negative ? -static_cast<std::int64_t>(*digits) : static_cast<std::int64_t>(*digits);
    return true;
  }

  bool Elements(int depth) {
    ++at_;
    if (depth > kMaxJsonDepth) {
      return Object("too deep a structure");
    }
    if (Take("]")) {
      return true;
    }
    do {
      JsonScalar value;
      if (!Value(depth, value)) {
        return false;
      }
      visit_(depth, {}, value);
    } while (Take(","));
    return Take("]") || Object("no ',' or ']'");
  }

  bool Members(int depth) {
    ++at_;
    if (depth > kMaxJsonDepth) {
      return Object("too deep a structure");
    }
    if (Take("}")) {
      return true;
    }
    std::optional<std::string> last;
    do {
      std::string key;
      JsonScalar value;
      if (!Key(last, key) || !Value(depth, value)) {
        return false;
      }
      visit_(depth, key, value);
      last = std::move(key);
    } while (Take(","));
    return Take("}") || Object("no ',' or '}'");
  }

  bool Key(const std::optional<std::string>& last, std::string& key) {
    if (Peek() != '"') {
      return Object("no key");
    }
    if (!String(key)) {
      return false;
    }
    for (const char c : key) {
      if (c < 0x20 || c >= 0x7F) {
        return Object("a key that is not ASCII");
      }
    }
    if (last && *last >= key) {
      return Object("a key out of order or a second time");
    }
    return Take(":") || Object("no ':'");
  }

  bool String(std::string& out) {
    ++at_;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) {
        return Object("a control character");
      }
      if (c != '\\') {
        out += c;
      } else if (!Escape(out)) {
        return false;
      }
    }
    return Object("an open string");
  }

  // RFC 8785, section 3.2.2.2. Leaves at_ on the escape's last character.
  bool Escape(std::string& out) {
    constexpr std::string_view kShort = "\"\\bfnrt";
    constexpr std::string_view kMeaning = "\"\\\b\f\n\r\t";
    ++at_;
    if (const std::size_t i = kShort.find(Peek()); at_ < text_.size() && i != kShort.npos) {
      out += kMeaning[i];
      return true;
    }
    const std::string_view hex = text_.substr(at_).substr(0, 5);
    const auto byte = hex.starts_with("u00") ? HexDecode(hex.substr(3)) : std::nullopt;
    const bool needed = byte && byte->size() == 1 && static_cast<unsigned char>(byte->front()) < 0x20 &&
                        kMeaning.find(byte->front()) == kMeaning.npos;
    if (!needed) {
      return Object("an escape that canonical JSON does not use");
    }
    out += byte->front();
    at_ += 4;
    return true;
  }

  std::string_view text_;
  const JsonVisitor& visit_;
  std::size_t at_ = 0;
  std::optional<std::string> objection_;
};

}  // namespace

std::optional<std::string> CanonicalObjection(std::string_view text, const JsonVisitor& visit) {
  return Scanner(text, visit).Run();
}

}  // namespace paliad::ledger
