#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "policies/rendered.h"
#include "policies/rules.h"

namespace paliad {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kHeader = "-- paliad:no-transaction\n";

// Some of these statements reach for the host as well.
std::vector<Finding> CheckTransaction(const std::string& text) {
  std::vector<Finding> findings = CheckText(text);
  std::erase_if(findings, [](const Finding& finding) { return finding.rule == "host-access"; });
  return findings;
}

TEST(TransactionRules, TransactionControlIsNamedAsItIsWritten) {
  EXPECT_EQ(Rendered(CheckText("SELECT 1; -- é\n /* x */ end;\n")),
            "migrations/007_x.up.sql:2:10: error: END is not for a migration: each migration runs in one "
            "transaction, "
            "which the controller begins and ends [transaction-control]\n"
            "   /* x */ end;\n"
            "           ^\n"
            "  hint: remove it; for a statement that needs to be outside, see `-- paliad:no-transaction`\n");
  EXPECT_EQ(Rendered(CheckText(kHeader + "COMMIT;\n")),
            "migrations/007_x.up.sql:2:1: error: COMMIT is not for a migration: without a transaction, each "
            "statement "
            "is one of its own [transaction-control]\n"
            "  COMMIT;\n"
            "  ^\n"
            "  hint: remove it; for statements that belong together, write a migration without the header\n");
}

TEST(TransactionRules, EveryFormOfTransactionControlIsFound) {
  const std::pair<std::string, std::string> kCases[] = {
      {"BEGIN", "BEGIN"},
      {"BEGIN ISOLATION LEVEL SERIALIZABLE", "BEGIN"},
      {"START TRANSACTION", "START TRANSACTION"},
      {"COMMIT", "COMMIT"},
      {"COMMIT AND CHAIN", "COMMIT"},
      {"END", "END"},
      {"ROLLBACK", "ROLLBACK"},
      {"ABORT", "ABORT"},
      {"SAVEPOINT s", "SAVEPOINT"},
      {"RELEASE s", "RELEASE"},
      {"ROLLBACK TO s", "ROLLBACK"},
      {"PREPARE TRANSACTION 'x'", "PREPARE TRANSACTION"},
      {"COMMIT PREPARED 'x'", "COMMIT PREPARED"},
      {"ROLLBACK PREPARED 'x'", "ROLLBACK PREPARED"},
  };
  for (const auto& [text, name] : kCases) {
    for (const std::string& header : {std::string(), kHeader}) {
      const std::vector<Finding> findings = CheckText(header + text);
      ASSERT_EQ(findings.size(), 1U) << text;
      EXPECT_EQ(findings[0].rule, "transaction-control") << text;
      EXPECT_EQ(findings[0].message.substr(0, findings[0].message.find(" is not")), name);
    }
  }
}

TEST(TransactionRules, WhatOnlyLooksLikeTransactionControlIsNot) {
  EXPECT_THAT(CheckText("SET TRANSACTION READ ONLY; SET CONSTRAINTS ALL DEFERRED; PREPARE p AS SELECT 1;"
                        "DO $$ BEGIN PERFORM 1; END $$;"
                        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END;"
                        "SELECT 'COMMIT; ROLLBACK;'; -- COMMIT;\n"),
              IsEmpty());
}

TEST(TransactionRules, NeedsNoTransactionSaysWhatToWrite) {
  EXPECT_EQ(
      Rendered(CheckText("CREATE TABLE t (a int);\nCREATE INDEX CONCURRENTLY i ON t (a);\n")),
      "migrations/007_x.up.sql:2:1: error: CREATE INDEX CONCURRENTLY cannot run inside a transaction "
      "[needs-no-transaction]\n"
      "  CREATE INDEX CONCURRENTLY i ON t (a);\n"
      "  ^\n"
      "  hint: write the line `-- paliad:no-transaction` at the top of the file, and keep what can run in a "
      "transaction in another file: without one, a failure leaves the statements before it in effect\n");
}

TEST(TransactionRules, WhatPostgresRefusesInATransactionIsFound) {
  const std::pair<std::string, std::string> kCases[] = {
      {"CREATE INDEX CONCURRENTLY i ON t (a)", "CREATE INDEX CONCURRENTLY"},
      {"DROP INDEX CONCURRENTLY i", "DROP INDEX CONCURRENTLY"},
      {"REINDEX INDEX CONCURRENTLY i", "REINDEX CONCURRENTLY"},
      {"REINDEX (CONCURRENTLY, VERBOSE) TABLE t", "REINDEX CONCURRENTLY"},
      {"REINDEX SCHEMA s", "REINDEX SCHEMA"},
      {"REINDEX DATABASE d", "REINDEX DATABASE"},
      {"REINDEX SYSTEM d", "REINDEX SYSTEM"},
      {"VACUUM", "VACUUM"},
      {"VACUUM (FULL, ANALYZE) t", "VACUUM"},
      {"CLUSTER", "CLUSTER without a table"},
      {"CLUSTER VERBOSE", "CLUSTER without a table"},
      {"CREATE DATABASE d", "CREATE DATABASE"},
      {"DROP DATABASE d", "DROP DATABASE"},
      {"ALTER DATABASE d SET TABLESPACE x", "ALTER DATABASE … SET TABLESPACE"},
      {"CREATE TABLESPACE x LOCATION '/a'", "CREATE TABLESPACE"},
      {"DROP TABLESPACE x", "DROP TABLESPACE"},
      {"ALTER SYSTEM SET work_mem = 1", "ALTER SYSTEM"},
      {"CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
       "CREATE SUBSCRIPTION, which creates a replication slot,"},
      {"CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (create_slot, connect = 1)",
       "CREATE SUBSCRIPTION, which creates a replication slot,"},
      {"DROP SUBSCRIPTION s", "DROP SUBSCRIPTION"},
      {"ALTER SUBSCRIPTION s REFRESH PUBLICATION", "ALTER SUBSCRIPTION … REFRESH PUBLICATION"},
      {"ALTER SUBSCRIPTION s SET PUBLICATION p", "ALTER SUBSCRIPTION … PUBLICATION, which refreshes it,"},
      {"ALTER SUBSCRIPTION s ADD PUBLICATION p", "ALTER SUBSCRIPTION … PUBLICATION, which refreshes it,"},
      {"ALTER SUBSCRIPTION s DROP PUBLICATION p WITH (refresh = true)",
       "ALTER SUBSCRIPTION … PUBLICATION, which refreshes it,"},
      {"ALTER TABLE t DETACH PARTITION p CONCURRENTLY", "ALTER TABLE … DETACH PARTITION … CONCURRENTLY"},
  };
  for (const auto& [text, name] : kCases) {
    const std::vector<Finding> findings = CheckTransaction("SELECT 1;\n  " + text + ";");
    ASSERT_EQ(findings.size(), 1U) << text;
    EXPECT_EQ(findings[0].rule, "needs-no-transaction") << text;
    EXPECT_EQ(findings[0].message, name + " cannot run inside a transaction");
    EXPECT_EQ(findings[0].line, 2);
    EXPECT_EQ(findings[0].column, 3);
    EXPECT_THAT(CheckTransaction(kHeader + text), IsEmpty()) << text;
  }
}

TEST(TransactionRules, TheirNeighboursMayRunInATransaction) {
  EXPECT_THAT(
      CheckTransaction(
          "CREATE INDEX i ON t (a); DROP INDEX i; REINDEX INDEX i; REINDEX (CONCURRENTLY false) TABLE t;"
          "ANALYZE t; CLUSTER t; CLUSTER t USING i; ALTER DATABASE d SET work_mem = 1;"
          "ALTER DATABASE d CONNECTION LIMIT 1;"
          "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (create_slot = false);"
          "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (create_slot = 0);"
          "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = 'OFF');"
          "ALTER SUBSCRIPTION s DISABLE; ALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = false);"
          "ALTER TABLE t DETACH PARTITION p; ALTER TABLE t DETACH PARTITION p FINALIZE;"
          "ALTER TABLE t ADD COLUMN a int; DISCARD TEMP; ALTER TYPE e ADD VALUE 'x';"),
      IsEmpty());
}

TEST(TransactionRules, DiscardAllIsRefusedInEveryFile) {
  EXPECT_THAT(Places("DISCARD ALL"), ElementsAre("1:1 needs-no-transaction", "1:1 tracker-touched"));
  EXPECT_THAT(Places(kHeader + "DISCARD ALL"), ElementsAre("2:1 tracker-touched"));
}

TEST(TransactionRules, AnEnumsNewValueMayNotBeUsedInTheSameTransaction) {
  EXPECT_EQ(
      Rendered(CheckText("ALTER TYPE s.e ADD VALUE 'it''s' BEFORE 'b';\n\nUPDATE t SET x = 'it''s';\n")),
      "migrations/007_x.up.sql:1:1: error: the value 'it's' that is added here is used in line 3, which "
      "cannot "
      "be in the same transaction [needs-no-transaction]\n"
      "  ALTER TYPE s.e ADD VALUE 'it''s' BEFORE 'b';\n"
      "  ^\n"
      "  hint: use it in a later migration, or write the line `-- paliad:no-transaction` at the top of the "
      "file\n");
  EXPECT_THAT(Places("ALTER TYPE e ADD VALUE 'x'; ALTER TABLE t ALTER a SET DEFAULT 'x'"),
              ElementsAre("1:1 needs-no-transaction"));
  EXPECT_THAT(CheckText(kHeader + "ALTER TYPE e ADD VALUE 'x'; UPDATE t SET a = 'x'"), IsEmpty());
}

TEST(TransactionRules, AnEnumsNewValueMayBeMentionedOtherwise) {
  const std::string kCases[] = {
      "ALTER TYPE e ADD VALUE 'x'; UPDATE t SET a = 'y'",
      "UPDATE t SET a = 'x'; ALTER TYPE e ADD VALUE 'x'",
      "ALTER TYPE e ADD VALUE 'x'; ALTER TYPE e ADD VALUE 'y' AFTER 'x'",
      "ALTER TYPE e RENAME VALUE 'w' TO 'x'; UPDATE t SET a = 'x'",
      "CREATE TYPE s.e AS ENUM ('a'); ALTER TYPE s.e ADD VALUE 'x'; UPDATE t SET a = 'x'",
      "ALTER TYPE e ADD VALUE 'x'; SELECT x FROM t -- 'x'",
  };
  for (const std::string& text : kCases) {
    EXPECT_THAT(CheckText(text), IsEmpty()) << text;
  }
  EXPECT_THAT(Places("CREATE TYPE s.e AS ENUM ('a'); ALTER TYPE r.e ADD VALUE 'x'; UPDATE t SET a = 'x'"),
              ElementsAre("1:32 needs-no-transaction"))
      << "another schema's type";
}

TEST(TransactionRules, AnEnumsNewValueIsFoundInALargeFile) {
  std::string rows = "INSERT INTO t VALUES ('a')";
  for (int i = 0; i < 200000; ++i) {
    rows += ", ('b')";
  }
  EXPECT_THAT(CheckText("ALTER TYPE e ADD VALUE 'x'; " + rows), IsEmpty());
  EXPECT_THAT(Places("ALTER TYPE e ADD VALUE 'x'; " + rows + ", ('x')"),
              ElementsAre("1:1 needs-no-transaction"));
}

}  // namespace
}  // namespace paliad
