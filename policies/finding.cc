#include "policies/finding.h"

#include <algorithm>
#include <tuple>

#include "base/json.h"

namespace paliad {

std::string_view SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kOff:
      return "off";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "";
}

OrderedJson ToJson(const Finding& finding) {
  OrderedJson json;
  json["rule"] = finding.rule;
  json["severity"] = SeverityName(finding.severity);
  json["path"] = finding.path;
  json["line"] = finding.line;
  json["column"] = finding.column;
  json["version"] = finding.version ? OrderedJson(*finding.version) : OrderedJson(nullptr);
  json["message"] = finding.message;
  json["hint"] = finding.hint;
  json["waived"] = finding.waiver.has_value();
  json["waiver"] = finding.waiver ? OrderedJson(*finding.waiver) : OrderedJson(nullptr);
  return json;
}

OrderedJson ToJson(const std::vector<Finding>& findings) {
  OrderedJson json = OrderedJson::array();
  for (const Finding& finding : findings) {
    json.push_back(ToJson(finding));
  }
  return json;
}

Diagnostic ToDiagnostic(const Finding& finding) {
  return {.path = finding.path,
          .line = finding.line,
          .column = finding.column,
          .severity = finding.waiver ? "waived" : std::string(SeverityName(finding.severity)),
          .message = finding.message + " [" + finding.rule + "]",
          .source_line = finding.source_line,
          .hint = finding.waiver ? "waived: " + *finding.waiver : finding.hint};
}

void SortFindings(std::vector<Finding>& findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.path, a.line, a.column, a.rule) < std::tie(b.path, b.line, b.column, b.rule);
  });
}

bool HasErrors(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.severity == Severity::kError && !finding.waiver;
  });
}

}  // namespace paliad
