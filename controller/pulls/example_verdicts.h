// Verdicts for tests.
#ifndef PALIAD_CONTROLLER_PULLS_EXAMPLE_VERDICTS_H_
#define PALIAD_CONTROLLER_PULLS_EXAMPLE_VERDICTS_H_

#include <string>

#include "controller/pulls/verdict.h"
#include "policies/finding.h"

namespace paliad::pulls {

inline Finding FindingOf(const std::string& rule, Severity severity, const std::string& path,
                         const std::string& message, const std::string& hint = "") {
  Finding finding;
  finding.rule = rule;
  finding.severity = severity;
  finding.path = path;
  finding.message = message;
  finding.hint = hint;
  return finding;
}

// Of pull request 7, which touches the target, and of which there is nothing to say.
inline Verdict CleanVerdict() {
  Verdict verdict;
  verdict.pull_request.number = 7;
  verdict.pull_request.title = "Add an office";
  verdict.pull_request.author = "m";
  verdict.pull_request.head_commit = std::string(40, '1');
  verdict.pull_request.head_ref = "refs/pull/7/head";
  verdict.pull_request.base_branch = "main";
  verdict.pull_request.url = "https://git.example.com/m/paliad/pulls/7";
  verdict.base = std::string(40, '2');
  verdict.touches = true;
  return verdict;
}

inline scratch::MigrationReport ReportOf(Version version, const std::string& name) {
  scratch::MigrationReport report;
  report.version = version;
  report.name = name;
  report.path = "migrations/" + std::to_string(version) + "_" + name + ".up.sql";
  report.duration = std::chrono::microseconds(3'140);
  return report;
}

}  // namespace paliad::pulls

#endif  // PALIAD_CONTROLLER_PULLS_EXAMPLE_VERDICTS_H_
