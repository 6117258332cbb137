// Where a database URL leads, without going there.
#ifndef PALIAD_CONTROLLER_POSTGRES_ADDRESS_H_
#define PALIAD_CONTROLLER_POSTGRES_ADDRESS_H_

#include <string>

#include "base/result.h"

namespace paliad::pg {

// As libpq would have it, with its defaults from the environment for what the URL does not say.
struct Address {
  std::string host;  // the first one; "localhost": a Unix socket
  std::string database;
  std::string role;
};

// kInvalidInput if libpq cannot read the URL. A pg_service file is not looked into.
[[nodiscard]] Result<Address> AddressOf(const std::string& url);

}  // namespace paliad::pg

#endif  // PALIAD_CONTROLLER_POSTGRES_ADDRESS_H_
