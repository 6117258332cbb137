// Runs and entries of the ledger as text for people, in a terminal of 100 columns.
#ifndef PALIAD_CONTROLLER_CLI_LEDGER_TEXT_H_
#define PALIAD_CONTROLLER_CLI_LEDGER_TEXT_H_

#include <string>
#include <string_view>

#include "controller/store/queries.h"

namespace paliad::cli {

// A line for the run, and below it why it did not end well.
std::string RunRowText(const store::RunRow& run, bool color);

// What the entry says: a line, and below it what does not fit there.
std::string EntryRowText(const store::EntryRow& entry, bool color);

// The text in lines of at most 100 columns, each behind `indent` spaces; breaks between words, and within one
// only where it has no room for itself. Made safe for terminals.
std::string Wrapped(std::string_view text, std::size_t indent);

}  // namespace paliad::cli

#endif  // PALIAD_CONTROLLER_CLI_LEDGER_TEXT_H_
