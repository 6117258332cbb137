// When ALTER COLUMN … TYPE writes a table anew: it depends on the type before, which is not in the file.
#ifndef PALIAD_POLICIES_TYPE_CHANGE_H_
#define PALIAD_POLICIES_TYPE_CHANGE_H_

#include <string>

#include "base/json_fwd.h"

namespace paliad {

// "", or ", unless it was varchar or text": from which types PostgreSQL 15 changes to `type` without writing
// a row. `type` is a TypeName's fields.
std::string UnlessItWas(const Json& type);

// True if the expression after USING only repeats what happens without it: the column, or the column cast to
// the type. Anything else is computed for each row.
bool IsPlainUsing(const Json& expression, const std::string& column, const Json& type);

}  // namespace paliad

#endif  // PALIAD_POLICIES_TYPE_CHANGE_H_
