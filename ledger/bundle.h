// The export bundle: entries first … end - 1 of a log, with what proves that they are, in one file.
//
//   bundle  = "paliad-ledger-bundle@v1" LF
//             "range " first " " end " " size LF      first <= end <= size, size > 0
//             *(hash LF)                              RangeSpans(first, end, size), left to right
//             "checkpoint " bytes LF note             of the tree with `size` entries, verbatim
//             *("earlier " bytes LF note *(hash LF))  smaller ones, each with its proof of consistency
//             "entries" LF
//             *(leaf LF *("body " digest " " salt " " base64(body) LF))
//             "end" LF
//   hash    = 44 characters of base64                 digest = 64, salt = 32 lower-case hex digits
//   numbers = decimal without leading zeroes
//
// A body stands behind an entry that names its digest. Nothing may follow the end, and no value has a second
// spelling: each byte is checked by the tree, by a signature, or against this grammar. There is no digest of
// the bundle itself, no time and no query in it, since nothing would vouch for them. Both sides stream.
#ifndef PALIAD_LEDGER_BUNDLE_H_
#define PALIAD_LEDGER_BUNDLE_H_

#include <cstdint>
#include <istream>
#include <ostream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/sha256.h"
#include "ledger/line_reader.h"
#include "ledger/problem.h"
#include "ledger/proof.h"

namespace paliad::ledger {

struct EarlierCheckpoint {
  std::string note;
  Proof consistency;  // ConsistencySpans(its size, the bundle's size)
};

struct BundleHeader {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  std::uint64_t size = 0;
  Proof complement;        // RangeSpans(first, end, size)
  std::string checkpoint;  // the bytes of the note, or of the text alone: unsigned
  std::vector<EarlierCheckpoint> earlier;
};

// Every call returns kUnavailable if the stream does not take the bytes; the file is then to be thrown away.
class BundleWriter {
 public:
  // Writes nothing yet. `target` must outlive the writer.
  explicit BundleWriter(std::ostream& target) : target_(target) {}

  // REQUIRES: called once, first.
  [[nodiscard]] Status Begin(const BundleHeader& header);

  // kCorruption for a leaf that is not one line of 1 to kMaxLeafBytes, or one more than the header says.
  [[nodiscard]] Status AddEntry(std::string_view leaf);

  // Behind the entry that names it. kCorruption for a salt or body of a length that no body has.
  [[nodiscard]] Status AddBody(std::string_view salt, std::string_view body);

  // kCorruption if entries are missing.
  [[nodiscard]] Status Finish();

 private:
  Status Write(std::string_view bytes);

  std::ostream& target_;
  std::uint64_t next_ = 0;
  std::uint64_t end_ = 0;
};

class BundleReader {
 public:
  struct Body {
    Sha256Digest digest{};
    std::string salt;
    std::string body;
  };
  struct End {};
  // A leaf is valid until the next call.
  using Item = std::variant<std::string_view, Body, End>;

  // `source` must outlive the reader; see its bad() after kMalformed.
  explicit BundleReader(std::istream& source) : lines_(source) {}

  // kMalformed for another form. Hashes, notes and numbers are not compared with each other.
  // REQUIRES: called once, first.
  [[nodiscard]] Verified<BundleHeader> ReadHeader();

  // kMalformed for another form, among it anything behind the end.
  [[nodiscard]] Verified<Item> Next();

 private:
  // Hashes up to the first line that is none, which is left in `line`.
  Verified<Proof> ReadHashes(std::string& line);
  Verified<std::string> ReadNote(std::string_view bytes);

  LineReader lines_;
};

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_BUNDLE_H_
