#include "controller/reconcile/target.h"

#include <fmt/format.h>

#include "controller/postgres/session.h"

namespace paliad {

Result<QualifiedName> QualifiedName::Parse(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == text.size() ||
      text.find('.', dot + 1) != std::string_view::npos) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "read the table name",
                 .subject = fmt::format("'{}'", text),
                 .cause = "it is not of the form schema.table",
                 .hint = "write for example paliad.applied_migrations"});
  }
  return QualifiedName{.schema = std::string(text.substr(0, dot)),
                       .table = std::string(text.substr(dot + 1))};
}

std::string QualifiedName::Quoted() const {
  return pg::QuoteIdentifier(schema) + "." + pg::QuoteIdentifier(table);
}

}  // namespace paliad
