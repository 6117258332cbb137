// A small log as a controller writes it, for tests: genesis, then runs that apply a migration each.
#ifndef PALIAD_LEDGER_SAMPLE_LOG_H_
#define PALIAD_LEDGER_SAMPLE_LOG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "ledger/bundle.h"
#include "ledger/checkpoint.h"
#include "ledger/merkle.h"
#include "ledger/note.h"
#include "ledger/proof_builder.h"

namespace paliad::ledger::testing {

inline constexpr char kOrigin[] = "db.example.com/paliad";

// The seed is 32 times `byte`: the same key in every test, and no secret.
NoteSigner SignerOf(unsigned char byte, const std::string& name = kOrigin);

std::string SampleRunId(int number);

// One entry of run `run`. `fields`: further members as JSON, without the braces.
std::string SampleLeaf(int run, std::int64_t ordinal, const std::string& kind,
                       const std::string& fields = "");

struct SampleBody {
  std::string salt;
  std::string body;
};

// seq 0 genesis, then three entries for each of `runs` runs: run_started, applied (which names a body),
// run_finished.
struct SampleLog {
  explicit SampleLog(int runs);

  std::vector<std::string> leaves;
  std::vector<SampleBody> bodies;  // of the applied entry of run i
};

Sha256Digest RootOf(const std::vector<std::string>& leaves, std::size_t size);
std::string SignedCheckpoint(const std::vector<std::string>& leaves, std::size_t size,
                             const std::vector<NoteSigner>& signers, const std::string& origin = kOrigin);
Proof ProofOf(const std::vector<std::string>& leaves, std::vector<Span> spans);

// The bundle of entries first … end - 1 of the log, signed; with bodies and one earlier checkpoint where
// asked.
std::string SampleBundle(const SampleLog& log, std::size_t first, std::size_t end,
                         const std::vector<NoteSigner>& signers, bool with_bodies = false,
                         std::size_t earlier_size = 0);

}  // namespace paliad::ledger::testing

#endif  // PALIAD_LEDGER_SAMPLE_LOG_H_
