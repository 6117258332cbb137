// What reaches out of the database: to the server's host, its files, its programs, or to other servers. By
// names, and in texts that PostgreSQL reads as code later.
#ifndef PALIAD_POLICIES_HOST_ACCESS_H_
#define PALIAD_POLICIES_HOST_ACCESS_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "policies/routine_code.h"

namespace paliad {

struct HostAccess {
  std::string message;
  std::string hint;
};

HostAccess CopyAccess(bool from, bool program);
HostAccess LoadAccess();
// "CREATE SERVER archive"
HostAccess ForeignAccess(std::string_view statement);

// "CREATE SUBSCRIPTION orders"
HostAccess SubscriptionAccess(std::string_view statement);
HostAccess TablespaceAccess();

// Nothing for functions that stay in the database. `name` is in lower case, `schema` "" where it is not said.
std::optional<HostAccess> FunctionAccess(std::string_view schema, std::string_view name);

// Calls `visit` with the name of each of them.
void ForEachHostFunction(const std::function<void(std::string_view name)>& visit);

// Nothing for those that PostgreSQL 15 ships as trusted: they need no superuser. What the server's
// administrator made of others (`trusted = true` in their control files) cannot be known here.
std::optional<HostAccess> ExtensionAccess(std::string_view name);

// Nothing for trusted languages. Of an unknown one its name decides: by custom, untrusted ones end in u.
std::optional<HostAccess> LanguageAccess(std::string_view language);

// Of a setting that names programs or libraries.
std::optional<HostAccess> SettingAccess(std::string_view name);

struct HostAccessInText {
  std::size_t at = 0;  // byte of the text
  HostAccess access;
};

// The first in a body. Comments do not count where the language is SQL or PL/pgSQL; in others only calls are
// looked for.
std::optional<HostAccessInText> FindHostAccess(const RoutineCode& code, std::string_view text);

// The first call in a text that may be SQL, such as query_to_xml's argument.
std::optional<HostAccessInText> FindHostCall(std::string_view text);

}  // namespace paliad

#endif  // PALIAD_POLICIES_HOST_ACCESS_H_
