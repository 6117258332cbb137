// `new`: a migration's files under the next free version.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>

#include "base/json.h"
#include "base/text.h"
#include "controller/check/next_version.h"
#include "controller/cli/command.h"
#include "controller/git/fetch.h"
#include "migrations/file_name.h"

namespace paliad::cli {
namespace {

constexpr std::string_view kUpSuffix = ".up.sql";
constexpr std::string_view kDownSuffix = ".down.sql";

struct Created {
  Version version = 0;
  std::string up;
  std::string down;
};

// "add office" becomes "add_office": a description is one word in the file's name.
std::string AsDescription(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == ' ' || c == '\t'; }, '_');
  return text;
}

Status WriteNew(const std::string& path, const std::string& text) {
  // "x": somebody else's file is never overwritten.
  std::FILE* file = std::fopen(path.c_str(), "wx");
  if (file == nullptr || std::fputs(text.c_str(), file) < 0 || std::fclose(file) != 0) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "create",
                 .subject = path,
                 .cause = std::strerror(errno),
                 .hint = ""});
  }
  return {};
}

Result<Created> Create(const Options& options, const std::string& description) {
  if (git::IsRemote(options.repository)) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "create a migration in",
                 .subject = RedactUrl(options.repository),
                 .cause = "it is not a local repository",
                 .hint = "run it in a clone"});
  }
  ASSIGN_OR_RETURN(const git::Repository repository, git::Repository::Open(options.repository));
  if (repository.WorkTree().empty()) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "create a migration in",
                 .subject = options.repository,
                 .cause = "it is a bare repository",
                 .hint = "run it in a clone with a work tree"});
  }
  ASSIGN_OR_RETURN(const NextVersion next, FindNextVersion(repository, options.path));
  const std::string up_name = FormatUpFileName(next.version, next.width, description);
  if (description.find('/') != std::string::npos || ParseFileName(up_name).kind != FileNameKind::kUp) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "use the description",
                 .subject = fmt::format("'{}'", description),
                 .cause = "it holds a slash or a control character, or is empty",
                 .hint = "write a few words, such as: add office"});
  }
  const std::filesystem::path folder = std::filesystem::path(repository.WorkTree()) / options.path;
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  const std::string stem = up_name.substr(0, up_name.size() - kUpSuffix.size());
  Created created{.version = next.version,
                  .up = (folder / up_name).string(),
                  .down = (folder / (stem + std::string(kDownSuffix))).string()};
  RETURN_IF_ERROR(WriteNew(created.up, fmt::format("-- {}\n\n", description)));
  RETURN_IF_ERROR(WriteNew(created.down, "-- How to undo it by hand; paliadctl never runs this file.\n\n"));
  return created;
}

int RunNew(const Invocation& invocation, const std::string& description) {
  const Options& options = invocation.options;
  const Result<Created> created = Create(options, AsDescription(description));
  if (!created) {
    return AnswerError(options, created.error(), ExitCodeFor(created.error()));
  }
  if (options.json()) {
    AnswerJson(OrderedJson{{"version", created->version}, {"up", created->up}, {"down", created->down}});
  } else {
    Answer(fmt::format("{}\n{}\n", EscapeForTerminal(created->up), EscapeForTerminal(created->down)));
  }
  return kDone;
}

}  // namespace

void AddNew(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      app.add_subcommand("new", "Create NNN_description.up.sql and .down.sql with the next free version");
  const auto description = std::make_shared<std::string>();
  command->add_option("description", *description, "A few words; spaces become underscores")->required();
  command->callback([&invocation, description] { invocation.exit_code = RunNew(invocation, *description); });
}

}  // namespace paliad::cli
