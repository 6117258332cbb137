// CSV as in RFC 4180, for people who open it in a spreadsheet. Pure.
#ifndef PALIAD_BASE_CSV_H_
#define PALIAD_BASE_CSV_H_

#include <string>
#include <string_view>
#include <vector>

namespace paliad {

// The text as one cell, quoted where RFC 4180 wants it. A spreadsheet runs a cell that begins with = + - @
// (or with their full-width forms, or with a tab or CR before them), and one that reads `;` or a tab as the
// separator makes cells of its own: an apostrophe is put before such a character, at the beginning of the
// text and of whatever could become a cell. So a cell is for reading; the exact bytes are in JSONL.
std::string CsvCell(std::string_view text);

// The cells with commas between them, and CRLF.
std::string CsvRow(const std::vector<std::string>& cells);

}  // namespace paliad

#endif  // PALIAD_BASE_CSV_H_
