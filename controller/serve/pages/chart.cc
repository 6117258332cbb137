#include "controller/serve/pages/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "controller/serve/pages/words.h"

namespace paliad::serve {
namespace {

constexpr double kWidth = 720;
constexpr double kLeft = 52;  // room for the scale
constexpr double kTop = 8;
constexpr double kHeight = 120;  // of the bars
constexpr double kBottom = 22;   // room for the dates
constexpr double kMaxBar = 22;
constexpr double kMinBar = 3;  // of a run that took next to nothing

// From a millisecond on, in powers of ten.
constexpr double kLeastMs = 1;

double Milliseconds(const store::RunRow& run) {
  return run.duration ? std::max(kLeastMs, static_cast<double>(run.duration->count()) / 1e3) : kLeastMs;
}

// Text of a run holds only names of outcomes, digits and dates; still nothing gets out of an attribute.
std::string Safe(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    safe += c == '<' || c == '>' || c == '&' || c == '"' || c == '\'' ? '?' : c;
  }
  return safe;
}

std::string Scale(double decades) {
  std::string lines;
  for (int power = 0; power <= static_cast<int>(decades); ++power) {
    const double y = kTop + kHeight - kHeight * power / decades;
    const std::string label = power < 3   ? fmt::format("{} ms", static_cast<int>(std::pow(10, power)))
                              : power < 6 ? fmt::format("{} s", static_cast<int>(std::pow(10, power - 3)))
                                          : fmt::format("{} s", static_cast<long>(std::pow(10, power - 3)));
    lines += fmt::format(
        "<line x1=\"{0}\" y1=\"{1:.1f}\" x2=\"{2}\" y2=\"{1:.1f}\"/><text x=\"{3}\" y=\"{4:.1f}\" "
        "text-anchor=\"end\">{5}</text>",
        kLeft, y, kWidth, kLeft - 6, y + 4, label);
  }
  return lines;
}

}  // namespace

std::string RunChart(std::string_view target, const std::vector<store::RunRow>& runs) {
  double slowest = 10;
  for (const store::RunRow& run : runs) {
    slowest = std::max(slowest, Milliseconds(run));
  }
  const double decades = std::max(2.0, std::ceil(std::log10(slowest)));
  const double step =
      std::min(kMaxBar, (kWidth - kLeft) / static_cast<double>(std::max<std::size_t>(runs.size(), 1)));
  std::string svg = fmt::format(
      "<svg class=\"chart\" viewBox=\"0 0 {} {}\" role=\"group\" aria-label=\"The newest {} runs; a bar's "
      "height "
      "is how long one took\">{}",
      kWidth, kTop + kHeight + kBottom, runs.size(), Scale(decades));
  double x = kLeft + 4;
  for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
    const std::string outcome = run->outcome.value_or("");
    const double height = std::max(kMinBar, kHeight * std::log10(Milliseconds(*run)) / decades);
    const std::string label =
        fmt::format("{}: {}{}{}", ShortTime(run->started_at), outcome.empty() ? "running" : Words(outcome),
                    run->duration ? ", took " : "", Took(run->duration));
    svg += fmt::format(
        "<a href=\"{}/runs/{}\" aria-label=\"{}\"><title>{}</title><rect class=\"{}\" x=\"{:.1f}\" "
        "y=\"{:.1f}\" "
        "width=\"{:.1f}\" height=\"{:.1f}\" rx=\"1.5\"/></a>",
        TargetPath(target), Safe(run->run_id), Safe(label), Safe(label), ToneOfOutcome(outcome), x,
        kTop + kHeight - height, std::max(1.0, step - 2), height);
    x += step;
  }
  if (!runs.empty()) {
    svg += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>", kLeft + 4, kTop + kHeight + 16,
                       Safe(ShortTime(runs.back().started_at).substr(0, 16)));
    if (step * static_cast<double>(runs.size()) > 300) {
      svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"end\">{}</text>", x, kTop + kHeight + 16,
                         Safe(ShortTime(runs.front().started_at).substr(0, 16)));
    }
  }
  return svg + "</svg>";
}

}  // namespace paliad::serve
