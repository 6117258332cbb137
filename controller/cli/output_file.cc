#include "controller/cli/output_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace paliad::cli {
namespace {

tl::unexpected<Error> NotWritten(ErrorKind kind, const std::string& path) {
  return Fail({.kind = kind, .doing = "write", .subject = path, .cause = std::strerror(errno), .hint = ""});
}

}  // namespace

Result<OutputFile> OutputFile::Open(const std::string& path) {
  OutputFile file(path);
  file.stream_.open(file.temporary_, std::ios::binary | std::ios::trunc);
  if (!file.stream_) {
    file.temporary_.clear();
    return NotWritten(ErrorKind::kInvalidInput, path);
  }
  return file;
}

OutputFile::~OutputFile() {
  if (stream_.is_open() && !temporary_.empty()) {
    stream_.close();
    std::remove(temporary_.c_str());
  }
}

Status OutputFile::Commit() {
  stream_.flush();
  if (!stream_ || std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    return NotWritten(ErrorKind::kUnavailable, path_);
  }
  stream_.close();
  temporary_.clear();
  return {};
}

}  // namespace paliad::cli
