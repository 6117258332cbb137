// A message about a place in a file, as compilers write it:
//
//   migrations/003_c.up.sql:3:8: error: column "x" does not exist
//     SELECT x FROM t;
//            ^
//   hint: …
#ifndef PALIAD_BASE_DIAGNOSTIC_H_
#define PALIAD_BASE_DIAGNOSTIC_H_

#include <string>
#include <string_view>

namespace paliad {

// Values; all text as it came from outside, escaped only when it is rendered.
struct Diagnostic {
  std::string path;
  int line = 0;          // from 1; 0: the file as a whole
  int column = 0;        // from 1, in code points; 0: the line as a whole
  std::string severity;  // "error", "warning"
  std::string message;
  std::string source_line;  // the line itself, without its end; empty: not shown
  std::string hint;         // may be empty
};

// The lines above, each ended by a line feed, escaped for a terminal. `color` adds ANSI colours.
std::string Render(const Diagnostic& diagnostic, bool color = false);

}  // namespace paliad

#endif  // PALIAD_BASE_DIAGNOSTIC_H_
