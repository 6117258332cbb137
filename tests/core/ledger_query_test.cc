// `ledger runs|show|migration|entries`: what is found, page by page, in every format.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "tests/core/scenario.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Three runs: 1 and 2 are applied, 3 fails, 3 is applied after a mend.
class LedgerQuery : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    scenario_ = new Scenario();
    commits_ = new std::vector<std::string>();
    Step({{"1_a.up.sql", "CREATE TABLE a (id int);"}, {"2_b.up.sql", "CREATE TABLE b (id int);"}});
    Step({{"3_c.up.sql", "SELECT '=1' \"=nope\" FROM a, nope;"}});
    Step({{"3_c.up.sql", "SELECT 1;"}});
  }
  static void TearDownTestSuite() {
    delete scenario_;
    delete commits_;
  }
  static void Step(const std::vector<std::pair<std::string, std::string>>& files) {
    commits_->push_back(scenario_->Commit(files));
    scenario_->Reconcile();
  }

  static Outcome Ledger(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "ledger");
    return scenario_->Run(std::move(arguments));
  }
  static std::size_t Count(std::vector<std::string> arguments) {
    return Ledger(std::move(arguments)).json.size();
  }

  static Scenario* scenario_;
  static std::vector<std::string>* commits_;
};
Scenario* LedgerQuery::scenario_ = nullptr;
std::vector<std::string>* LedgerQuery::commits_ = nullptr;

TEST_F(LedgerQuery, RunsAreFoundByWhatIsKnownOfThem) {
  EXPECT_EQ(Count({"runs"}), 3U);
  EXPECT_EQ(Count({"runs", "--outcome", "failed"}), 1U);
  EXPECT_EQ(Count({"runs", "--outcome", "refused"}), 0U);
  EXPECT_EQ(Count({"runs", "--commit", commits_->at(0).substr(0, 10)}), 1U);
  EXPECT_EQ(Count({"runs", "--version", "3"}), 2U);
  EXPECT_EQ(Count({"runs", "--version", "1"}), 1U);
  EXPECT_EQ(Count({"runs", "--target", "default"}), 3U);
  EXPECT_EQ(Count({"runs", "--target", "other"}), 0U);
  EXPECT_EQ(Count({"runs", "--author", "nobody-of-this-name"}), 0U);
  const std::string author = scenario_->repo().Git({"log", "-1", "--format=%ae"});
  EXPECT_EQ(Count({"runs", "--author", author}), 3U);
}

TEST_F(LedgerQuery, ARangeOfTimeIsHalfOpen) {
  const Json runs = Ledger({"runs"}).json;
  const std::string second = runs[1]["started_at"];
  EXPECT_EQ(Count({"runs", "--since", second}), 2U);
  EXPECT_EQ(Count({"runs", "--until", second}), 1U);
  EXPECT_EQ(Count({"runs", "--since", second, "--until", second}), 0U);
  EXPECT_EQ(Count({"entries", "--until", "2001-01-01"}), 0U);
}

TEST_F(LedgerQuery, PagesOfRunsGoToTheEndWithoutGapOrRepetition) {
  std::vector<std::string> ids;
  std::vector<std::string> arguments = {"runs", "--limit", "2"};
  for (Json page = Ledger(arguments).json; !page.empty(); page = Ledger(arguments).json) {
    for (const Json& run : page) {
      ids.push_back(run["run_id"]);
    }
    arguments = {"runs", "--limit", "2", "--before", page.back()["seq"].dump()};
  }
  std::vector<std::string> all;
  for (const Json& run : Ledger({"runs"}).json) {
    all.push_back(run["run_id"]);
  }
  EXPECT_EQ(ids, all);
}

TEST_F(LedgerQuery, PagesOfEntriesGoBothWays) {
  const int size = std::stoi(scenario_->Value("SELECT count(*) FROM paliad_ledger.entry"));
  std::vector<int> forward;
  for (std::string after = "-1"; !after.empty();) {
    const Json page = Ledger({"entries", "--limit", "4", "--after=" + after}).json;
    for (const Json& entry : page) {
      forward.push_back(entry["seq"]);
    }
    after = page.empty() ? "" : page.back()["seq"].dump();
  }
  std::vector<int> back;
  for (std::string before = std::to_string(size); !before.empty();) {
    const Json page = Ledger({"entries", "--limit", "4", "--before", before}).json;
    for (auto entry = page.rbegin(); entry != page.rend(); ++entry) {
      back.push_back((*entry)["seq"]);
    }
    before = page.empty() ? "" : page.front()["seq"].dump();
  }
  std::reverse(back.begin(), back.end());
  std::vector<int> all(static_cast<std::size_t>(size));
  std::generate(all.begin(), all.end(), [n = 0]() mutable { return n++; });
  EXPECT_EQ(forward, all);
  EXPECT_EQ(back, all);
}

TEST_F(LedgerQuery, TextSaysHowToGoOn) {
  const Outcome runs = Ledger({"runs", "--limit", "1", "-o", "text"});
  const Json page = Ledger({"runs", "--limit", "1"}).json;
  EXPECT_THAT(runs.out, HasSubstr("the same with --before " + page[0]["seq"].dump()));
  EXPECT_THAT(Ledger({"runs", "--limit", "3", "-o", "text"}).out, Not(HasSubstr("--before")));
  EXPECT_THAT(Ledger({"entries", "--limit", "1", "--after", "2", "-o", "text"}).out, HasSubstr("--after 3"));
}

TEST_F(LedgerQuery, AMigrationHasItsWholeHistory) {
  const Json history = Ledger({"migration", "3"}).json;
  EXPECT_EQ(history["version"], 3);
  std::vector<std::string> kinds;
  for (const Json& entry : history["entries"]) {
    kinds.push_back(entry["leaf"]["kind"]);
  }
  EXPECT_EQ(std::count(kinds.begin(), kinds.end(), "failed"), 1);
  EXPECT_EQ(kinds.back(), "applied");
  const Outcome text = Ledger({"migration", "3", "-o", "text", "--sql"});
  EXPECT_THAT(text.out, HasSubstr("SQLSTATE 42P01"));
  EXPECT_THAT(text.out, HasSubstr("migrations/3_c.up.sql:1:"));
  EXPECT_THAT(text.out, HasSubstr("| SELECT '=1' \"=nope\" FROM a, nope;"));
  EXPECT_THAT(text.out, HasSubstr("commit " + commits_->at(1).substr(0, 12) + " by "));
  EXPECT_EQ(Ledger({"migration", "99"}).json["entries"], Json::array());
}

TEST_F(LedgerQuery, EntriesOfTheLedgersOwnMigrationsAreNotMistakenForOnes) {
  for (const Json& entry : Ledger({"entries", "--version", "1"}).json) {
    EXPECT_NE(entry["leaf"]["kind"], "schema_upgraded");
  }
}

TEST_F(LedgerQuery, NoLineOfTextIsWiderThanATerminal) {
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"runs"}, {"entries"}, {"migration", "3"}}) {
    std::vector<std::string> arguments = command;
    arguments.insert(arguments.end(), {"-o", "text", "--color", "never"});
    std::istringstream lines(Ledger(arguments).out);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(line.size(), 102U) << line;  // bytes: "…" has three
      EXPECT_THAT(line, Not(HasSubstr("\x1b")));
    }
  }
}

TEST_F(LedgerQuery, JsonLinesAreOneDocumentARow) {
  const Outcome lines = Ledger({"entries", "--kind", "applied", "-o", "jsonl"});
  std::istringstream in(lines.out);
  std::vector<Json> rows;
  for (std::string line; std::getline(in, line);) {
    rows.push_back(*ParseJson(line));
  }
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0], Ledger({"entries", "--kind", "applied"}).json[0]);
  EXPECT_EQ(Ledger({"runs", "--outcome", "refused", "-o", "jsonl"}).out, "");
}

TEST_F(LedgerQuery, CsvHasAHeaderAndRunsNoCell) {
  const std::string csv = Ledger({"entries", "-o", "csv"}).out;
  EXPECT_THAT(csv, StartsWith("seq,at,kind,run,"));
  std::istringstream in(csv);
  for (std::string line; std::getline(in, line);) {
    EXPECT_THAT(line, Not(StartsWith("=")));
    EXPECT_EQ(line.find(",="), std::string::npos) << line;
    EXPECT_EQ(line.find(",\"="), std::string::npos) << line;
  }
  EXPECT_THAT(Ledger({"runs", "-o", "csv"}).out, StartsWith("run_id,target,"));
  EXPECT_EQ(Ledger({"runs", "--outcome", "refused", "-o", "csv"}).out.find("\r\n") + 2,
            Ledger({"runs", "--outcome", "refused", "-o", "csv"}).out.size());
}

TEST_F(LedgerQuery, WhatCannotBeMeantIsAUsageError) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"runs", "--since", "yesterday"},
                                                    {"runs", "--commit", "xyz"},
                                                    {"runs", "--outcome", "fine"},
                                                    {"runs", "--limit", "0"},
                                                    {"migration", "0"},
                                                    {"migration"},
                                                    {"show", "nope"},
                                                    {"runs", "-o", "sarif"},
                                                    {"runs", "--kind", "applied"}}) {
    EXPECT_EQ(Ledger(arguments).exit_code, 2) << arguments.back();
  }
}

TEST_F(LedgerQuery, AnAuditorNeedsNoRightButSelect) {
  scenario_->Exec(
      "DROP ROLE IF EXISTS query_auditor; CREATE ROLE query_auditor LOGIN;"
      "GRANT USAGE ON SCHEMA paliad_ledger TO query_auditor;"
      "GRANT SELECT ON ALL TABLES IN SCHEMA paliad_ledger TO query_auditor");
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"runs"}, {"entries"}, {"migration", "3", "--sql"}}) {
    std::vector<std::string> arguments = {"ledger"};
    arguments.insert(arguments.end(), command.begin(), command.end());
    const std::string& owner = scenario_->url();
    const std::size_t at = owner.find("user=");
    ASSERT_NE(at, std::string::npos) << owner;
    const std::string auditor = owner.substr(0, at) + "user=query_auditor";
    EXPECT_EQ(ToOutcome(RunProgram(scenario_->MakeCommand(arguments, auditor))).exit_code, 0);
  }
  scenario_->Exec("DROP OWNED BY query_auditor; DROP ROLE query_auditor");
}

TEST(LedgerQueryWithoutALedger, IsAnEmptyAnswer) {
  Scenario scenario;
  EXPECT_EQ(scenario.Run({"ledger", "runs"}).json, Json::array());
  EXPECT_EQ(scenario.Run({"ledger", "entries"}).json, Json::array());
  EXPECT_EQ(scenario.Run({"ledger", "migration", "1"}).json["entries"], Json::array());
  EXPECT_EQ(scenario.Run({"ledger", "runs", "-o", "text"}).out, "no runs\n");
}

}  // namespace
}  // namespace paliad::testing
