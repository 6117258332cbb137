// What a file does to prove that a column holds no NULL, so that SET NOT NULL need not read the table. Fed
// with the commands of the file's ALTER TABLEs, in order; takes linear time.
#ifndef PALIAD_POLICIES_NULL_PROOFS_H_
#define PALIAD_POLICIES_NULL_PROOFS_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "policies/sql_nodes.h"

namespace paliad {

class NullProofs {
 public:
  // ADD CONSTRAINT, VALIDATE CONSTRAINT and DROP CONSTRAINT count, everything else is ignored. A CHECK proves
  // what it says with IS NOT NULL once it is valid.
  void Look(const ObjectName& table, const Json& command);

  // True if what was looked at proves it. So does a constraint that this file validates and an earlier one
  // added: what it says cannot be known here, and nobody else validates before SET NOT NULL.
  bool HasNoNull(const ObjectName& table, const std::string& column) const;

 private:
  struct Check {
    std::vector<std::string> columns;  // that it says are not NULL
    bool anything = false;             // what it says is not known
    bool valid = false;
  };
  struct Table {
    std::map<std::string, Check> checks;  // by name
    std::map<std::string, int> proven;    // column → how many valid checks prove it
    int unknown = 0;                      // valid checks that may prove anything
  };

  static void Add(Table& table, const Json& constraint);
  static void Validate(Table& table, const std::string& name);
  static void Drop(Table& table, const std::string& name);
  static void Count(Table& table, const Check& check, int by);

  // One table has several entries: a name without a schema may be any schema's.
  std::map<std::pair<std::string, std::string>, Table> tables_;
};

}  // namespace paliad

#endif  // PALIAD_POLICIES_NULL_PROOFS_H_
