// Writes a bundle of a made-up log, its key, a checkpoint and a proof, for the test and the measurement of
// paliad-ledger-verify: make_bundle FOLDER RUNS. The log has 1 + 3 * RUNS entries; nothing of it is held.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>

#include "ledger/bundle.h"
#include "ledger/checkpoint.h"
#include "ledger/proof_builder.h"
#include "ledger/sample_log.h"
#include "ledger/tlog_proof.h"

namespace paliad::ledger {
namespace {

void Require(const Status& status) {
  if (!status) {
    throw std::runtime_error(status.error().Message());
  }
}

void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

void ForEachLeaf(int runs, const std::function<void(const std::string&)>& visit) {
  visit(testing::SampleLeaf(0, 0, "genesis"));
  const std::string checksum(64, 'a');
  for (int run = 1; run <= runs; ++run) {
    visit(testing::SampleLeaf(run, 0, "run_started", R"("actor":"m@laptop")"));
    visit(testing::SampleLeaf(run, 1, "applied",
                              fmt::format(R"("version":{},"name":"t","checksum":"{}")", run, checksum)));
    visit(testing::SampleLeaf(run, 2, "run_finished", R"("outcome":"applied","applied":1)"));
  }
}

void Make(const std::string& folder, int runs) {
  constexpr std::uint64_t kProved = 2;
  const std::uint64_t size = 1 + 3 * static_cast<std::uint64_t>(runs);
  const NoteSigner signer = testing::SignerOf(1);
  CompactRange range;
  SubtreeCollector path(InclusionSpans(kProved, size));
  std::string proved;
  ForEachLeaf(runs, [&](const std::string& leaf) {
    if (range.size() == kProved) {
      proved = leaf;
    }
    range.Append(LeafHash(leaf));
    path.Append(LeafHash(leaf));
  });
  const std::string note =
      SignCheckpoint({.origin = testing::kOrigin, .size = size, .root = range.Root()}, {signer});
  WriteFile(folder + "/vkey", signer.verifier.Format() + "\n");
  WriteFile(folder + "/checkpoint", note);
  WriteFile(folder + "/entry", proved + "\n");
  WriteFile(
      folder + "/entry.tlog-proof",
      FormatTlogProof({.index = kProved, .path = path.Hashes(), .checkpoint = note, .extra = std::nullopt}));
  std::ofstream out(folder + "/bundle", std::ios::binary);
  BundleWriter writer(out);
  Require(writer.Begin(
      {.first = 0, .end = size, .size = size, .complement = {}, .checkpoint = note, .earlier = {}}));
  ForEachLeaf(runs, [&](const std::string& leaf) { Require(writer.AddEntry(leaf)); });
  Require(writer.Finish());
}

}  // namespace
}  // namespace paliad::ledger

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: make_bundle FOLDER RUNS\n", stderr);
    return 2;
  }
  paliad::ledger::Make(argv[1], std::atoi(argv[2]));
}
