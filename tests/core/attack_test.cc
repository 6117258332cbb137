// Every attack on the ledger that docs/ledger-format.md speaks of, carried out by a superuser who puts every
// trigger back as it was: `ledger verify` finds it against what was published.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/core/evidence_fixture.h"

namespace paliad::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Three runs, each published: `first` entries, `second`, and all of them.
struct Published : SignedLedger {
  Published() {
    EXPECT_EQ(ApplyNext().exit_code, 0);
    first = Size();
    EXPECT_EQ(ApplyNext().exit_code, 0);
    second = Size();
    EXPECT_EQ(ApplyNext().exit_code, 0);
    third = Size();
  }

  // The `applied` entry of the second run.
  int Target() {
    return std::stoi(
        scenario().Value("SELECT seq FROM paliad_ledger.entry WHERE kind = 'applied'"
                         " AND version = 2 AND tracker = 'paliad.applied_migrations'"));
  }

  int first = 0;
  int second = 0;
  int third = 0;
};

// A leaf that says something else, with every column to match.
std::string EditSql(int seq) {
  return fmt::format(
      "UPDATE paliad_ledger.entry SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), "
      "'\"name\":\"m2\"',"
      " '\"name\":\"x2\"'), 'UTF8') WHERE seq = {0};"
      "UPDATE paliad_ledger.entry SET leaf_hash = sha256('\\x00'::bytea || leaf) WHERE seq = {0}",
      seq);
}

// Moves all that follow `from` by `by`, without a collision on the way.
std::string ShiftSql(int from, int by) {
  return fmt::format(
      "UPDATE paliad_ledger.entry SET seq = seq + 1000000 WHERE seq >= {0};"
      "UPDATE paliad_ledger.entry SET seq = seq - 1000000 + {1} WHERE seq >= 1000000",
      from, by);
}

TEST(Attack, ACleanLedgerVerifies) {
  Published ledger;
  const Outcome verified = ledger.Verify();
  EXPECT_EQ(verified.exit_code, 0) << verified.out;
  EXPECT_EQ(verified.json["ok"], true);
  EXPECT_EQ(verified.json["size"], ledger.third);
  EXPECT_EQ(verified.json["unanchored"], 0);
  EXPECT_EQ(verified.json["checkpoint"]["size"], ledger.third);
  EXPECT_EQ(verified.json["checkpoint"]["origin"], kTestOrigin);
  EXPECT_EQ(verified.json["checkpoint"]["signed"], true);
}

TEST(Attack, AnEditedEntryIsFoundBetweenTheCheckpointsAroundIt) {
  Published ledger;
  ledger.Attack(EditSql(ledger.Target()));
  const Outcome verified = ledger.Verify();
  EXPECT_EQ(verified.exit_code, 6);
  EXPECT_THAT(Problems(verified), StartsWith(fmt::format("edited@{}", ledger.first)));
  EXPECT_THAT(verified.json["problems"][0]["detail"].get<std::string>(),
              HasSubstr(fmt::format("entries {} to {} are not those of", ledger.first, ledger.second - 1)));
}

TEST(Attack, AnEditedLeafWithItsOldHashIsNamedExactly) {
  Published ledger;
  const int target = ledger.Target();
  ledger.Attack(
      fmt::format("UPDATE paliad_ledger.entry SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'),"
                  " '\"name\":\"m2\"', '\"name\":\"x2\"'), 'UTF8') WHERE seq = {}",
                  target));
  EXPECT_THAT(Problems(ledger.Verify()), HasSubstr(fmt::format("edited@{}", target)));
}

TEST(Attack, ADeletedEntryLeavesAGap) {
  Published ledger;
  const int target = ledger.Target();
  ledger.Attack(fmt::format("DELETE FROM paliad_ledger.entry WHERE seq = {}", target));
  const Outcome verified = ledger.Verify();
  EXPECT_EQ(verified.exit_code, 6);
  EXPECT_THAT(Problems(verified), HasSubstr(fmt::format("gap@{}", target)));
}

TEST(Attack, ADeletedEntryIsFoundAlsoWhenTheOthersAreRenumbered) {
  Published ledger;
  const int target = ledger.Target();
  ledger.Attack(
      fmt::format("DELETE FROM paliad_ledger.entry WHERE seq = {}; {}", target, ShiftSql(target + 1, -1)));
  const std::string problems = Problems(ledger.Verify());
  EXPECT_THAT(problems, Not(ContainsRegex("(^| )gap@")));
  EXPECT_THAT(problems, HasSubstr(fmt::format("edited@{}", ledger.first)));
  EXPECT_THAT(problems, HasSubstr(fmt::format("truncated@{}", ledger.third - 1)));
}

TEST(Attack, ACutTailIsFound) {
  Published ledger;
  ledger.Attack(fmt::format("DELETE FROM paliad_ledger.entry WHERE seq >= {}", ledger.second));
  const Outcome verified = ledger.Verify();
  EXPECT_EQ(verified.exit_code, 6);
  EXPECT_THAT(Problems(verified), HasSubstr(fmt::format("truncated@{}", ledger.second)));
  EXPECT_EQ(verified.json["checkpoint"]["size"], ledger.second);
}

TEST(Attack, ATailThatIsCutAndWrittenAnewIsFound) {
  Published ledger;
  const int size = ledger.third;
  ledger.Attack(EditSql(ledger.Target()));
  ledger.Attack(
      fmt::format("UPDATE paliad_ledger.entry SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'),"
                  " '\"pending\":0', '\"pending\":1'), 'UTF8') WHERE seq = {0}; UPDATE paliad_ledger.entry"
                  " SET leaf_hash = sha256('\\x00'::bytea || leaf) WHERE seq = {0}",
                  size - 1));
  const std::string problems = Problems(ledger.Verify());
  EXPECT_THAT(problems, HasSubstr(fmt::format("edited@{}", ledger.first)));
}

TEST(Attack, AnInsertedEntryIsFound) {
  Published ledger;
  const int target = ledger.Target();
  ledger.Attack(
      ShiftSql(target, 1) +
      fmt::format(";INSERT INTO paliad_ledger.entry (seq, leaf, leaf_hash, kind, run_id, ordinal, target,"
                  " tracker, at, xid) SELECT {0}, leaf, sha256('\\x00'::bytea || leaf), 'drift',"
                  " '0b3c8f3e-0000-4000-8000-000000000001', 0, 'default', 'paliad.applied_migrations',"
                  " '2026-05-20T10:38:00Z', pg_current_xact_id() FROM (SELECT convert_to("
                  "'{{\"at\":\"2026-05-20T10:38:00.000000Z\",\"format\":1,\"kind\":\"drift\",\"ordinal\":0,"
                  "\"run\":\"0b3c8f3e-0000-4000-8000-000000000001\",\"target\":\"default\","
                  "\"tracker\":\"paliad.applied_migrations\"}}', 'UTF8') AS leaf) AS forged",
                  target));
  const Outcome verified = ledger.Verify();
  EXPECT_EQ(verified.exit_code, 6);
  EXPECT_THAT(Problems(verified), HasSubstr(fmt::format("edited@{}", ledger.first)));
}

// The views show it, and the stream begins at 0.
TEST(Attack, AnEntryThatIsInsertedBeforeTheFirstIsFound) {
  Published ledger;
  ledger.Attack(
      "ALTER TABLE paliad_ledger.entry DROP CONSTRAINT entry_seq_check;"
      "INSERT INTO paliad_ledger.entry (seq, leaf, leaf_hash, kind, run_id, ordinal, target, tracker, at, "
      "xid)"
      " SELECT -1, leaf, leaf_hash, kind, '0b3c8f3e-0000-4000-8000-000000000001', ordinal, target, tracker, "
      "at,"
      " xid FROM paliad_ledger.entry WHERE seq = 0;"
      "ALTER TABLE paliad_ledger.entry ADD CONSTRAINT entry_seq_check CHECK (seq >= 0) NOT VALID;"
      "UPDATE pg_constraint SET convalidated = true WHERE conname = 'entry_seq_check'");
  const Outcome verified = ledger.Verify();
  EXPECT_EQ(verified.exit_code, 6);
  ASSERT_EQ(Problems(verified), "edited");
  EXPECT_EQ(verified.json["problems"][0]["detail"],
            "an entry was inserted before the first one, as number -1");
}

// Queries that go along the index never see it, and those that do not, do.
TEST(Attack, ARowThatItsPrimaryKeyDoesNotLeadToIsFound) {
  Published ledger;
  ledger.Attack(
      fmt::format("UPDATE pg_index SET indisready = false, indisvalid = false WHERE indexrelid = "
                  "'paliad_ledger.entry_pkey'::regclass;"
                  "INSERT INTO paliad_ledger.entry (seq, leaf, leaf_hash, kind, run_id, ordinal, target, "
                  "tracker, at, xid)"
                  " SELECT seq, leaf, leaf_hash, 'resolved', '0b3c8f3e-0000-4000-8000-000000000001', "
                  "ordinal, target, tracker,"
                  " at, xid FROM paliad_ledger.entry WHERE seq = {};"
                  "UPDATE pg_index SET indisready = true, indisvalid = true WHERE indexrelid = "
                  "'paliad_ledger.entry_pkey'::regclass",
                  ledger.Target()));
  ASSERT_EQ(ledger.Size(), ledger.third + 1);
  const Outcome verified = ledger.Verify();
  EXPECT_EQ(verified.exit_code, 6);
  ASSERT_EQ(Problems(verified), "catalog") << verified.out;
  EXPECT_EQ(
      verified.json["problems"][0]["detail"],
      fmt::format("index entry_pkey leads to {} rows, and the table has {}: queries do not see the same",
                  ledger.third, ledger.third + 1));
}

TEST(Attack, WhatWasTakenOutOfAnIndexIsFound) {
  Published ledger;
  const std::string columns =
      "seq, leaf, leaf_hash, kind, run_id, ordinal, target, tracker, version, outcome, \"commit\", checksum, "
      "blob,"
      " at, xid";
  for (const std::string index : {"entry_run_id_ordinal_key", "entry_tracker", "entry_version", "entry_kind",
                                  "entry_outcome", "entry_commit", "entry_at"}) {
    SCOPED_TRACE(index);
    const std::string set =
        "UPDATE pg_index SET indisready = {0}, indisvalid = {0} WHERE indexrelid ="
        " 'paliad_ledger.{1}'::regclass;";
    ledger.Attack(fmt::format(fmt::runtime(set), "false", index) +
                  "CREATE TEMP TABLE kept AS SELECT * FROM paliad_ledger.entry WHERE \"commit\" IS NOT NULL;"
                  "DELETE FROM paliad_ledger.entry WHERE \"commit\" IS NOT NULL;"
                  "INSERT INTO paliad_ledger.entry (" +
                  columns + ") SELECT " + columns + " FROM kept; DROP TABLE kept;" +
                  fmt::format(fmt::runtime(set), "true", index));
    const Outcome verified = ledger.Verify();
    EXPECT_EQ(verified.exit_code, 6);
    ASSERT_EQ(Problems(verified), "catalog") << verified.out;
    EXPECT_THAT(verified.json["problems"][0]["detail"].get<std::string>(),
                HasSubstr("index " + index + " leads"));
    ledger.scenario().Exec("REINDEX TABLE paliad_ledger.entry");
    ASSERT_EQ(ledger.Verify().exit_code, 0);
  }
}

TEST(Attack, ABodyThatIsGoneIsMissedWhateverFieldNamesIt) {
  Published ledger;
  for (const std::string field : {"folder_lists", "reply", "sql", "output"}) {
    SCOPED_TRACE(field);
    const std::string digest = ledger.scenario().Value(
        "SELECT encode(paliad_ledger.put_blob(decode(repeat('07', 16), 'hex'), '" + field + "'), 'hex')");
    Json leaf = {{"at", "2026-05-20T10:38:00.000000Z"},
                 {"format", 1},
                 {"kind", "drift"},
                 {"ordinal", 0},
                 {"run", ledger.scenario().Value("SELECT gen_random_uuid()")},
                 {"target", "default"},
                 {"tracker", "paliad.applied_migrations"}};
    leaf[field] = digest;
    ledger.scenario().Exec("SELECT paliad_ledger.append(convert_to('" + leaf.dump() + "', 'UTF8'))");
    ASSERT_EQ(ledger.Verify().exit_code, 0) << ledger.Verify().out;
    const int seq = ledger.Size() - 1;
    ledger.Attack("DELETE FROM paliad_ledger.blob WHERE digest = '\\x" + digest + "'");
    EXPECT_EQ(Problems(ledger.Verify()), fmt::format("body@{}", seq));
    ledger.scenario().Exec("SELECT paliad_ledger.put_blob(decode(repeat('07', 16), 'hex'), '" + field + "')");
  }
}

TEST(Attack, SwappedEntriesAreFound) {
  Published ledger;
  const int target = ledger.Target();
  ledger.Attack(
      fmt::format("UPDATE paliad_ledger.entry SET seq = 1000000 WHERE seq = {0};"
                  "UPDATE paliad_ledger.entry SET seq = {0} WHERE seq = {1};"
                  "UPDATE paliad_ledger.entry SET seq = {1} WHERE seq = 1000000",
                  target, target - 1));
  EXPECT_THAT(Problems(ledger.Verify()), HasSubstr(fmt::format("edited@{}", ledger.first)));
}

TEST(Attack, RenumberedEntriesAreFound) {
  Published ledger;
  ledger.Attack(ShiftSql(ledger.Target(), 5));
  EXPECT_THAT(Problems(ledger.Verify()), HasSubstr(fmt::format("gap@{}", ledger.Target() - 5)));
}

TEST(Attack, EachEditedColumnIsNamed) {
  Published ledger;
  const int target = ledger.Target();
  for (const char* assignment : {"kind = 'drift'", "run_id = '0b3c8f3e-0000-4000-8000-000000000001'",
                                 "ordinal = 99", "target = 'other'", "tracker = 'other.table'", "version = 7",
                                 "outcome = 'applied'", "\"commit\" = NULL", "checksum = 'x'", "blob = NULL",
                                 "at = at + interval '1 microsecond'", "xid = '7'"}) {
    SCOPED_TRACE(assignment);
    ledger.scenario().Exec("CREATE TABLE kept AS SELECT * FROM paliad_ledger.entry");
    ledger.Attack(fmt::format("UPDATE paliad_ledger.entry SET {} WHERE seq = {}", assignment, target));
    const Outcome verified = ledger.Verify();
    EXPECT_EQ(verified.exit_code, 6);
    EXPECT_EQ(Problems(verified), fmt::format("projection@{}", target));
    ledger.Attack(
        "UPDATE paliad_ledger.entry AS e SET kind = k.kind, run_id = k.run_id, ordinal = k.ordinal, target = "
        "k.target,"
        " tracker = k.tracker, version = k.version, outcome = k.outcome, \"commit\" = k.\"commit\","
        " checksum = k.checksum, blob = k.blob, at = k.at, xid = k.xid FROM kept AS k WHERE k.seq = e.seq; "
        "DROP TABLE "
        "kept");
    EXPECT_EQ(ledger.Verify().exit_code, 0);
  }
}

TEST(Attack, ATriggerThatIsNotPutBackIsNamed) {
  Published ledger;
  ledger.scenario().Exec("ALTER TABLE paliad_ledger.entry DISABLE TRIGGER refuse_change");
  const Outcome verified = ledger.Verify();
  EXPECT_EQ(verified.exit_code, 6);
  EXPECT_THAT(Problems(verified), StartsWith("catalog"));
  EXPECT_THAT(verified.json["problems"].dump(), HasSubstr("refuse_change"));
  // Put back it is no trace any more; what was done meanwhile is one (see above).
  ledger.scenario().Exec("ALTER TABLE paliad_ledger.entry ENABLE ALWAYS TRIGGER refuse_change");
  EXPECT_EQ(ledger.Verify().exit_code, 0);
}

TEST(Attack, AReplacedFunctionIsNamed) {
  Published ledger;
  ledger.scenario().Exec(
      "DO $$ BEGIN EXECUTE replace(pg_get_functiondef('paliad_ledger.append(bytea, bytea)'::regprocedure),"
      " 'RETURN v_seq;', 'RETURN v_seq + 0;'); END $$");
  const Outcome verified = ledger.Verify();
  EXPECT_EQ(verified.exit_code, 6);
  EXPECT_THAT(Problems(verified), StartsWith("catalog"));
  EXPECT_THAT(verified.json["problems"].dump(), HasSubstr("append"));
}

TEST(Attack, ALogThatIsRewrittenAndSignedWithAnotherKeyIsFound) {
  Published ledger;
  const int target = ledger.Target();
  ledger.Attack(EditSql(target));
  // The attacker's own key under the same name, and a folder of its own.
  const std::string key = ledger.File("attackers_key");
  ASSERT_EQ(ledger.scenario().Run({"keygen", "--name", kTestOrigin, "--out", key}).exit_code, 0);
  const TempDir fresh;
  const Outcome forged =
      ledger.scenario().Run({"ledger", "checkpoint", "--ledger-origin", kTestOrigin, "--signing-key-file",
                             key, "--publish", "file:" + fresh.path(), "--data-dir", fresh.path()});
  ASSERT_EQ(forged.exit_code, 0) << forged.err;
  std::filesystem::copy_file(fresh.path() + "/latest", ledger.folder() + "/latest",
                             std::filesystem::copy_options::overwrite_existing);
  const Outcome verified = ledger.Verify();
  EXPECT_EQ(verified.exit_code, 6);
  EXPECT_THAT(Problems(verified), HasSubstr("untrusted"));
  EXPECT_THAT(Problems(verified), HasSubstr(fmt::format("edited@{}", ledger.first)));
  // And no run signs on top of it.
  const Outcome run = ledger.Run({"reconcile"});
  EXPECT_EQ(run.exit_code, 6);
  EXPECT_THAT(run.err, HasSubstr("signed"));
}

TEST(Attack, ASignatureThatIsBrokenIsFound) {
  Published ledger;
  std::string note = ledger.Latest();
  const std::size_t digit = note.size() - 10;
  note[digit] = note[digit] == 'A' ? 'B' : 'A';
  std::ofstream(ledger.folder() + "/latest") << note;
  const Outcome verified = ledger.Verify();
  EXPECT_EQ(verified.exit_code, 6);
  EXPECT_THAT(Problems(verified), HasSubstr("bad_signature"));
}

TEST(Attack, ADatabaseThatIsRestoredFromAnOldBackupIsNotSigned) {
  SignedLedger ledger;
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  const int old_size = ledger.Size();
  const std::string name = ledger.scenario().Value("SELECT current_database()");
  PostgresServer& server = PostgresServer::Shared();
  Exec(server.Url(), fmt::format("CREATE DATABASE {}_backup TEMPLATE {}", name, name));
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  ASSERT_EQ(ledger.Run({"reconcile"}).exit_code, 0);
  const int published = ledger.Size();
  const std::string latest = ledger.Latest();

  Exec(server.Url(), fmt::format("DROP DATABASE {0} WITH (FORCE)", name));
  Exec(server.Url(), fmt::format("ALTER DATABASE {0}_backup RENAME TO {0}", name));
  const Outcome verified = ledger.Verify();
  EXPECT_EQ(verified.exit_code, 6);
  EXPECT_THAT(Problems(verified), HasSubstr(fmt::format("truncated@{}", old_size)));

  // The run does its work and signs nothing: neither while the log is smaller nor when it has grown past.
  for (int size = old_size; size <= published + 2; size = ledger.Size()) {
    const Outcome run = ledger.Run({"reconcile"});
    EXPECT_EQ(run.exit_code, 6) << run.out;
    EXPECT_TRUE(run.json["outcome"] == "applied" || run.json["outcome"] == "in_sync");
    EXPECT_THAT(run.err,
                ContainsRegex(fmt::format("it is of {} entries with root .*(only|first)", published)));
    EXPECT_THAT(run.err, HasSubstr("ledger incarnate"));
    EXPECT_EQ(ledger.Latest(), latest);
    ASSERT_GT(ledger.Size(), size);
  }
}

}  // namespace
}  // namespace paliad::testing
