#include "tests/core/evidence_fixture.h"

#include <fmt/format.h>

#include <stdexcept>

namespace paliad::testing {
namespace {

// {tables}: of the ledger. Triggers that somebody had disabled stay so.
constexpr char kDisableSql[] = R"sql(
CREATE TEMP TABLE kept_triggers AS
  SELECT tgrelid::regclass AS of_table, tgname, tgenabled FROM pg_trigger
  WHERE tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'paliad_ledger'::regnamespace);
DO $$ DECLARE t record; BEGIN
  FOR t IN SELECT DISTINCT of_table FROM kept_triggers LOOP
    EXECUTE format('ALTER TABLE %s DISABLE TRIGGER ALL', t.of_table);
  END LOOP;
END $$;
)sql";

constexpr char kEnableSql[] = R"sql(
DO $$ DECLARE t record; BEGIN
  FOR t IN SELECT * FROM kept_triggers WHERE tgenabled <> 'D' LOOP
    EXECUTE format('ALTER TABLE %s ENABLE %s TRIGGER %I', t.of_table,
                   CASE t.tgenabled WHEN 'A' THEN 'ALWAYS' WHEN 'R' THEN 'REPLICA' ELSE '' END, t.tgname);
  END LOOP;
END $$;
DROP TABLE kept_triggers;
)sql";

}  // namespace

SignedLedger::SignedLedger(const std::string& url) : scenario_(url) {
  const Outcome made = scenario_.Run({"keygen", "--name", kTestOrigin, "--out", key_file()});
  if (made.exit_code != 0) {
    throw std::runtime_error(made.err);
  }
  vkey_ = made.json["key"];
}

std::vector<std::string> SignedLedger::Flags() const {
  return {"--ledger-origin", kTestOrigin, "--signing-key-file", key_file(), "--publish", "file:" + folder()};
}

Outcome SignedLedger::Run(std::vector<std::string> arguments) {
  const std::vector<std::string> flags = Flags();
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  return scenario_.Run(std::move(arguments));
}

Outcome SignedLedger::ApplyNext() {
  ++migrations_;
  scenario_.Commit({{fmt::format("{:03}_m{}.up.sql", migrations_, migrations_),
                     fmt::format("CREATE TABLE t{} (id int);\n", migrations_)}});
  return Run({"reconcile"});
}

Outcome SignedLedger::Verify(std::vector<std::string> more) {
  more.insert(more.begin(), {"ledger", "verify"});
  return Run(std::move(more));
}

std::string SignedLedger::Latest() const { return ReadFile(folder() + "/latest"); }

int SignedLedger::Size() const {
  return std::stoi(scenario_.Value("SELECT count(*) FROM paliad_ledger.entry"));
}

void SignedLedger::Attack(std::string_view sql) const {
  scenario_.Exec(kDisableSql + std::string(sql) + ";" + kEnableSql);
}

std::string Problems(const Outcome& verification) {
  std::string text;
  for (const Json& problem : verification.json["problems"]) {
    text += fmt::format("{}{}{}", text.empty() ? "" : " ", problem["kind"].get<std::string>(),
                        problem["seq"].is_null() ? "" : fmt::format("@{}", problem["seq"].get<int>()));
  }
  return text;
}

}  // namespace paliad::testing
