// A folder that lives as long as the object.
#ifndef PALIAD_TESTS_GIT_TEMP_DIR_H_
#define PALIAD_TESTS_GIT_TEMP_DIR_H_

#include <string>

namespace paliad::testing {

class TempDir {
 public:
  // Under $TEST_TMPDIR, else /tmp. Aborts the test program if it cannot be made.
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// The whole file; empty if there is none.
std::string ReadFile(const std::string& path);

// Makes the folders above it. Aborts the test program if it cannot be written.
void WriteFile(const std::string& path, const std::string& bytes, bool executable = false);

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_GIT_TEMP_DIR_H_
