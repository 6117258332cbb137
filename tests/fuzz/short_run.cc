// A fuzz target's short form: its corpus, and some thousand mutations of it that are the same in every run.
// Without libFuzzer, so that every compiler and sanitizer can run it; tools/fuzz is the long form.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int kMutations = 5'000;
constexpr std::size_t kLargest = 4'096;
constexpr std::string_view kTelling("'\"$;-/*\\\n:._=[]{}\xe2\0",
                                    19);  // bytes that mean something to a parser

std::vector<std::string> corpus;

std::vector<std::string> ReadCorpus(const std::string& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> inputs;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

void RunOnce(const std::string& input) {
  // A copy of exactly this size, so that a sanitizer sees a read past its end.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

class Mutator {
 public:
  std::string Mutate() {
    std::string input = corpus[Below(corpus.size())];
    for (std::size_t i = 0, count = 1 + Below(6); i < count; ++i) {
      MutateOnce(input);
    }
    input.resize(std::min(input.size(), kLargest));
    return input;
  }

 private:
  std::size_t Below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }

  void MutateOnce(std::string& input) {
    const std::size_t at = Below(input.size() + 1);
    switch (Below(5)) {
      case 0:  // a byte, of those that mean something more often than others
        input.insert(at, 1, Below(2) == 0 ? kTelling[Below(kTelling.size())] : static_cast<char>(random_()));
        break;
      case 1:
        input.erase(at, 1 + Below(8));
        break;
      case 2:
        if (!input.empty()) {
          input[Below(input.size())] ^= static_cast<char>(1U << Below(8));
        }
        break;
      case 3: {  // a piece of another input
        const std::string& other = corpus[Below(corpus.size())];
        input.insert(at, other.substr(Below(other.size()), 1 + Below(40)));
        break;
      }
      default:  // a piece of itself, again
        input.insert(at, input.substr(Below(input.size()), 1 + Below(40)));
    }
  }

  std::minstd_rand random_{20'260'520};  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same in every run
};

TEST(ShortRun, ItsCorpusIsFine) {
  ASSERT_FALSE(corpus.empty());
  for (const std::string& input : corpus) {
    RunOnce(input);
  }
}

TEST(ShortRun, MutationsOfItAreFine) {
  ASSERT_FALSE(corpus.empty());
  Mutator mutator;
  for (int i = 0; i < kMutations; ++i) {
    RunOnce(mutator.Mutate());
  }
}

}  // namespace

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  corpus = ReadCorpus(argc > 1 ? argv[1] : ".");
  return RUN_ALL_TESTS();
}
