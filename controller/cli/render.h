// Values of the core as people and scripts see them. The JSON shapes are public: fields may be added, never
// renamed or removed.
#ifndef PALIAD_CONTROLLER_CLI_RENDER_H_
#define PALIAD_CONTROLLER_CLI_RENDER_H_

#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "controller/reconcile/inspect.h"
#include "controller/reconcile/reconcile.h"
#include "controller/reconcile/resolve.h"
#include "controller/reconcile/target.h"
#include "policies/finding.h"

namespace paliad::cli {

OrderedJson PlanJson(const Target& target, const Inspection& inspection);
std::string PlanText(const Target& target, const Inspection& inspection, bool color);

// The applied set equals the desired one, and there is no doubt about what is desired (a collision, a bad
// name).
bool IsInSync(const Inspection& inspection);
OrderedJson VerifyJson(const Target& target, const Inspection& inspection);
std::string VerifyText(const Target& target, const Inspection& inspection, bool color);

// {"version":…,"name":…,"path":…,"line":…,"column":…,"sqlstate":…,"message":…,"detail":…,"hint":…}
OrderedJson FailureJson(const Failure& failure);

OrderedJson RunJson(const Run& run);
std::string RunText(const Run& run, bool color);

// One item of the answer of `status`.
OrderedJson StatusJson(const Target& target, const TargetStatus& status);
std::string StatusText(const Target& target, const TargetStatus& status);

// `head` and `base` may be empty.
OrderedJson CheckJson(const std::string& target, const std::string& head, const std::string& base,
                      const std::vector<Finding>& findings);

// Each finding as a diagnostic, and a line that counts them; "" without findings.
std::string FindingsText(const std::vector<Finding>& findings, bool color);

// The migration's failure at its place, as a diagnostic.
std::string FailureText(const Failure& failure, bool color);

// "0003_c": for lists. The version is not padded.
std::string Label(Version version, const std::string& name);

// "1 migration", "3 migrations".
std::string Count(std::size_t number, const std::string& noun);

// Milliseconds with one decimal, as a number.
double RoundedMilliseconds(std::chrono::microseconds duration);

// "3.1 ms", "2.4 s".
std::string Milliseconds(std::chrono::microseconds duration);

}  // namespace paliad::cli

#endif  // PALIAD_CONTROLLER_CLI_RENDER_H_
