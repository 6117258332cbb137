// Positions in a text: byte offsets, character offsets, lines and columns.
// Every library counts differently (libpg_query mixes bytes and characters, PostgreSQL counts
// characters from 1, editors want line and column); only LineIndex converts.
// Immutable; refers to the text it was built from, which must outlive it.
#ifndef PALIAD_BASE_LINE_INDEX_H_
#define PALIAD_BASE_LINE_INDEX_H_

#include <cstddef>
#include <string_view>
#include <vector>

namespace paliad {

// Both count from 1; columns count code points. A tab is one column.
struct Position {
  int line = 1;
  int column = 1;
  friend bool operator==(const Position&, const Position&) = default;
};

class LineIndex {
 public:
  // `text` should be UTF-8. In what is not, a column is whatever begins with a byte other than 10xxxxxx.
  explicit LineIndex(std::string_view text);

  // Offsets past the end give the position just after the last character.
  Position AtByte(std::size_t offset) const;

  // The byte offset of the character with the 1-based number `character`, as PostgreSQL's
  // STATEMENT_POSITION and libpg_query's `cursorpos` count. Past the end gives size().
  std::size_t ByteOfCharacter(std::size_t character) const;

  // Line `line` (1-based) without its end (LF or CRLF); empty where there is no such line.
  std::string_view Line(int line) const;

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;  // byte offset of each line's first byte
};

}  // namespace paliad

#endif  // PALIAD_BASE_LINE_INDEX_H_
