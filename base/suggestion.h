// "did you mean": the known word that is nearest to an unknown one.
#ifndef PALIAD_BASE_SUGGESTION_H_
#define PALIAD_BASE_SUGGESTION_H_

#include <optional>
#include <string_view>
#include <vector>

namespace paliad {

// The candidate with the smallest edit distance (an insertion, a deletion, a substitution and a swap of
// neighbours count one each), if that is at most a third of the word's length, rounded up; the first of
// several. Looks at words of up to 64 bytes only.
std::optional<std::string_view> Nearest(std::string_view word,
                                        const std::vector<std::string_view>& candidates);

}  // namespace paliad

#endif  // PALIAD_BASE_SUGGESTION_H_
