// The words of the bundle's grammar, which is in ledger/bundle.h. Written to files; never change.
#ifndef PALIAD_LEDGER_BUNDLE_FORMAT_H_
#define PALIAD_LEDGER_BUNDLE_FORMAT_H_

#include <cstddef>
#include <string_view>

namespace paliad::ledger {

inline constexpr std::string_view kBundleMagic = "paliad-ledger-bundle@v1";
inline constexpr std::string_view kRangeWord = "range ";
inline constexpr std::string_view kCheckpointWord = "checkpoint ";
inline constexpr std::string_view kEarlierWord = "earlier ";
inline constexpr std::string_view kEntriesLine = "entries";
inline constexpr std::string_view kBodyWord = "body ";
inline constexpr std::string_view kEndLine = "end";

inline constexpr std::size_t kMaxEarlier = 1'000;  // checkpoints in one bundle

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_BUNDLE_FORMAT_H_
