#include "ledger/report.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "ledger/encoding.h"

namespace paliad::ledger {
namespace {

std::string CheckpointText(const Report& report) {
  if (!report.checkpoint) {
    return "none: nothing vouches for these entries";
  }
  return fmt::format("{} entries of {}, {}", report.checkpoint->size,
                     EscapeForTerminal(report.checkpoint->origin),
                     report.checkpoint->is_signed ? "signed by a trusted key" : "NOT SIGNED");
}

std::string EntriesText(const Report& report) {
  const std::string count = fmt::format("{} of {}", report.entries, report.size);
  return report.entries == 0
             ? count
             : fmt::format("{} ({} to {})", count, report.first, report.first + report.entries - 1);
}

}  // namespace

OrderedJson ReportJson(const Report& report) {
  OrderedJson problems = OrderedJson::array();
  for (const Problem& problem : report.problems.list()) {
    problems.push_back({{"kind", ProblemKindName(problem.kind)},
                        {"seq", problem.seq ? OrderedJson(*problem.seq) : OrderedJson(nullptr)},
                        {"detail", problem.detail}});
  }
  OrderedJson checkpoint = nullptr;
  if (report.checkpoint) {
    checkpoint = {{"size", report.checkpoint->size},
                  {"origin", report.checkpoint->origin},
                  {"signed", report.checkpoint->is_signed}};
  }
  return {{"ok", report.ok()},
          {"size", report.size},
          {"root", report.root ? OrderedJson(FormatHash(*report.root)) : OrderedJson(nullptr)},
          {"checkpoint", std::move(checkpoint)},
          {"unanchored", report.unanchored},
          {"problems", std::move(problems)},
          {"more_problems", report.problems.more()},
          {"first", report.first},
          {"entries", report.entries},
          {"bodies", report.bodies}};
}

std::string ReportText(const Report& report) {
  const std::uint64_t count = report.problems.list().size() + report.problems.more();
  std::string text =
      report.ok() ? "The ledger verifies.\n"
                  : fmt::format("THE LEDGER DOES NOT VERIFY: {} problem{}.\n", count, count == 1 ? "" : "s");
  text += fmt::format("  entries     {}\n  root        {}\n  checkpoint  {}\n  unanchored  {}\n",
                      EntriesText(report), report.root ? FormatHash(*report.root) : "not known",
                      CheckpointText(report), report.unanchored);
  if (report.bodies > 0) {
    text += fmt::format("  bodies      {}\n", report.bodies);
  }
  for (const Problem& problem : report.problems.list()) {
    text += fmt::format("{}{}: {}\n", ProblemKindName(problem.kind),
                        problem.seq ? fmt::format(" at seq {}", *problem.seq) : "",
                        EscapeForTerminal(problem.detail));
  }
  if (report.problems.more() > 0) {
    text += fmt::format("… and {} more\n", report.problems.more());
  }
  return text;
}

}  // namespace paliad::ledger
