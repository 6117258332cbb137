// A small disk of a test's own, to be filled up.
#ifndef PALIAD_TESTS_SUPPORT_DISK_H_
#define PALIAD_TESTS_SUPPORT_DISK_H_

#include <string>

#include "tests/support/temp_dir.h"

namespace paliad::testing {

// A tmpfs that belongs to the user whom PostgreSQL runs as. A cluster takes about 40 MiB. Mounting needs
// root, or sudo without a password: otherwise the constructor throws std::runtime_error and says so.
class SmallDisk {
 public:
  explicit SmallDisk(int mebibytes);
  // Nothing may be open on it any more.
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  std::string path() const { return dir_.path() + "/disk"; }

  // Takes all the space that is left, but for `except_bytes`, with a file of its own; Relieve() removes it.
  void FillUp(long except_bytes = 0) const;
  void Relieve() const;

 private:
  const TempDir dir_;
};

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_SUPPORT_DISK_H_
