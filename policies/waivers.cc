#include "policies/waivers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/suggestion.h"
#include "base/text.h"
#include "migrations/sql_lexer.h"
#include "policies/rules.h"

namespace paliad {
namespace {

constexpr std::string_view kPrefix = "paliad:";
constexpr std::array<std::string_view, 2> kDirectives = {"allow", "no-transaction"};
constexpr std::string_view kExample = "write `-- paliad:allow RULE: REASON`";

// Quoted text from the file is cut to this many bytes in messages.
constexpr std::size_t kMaxShown = 100;

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\f\v";
  const std::size_t begin = text.find_first_not_of(kBlank);
  return begin == std::string_view::npos ? std::string_view()
                                         : text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
}

// What is between two neighbours of one block of lines: a single line end.
bool Touches(std::string_view between) {
  return IsBlank(between) && std::count(between.begin(), between.end(), '\n') == 1;
}

std::vector<std::string_view> RuleIds() {
  std::vector<std::string_view> ids;
  for (const RuleInfo& rule : AllRules()) {
    ids.push_back(rule.id);
  }
  return ids;
}

std::string DidYouMean(std::string_view word, const std::vector<std::string_view>& candidates) {
  const std::optional<std::string_view> nearest = Nearest(word, candidates);
  return nearest ? fmt::format(" (did you mean '{}'?)", *nearest) : "";
}

}  // namespace

// Goes over the comments of a file once.
class Waivers::Reader {
 public:
  Reader(std::string_view text, const SqlFile& sql, Waivers& waivers)
      : text_(text), sql_(sql), waivers_(waivers) {}

  void Read() {
    SqlLexer lexer(text_);
    for (bool more = true; more;) {
      comments_.clear();
      const SqlToken token = lexer.Next(&comments_);
      more = token.kind != SqlTokenKind::kEnd && token.kind != SqlTokenKind::kUnterminated;
      for (std::size_t i = 0; i < comments_.size(); ++i) {
        ReadComment(i, token.begin);
      }
    }
  }

 private:
  void ReadComment(std::size_t index, std::size_t next_token) {
    const SqlComment& comment = comments_[index];
    std::string_view body = text_.substr(comment.begin, comment.end - comment.begin);
    if (!comment.line) {
      return;
    }
    body = Trim(body.substr(std::min(body.find_first_not_of('-'), body.size())));
    if (!body.starts_with(kPrefix)) {
      return;
    }
    body.remove_prefix(kPrefix.size());
    const std::string_view directive = body.substr(0, body.find_first_of(" \t:"));
    if (directive == "allow") {
      ReadAllow(index, next_token, Trim(body.substr(directive.size())));
    } else if (std::find(kDirectives.begin(), kDirectives.end(), directive) == kDirectives.end()) {
      Malformed(comment.begin,
                fmt::format("nothing is known of `paliad:{}`{}", Truncate(directive, kMaxShown),
                            DidYouMean(directive, {kDirectives.begin(), kDirectives.end()})),
                "there are `-- paliad:allow RULE: REASON` and `-- paliad:no-transaction`");
    }
  }

  void ReadAllow(std::size_t index, std::size_t next_token, std::string_view body) {
    const SqlComment& comment = comments_[index];
    const std::size_t colon = body.find(':');
    const std::string_view reason =
        colon == std::string_view::npos ? std::string_view() : Trim(body.substr(colon + 1));
    if (reason.empty()) {
      Malformed(comment.begin, "a waiver needs a reason: who reads it later wants to know why", kExample);
      return;
    }
    Waiver waiver{.offset = comment.begin, .rule = "", .reason = std::string(reason), .begin = {}};
    if (!Attach(index, next_token, waiver)) {
      return;
    }
    for (std::string_view rules = body.substr(0, colon);;) {
      const std::size_t comma = rules.find(',');
      AddRule(Trim(rules.substr(0, comma)), waiver);
      if (comma == std::string_view::npos) {
        return;
      }
      rules.remove_prefix(comma + 1);
    }
  }

  void AddRule(std::string_view rule, Waiver waiver) {
    const std::vector<std::string_view> ids = RuleIds();
    if (std::find(ids.begin(), ids.end(), rule) == ids.end()) {
      Malformed(waiver.offset,
                rule.empty() ? "a waiver needs the name of a rule"
                             : fmt::format("there is no rule '{}' to waive{}", Truncate(rule, kMaxShown),
                                           DidYouMean(rule, ids)),
                kExample);
      return;
    }
    waiver.rule = rule;
    waivers_.Add(std::move(waiver));
  }

  // Finds what the waiver holds for; false if it stands where it holds for nothing.
  bool Attach(std::size_t index, std::size_t next_token, Waiver& waiver) {
    const auto statement =
        std::lower_bound(sql_.statements.begin(), sql_.statements.end(), next_token,
                         [](const Statement& candidate, std::size_t at) { return candidate.begin < at; });
    const bool above = StartsLine(comments_[index].begin) && statement != sql_.statements.end() &&
                       statement->begin == next_token;
    if (above && TouchesDown(index, next_token)) {
      waiver.begin = statement->begin;
      waiver.end = statement->end;
      return true;
    }
    if (sql_.statements.empty() || comments_[index].begin < sql_.statements.front().begin) {
      return true;
    }
    Malformed(comments_[index].begin, "the waiver stands above no statement, so nothing is waived",
              "write it on lines of its own directly above the statement, or at the top of the file with an "
              "empty line below it");
    return false;
  }

  bool StartsLine(std::size_t offset) const {
    const std::size_t line = offset == 0 ? 0 : text_.rfind('\n', offset - 1) + 1;
    return IsBlank(text_.substr(line, offset - line));
  }

  // From this comment on there is one on each line, and then the token.
  bool TouchesDown(std::size_t index, std::size_t next_token) const {
    for (std::size_t i = index; i < comments_.size(); ++i) {
      const std::size_t end = comments_[i].end;
      const std::size_t next = i + 1 < comments_.size() ? comments_[i + 1].begin : next_token;
      if (!Touches(text_.substr(end, next - end))) {
        return false;
      }
    }
    return true;
  }

  void Malformed(std::size_t offset, std::string message, std::string_view hint) {
    waivers_.malformed_.push_back(
        {.offset = offset, .message = std::move(message), .hint = std::string(hint)});
  }

  std::string_view text_;
  const SqlFile& sql_;
  Waivers& waivers_;
  std::vector<SqlComment> comments_;  // before the next token
};

Waivers::Waivers(std::string_view text, const SqlFile& sql) {
  if (text.find(kPrefix) != std::string_view::npos) {
    Reader(text, sql, *this).Read();
  }
}

std::optional<std::string> Waivers::Use(std::string_view rule, std::size_t offset) {
  // What is said of the statement itself goes before what is said of the file.
  auto found = by_place_.upper_bound(Place(rule, offset));
  const bool of_statement =
      found != by_place_.begin() && (--found)->first.first == rule && waivers_[found->second].end >= offset;
  if (!of_statement) {
    found = by_place_.find(Place(rule, kWholeFile));
  }
  if (found == by_place_.end()) {
    return std::nullopt;
  }
  Waiver& waiver = waivers_[found->second];
  waiver.used = true;
  return waiver.reason;
}

void Waivers::Add(Waiver waiver) {
  by_place_.emplace(Place(waiver.rule, waiver.begin.value_or(kWholeFile)), waivers_.size());
  waivers_.push_back(std::move(waiver));
}

WaiverProblem Waivers::NotWaivable(const Waiver& waiver) {
  return {.offset = waiver.offset,
          .message = fmt::format("the rule '{}' cannot be waived in a file", waiver.rule),
          .hint = "remove the waiver and mend what the rule found"};
}

WaiverProblem Waivers::Unused(const Waiver& waiver) {
  return {.offset = waiver.offset,
          .message = fmt::format("the rule '{}' finds nothing here that this waiver would be needed for",
                                 waiver.rule),
          .hint = "remove the waiver, so that it does not hide something later"};
}

}  // namespace paliad
