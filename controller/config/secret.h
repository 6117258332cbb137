// Where a secret is kept: an environment variable or a file, never the configuration itself.
#ifndef PALIAD_CONTROLLER_CONFIG_SECRET_H_
#define PALIAD_CONTROLLER_CONFIG_SECRET_H_

#include <string>

#include "base/result.h"

namespace paliad::config {

// A value; holds no secret. Files are read anew each time, so that a rotated secret needs no restart.
class Secret {
 public:
  Secret() = default;
  static Secret InEnvironment(std::string variable) { return {Place::kEnvironment, std::move(variable)}; }
  static Secret InFile(std::string path) { return {Place::kFile, std::move(path)}; }

  // Nothing was named.
  bool empty() const { return place_ == Place::kNone; }

  // "$PALIAD_DATABASE_URL", "/run/secrets/database": for people.
  std::string Where() const;

  // Without the line end at its end. kInvalidInput for a variable that is not set or empty; kUnavailable for
  // a file that cannot be read, is empty or holds more than 64 KiB. REQUIRES: not empty().
  [[nodiscard]] Result<std::string> Read() const;

  // The same, or "" if nothing was named.
  [[nodiscard]] Result<std::string> ReadIfNamed() const;

  bool operator==(const Secret&) const = default;

 private:
  enum class Place { kNone, kEnvironment, kFile };
  Secret(Place place, std::string name) : place_(place), name_(std::move(name)) {}

  Place place_ = Place::kNone;
  std::string name_;
};

}  // namespace paliad::config

#endif  // PALIAD_CONTROLLER_CONFIG_SECRET_H_
