// Which lines of a configuration may hold a secret, and so are not quoted in a message: it ends in a log.
#ifndef PALIAD_CONTROLLER_CONFIG_SECRET_LINES_H_
#define PALIAD_CONTROLLER_CONFIG_SECRET_LINES_H_

#include <string_view>

namespace paliad::config {

// True if the line gives a value to a key like `password`, misspelt too, or has a URL or a connection string
// with a password in it.
bool MayHoldSecret(std::string_view line);

}  // namespace paliad::config

#endif  // PALIAD_CONTROLLER_CONFIG_SECRET_LINES_H_
