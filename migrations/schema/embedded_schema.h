// The controller's own schema, embedded at build time: what the core applies to `paliad_ledger`, and what is
// there then.
#ifndef PALIAD_MIGRATIONS_SCHEMA_EMBEDDED_SCHEMA_H_
#define PALIAD_MIGRATIONS_SCHEMA_EMBEDDED_SCHEMA_H_

#include <string_view>
#include <vector>

namespace paliad {

struct EmbeddedFile {
  std::string_view name;  // "001_ledger.up.sql"
  std::string_view text;
};

// In the order of their names. Static storage.
const std::vector<EmbeddedFile>& EmbeddedSchema();

// What the files make, as the catalogs tell it: lines "object's property: value"
// (controller/store/catalog.h).
std::string_view EmbeddedCatalog();

}  // namespace paliad

#endif  // PALIAD_MIGRATIONS_SCHEMA_EMBEDDED_SCHEMA_H_
