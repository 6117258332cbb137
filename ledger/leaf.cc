#include "ledger/leaf.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "ledger/canonical_scan.h"
#include "ledger/encoding.h"
#include "ledger/entry.h"

namespace paliad::ledger {
namespace {

constexpr std::int64_t kMaxVersion = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kMaxOrdinal = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t kMaxKindName = 40;

// `pattern`: '0' stands for a digit, anything else for itself.
bool Matches(std::string_view text, std::string_view pattern) {
  return text.size() == pattern.size() &&
         std::equal(text.begin(), text.end(), pattern.begin(),
                    [](char c, char p) { return p == '0' ? c >= '0' && c <= '9' : c == p; });
}

int Number(std::string_view text, std::size_t at, std::size_t digits) {
  int value = 0;
  for (const char c : text.substr(at, digits)) {
    value = value * 10 + (c - '0');
  }
  return value;
}

bool IsTime(std::string_view text) {
  if (!Matches(text, "0000-00-00T00:00:00.000000Z")) {
    return false;
  }
  const int month = Number(text, 5, 2);
  const int day = Number(text, 8, 2);
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 && Number(text, 11, 2) < 24 &&
         Number(text, 14, 2) < 60 && Number(text, 17, 2) < 60;
}

bool IsKindName(std::string_view text) {
  return !text.empty() && text.size() <= kMaxKindName &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

bool IsOutcome(std::string_view text) {
  constexpr Outcome kAll[] = {Outcome::kInSync, Outcome::kApplied,     Outcome::kRejected,
                              Outcome::kFailed, Outcome::kInterrupted, Outcome::kRefused};
  return std::any_of(std::begin(kAll), std::end(kAll), [&](Outcome o) { return OutcomeName(o) == text; });
}

// The members of the outermost object, as they come.
class Fields {
 public:
  void See(int depth, std::string_view key, const JsonScalar& value) {
    const auto* text = std::get_if<std::string>(&value);
    if (text != nullptr && text->size() == 64) {
      if (const auto digest = ParseHexHash(*text)) {
        leaf_.digests.push_back(*digest);
      }
    }
    if (depth != 1) {
      return;
    }
    const auto* number = std::get_if<std::int64_t>(&value);
    if (key == "at") {
      at_ = text != nullptr && IsTime(*text);
      leaf_.at = at_ ? *text : "";
    } else if (key == "format") {
      format_ = number != nullptr && *number == kFormat;
    } else if (key == "kind") {
      kind_ = text != nullptr && IsKindName(*text);
      leaf_.kind = kind_ ? *text : "";
    } else if (key == "ordinal") {
      ordinal_ = number != nullptr && *number >= 0 && *number <= kMaxOrdinal;
      leaf_.ordinal = ordinal_ ? *number : 0;
    } else if (key == "run") {
      const auto run = text != nullptr ? ParseRunId(*text) : std::nullopt;
      run_ = run.has_value();
      leaf_.run = run.value_or(RunId());
      leaf_.run_text = run_ ? *text : "";
    } else if (key == "target" && text != nullptr) {
      leaf_.target = *text;
    } else if (key == "tracker" && text != nullptr) {
      leaf_.tracker = *text;
    } else if (key == "ledger") {
      ledger_ = text != nullptr && ParseRunId(*text).has_value();
      leaf_.ledger = ledger_ ? *text : "";
    } else if (key == "version") {
      version_ = number != nullptr && *number >= 1 && *number <= kMaxVersion;
    } else if (key == "checksum") {
      checksum_ = text != nullptr && ParseHexHash(*text).has_value();
    } else if (key == "outcome") {
      outcome_ = text != nullptr && IsOutcome(*text);
      leaf_.outcome = text != nullptr ? *text : "";
    } else if (key == "locked") {
      leaf_.locked = value == JsonScalar(true);
    }
  }

  // "" or the first field that is missing or has another form.
  std::string_view Bad() const {
    const bool applied = leaf_.kind == KindName(Kind::kApplied);
    const std::pair<std::string_view, bool> fields[] = {
        {"at", at_},
        {"format", format_},
        {"kind", kind_},
        {"ordinal", ordinal_},
        {"run", run_},
        {"target", !leaf_.target.empty()},
        {"tracker", !leaf_.tracker.empty()},
        {"ledger", ledger_},
        {"version", version_.value_or(!applied)},
        {"checksum", checksum_ || !applied},
        {"outcome", outcome_ || leaf_.kind != KindName(Kind::kRunFinished)},
    };
    const auto* bad =
        std::find_if(std::begin(fields), std::end(fields), [](const auto& f) { return !f.second; });
    return bad == std::end(fields) ? std::string_view() : bad->first;
  }

  Leaf Take() { return std::move(leaf_); }

 private:
  Leaf leaf_;
  bool at_ = false;
  bool format_ = false;
  bool kind_ = false;
  bool ordinal_ = false;
  bool run_ = false;
  bool ledger_ = true;  // also where there is none
  bool checksum_ = false;
  bool outcome_ = false;
  std::optional<bool> version_;  // none: there is none
};

}  // namespace

std::optional<RunId> ParseRunId(std::string_view uuid) {
  constexpr std::size_t kDashes[] = {8, 13, 18, 23};
  if (uuid.size() != 36) {
    return std::nullopt;
  }
  std::string hex(uuid);
  for (std::size_t i = std::size(kDashes); i-- > 0;) {
    if (hex[kDashes[i]] != '-') {
      return std::nullopt;
    }
    hex.erase(kDashes[i], 1);
  }
  const std::optional<std::string> bytes = HexDecode(hex);
  if (!bytes) {
    return std::nullopt;
  }
  RunId id;
  std::copy(bytes->begin(), bytes->end(), id.begin());
  return id;
}

Verified<Leaf> ParseLeaf(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > kMaxLeafBytes) {
    return Found(ProblemKind::kMalformed, fmt::format("the leaf has {} bytes", bytes.size()));
  }
  Fields fields;
  const auto objection = CanonicalObjection(
      bytes,
      [&](int depth, std::string_view key, const JsonScalar& value) { fields.See(depth, key, value); });
  if (objection) {
    return Found(ProblemKind::kMalformed, "the leaf is not canonical JSON: " + *objection);
  }
  if (const std::string_view bad = fields.Bad(); !bad.empty()) {
    return Found(ProblemKind::kMalformed,
                 fmt::format("the leaf's field '{}' is missing or has a wrong form", bad));
  }
  return fields.Take();
}

}  // namespace paliad::ledger
