// `pr list` and `pr check`: what the controller would say of pull requests, and, if asked to, says.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "controller/cli/command.h"
#include "controller/cli/dry_run.h"
#include "controller/cli/render.h"
#include "controller/config/config.h"
#include "controller/forge/forge.h"
#include "controller/forge/message.h"
#include "controller/postgres/session.h"
#include "controller/pulls/feedback.h"
#include "controller/pulls/judge.h"
#include "controller/pulls/open_forge.h"
#include "controller/pulls/verdict.h"
#include "controller/reconcile/forge_side.h"
#include "controller/reconcile/inspect.h"
#include "controller/store/feedback.h"

namespace paliad::cli {
namespace {

struct CheckFlags {
  std::int64_t number = 0;
  bool post = false;
};

// The open pull requests of the target, with what judges them.
struct OpenPulls {
  Target target;
  std::unique_ptr<forge::Forge> forge;
  std::unique_ptr<git::Repository> repository;  // `judge` refers to it
  std::unique_ptr<pulls::PullRequestJudge> judge;
  std::vector<pulls::Case> cases;
};

const config::TargetConfig* ConfigOf(const Options& options) {
  return options.config == nullptr ? nullptr : options.config->Find(options.target);
}

// None: the configuration says enough.
std::optional<Error> MissingForge(const Options& options) {
  const config::TargetConfig* of_file = ConfigOf(options);
  if (of_file != nullptr && of_file->forge && !of_file->forge->token.empty()) {
    return std::nullopt;
  }
  return Error{.kind = ErrorKind::kInvalidInput,
               .doing = "ask for pull requests of",
               .subject = options.target,
               .cause = of_file == nullptr ? "there is no configuration file"
                        : of_file->forge   ? "[target.forge] names no token"
                                           : "it has no [target.forge] in the configuration",
               .hint = "docs/pull-requests.md says what it takes"};
}

Result<pulls::JudgeSettings> SettingsOf(const config::TargetConfig& of_file, const Target& target) {
  pulls::JudgeSettings settings;
  settings.target = target;
  settings.target.database_url.clear();
  ASSIGN_OR_RETURN(settings.scratch_url, of_file.scratch.ReadIfNamed());
  settings.scratch_template = of_file.scratch_template;
  settings.dry_run_forks = of_file.forge->dry_run_forks;
  return settings;
}

// Listed first and fetched then: what is listed is there. REQUIRES: !MissingForge(options).
Result<OpenPulls> ReadOpenPulls(const Options& options, bool with_database, const Clock& clock) {
  const config::TargetConfig* of_file = ConfigOf(options);
  OpenPulls open_pulls;
  ASSIGN_OR_RETURN(open_pulls.target, MakeTarget(options));
  ASSIGN_OR_RETURN(open_pulls.forge, pulls::OpenForge(*of_file, clock));
  ASSIGN_OR_RETURN(pulls::JudgeSettings settings, SettingsOf(*of_file, open_pulls.target));
  const auto open = open_pulls.forge->OpenPullRequests(open_pulls.target.branch);
  if (!open) {
    return Fail(open.error().error);
  }
  ASSIGN_OR_RETURN(git::Repository repository,
                   OpenRepository(options, {pulls::HeadReferences(of_file->forge->kind)}));
  open_pulls.repository = std::make_unique<git::Repository>(std::move(repository));
  std::optional<AppliedSet> applied;
  if (with_database) {
    ASSIGN_OR_RETURN(applied, ReadApplied(open_pulls.target));
  }
  ASSIGN_OR_RETURN(const std::string base, open_pulls.repository->Resolve(open_pulls.target.branch));
  open_pulls.judge = std::make_unique<pulls::PullRequestJudge>(std::move(settings), clock);
  ASSIGN_OR_RETURN(open_pulls.cases, open_pulls.judge->Open(*open_pulls.repository, base, *open, applied));
  return open_pulls;
}

OrderedJson PullRequestJson(const forge::PullRequest& pull_request) {
  return {{"number", pull_request.number},
          {"title", pull_request.title},
          {"author", pull_request.author},
          {"url", pull_request.url},
          {"from_fork", pull_request.from_fork}};
}

int RunList(const Invocation& invocation) {
  const Options& options = invocation.options;
  if (const auto missing = MissingForge(options)) {
    return AnswerError(options, *missing, kUsage);
  }
  const Result<OpenPulls> open_pulls = ReadOpenPulls(options, /*with_database=*/false, invocation.clock);
  if (!open_pulls) {
    return AnswerError(options, open_pulls.error(), ExitCodeFor(open_pulls.error()));
  }
  OrderedJson json = OrderedJson::array();
  std::string text;
  for (const pulls::Case& one : open_pulls->cases) {
    OrderedJson item = PullRequestJson(one.pull_request);
    item["head"] = one.pull_request.head_commit;
    item["touches"] = one.touches;
    json.push_back(std::move(item));
    text += fmt::format("{:>6}  {}  {}  {} ({}{})\n", one.pull_request.number,
                        one.pull_request.head_commit.substr(0, 12), one.touches ? "migrations" : "-         ",
                        EscapeForTerminal(one.pull_request.title), EscapeForTerminal(one.pull_request.author),
                        one.pull_request.from_fork ? ", from a fork" : "");
  }
  if (options.json()) {
    AnswerJson(json);
  } else {
    Answer(text.empty() ? "no open pull requests\n" : text);
  }
  return kDone;
}

OrderedJson ErrorOrNull(const std::optional<Error>& error) {
  return error ? ErrorJson(*error) : OrderedJson(nullptr);
}

OrderedJson VerdictJson(const std::string& target, const pulls::Verdict& verdict, bool posted) {
  OrderedJson json = CheckJson(target, verdict.pull_request.head_commit, verdict.base, verdict.findings);
  json["dry_run"] = DryRunJson(verdict.dry_run);
  json.update(PullRequestJson(verdict.pull_request));
  json["touches"] = verdict.touches;
  json["policy_changed"] = verdict.policy_changed;
  json["dry_run_error"] = ErrorOrNull(verdict.dry_run_error);
  json["no_dry_run"] = verdict.no_dry_run.empty() ? OrderedJson(nullptr) : OrderedJson(verdict.no_dry_run);
  json["posted"] = posted;
  if (verdict.error) {
    json["error"] = ErrorJson(*verdict.error);
  }
  return json;
}

std::string VerdictText(const pulls::Verdict& verdict, bool color) {
  std::string text = fmt::format("{} {} as merged into {}\n", verdict.pull_request.number,
                                 verdict.pull_request.head_commit.substr(0, 12), verdict.base.substr(0, 12));
  if (!verdict.touches) {
    return text + "it changes none of the target's migrations\n";
  }
  if (!verdict.error) {
    text += verdict.findings.empty() ? "no findings\n" : FindingsText(verdict.findings, color);
  }
  text += verdict.dry_run ? DryRunText(*verdict.dry_run, color) : "";
  text += verdict.no_dry_run.empty() ? "" : fmt::format("no dry run: {}\n", verdict.no_dry_run);
  return text;
}

// The verdict is the answer, whether or not it could be posted.
void AnswerVerdict(const Options& options, const pulls::Verdict& verdict, bool post,
                   const std::optional<Error>& post_error) {
  if (options.json()) {
    OrderedJson json = VerdictJson(options.target, verdict, post && !post_error);
    if (post_error) {
      json["post_error"] = ErrorJson(*post_error);
    }
    AnswerJson(json);
  } else {
    Answer(VerdictText(verdict, options.UseColor(STDOUT_FILENO)));
  }
  for (const std::optional<Error>& error : {verdict.error, verdict.dry_run_error, post_error}) {
    if (error) {
      std::fputs(ErrorText(*error, options.UseColor(STDERR_FILENO)).c_str(), stderr);
    }
  }
  if (verdict.policy_changed) {
    std::fputs("note: the policy file is changed here; the branch's own is what this was judged by\n",
               stderr);
  }
}

std::vector<forge::CommitStatus> StatusesFor(const config::TargetConfig& of_file,
                                             const pulls::Verdict& verdict) {
  return verdict.touches || !of_file.forge->report_all
             ? pulls::StatusesOf(verdict, of_file.target.name)
             : pulls::UntouchedStatuses(verdict.pull_request, of_file.target.name, !of_file.scratch.empty());
}

// A controller of this target that has told the pull request something remembers what. It is to judge and to
// say it again, and what it recorded last stays: a verdict is recorded by who watches.
Status LetControllerKnow(const OpenPulls& open_pulls, const config::TargetConfig& of_file,
                         const pulls::Verdict& verdict, const std::vector<forge::Message>& messages) {
  ASSIGN_OR_RETURN(pg::Session session, pg::Session::Connect({.url = open_pulls.target.database_url}));
  ASSIGN_OR_RETURN(const bool ready, store::HasFeedbackTables(session));
  if (!ready) {
    return {};
  }
  const store::FeedbackOwner owner = pulls::OwnerOf(of_file);
  const std::int64_t number = verdict.pull_request.number;
  ASSIGN_OR_RETURN(const auto known, ReadPullRequests(session, owner));
  const auto found = known.find(number);
  if (found == known.end()) {
    return {};
  }
  std::string sql =
      "BEGIN;" +
      PutPullRequestSql(
          owner, number,
          {.key = "", .verdict = found->second.verdict, .head = "", .held_check = found->second.held_check});
  for (const forge::Message& message : messages) {
    sql += PutMessageSql(owner, message, number);
  }
  return session.Run(sql + "COMMIT;", "note what was posted").map([](auto&&) {});
}

Status Post(const OpenPulls& open_pulls, const config::TargetConfig& of_file, const pulls::Verdict& verdict) {
  const std::vector<forge::Message> messages =
      MessagesOf(verdict, StatusesFor(of_file, verdict), of_file.target.name, *open_pulls.forge);
  RETURN_IF_ERROR(LetControllerKnow(open_pulls, of_file, verdict, messages));
  for (const forge::Message& message : messages) {
    if (const auto sent = forge::Send(*open_pulls.forge, message, /*known=*/0); !sent) {
      return Fail(sent.error().error);
    }
  }
  return {};
}

Error NotOpen(const Target& target, std::int64_t number) {
  return {.kind = ErrorKind::kInvalidInput,
          .doing = "check pull request",
          .subject = std::to_string(number),
          .cause = fmt::format("there is no open one of that number against {}", target.branch),
          .hint = "`paliadctl pr list` shows those that there are"};
}

int CodeOf(const pulls::Verdict& verdict) {
  if (verdict.error || verdict.dry_run_error) {
    return kFailed;
  }
  return verdict.PolicyPasses() && verdict.DryRunPasses() ? kDone : kRejected;
}

int RunPrCheck(const Invocation& invocation, const CheckFlags& flags) {
  const Options& options = invocation.options;
  for (const std::optional<Error>& missing : {MissingForge(options), MissingDatabase(options)}) {
    if (missing) {
      return AnswerError(options, *missing, kUsage);
    }
  }
  const Result<OpenPulls> open_pulls = ReadOpenPulls(options, /*with_database=*/true, invocation.clock);
  if (!open_pulls) {
    return AnswerError(options, open_pulls.error(), ExitCodeFor(open_pulls.error()));
  }
  const bool open = std::ranges::any_of(
      open_pulls->cases, [&](const pulls::Case& one) { return one.pull_request.number == flags.number; });
  if (!open) {
    return AnswerError(options, NotOpen(open_pulls->target, flags.number), kFailed);
  }
  const pulls::Verdict verdict = open_pulls->judge->Judge(flags.number);
  const Status posted = flags.post ? Post(*open_pulls, *ConfigOf(options), verdict) : Status();
  AnswerVerdict(options, verdict, flags.post, posted ? std::nullopt : std::optional(posted.error()));
  return posted ? CodeOf(verdict) : ExitCodeFor(posted.error());
}

}  // namespace

void AddPr(CLI::App& app, Invocation& invocation) {
  CLI::App* pr = app.add_subcommand("pr", "Pull requests, as the controller sees them");
  pr->require_subcommand(1);
  CLI::App* list = pr->add_subcommand("list", "Those that are open against the target's branch");
  list->callback([&invocation] { invocation.exit_code = RunList(invocation); });
  CLI::App* check = pr->add_subcommand("check", "What the controller would say of one");
  const auto flags = std::make_shared<CheckFlags>();
  check->add_option("NUMBER", flags->number, "Its number; on GitLab the one behind the !")
      ->required()
      ->check(CLI::PositiveNumber);
  check->add_flag("--post", flags->post, "Say it on the forge too: statuses and the comment");
  check->callback([&invocation, flags] { invocation.exit_code = RunPrCheck(invocation, *flags); });
}

}  // namespace paliad::cli
