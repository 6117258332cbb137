// A folder of a test's own with a short path: a Unix socket's path holds 107 bytes, and Bazel's
// TEST_TMPDIR is longer than that by itself.
#ifndef PALIAD_TESTS_SUPPORT_TEMP_DIR_H_
#define PALIAD_TESTS_SUPPORT_TEMP_DIR_H_

#include <string>
#include <string_view>

namespace paliad::testing {

// Made under /tmp, mode 0755 so that servers under another user can be reached in it; removed with
// all that it holds by the destructor.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }

  // `name` may have folders, which are made. Returns the whole path. Throws std::runtime_error.
  std::string Write(std::string_view name, std::string_view content) const;

 private:
  std::string path_;
};

// The bytes of a file. Throws std::runtime_error.
std::string ReadFile(const std::string& path);

// Replaces the file, making its folders. Throws std::runtime_error.
void WriteFile(const std::string& path, std::string_view content);

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_SUPPORT_TEMP_DIR_H_
