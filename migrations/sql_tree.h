// Parse trees: from libpg_query's JSON to the values that rules read, and how to walk them.
#ifndef PALIAD_MIGRATIONS_SQL_TREE_H_
#define PALIAD_MIGRATIONS_SQL_TREE_H_

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"
#include "base/sha256.h"

namespace paliad {

// Trees are at most this many objects and arrays deep: about 8,000 operators in a row, which PostgreSQL with
// its default max_stack_depth refuses too. Recursion over a tree may overflow the stack: use VisitObjects.
inline constexpr int kMaxTreeDepth = 16000;

// Calls `visit` for each object in `tree`, an outer one before those in it. `key` is the name under which the
// object stands: a node's kind ("RangeVar") or a field's name ("relation"); empty for an array's element.
using ObjectVisitor = std::function<void(std::string_view key, const Json& object)>;
void VisitObjects(const Json& tree, const ObjectVisitor& visit);

// One statement of a parsed text; offsets are bytes in that text.
struct TreeStatement {
  std::size_t location = 0;  // comments before the statement are part of it
  std::size_t length = 0;    // 0: to the text's end
  std::shared_ptr<const Json> tree;
};

// Reads what pg_query_parse prints. Keeps what it has read compactly, so that equal statements share one
// tree; one reader a file.
class TreeReader {
 public:
  // The most that all compact trees of one file may hold, as JSON text; as values it takes about twelve
  // times as much memory.
  static constexpr std::size_t kMaxCompactBytes = std::size_t{64} << 20;

  enum class Problem { kTooDeep, kTooLarge, kNotJson };

  struct Answer {
    std::vector<TreeStatement> statements;
    std::optional<Problem> problem;  // of the statement that follows those in `statements`
  };

  // Every `location` moves by `shift`.
  Answer Read(std::string_view json, std::size_t shift);

  // Without locations, without what constants hold, and with equal rows of VALUES once.
  Answer ReadCompactly(std::string_view json);

 private:
  tl::expected<std::shared_ptr<const Json>, Problem> Share(const std::string& text);

  std::map<Sha256Digest, std::shared_ptr<const Json>> shared_;
  std::size_t compact_bytes_ = 0;
};

}  // namespace paliad

#endif  // PALIAD_MIGRATIONS_SQL_TREE_H_
