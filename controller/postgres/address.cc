#include "controller/postgres/address.h"

#include <postgresql/libpq-fe.h>

#include <map>
#include <memory>
#include <utility>

#include "base/text.h"

namespace paliad::pg {
namespace {

using OptionsHandle = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;
using Settings = std::map<std::string, std::string, std::less<>>;

// Later calls win.
void Take(const OptionsHandle& options, Settings& settings) {
  for (const PQconninfoOption* option = options.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    if (option->val != nullptr && *option->val != '\0') {
      settings[option->keyword] = option->val;
    }
  }
}

}  // namespace

Result<Address> AddressOf(const std::string& url) {
  const OptionsHandle given(PQconninfoParse(url.c_str(), nullptr), &PQconninfoFree);
  // Like libpq, which takes what is no connection string for a database's name.
  const bool is_name = url.find('=') == std::string::npos && url.find("://") == std::string::npos;
  if (given == nullptr && !is_name) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "read the database's URL",
                 .subject = RedactUrl(url),
                 .cause = "libpq cannot read it",  // in more words, of which some may be the password
                 .hint = "write postgresql://ROLE@HOST/DATABASE"});
  }
  Settings settings;
  Take(OptionsHandle(PQconndefaults(), &PQconninfoFree), settings);
  Take(given, settings);
  if (given == nullptr && !url.empty()) {
    settings["dbname"] = url;
  }
  Address address{.host = settings["host"], .database = settings["dbname"], .role = settings["user"]};
  if (address.host.empty()) {
    address.host = settings["hostaddr"];
  }
  address.host = address.host.substr(0, address.host.find(','));
  if (address.host.empty() || address.host.front() == '/' || address.host.front() == '@') {
    address.host = "localhost";
  }
  if (address.database.empty()) {
    address.database = address.role;
  }
  return address;
}

}  // namespace paliad::pg
