// What an operator does to the log where the ledger was installed, so that each entry needs its code: another
// key, another origin, a suspension.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/core/evidence_fixture.h"
#include "tests/core/installed_ledger.h"
#include "tests/support/postgres_server.h"

namespace paliad::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

constexpr std::size_t kKeyLength = 45;  // of a vkey's last part, with its "+"

// A signed, published ledger with an owner of its own and one migration. The login's database.
class InstalledEvidence : public ::testing::Test {
 protected:
  InstalledEvidence() {
    const Outcome made = Run({"keygen", "--name", kTestOrigin, "--out", key_file_});
    vkey_ = made.json["key"];
    Install();
    scenario().Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"}});
    EXPECT_EQ(Signed({"reconcile"}).exit_code, 0);
  }

  Scenario& scenario() { return ledger_.scenario(); }
  Outcome Run(std::vector<std::string> arguments) { return scenario().Run(std::move(arguments)); }

  // With the origin, the key and the keys that are trusted, as they are now.
  Outcome Signed(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--ledger-origin", origin_, "--signing-key-file", key_file_,
                                       "--publish", "file:" + files_.path() + "/checkpoints"});
    for (const std::string& line : trusted_) {
      arguments.insert(arguments.end(), {"--verifier-key", line});
    }
    return Run(std::move(arguments));
  }

  void Install() {
    const Outcome installed = Signed({"ledger", "install", "--as-admin", ledger_.admin_url()});
    ASSERT_EQ(installed.exit_code, 0) << installed.err;
    ASSERT_EQ(installed.json["code"], true);
  }

  // As a person reads it.
  std::string TextOf(const std::string& kind) {
    return Run({"ledger", "entries", "--kind", kind, "-o", "text"}).out;
  }

  int Size() { return std::stoi(ledger_.AdminValue("SELECT count(*) FROM paliad_ledger.entry")); }

  void ExpectVerified() {
    const Outcome verified = Signed({"ledger", "verify"});
    EXPECT_EQ(verified.exit_code, 0) << verified.out;
    EXPECT_EQ(verified.json["unanchored"], 0);
    EXPECT_EQ(verified.json["checkpoint"]["origin"], origin_);
  }

  InstalledLedger ledger_;
  TempDir files_;
  std::string origin_ = kTestOrigin;
  std::string key_file_ = files_.path() + "/key";
  std::string vkey_;
  std::vector<std::string> trusted_;
};

TEST_F(InstalledEvidence, ASuspensionIsRecordedWithItsCode) {
  ASSERT_EQ(Signed({"suspend", "--reason", "the summer sale"}).exit_code, 0);
  scenario().Commit({{"002_b.up.sql", "CREATE TABLE b (id int);"}});
  ASSERT_EQ(Signed({"resume", "--reason", "it is over", "--accept-rewrite"}).exit_code, 0);
  EXPECT_EQ(scenario().Entries("suspended"), 1);
  EXPECT_EQ(scenario().Entries("resumed"), 1);
  EXPECT_THAT(TextOf("suspended"), ContainsRegex("suspended +by .+@.+\n +reason: the summer sale\n"));
  EXPECT_THAT(TextOf("resumed"),
              ContainsRegex("resumed +by .+@.+\n +reason: it is over\n +accepts the rewritten history\n"));
  EXPECT_THAT(TextOf("schema_upgraded"),
              ContainsRegex("installed for App of .+\n +[0-9]+ changes: -o json lists them"));
  // Without the key no code can be made, and nothing is suspended.
  const Outcome without = Run({"suspend", "--reason", "not from here"});
  EXPECT_EQ(without.exit_code, 1);
  EXPECT_THAT(without.err, HasSubstr("takes no entry without the code"));
  EXPECT_EQ(scenario().Entries("suspended"), 1);
  EXPECT_EQ(Signed({"reconcile"}).exit_code, 0);
  ExpectVerified();
}

TEST_F(InstalledEvidence, ARotatedKeyIsRefusedUntilItIsInstalled) {
  // The second line of what `ledger checkpoint` prints.
  const std::string note = Signed({"ledger", "checkpoint", "-o", "text"}).out;
  const int old_size = std::stoi(note.substr(note.find('\n') + 1));
  ASSERT_EQ(old_size, Size());
  const std::string old_key = key_file_;
  key_file_ = files_.path() + "/new_key";
  const Outcome made = Run({"keygen", "--name", kTestOrigin, "--out", key_file_});
  trusted_ = {fmt::format("{} 0 {}", vkey_, old_size + 1),
              fmt::format("{} {}", made.json["key"].get<std::string>(), old_size + 1)};
  scenario().Commit({{"002_b.up.sql", "CREATE TABLE b (id int);"}});
  const Outcome early = Signed({"reconcile"});
  EXPECT_EQ(early.exit_code, 1);
  EXPECT_THAT(early.err, HasSubstr("its code was made with another key or origin"));
  EXPECT_THAT(early.err, HasSubstr("ledger install"));
  EXPECT_EQ(Size(), old_size);
  EXPECT_EQ(scenario().Value("SELECT to_regclass('b') IS NULL"), "t");

  Install();
  const Outcome run = Signed({"reconcile"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(scenario().Entries("key_rotated"), 1);
  const std::string told = TextOf("key_rotated");
  EXPECT_THAT(told, HasSubstr(made.json["key"].get<std::string>() + "\n"));
  EXPECT_THAT(told, HasSubstr("before: " + vkey_.substr(0, vkey_.size() - kKeyLength) + "\n"));
  EXPECT_THAT(TextOf("schema_upgraded"),
              ContainsRegex("installed for App of .+\n +the secret of the codes on append is that of "));
  ExpectVerified();
  // The old one makes no entry any more.
  key_file_ = old_key;
  EXPECT_THAT(Signed({"suspend", "--reason", "with a stolen key"}).err,
              HasSubstr("its code was made with another key or origin"));
  EXPECT_EQ(scenario().Entries("suspended"), 0);
}

// A login may set its own search path, and put operators of its own there.
TEST_F(InstalledEvidence, OperatorsOfALoginDoNotAnswerForTheLedger) {
  const Json before = Run({"ledger", "entries", "--kind", "applied"}).json;
  ASSERT_EQ(before.size(), 1U);
  const std::string digest = before[0]["leaf"]["sql"];
  scenario().Exec(
      "CREATE SCHEMA helpers; CREATE FUNCTION helpers.no(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE "
      "AS"
      " 'SELECT false'; CREATE OPERATOR helpers.= (LEFTARG = text, RIGHTARG = text, FUNCTION = helpers.no);"
      "DO $$ BEGIN EXECUTE format('ALTER ROLE %I IN DATABASE %I SET search_path = helpers, pg_catalog, "
      "public',"
      " current_user, current_database()); END $$");
  EXPECT_EQ(scenario().Value("SELECT count(*) FROM paliad_ledger.entry WHERE kind = 'applied'"), "0");
  EXPECT_EQ(Run({"ledger", "entries", "--kind", "applied"}).json, before);
  EXPECT_EQ(Run({"ledger", "runs", "--outcome", "applied"}).json.size(), 1U);
  EXPECT_EQ(Run({"ledger", "migration", "1"}).json["entries"].size(), 1U);
  // A text that is not the one that the entry names is not shown as it.
  ledger_.AdminExec(
      "ALTER TABLE paliad_ledger.blob DISABLE TRIGGER refuse_all_but_redaction;"
      "ALTER TABLE paliad_ledger.blob DROP CONSTRAINT blob_check;"
      "UPDATE paliad_ledger.blob SET body = 'SELECT 1;'");
  const Outcome shown = Run({"ledger", "migration", "1", "--sql"});
  EXPECT_EQ(shown.exit_code, 6) << shown.out;
  EXPECT_THAT(shown.err, HasSubstr(digest + ": what the database has for it has another digest"));
}

TEST_F(InstalledEvidence, AfterARestoreTheNewOriginIsInstalledAndThenRecorded) {
  const int agreed = Size();
  const std::string name = scenario().Value("SELECT current_database()");
  PostgresServer& server = PostgresServer::Shared();
  Exec(server.Url(), fmt::format("CREATE DATABASE {}_backup TEMPLATE {}", name, name));
  scenario().Commit({{"002_b.up.sql", "CREATE TABLE b (id int);"}});
  ASSERT_EQ(Signed({"reconcile"}).exit_code, 0);
  const int published = Size();
  Exec(server.Url(), fmt::format("DROP DATABASE {0} WITH (FORCE)", name));
  Exec(server.Url(), fmt::format("ALTER DATABASE {0}_backup RENAME TO {0}", name));

  origin_ += "#2";
  const std::vector<std::string> incarnate = {"ledger", "incarnate", "--reason", "the disk failed"};
  const Outcome early = Signed(incarnate);
  EXPECT_EQ(early.exit_code, 1);
  EXPECT_THAT(early.err, HasSubstr("its code was made with another key or origin"));
  EXPECT_EQ(Size(), agreed);

  Install();
  const Outcome made = Signed(incarnate);
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(made.json["published_size"], published);
  EXPECT_EQ(made.json["agreed_size"], agreed);
  const std::string told = TextOf("incarnation");
  EXPECT_THAT(told, HasSubstr("goes on as " + origin_ + "\n"));
  EXPECT_THAT(told,
              HasSubstr(fmt::format("of which {} entries were published and {} are", published, agreed)));
  EXPECT_THAT(told, HasSubstr("reason: the disk failed\n"));
  ASSERT_EQ(Signed({"reconcile"}).exit_code, 0);
  EXPECT_EQ(scenario().Value("SELECT to_regclass('b') IS NULL"), "f");
  ExpectVerified();
}

}  // namespace
}  // namespace paliad::testing
