// A column's type, as it stands in a parse tree: its name, and how people write it.
#ifndef PALIAD_POLICIES_TYPE_NAMES_H_
#define PALIAD_POLICIES_TYPE_NAMES_H_

#include <string>

#include "base/json_fwd.h"

namespace paliad {

// The name that PostgreSQL's catalog has for a type of its own, "int4" for integer, and without the schema
// pg_catalog; of another type, the name as it stands there, with its schema. `type` is a TypeName's fields.
std::string CatalogTypeName(const Json& type);

// "bigint", "varchar(20)", "app.mood[]". In compact trees numbers are missing: "varchar(…)".
std::string TypeShown(const Json& type);

// smallserial, serial, bigserial, by any of their names: an integer with a sequence of its own.
bool IsSerial(const Json& type);

}  // namespace paliad

#endif  // PALIAD_POLICIES_TYPE_NAMES_H_
