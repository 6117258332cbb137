// Series: one program, measured again and again, as a whole process each time.
#ifndef PALIAD_TOOLS_BENCHMARK_SERIES_H_
#define PALIAD_TOOLS_BENCHMARK_SERIES_H_

#include <functional>
#include <string>
#include <vector>

namespace paliad::benchmark {

struct Sample {
  double milliseconds = 0;
  double peak_mib = 0;  // resident memory
};

// Runs a program through `measure`. Throws std::runtime_error with its output unless it exits with 0.
Sample Measure(const std::string& measure, std::vector<std::string> argv);

// REQUIRES: there is one.
double Median(std::vector<double> values);

struct Series {
  std::string name;
  std::function<Sample(int round)> run;  // rounds count from 0
  std::vector<Sample> samples;

  double MedianMilliseconds() const;
  double PeakMib() const;  // of all samples
};

// A B A B …, so that whatever else the machine does meets all of them alike. `warm_up` runs each once before,
// uncounted, as round 0.
void Interleave(std::vector<Series>& all, int rounds, bool warm_up);

// A row of figures: times in milliseconds, and the ratio of its median to that of `floor`.
std::string Row(const Series& series, const Series& floor);
std::string RowHeader();

}  // namespace paliad::benchmark

#endif  // PALIAD_TOOLS_BENCHMARK_SERIES_H_
