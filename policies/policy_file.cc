#include "policies/policy_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/sha256.h"
#include "base/toml_reader.h"
#include "policies/rules.h"

namespace paliad {
namespace {

constexpr char kSeverities[] = "a severity is \"off\", \"warning\" or \"error\"";

std::optional<Severity> SeverityOf(std::string_view name) {
  for (const Severity severity : {Severity::kOff, Severity::kWarning, Severity::kError}) {
    if (SeverityName(severity) == name) {
      return severity;
    }
  }
  return std::nullopt;
}

class PolicyReader {
 public:
  PolicyReader(std::string_view text, const std::string& path) : toml_(text, path) {
    for (const RuleInfo& rule : AllRules()) {
      policy_.rules[std::string(rule.id)] = {.severity = rule.default_severity,
                                             .waivable = rule.latitude == Latitude::kFree};
    }
    policy_.digest = Sha256Hex(text);
  }

  tl::expected<Policy, std::vector<Diagnostic>> Read() && {
    if (const std::optional<toml::table> root = toml_.Parse()) {
      toml_.RejectUnknownKeys(*root, {"extends", "ignore", "require_approval", "rules"});
      // What is extended comes first, wherever the file says it.
      ReadExtends(root->get("extends"));
      ReadIgnore(root->get("ignore"));
      ReadRequireApproval(root->get("require_approval"));
      ReadRules(root->get("rules"));
    }
    if (toml_.problems().empty()) {
      return std::move(policy_);
    }
    return tl::unexpected(std::move(toml_).TakeProblems());
  }

 private:
  void ReadExtends(const toml::node* node) {
    if (node == nullptr) {
      return;
    }
    const std::optional<std::string> name = node->value<std::string>();
    if (!name || (*name != "default" && *name != "strict")) {
      toml_.Report(*node, "a policy extends \"default\" or \"strict\"");
      return;
    }
    const Policy& base = *name == "default" ? DefaultPolicy() : StrictPolicy();
    policy_ = {.rules = base.rules, .ignore = base.ignore, .digest = Sha256Hex(base.digest + policy_.digest)};
  }

  void ReadIgnore(const toml::node* node) {
    if (node == nullptr) {
      return;
    }
    const toml::array* globs = node->as_array();
    if (globs == nullptr) {
      toml_.Report(*node, "`ignore` is a list of globs, such as [\"*.md\", \"archive/\"]");
      return;
    }
    for (const toml::node& item : *globs) {
      const std::optional<std::string> glob = item.value<std::string>();
      if (!glob || glob->empty()) {
        toml_.Report(item, "a glob is a text that is not empty, such as \"*.md\"");
      } else if (const std::size_t slash = glob->find('/'); slash < glob->size() - 1) {
        toml_.Report(item, fmt::format("the glob '{}' cannot match: it is compared with the names of the "
                                       "folder's entries, which have no '/'",
                                       *glob));
      } else if (std::find(policy_.ignore.begin(), policy_.ignore.end(), *glob) == policy_.ignore.end()) {
        policy_.ignore.push_back(*glob);
      }
    }
  }

  void ReadRequireApproval(const toml::node* node) {
    if (node == nullptr) {
      return;
    }
    const std::optional<bool> required = node->value_exact<bool>();
    if (!required) {
      toml_.Report(*node, "`require_approval` is true or false");
    }
    policy_.require_approval = required.value_or(true);
  }

  void ReadRules(const toml::node* node) {
    if (node == nullptr) {
      return;
    }
    const toml::table* rules = node->as_table();
    if (rules == nullptr) {
      toml_.Report(*node, "`rules` is a table: [rules]");
      return;
    }
    std::vector<std::string_view> ids;
    for (const RuleInfo& rule : AllRules()) {
      ids.push_back(rule.id);
    }
    toml_.RejectUnknownKeys(*rules, ids, "rule");
    for (const auto& [key, value] : *rules) {
      if (const RuleInfo* rule = FindRule(key.str())) {
        ReadRule(*rule, value);
      }
    }
  }

  void ReadRule(const RuleInfo& rule, const toml::node& node) {
    const toml::table* table = node.as_table();
    if (table == nullptr) {
      ReadSeverity(rule, node);
      return;
    }
    toml_.RejectUnknownKeys(*table, {"severity", "waivable"});
    if (const toml::node* severity = table->get("severity")) {
      ReadSeverity(rule, *severity);
    }
    if (const toml::node* waivable = table->get("waivable")) {
      ReadWaivable(rule, *waivable);
    }
  }

  void ReadSeverity(const RuleInfo& rule, const toml::node& node) {
    const std::optional<std::string> name = node.value<std::string>();
    const std::optional<Severity> severity = name ? SeverityOf(*name) : std::nullopt;
    if (!severity) {
      toml_.Report(node, kSeverities);
    } else if (rule.latitude == Latitude::kFixed && *severity != rule.default_severity) {
      toml_.Report(node,
                   fmt::format("`{}` stays \"{}\": the core's safety and the ledger's meaning rest on it",
                               rule.id, SeverityName(rule.default_severity)));
    } else if (rule.latitude == Latitude::kSeverity && *severity == Severity::kOff) {
      toml_.Report(node,
                   fmt::format("`{}` cannot be turned off; it may be \"warning\" or \"error\"", rule.id));
    } else {
      policy_.rules[std::string(rule.id)].severity = *severity;
    }
  }

  void ReadWaivable(const RuleInfo& rule, const toml::node& node) {
    const std::optional<bool> waivable = node.value_exact<bool>();
    if (!waivable) {
      toml_.Report(node, "`waivable` is true or false");
    } else if (*waivable && rule.latitude != Latitude::kFree) {
      toml_.Report(node, fmt::format("`{}` can never be waived", rule.id));
    } else {
      policy_.rules[std::string(rule.id)].waivable = *waivable;
    }
  }

  TomlReader toml_;
  Policy policy_;
};

}  // namespace

tl::expected<Policy, std::vector<Diagnostic>> ParsePolicy(std::string_view text, const std::string& path) {
  return PolicyReader(text, path).Read();
}

Result<Policy> ReadPolicy(std::string_view text, const std::string& path) {
  auto policy = ParsePolicy(text, path);
  if (policy) {
    return *std::move(policy);
  }
  std::string all;
  for (const Diagnostic& problem : policy.error()) {
    all += Render(problem);
  }
  if (!all.empty()) {
    all.pop_back();  // the last line's end
  }
  return Fail({.kind = ErrorKind::kInvalidInput,
               .doing = "use the policy",
               .subject = path,
               .cause = fmt::format("it has {} mistake{}\n{}", policy.error().size(),
                                    policy.error().size() == 1 ? "" : "s", all),
               .hint = "correct the file; `paliadctl config check --policy FILE` shows all of it again"});
}

}  // namespace paliad
