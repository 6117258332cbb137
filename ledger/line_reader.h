// Lines of a stream that may be hostile: no line grows past the bound that its reader expects. Not
// thread-safe.
#ifndef PALIAD_LEDGER_LINE_READER_H_
#define PALIAD_LEDGER_LINE_READER_H_

#include <cstddef>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace paliad::ledger {

class LineReader {
 public:
  // `source` must outlive the reader.
  explicit LineReader(std::istream& source) : source_(source), buffer_(kBufferBytes) {}

  // The next line without its newline, valid until the next call. None at the end, without a newline, or if
  // the line is longer than `max_bytes`.
  std::optional<std::string_view> Line(std::size_t max_bytes);

  // Exactly that many bytes; none if there are fewer.
  std::optional<std::string> Bytes(std::size_t count);

  bool AtEnd();

 private:
  static constexpr std::size_t kBufferBytes = 65'536;

  // False at the end. Leaves begin_ < end_ otherwise.
  bool Fill();

  std::istream& source_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::string line_;
};

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_LINE_READER_H_
