// Values as pages show them.
#ifndef PALIAD_CONTROLLER_SERVE_PAGES_WORDS_H_
#define PALIAD_CONTROLLER_SERVE_PAGES_WORDS_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_fwd.h"
#include "controller/serve/control.h"
#include "controller/serve/records/records.h"

namespace paliad::serve {

// The class of a badge or a bar: "good", "busy", "warn", "bad", "idle".
std::string_view ToneOf(State state);
std::string_view ToneOfOutcome(std::string_view outcome);  // "" is a run without an end
std::string_view ToneOfEntry(std::string_view kind);

// "in sync" for "in_sync": public names as words.
std::string Words(std::string_view name);

// "2026-05-20 10:38:00" of what FormatUtc writes.
std::string ShortTime(std::string_view utc);

// "82ab3b8fc54e"
std::string ShortCommit(std::string_view commit);

// "3.1 ms", "2.4 s", "3 min 20 s"; "" for none.
std::string Took(std::optional<std::chrono::microseconds> duration);

// "/targets/<name>"
std::string TargetPath(std::string_view target);

// Text before the first line feed, at most 200 bytes.
std::string FirstLine(std::string_view text);

// What an entry says beside what every entry has, in a line.
std::string Summary(const Json& leaf);

// A row of run_table.mustache.
OrderedJson RunRowData(std::string_view target, const store::RunRow& run);

// A list item of a timeline: at, at_iso, kind, seq, href, tone, summary, run, run_href, leaf_hash.
OrderedJson EntryData(std::string_view target, const store::EntryRow& entry, const Json& leaf);

// The leaf of an entry; an empty object where it is not JSON.
Json LeafOf(const store::EntryRow& entry);

// A field of a leaf if it is text, else "".
std::string TextOf(const Json& leaf, std::string_view field);

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_PAGES_WORDS_H_
