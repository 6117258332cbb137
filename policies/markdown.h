// Findings as GitHub-flavoured Markdown: what `check -o markdown` prints and a pull request shows. Forges of
// other kinds render the same.
#ifndef PALIAD_POLICIES_MARKDOWN_H_
#define PALIAD_POLICIES_MARKDOWN_H_

#include <string>
#include <string_view>
#include <vector>

#include "policies/finding.h"

namespace paliad {

// "1 error, 2 warnings, 1 waived".
std::string CountFindings(const std::vector<Finding>& findings);

// A heading that counts, and a table with a row for each finding; without findings, one sentence.
std::string FindingsMarkdown(const std::vector<Finding>& findings);

// Text from outside as text: nothing in it is markup, a mention, a link or a line's end. For text in <code>,
// where forges look for none of them once it is rendered.
std::string EscapeMarkdown(std::string_view text);

// The same for text outside of <code>. There, forges look for mentions, references, addresses and the like in
// what the Markdown became, after its character references are resolved: a zero width space keeps the sign
// that begins one from what follows.
std::string EscapeMarkdownProse(std::string_view text);

}  // namespace paliad

#endif  // PALIAD_POLICIES_MARKDOWN_H_
