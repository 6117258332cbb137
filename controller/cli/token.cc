// `token new|list|revoke`: who may read and act over HTTP.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/json.h"
#include "base/text.h"
#include "controller/cli/command.h"
#include "controller/git/fetch.h"
#include "controller/serve/access/tokens.h"

namespace paliad::cli {
namespace {

struct Flags {
  std::string file;
  std::string role;
  std::string name;
  std::string which;
};

std::string TokensFile(const Options& options, const Flags& flags) {
  if (!flags.file.empty()) {
    return flags.file;
  }
  if (options.config) {
    return options.config->http.tokens_file;
  }
  return (options.data_dir.empty() ? git::DefaultDataDir() : options.data_dir) + "/tokens";
}

OrderedJson RecordJson(const serve::TokenRecord& record) {
  return {{"id", record.id},
          {"name", record.name},
          {"role", serve::RoleName(record.role)},
          {"created_at", record.created_at}};
}

Status AnswerNew(const Invocation& invocation, const Flags& flags) {
  const serve::Role role = flags.role == "operator" ? serve::Role::kOperator : serve::Role::kAuditor;
  ASSIGN_OR_RETURN(const serve::NewToken made, serve::AddToken(TokensFile(invocation.options, flags),
                                                               flags.name, role, invocation.clock));
  if (invocation.options.json()) {
    OrderedJson json = RecordJson(made.record);
    json["token"] = made.token;
    AnswerJson(json);
    return {};
  }
  // stdout has the token and nothing else, for `TOKEN=$(paliadctl token new …)`.
  Answer(made.token + "\n");
  fmt::print(stderr, "{} {} ({}): kept as a hash; it is not shown again\n", serve::RoleName(role),
             EscapeForTerminal(made.record.name), made.record.id);
  return {};
}

Status AnswerList(const Invocation& invocation, const Flags& flags) {
  ASSIGN_OR_RETURN(const auto tokens, serve::ReadTokens(TokensFile(invocation.options, flags)));
  OrderedJson json = OrderedJson::array();
  std::string text;
  for (const serve::TokenRecord& token : tokens) {
    json.push_back(RecordJson(token));
    text += fmt::format("{}  {:<8}  {}  {}\n", token.id, serve::RoleName(token.role),
                        token.created_at.substr(0, 19) + "Z", EscapeForTerminal(token.name));
  }
  invocation.options.json() ? AnswerJson(json) : Answer(tokens.empty() ? "no tokens\n" : text);
  return {};
}

Status AnswerRevoke(const Invocation& invocation, const Flags& flags) {
  ASSIGN_OR_RETURN(const serve::TokenRecord revoked,
                   serve::RevokeToken(TokensFile(invocation.options, flags), flags.which));
  if (invocation.options.json()) {
    AnswerJson(RecordJson(revoked));
  } else {
    Answer(fmt::format("revoked {} ({})\n", EscapeForTerminal(revoked.name), revoked.id));
  }
  return {};
}

using Answerer = Status (*)(const Invocation&, const Flags&);

void SetCallback(CLI::App* command, Invocation& invocation, const std::shared_ptr<Flags>& flags,
                 Answerer answer) {
  command
      ->add_option("--tokens-file", flags->file,
                   "Default: the configuration's, else `tokens` in the data directory")
      ->type_name("FILE");
  command->callback([&invocation, flags, answer] {
    const Status answered = answer(invocation, *flags);
    invocation.exit_code =
        answered ? kDone : AnswerError(invocation.options, answered.error(), ExitCodeFor(answered.error()));
  });
}

}  // namespace

void AddToken(CLI::App& app, Invocation& invocation) {
  CLI::App* token = app.add_subcommand("token", "Who may read and act over HTTP");
  token->require_subcommand(1);
  const auto flags = std::make_shared<Flags>();

  CLI::App* make = token->add_subcommand("new", "Makes a token and shows it, this once");
  make->add_option("--role", flags->role, "An auditor reads, an operator also acts")
      ->required()
      ->check(CLI::IsMember({"auditor", "operator"}))
      ->type_name("auditor|operator");
  make->add_option("--name", flags->name, "Whose it is; recorded with what is done with it")
      ->required()
      ->type_name("NAME");
  SetCallback(make, invocation, flags, &AnswerNew);

  SetCallback(token->add_subcommand("list", "The tokens, without what makes them good"), invocation, flags,
              &AnswerList);

  CLI::App* revoke = token->add_subcommand("revoke", "Makes a token useless, at once");
  revoke->add_option("token", flags->which, "Its id, or its name")->required();
  SetCallback(revoke, invocation, flags, &AnswerRevoke);
}

}  // namespace paliad::cli
