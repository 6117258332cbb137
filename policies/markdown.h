// Findings as GitHub-flavoured Markdown: what `check -o markdown` prints and a pull request shows. Forges of
// other kinds render the same.
#ifndef PALIAD_POLICIES_MARKDOWN_H_
#define PALIAD_POLICIES_MARKDOWN_H_

#include <string>
#include <string_view>
#include <vector>

#include "policies/finding.h"

namespace paliad {

// A heading that counts, and a table with a row for each finding; without findings, one sentence.
std::string FindingsMarkdown(const std::vector<Finding>& findings);

// Text from outside as text: nothing in it is markup, a mention, a link or a line's end.
std::string EscapeMarkdown(std::string_view text);

}  // namespace paliad

#endif  // PALIAD_POLICIES_MARKDOWN_H_
