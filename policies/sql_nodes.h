// Reading parse trees: nodes by kind, names, places. The trees are libpg_query's JSON; field names are those
// of PostgreSQL's own node structs (src/include/nodes/parsenodes.h), and a field with its default is absent.
#ifndef PALIAD_POLICIES_SQL_NODES_H_
#define PALIAD_POLICIES_SQL_NODES_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "migrations/sql_file.h"

namespace paliad {

// {"CreateStmt": {…}}: the kind and the node of a statement.
const std::string& KindOf(const Statement& statement);
const Json& NodeOf(const Statement& statement);

// The field, or nullptr.
const Json* Member(const Json& object, const char* key);

// The field at this path of fields, or nullptr: MemberAt(cmd, {"def", "ColumnDef"}).
const Json* MemberAt(const Json& object, std::initializer_list<const char*> path);

// The field as text; "" if it is absent or something else.
std::string Text(const Json& object, const char* key);

// The field as a truth value; false if it is absent.
bool Flag(const Json& object, const char* key);

// The elements of a list field; an empty list if it is absent.
const Json& List(const Json& object, const char* key);

// The parts of a name such as [{"String": {"sval": "paliad"}}, {"String": {"sval": "t"}}]; what follows the
// first element of another kind is left out.
std::vector<std::string> NameParts(const Json& list);

// A name with its schema where it has one.
struct ObjectName {
  std::string schema;  // "": not said
  std::string name;

  // As it may be written: quoted where it must be.
  std::string Shown() const;
  friend bool operator==(const ObjectName&, const ObjectName&) = default;
};

// Of a RangeVar's fields.
ObjectName RelationName(const Json& range_var);

// Of a list of parts; the last two count.
ObjectName NameOf(const Json& list);

// `name` as SQL writes it: as it is, or in double quotes. Key words are not quoted: it is for messages.
std::string QuotedIfNeeded(std::string_view name);

// The byte at which a node stands in the file, or where the statement begins if the node has no place.
std::size_t PlaceOf(const Statement& statement, const Json& object);

// The value of the option `name` in the list of options at `list`, as PostgreSQL reads it (defGetBoolean):
// one that is given without a value is on. `otherwise` where it is not given.
bool OptionIsOn(const Json& node, const char* list, std::string_view name, bool otherwise);

// Calls `visit` for each statement of this kind.
using NodeVisitor = std::function<void(const Statement& statement, const Json& node)>;
void ForEachStatement(const SqlFile& sql, std::string_view kind, const NodeVisitor& visit);

// Calls `visit` for each command of each ALTER TABLE (or of another relation): {"subtype": "AT_AddColumn",
// …}.
using AlterVisitor = std::function<void(const Statement& statement, const Json& alter, const Json& command)>;
void ForEachAlterCommand(const SqlFile& sql, const AlterVisitor& visit);

}  // namespace paliad

#endif  // PALIAD_POLICIES_SQL_NODES_H_
