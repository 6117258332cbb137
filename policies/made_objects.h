// What a file makes itself: an index on a table created three lines up blocks nobody. Immutable.
#ifndef PALIAD_POLICIES_MADE_OBJECTS_H_
#define PALIAD_POLICIES_MADE_OBJECTS_H_

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "migrations/sql_file.h"
#include "policies/sql_nodes.h"

namespace paliad {

// Tables, views, sequences and indexes share their names, and so do enums, domains and other types.
enum class MadeKind { kRelation, kType, kRoutine, kSchema };

class MadeObjects {
 public:
  MadeObjects() = default;

  // Not what may have been there before: IF NOT EXISTS, OR REPLACE. Temporary tables always are: they are the
  // session's own, in the schema pg_temp.
  explicit MadeObjects(const SqlFile& sql);

  // True if an earlier statement of the file makes it, or the schema that it is named in. A name without a
  // schema and the same name with one are taken for one object, since the search path is not known.
  bool HasBefore(const Statement& statement, MadeKind kind, const ObjectName& object) const;

  // The same for a RangeVar's fields.
  bool HasBefore(const Statement& statement, const Json& range_var) const;

  // True if a later statement of the file makes something of this name: what is dropped or renamed here is
  // replaced. IF NOT EXISTS and OR REPLACE count.
  bool HasAfter(const Statement& statement, MadeKind kind, const ObjectName& object) const;

 private:
  struct Made {
    std::string schema;
    std::size_t begin;  // of the statement
    bool surely;        // not by IF NOT EXISTS or OR REPLACE
  };
  using Key = std::pair<MadeKind, std::string>;

  void LookAt(std::size_t begin, const std::string& kind, const Json& node);
  void LookAtRelation(std::size_t begin, const Json* range_var, bool surely);
  void LookAtSchema(std::size_t begin, const Json& node, bool surely);
  void LookAtRename(std::size_t begin, const Json& rename);
  void LookAtMove(std::size_t begin, const Json& move);
  void Add(MadeKind kind, const ObjectName& object, std::size_t begin, bool surely = true);
  bool Has(std::size_t before, MadeKind kind, const ObjectName& object) const;

  std::map<Key, std::vector<Made>> made_;
};

}  // namespace paliad

#endif  // PALIAD_POLICIES_MADE_OBJECTS_H_
