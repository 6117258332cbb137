// Whether a function that a default calls gives one value for a statement or one for each row: that decides
// if ADD COLUMN writes the table anew. Immutable.
#ifndef PALIAD_POLICIES_VOLATILITY_H_
#define PALIAD_POLICIES_VOLATILITY_H_

#include <map>
#include <string>

#include "policies/sql_nodes.h"

namespace paliad {

enum class Volatility {
  kSteady,    // stable or immutable
  kVolatile,  // must be called for each row
  kUnknown,   // not in the file, and not PostgreSQL's own
};

class Volatilities {
 public:
  // Knows PostgreSQL 15's functions, and those that the file makes.
  explicit Volatilities(const SqlFile& sql);

  Volatility Of(const ObjectName& function) const;

 private:
  std::map<std::string, Volatility> declared_;  // by name without schema
};

}  // namespace paliad

#endif  // PALIAD_POLICIES_VOLATILITY_H_
