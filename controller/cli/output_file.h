// A file that is there as a whole or not at all.
#ifndef PALIAD_CONTROLLER_CLI_OUTPUT_FILE_H_
#define PALIAD_CONTROLLER_CLI_OUTPUT_FILE_H_

#include <fstream>
#include <string>

#include "base/result.h"

namespace paliad::cli {

// Writes beside `path` and takes its name when it is committed; else leaves nothing behind. Replaces a file
// of that name.
class OutputFile {
 public:
  // kInvalidInput where no file can be made there.
  [[nodiscard]] static Result<OutputFile> Open(const std::string& path);
  OutputFile(OutputFile&& other) noexcept = default;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  std::ostream& stream() { return stream_; }

  // kUnavailable where not every byte was taken.
  [[nodiscard]] Status Commit();

 private:
  explicit OutputFile(std::string path) : path_(std::move(path)), temporary_(path_ + ".new") {}

  std::string path_;
  std::string temporary_;  // empty: it has its name
  std::ofstream stream_;
};

}  // namespace paliad::cli

#endif  // PALIAD_CONTROLLER_CLI_OUTPUT_FILE_H_
