#include "ledger/sample_log.h"

#include <fmt/format.h>

#include <sstream>
#include <stdexcept>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "ledger/body.h"

namespace paliad::ledger::testing {
namespace {

void Require(const Status& status) {
  if (!status) {
    throw std::runtime_error(status.error().Message());
  }
}

}  // namespace

NoteSigner SignerOf(unsigned char byte, const std::string& name) {
  Ed25519Seed seed;
  seed.fill(byte);
  return {name, Ed25519PrivateKey::FromSeed(seed)};
}

std::string SampleRunId(int number) { return fmt::format("0b3c8f3e-0000-4000-8000-{:012x}", number); }

std::string SampleLeaf(int run, std::int64_t ordinal, const std::string& kind, const std::string& fields) {
  Json leaf = *ParseJson("{" + fields + "}");
  leaf["at"] = fmt::format("2026-05-20T10:38:{:02}.{:06}Z", run % 60, ordinal);
  leaf["format"] = 1;
  leaf["kind"] = kind;
  leaf["ordinal"] = ordinal;
  leaf["run"] = SampleRunId(run);
  leaf["target"] = "default";
  leaf["tracker"] = "paliad.applied_migrations";
  return *CanonicalJson(leaf);
}

SampleLog::SampleLog(int runs) {
  leaves.push_back(SampleLeaf(0, 0, "genesis", R"("ledger":"5f0c7a52-0000-4000-8000-000000000000")"));
  for (int run = 1; run <= runs; ++run) {
    bodies.push_back({.salt = std::string(kSaltBytes, static_cast<char>(run)),
                      .body = fmt::format("CREATE TABLE t{} (id int);\n", run)});
    const Sha256Digest digest = BodyDigest(bodies.back().salt, bodies.back().body);
    leaves.push_back(SampleLeaf(run, 0, "run_started", R"("actor":"m@laptop")"));
    leaves.push_back(SampleLeaf(run, 1, "applied",
                                fmt::format(R"("version":{},"name":"t{}","checksum":"{}","sql":"{}")", run,
                                            run, Sha256Hex(bodies.back().body), HexEncode(AsBytes(digest)))));
    leaves.push_back(SampleLeaf(run, 2, "run_finished", R"("outcome":"applied","applied":1)"));
  }
}

Sha256Digest RootOf(const std::vector<std::string>& leaves, std::size_t size) {
  CompactRange range;
  for (std::size_t i = 0; i < size; ++i) {
    range.Append(LeafHash(leaves.at(i)));
  }
  return range.Root();
}

std::string SignedCheckpoint(const std::vector<std::string>& leaves, std::size_t size,
                             const std::vector<NoteSigner>& signers, const std::string& origin) {
  return SignCheckpoint({.origin = origin, .size = size, .root = RootOf(leaves, size)}, signers);
}

Proof ProofOf(const std::vector<std::string>& leaves, std::vector<Span> spans) {
  SubtreeCollector collector(std::move(spans));
  for (const std::string& leaf : leaves) {
    collector.Append(LeafHash(leaf));
  }
  return collector.Hashes();
}

std::string SampleBundle(const SampleLog& log, std::size_t first, std::size_t end,
                         const std::vector<NoteSigner>& signers, bool with_bodies, std::size_t earlier_size) {
  const std::size_t size = log.leaves.size();
  std::ostringstream out;
  BundleWriter writer(out);
  BundleHeader header{.first = first,
                      .end = end,
                      .size = size,
                      .complement = ProofOf(log.leaves, RangeSpans(first, end, size)),
                      .checkpoint = SignedCheckpoint(log.leaves, size, signers),
                      .earlier = {}};
  if (earlier_size > 0) {
    header.earlier.push_back({.note = SignedCheckpoint(log.leaves, earlier_size, signers),
                              .consistency = ProofOf(log.leaves, ConsistencySpans(earlier_size, size))});
  }
  Require(writer.Begin(header));
  for (std::size_t seq = first; seq < end; ++seq) {
    Require(writer.AddEntry(log.leaves[seq]));
    if (with_bodies && seq % 3 == 2) {  // an applied entry
      const SampleBody& body = log.bodies[seq / 3];
      Require(writer.AddBody(body.salt, body.body));
    }
  }
  Require(writer.Finish());
  return out.str();
}

}  // namespace paliad::ledger::testing
