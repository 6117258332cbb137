#include "tools/benchmark/series.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "tests/support/process.h"

namespace paliad::benchmark {
namespace {

std::vector<double> SortedTimes(const std::vector<Sample>& samples) {
  std::vector<double> times;
  for (const Sample& sample : samples) {
    times.push_back(sample.milliseconds);
  }
  std::sort(times.begin(), times.end());
  return times;
}

}  // namespace

Sample Measure(const std::string& measure, std::vector<std::string> argv) {
  argv.insert(argv.begin(), measure);
  const std::string out =
      testing::RunOrThrow({.argv = std::move(argv), .deadline = std::chrono::minutes(10)});
  double microseconds = 0;
  double kibibytes = 0;
  if (!(std::istringstream(out) >> microseconds >> kibibytes)) {
    throw std::runtime_error("measure answered: " + out);
  }
  return {.milliseconds = microseconds / 1000, .peak_mib = kibibytes / 1024};
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

double Series::MedianMilliseconds() const { return Median(SortedTimes(samples)); }

double Series::PeakMib() const {
  double peak = 0;
  for (const Sample& sample : samples) {
    peak = std::max(peak, sample.peak_mib);
  }
  return peak;
}

void Interleave(std::vector<Series>& all, int rounds, bool warm_up) {
  for (int round = 0; round < rounds + (warm_up ? 1 : 0); ++round) {
    for (Series& series : all) {
      const Sample sample = series.run(round);
      if (round > 0 || !warm_up) {
        series.samples.push_back(sample);
      }
    }
  }
}

std::string RowHeader() {
  return fmt::format("  {:46} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "", "median ms", "min", "max", "of floor",
                     "peak MiB");
}

std::string Row(const Series& series, const Series& floor) {
  const std::vector<double> times = SortedTimes(series.samples);
  return fmt::format("  {:46} {:9.1f} {:9.1f} {:9.1f} {:8.2f}x {:9.1f}\n", series.name,
                     series.MedianMilliseconds(), times.front(), times.back(),
                     series.MedianMilliseconds() / floor.MedianMilliseconds(), series.PeakMib());
}

}  // namespace paliad::benchmark
