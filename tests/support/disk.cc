#include "tests/support/disk.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <utility>
#include <vector>

#include "tests/support/postgres_cluster.h"
#include "tests/support/process.h"

namespace paliad::testing {
namespace {

ProcessResult AsRoot(std::vector<std::string> argv) {
  if (geteuid() != 0) {
    argv.insert(argv.begin(), {"sudo", "-n"});
  }
  return RunProgram({.argv = std::move(argv)});
}

}  // namespace

SmallDisk::SmallDisk(int mebibytes) {
  std::filesystem::create_directory(path());
  const std::string options = "size=" + std::to_string(mebibytes) + "m,mode=0700,uid=" + PostgresSystemUser();
  const ProcessResult result = AsRoot({"mount", "-t", "tmpfs", "-o", options, "tmpfs", path()});
  if (result.exit_code != 0) {
    throw std::runtime_error("cannot mount a tmpfs, which needs root or `sudo -n mount`: " + result.err);
  }
}

SmallDisk::~SmallDisk() {
  const ProcessResult result = AsRoot({"umount", path()});
  if (result.exit_code != 0) {
    std::fprintf(stderr, "cannot unmount %s: %s", path().c_str(), result.err.c_str());
  }
}

void SmallDisk::FillUp(long except_bytes) const {
  const long available = static_cast<long>(std::filesystem::space(path()).available);
  const int fd = open((path() + "/ballast").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const int error = fd < 0                     ? errno
                    : available > except_bytes ? posix_fallocate(fd, 0, available - except_bytes)
                                               : 0;
  close(fd);
  if (error != 0) {
    throw std::runtime_error(std::string("cannot fill the disk up: ") + std::strerror(error));
  }
}

void SmallDisk::Relieve() const { std::filesystem::remove(path() + "/ballast"); }

}  // namespace paliad::testing
