// Finding: what a rule has to say about a file or a version. A value; the JSON shape is public.
#ifndef PALIAD_POLICIES_FINDING_H_
#define PALIAD_POLICIES_FINDING_H_

#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/json_fwd.h"
#include "migrations/file_name.h"

namespace paliad {

enum class Severity { kOff, kWarning, kError };

std::string_view SeverityName(Severity severity);  // "off", "warning", "error"

struct Finding {
  std::string rule;  // "version-collision"; public, never renamed
  Severity severity = Severity::kError;
  std::string path;
  int line = 1;    // from 1
  int column = 1;  // from 1, in code points
  std::optional<Version> version;
  std::string message;
  std::string hint;
  std::optional<std::string> waiver;  // the reason why it is waived; then it rejects nothing
  std::string source_line;            // the line itself where the contents were read; not part of the JSON
};

// {"rule":…,"severity":…,"path":…,"line":…,"column":…,"version":…,"message":…,"hint":…,"waived":…,"waiver":…}
OrderedJson ToJson(const Finding& finding);
OrderedJson ToJson(const std::vector<Finding>& findings);

// "<message> [<rule>]" at the finding's place; a waived one as "waived", with its reason for a hint.
Diagnostic ToDiagnostic(const Finding& finding);

// By path, line, column, rule.
void SortFindings(std::vector<Finding>& findings);

// True if one of severity error is not waived.
bool HasErrors(const std::vector<Finding>& findings);

}  // namespace paliad

#endif  // PALIAD_POLICIES_FINDING_H_
