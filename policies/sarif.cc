#include "policies/sarif.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "policies/rules.h"

namespace paliad {
namespace {

std::string_view Level(Severity severity) {
  return severity == Severity::kOff ? "none" : SeverityName(severity);
}

OrderedJson RulesJson() {
  OrderedJson rules = OrderedJson::array();
  for (const RuleInfo& rule : AllRules()) {
    rules.push_back(
        {{"id", rule.id},
         {"shortDescription", {{"text", rule.summary}}},
         {"defaultConfiguration",
          {{"enabled", rule.default_severity != Severity::kOff},
           {"level",
            rule.default_severity == Severity::kOff ? "warning" : SeverityName(rule.default_severity)}}}});
  }
  return rules;
}

// RFC 3986: everything but unreserved characters and '/' is percent-encoded.
std::string UriReference(std::string_view path) {
  constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  std::string uri;
  for (const char c : path) {
    uri += kUnreserved.find(c) != std::string_view::npos
               ? std::string(1, c)
               : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

OrderedJson LocationJson(const Finding& finding) {
  OrderedJson region = {{"startLine", finding.line}, {"startColumn", finding.column}};
  if (!finding.source_line.empty()) {
    region["snippet"] = {{"text", ToValidUtf8(finding.source_line)}};
  }
  OrderedJson file = {{"uri", UriReference(finding.path)}};
  if (!finding.path.starts_with('/')) {
    file["uriBaseId"] = "%SRCROOT%";
  }
  return {{"physicalLocation", {{"artifactLocation", std::move(file)}, {"region", std::move(region)}}}};
}

OrderedJson ResultJson(const Finding& finding) {
  const RuleInfo* rule = FindRule(finding.rule);
  const std::string text =
      finding.hint.empty() ? finding.message : fmt::format("{}\n{}", finding.message, finding.hint);
  OrderedJson result = {{"ruleId", finding.rule},
                        {"ruleIndex", rule - AllRules().data()},
                        {"level", Level(finding.severity)},
                        {"message", {{"text", ToValidUtf8(text)}}},
                        {"locations", OrderedJson::array({LocationJson(finding)})}};
  if (finding.waiver) {
    OrderedJson suppression = {{"kind", "inSource"}, {"justification", ToValidUtf8(*finding.waiver)}};
    result["suppressions"] = OrderedJson::array({std::move(suppression)});
  }
  return result;
}

}  // namespace

OrderedJson FindingsSarif(const std::vector<Finding>& findings, std::string_view version) {
  OrderedJson results = OrderedJson::array();
  for (const Finding& finding : findings) {
    results.push_back(ResultJson(finding));
  }
  OrderedJson driver = {{"name", "paliadctl"}, {"version", version}, {"rules", RulesJson()}};
  OrderedJson run = {{"tool", {{"driver", std::move(driver)}}},
                     {"columnKind", "unicodeCodePoints"},
                     {"results", std::move(results)}};
  return {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
          {"version", "2.1.0"},
          {"runs", OrderedJson::array({std::move(run)})}};
}

}  // namespace paliad
