// Host access in texts: a scan over tokens, since the bodies of functions have no parse tree. Linear: a
// string in a string is shorter than it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "migrations/sql_lexer.h"
#include "policies/host_access.h"
#include "policies/plain_text.h"
#include "policies/sql_literal.h"

namespace paliad {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

// What a text is read as.
enum class Reading {
  kCode,   // statements, and strings given to EXECUTE
  kCalls,  // anything that may be SQL: only calls count, so that a message may say "create extension"
};

class TextScan {
 public:
  TextScan(std::string_view text, Reading reading, int depth)
      : text_(text), reading_(reading), depth_(depth) {}

  std::optional<HostAccessInText> Find() {
    SqlLexer lexer(text_);
    for (SqlToken token = lexer.Next();
         token.kind != SqlTokenKind::kEnd && token.kind != SqlTokenKind::kUnterminated && !found_;
         token = lexer.Next()) {
      Look(token);
      std::rotate(recent_.begin(), recent_.end() - 1, recent_.end());
      recent_[0] = token;
    }
    if (copy_ == Copy::kTarget && depth_ > 0) {  // 'COPY t FROM ' || path
      Report(copy_at_, CopyAccess(Follows("from"), false));
    }
    return found_;
  }

 private:
  static constexpr int kMaxDepth = 8;          // of strings in strings
  static constexpr std::size_t kMaxName = 80;  // what is looked for is shorter

  void Look(const SqlToken& token) {
    if (IsPunctuation(token, '(')) {
      LookAtCall();
    }
    if (token.kind == SqlTokenKind::kString) {
      LookAtString(token);
    }
    if (reading_ == Reading::kCode) {
      LookAtStatement(token);
      LookAtCopy(token);
    }
  }

  void Report(std::size_t at, std::optional<HostAccess> access) {
    if (access && !found_) {
      found_ = HostAccessInText{.at = at, .access = *std::move(access)};
    }
  }

  bool IsPunctuation(const SqlToken& token, char c) const {
    return token.kind == SqlTokenKind::kPunctuation && text_[token.begin] == c;
  }

  // The words before the one that is looked at, the nearest last.
  template <class... Words>
  bool Follows(Words... words) const {
    const std::array<std::string_view, sizeof...(Words)> list = {words...};
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (!IsWord(text_, recent_[list.size() - 1 - i], list[i])) {
        return false;
      }
    }
    return true;
  }

  // "" if the token is no name, or too long to be one that matters.
  std::string NameAt(const SqlToken& token) const {
    const std::string_view text = text_.substr(token.begin, token.end - token.begin);
    if (text.size() > kMaxName) {
      return "";
    }
    if (token.kind == SqlTokenKind::kWord) {
      return Lower(text);
    }
    return token.kind == SqlTokenKind::kQuotedName ? LiteralValue(text) : "";
  }

  void LookAtCall() {
    const bool qualified = IsPunctuation(recent_[1], '.');
    if (const std::string name = NameAt(recent_[0]); !name.empty()) {
      Report(recent_[0].begin, FunctionAccess(qualified ? NameAt(recent_[2]) : "", name));
    }
  }

  void LookAtString(const SqlToken& token) {
    if (depth_ >= kMaxDepth) {
      return;
    }
    const Reading reading = executes_ && reading_ == Reading::kCode ? Reading::kCode : Reading::kCalls;
    const std::string value = LiteralValue(text_.substr(token.begin, token.end - token.begin));
    if (auto inner = TextScan(value, reading, depth_ + 1).Find()) {
      Report(token.begin, std::move(inner->access));
    }
  }

  void LookAtStatement(const SqlToken& token) {
    if (IsPunctuation(token, ';')) {
      executes_ = creates_ = extension_ = false;
    } else if (token.kind == SqlTokenKind::kString) {
      if (Follows("load")) {
        Report(recent_[0].begin, LoadAccess());
      }
      LookAtLanguage(token);
    } else if (extension_ && !IsOneOf(token, {"if", "not", "exists"})) {
      Report(token.begin, ExtensionAccess(NameAt(token)));
      extension_ = false;
    } else if (token.kind == SqlTokenKind::kWord || token.kind == SqlTokenKind::kQuotedName) {
      LookAtWord(token);
    }
  }

  bool IsOneOf(const SqlToken& token, std::initializer_list<std::string_view> words) const {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return IsWord(text_, token, word); });
  }

  void LookAtWord(const SqlToken& token) {
    executes_ = executes_ || IsWord(text_, token, "execute");
    creates_ = creates_ || IsWord(text_, token, "create");
    LookAtLanguage(token);
    const bool made = Follows("create") || Follows("alter");
    if (IsWord(text_, token, "extension")) {
      extension_ = Follows("create");
    } else if (made && IsWord(text_, token, "server")) {
      Report(recent_[0].begin, ForeignAccess("CREATE SERVER"));
    } else if (Follows("create") && IsWord(text_, token, "subscription")) {
      Report(recent_[0].begin, SubscriptionAccess("CREATE SUBSCRIPTION"));
    } else if (Follows("create") && IsWord(text_, token, "tablespace")) {
      Report(recent_[0].begin, TablespaceAccess());
    } else if (Follows("foreign", "data") && IsWord(text_, token, "wrapper") &&
               IsOneOf(recent_[2], {"create", "alter"})) {
      Report(recent_[2].begin, ForeignAccess("CREATE FOREIGN DATA WRAPPER"));
    } else if (Follows("user") && IsWord(text_, token, "mapping") &&
               IsOneOf(recent_[1], {"create", "alter"})) {
      Report(recent_[1].begin, ForeignAccess("CREATE USER MAPPING"));
    } else if (Follows("import", "foreign") && IsWord(text_, token, "schema")) {
      Report(recent_[1].begin, ForeignAccess("IMPORT FOREIGN SCHEMA"));
    }
  }

  void LookAtLanguage(const SqlToken& token) {
    if (creates_ && Follows("language")) {
      const std::string name = token.kind == SqlTokenKind::kString
                                   ? Lower(LiteralValue(text_.substr(token.begin, token.end - token.begin)))
                                   : NameAt(token);
      Report(recent_[0].begin, LanguageAccess(name));
    }
  }

  // COPY … FROM 'file', COPY … TO PROGRAM …: the first FROM or TO outside of parentheses decides.
  void LookAtCopy(const SqlToken& token) {
    if (copy_ == Copy::kNone) {
      const bool first = recent_[0].kind == SqlTokenKind::kEnd || IsPunctuation(recent_[0], ';') ||
                         IsPunctuation(recent_[0], '>') || recent_[0].kind == SqlTokenKind::kWord;
      if (first && !Follows("as") && IsWord(text_, token, "copy")) {
        copy_ = Copy::kSource;
        copy_at_ = token.begin;
        parens_ = 0;
      }
      return;
    }
    if (copy_ == Copy::kTarget) {
      const bool program = IsWord(text_, token, "program");
      // format('COPY %I FROM %L', …)
      if (program || token.kind == SqlTokenKind::kString || IsPunctuation(token, '%')) {
        Report(copy_at_, CopyAccess(Follows("from"), program));
      }
      copy_ = Copy::kNone;
    } else if (IsPunctuation(token, ';')) {
      copy_ = Copy::kNone;
    } else if (IsPunctuation(token, '(') || IsPunctuation(token, ')')) {
      parens_ += text_[token.begin] == '(' ? 1 : -1;
    } else if (parens_ == 0 && IsOneOf(token, {"from", "to"})) {
      copy_ = Copy::kTarget;
    }
  }

  enum class Copy { kNone, kSource, kTarget };

  std::string_view text_;
  Reading reading_;
  int depth_;
  std::array<SqlToken, 4> recent_ = {};  // before the one that is looked at, the nearest first
  bool executes_ = false;                // in a statement with EXECUTE
  bool creates_ = false;                 // in a statement with CREATE
  bool extension_ = false;               // after CREATE EXTENSION
  Copy copy_ = Copy::kNone;
  std::size_t copy_at_ = 0;
  int parens_ = 0;
  std::optional<HostAccessInText> found_;
};

// Text in a language of its own: its comments and strings are not those of SQL.
std::optional<HostAccessInText> FindCallInForeignText(std::string_view text) {
  const PlainText plain(text);
  std::optional<HostAccessInText> first;
  ForEachHostFunction([&](std::string_view name) {
    const std::size_t at = plain.FindCall(name);
    if (at != PlainText::kNone && (!first || at < first->at)) {
      first = HostAccessInText{.at = at, .access = *FunctionAccess("", name)};
    }
  });
  return first;
}

}  // namespace

std::optional<HostAccessInText> FindHostAccess(const RoutineCode& code, std::string_view text) {
  return code.IsSql() ? TextScan(text, Reading::kCode, 0).Find() : FindCallInForeignText(text);
}

std::optional<HostAccessInText> FindHostCall(std::string_view text) {
  return TextScan(text, Reading::kCalls, 0).Find();
}

}  // namespace paliad
