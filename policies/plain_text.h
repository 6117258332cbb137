// Text in which names are looked for without a grammar: bodies of functions, of whatever language, and
// arguments that may be SQL. Comments and strings in it count too. Every search takes linear time.
#ifndef PALIAD_POLICIES_PLAIN_TEXT_H_
#define PALIAD_POLICIES_PLAIN_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace paliad {

class PlainText {
 public:
  static constexpr std::size_t kNone = std::string::npos;

  explicit PlainText(std::string_view text);

  // The offset from which on `word` stands by itself, in any case; kNone if it does not. REQUIRES: `word` is
  // in lower case.
  std::size_t Find(std::string_view word) const { return FindFrom(word, 0); }

  // The same where an opening parenthesis follows, as in a call: f(, f (, "f"(.
  std::size_t FindCall(std::string_view word) const;

  // The same for schema.table, with or without quotes and white space around the dot.
  std::size_t FindQualified(std::string_view schema, std::string_view table) const;

 private:
  std::size_t FindFrom(std::string_view word, std::size_t at) const;
  bool StandsAt(std::string_view word, std::size_t at) const;
  std::size_t SkipBack(std::size_t at) const;

  std::string text_;  // in lower case
};

}  // namespace paliad

#endif  // PALIAD_POLICIES_PLAIN_TEXT_H_
