// `keygen`: a signing key for checkpoints, and the verifier key that goes with it.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "base/json.h"
#include "controller/cli/command.h"
#include "ledger/ed25519.h"
#include "ledger/note.h"

namespace paliad::cli {
namespace {

struct Flags {
  std::string name;
  std::string file;
};

// A new file, on the disk when it returns; nothing is left behind where it fails.
Status WriteNew(const std::string& path, int mode, std::string_view text) {
  const auto fail = [&] {
    const bool exists = errno == EEXIST;
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "write the key to",
                 .subject = path,
                 .cause = std::strerror(errno),
                 .hint = exists
                             ? "a key is never overwritten: its signatures could not be made again; choose "
                               "another name"
                             : ""});
  };
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0) {
    return fail();
  }
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       ::fchmod(file, static_cast<mode_t>(mode)) == 0 && ::fsync(file) == 0;
  const tl::unexpected<Error> error = fail();
  ::close(file);
  if (!written) {
    ::unlink(path.c_str());
    return error;
  }
  return {};
}

int RunKeygen(const Options& options, const Flags& flags) {
  const ledger::NoteSigner signer(flags.name, ledger::Ed25519PrivateKey::Generate());
  const std::string vkey = signer.verifier.Format();
  const std::string public_file = flags.file + ".pub";
  Status written = ::access(public_file.c_str(), F_OK) == 0
                       ? WriteNew(public_file, 0644, "")  // fails, with the reason
                       : WriteNew(flags.file, 0600, signer.key.ToPem());
  if (written) {
    written = WriteNew(public_file, 0644, vkey + "\n");
    if (!written) {
      ::unlink(flags.file.c_str());  // it was made here, and nobody knows its verifier key
    }
  }
  if (!written) {
    return AnswerError(options, written.error(), kUsage);
  }
  if (options.json()) {
    AnswerJson(OrderedJson{{"name", flags.name}, {"file", flags.file}, {"key", vkey}});
  } else {
    Answer(vkey + "\n");
  }
  return kDone;
}

}  // namespace

void AddKeygen(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand("keygen", "Make a key that signs the ledger's checkpoints");
  command->footer(
      "Writes the private key to FILE (PEM, mode 0600) and the verifier key to FILE.pub, and prints "
      "the verifier key: give that to auditors.");
  const auto flags = std::make_shared<Flags>();
  command->add_option("--name", flags->name, "The ledger's origin, which checkpoints begin with")
      ->required()
      ->type_name("ORIGIN")
      ->check([](const std::string& name) {
        return ledger::IsKeyName(name)
                   ? std::string()
                   : std::string("a name is UTF-8, not empty, without spaces, '+' and control characters");
      });
  command->add_option("--out", flags->file, "The file to make; it must not exist")
      ->required()
      ->type_name("FILE")
      ->check([](const std::string& file) {
        return file.empty() ? std::string("a file's name must not be empty") : std::string();
      });
  command->callback([&invocation, flags] { invocation.exit_code = RunKeygen(invocation.options, *flags); });
}

}  // namespace paliad::cli
