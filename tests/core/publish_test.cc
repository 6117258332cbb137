// Checkpoints of runs: signed, published, made up for; and that nothing is ever published of entries that are
// not durable, whatever dies.
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "ledger/checkpoint.h"
#include "tests/core/evidence_fixture.h"
#include "tests/support/pg_proxy.h"

namespace paliad::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

// The published checkpoint; every signature on it is by the ledger's key.
ledger::Checkpoint Open(const SignedLedger& ledger, const std::string& note) {
  ledger::TrustedKeys keys;
  EXPECT_TRUE(keys.Add(ledger.vkey()).has_value());
  const auto opened = ledger::OpenCheckpoint(note, kTestOrigin, keys);
  EXPECT_TRUE(opened.has_value()) << note;
  return opened ? opened->checkpoint : ledger::Checkpoint();
}

std::size_t CountFiles(const std::string& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

// Tests run as root, whom no mode keeps out: a file where the folder should be does.
void Block(const SignedLedger& ledger) {
  fs::rename(ledger.folder(), ledger.folder() + ".away");
  WriteFile(ledger.folder(), "");
}
void Unblock(const SignedLedger& ledger) {
  fs::remove(ledger.folder());
  fs::rename(ledger.folder() + ".away", ledger.folder());
}

TEST(Keygen, WritesAKeyOnceForItsOwnerAlone) {
  SignedLedger ledger;
  struct stat facts {};
  ASSERT_EQ(stat(ledger.key_file().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777, 0600U);
  EXPECT_THAT(ReadFile(ledger.key_file()), HasSubstr("BEGIN PRIVATE KEY"));
  EXPECT_EQ(ReadFile(ledger.key_file() + ".pub"), ledger.vkey() + "\n");
  const std::string key = ReadFile(ledger.key_file());
  const Outcome again = ledger.scenario().Run({"keygen", "--name", "other", "--out", ledger.key_file()});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err, HasSubstr("never overwritten"));
  EXPECT_EQ(ReadFile(ledger.key_file()), key);
  for (const char* name : {"", "two words", "a+b", "a\nb"}) {
    const Outcome refused = ledger.scenario().Run({"keygen", "--name", name, "--out", ledger.File("new")});
    EXPECT_EQ(refused.exit_code, 2) << name;
    EXPECT_FALSE(fs::exists(ledger.File("new")));
  }
}

TEST(Publish, EveryRunIsSignedAndPublished) {
  SignedLedger ledger;
  const Outcome run = ledger.ApplyNext();
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.json["checkpoint"]["size"], ledger.Size());
  EXPECT_EQ(run.json["checkpoint"]["root"], run.json["ledger"]["root"]);
  EXPECT_EQ(run.json["checkpoint"]["published"][0]["ok"], true);
  EXPECT_EQ(Open(ledger, ledger.Latest()).size, static_cast<std::uint64_t>(ledger.Size()));
  // A run that changes nothing appends two entries, which are anchored too.
  const Outcome idle = ledger.Run({"reconcile"});
  EXPECT_EQ(idle.json["outcome"], "in_sync");
  EXPECT_EQ(Open(ledger, ledger.Latest()).size, static_cast<std::uint64_t>(ledger.Size()));
  EXPECT_TRUE(fs::exists(fmt::format("{}/{:020}.checkpoint", ledger.folder(), ledger.Size())));
  EXPECT_EQ(CountFiles(ledger.folder()), 4U) << "two checkpoints, latest, and the lock";
  EXPECT_EQ(ledger.scenario().Value(
                "SELECT string_agg(size::text, ' ' ORDER BY size) FROM paliad_ledger.checkpoint"),
            fmt::format("{} {}", ledger.Size() - 2, ledger.Size()));
}

TEST(Publish, ARunWithoutAKeyAndAPlaceMakesNoCheckpoint) {
  Scenario scenario;
  scenario.Commit({{"1_t.up.sql", "SELECT 1;"}});
  const Outcome run = scenario.Reconcile();
  EXPECT_TRUE(run.json["checkpoint"].is_null());
  EXPECT_EQ(scenario.Value("SELECT count(*) FROM paliad_ledger.checkpoint"), "0");
}

TEST(Publish, WithoutAKeyCheckpointsAreUnsignedAndVerifySaysSo) {
  Scenario scenario;
  const TempDir folder;
  scenario.Commit({{"1_t.up.sql", "SELECT 1;"}});
  const std::string place = "file:" + folder.path() + "/c";
  const Outcome run = scenario.Reconcile({"--publish", place, "--ledger-origin", "log"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.json["checkpoint"]["signed"], false);
  const Outcome verified = scenario.Run({"ledger", "verify", "--publish", place, "--ledger-origin", "log"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out;
  EXPECT_EQ(verified.json["checkpoint"]["signed"], false);
  EXPECT_THAT(verified.json["notes"].dump(), HasSubstr("not signed"));
}

TEST(Publish, AFailureDelaysNothingAndTheNextRunMakesUpForIt) {
  SignedLedger ledger;
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  Block(ledger);
  const Outcome failing = ledger.ApplyNext();
  EXPECT_EQ(failing.exit_code, 0) << failing.err;
  EXPECT_EQ(failing.json["outcome"], "applied");
  EXPECT_EQ(failing.json["checkpoint"]["published"][0]["ok"], false);
  EXPECT_THAT(failing.err, HasSubstr("warning: cannot"));
  EXPECT_THAT(failing.err, HasSubstr("the next run makes up for it"));
  Unblock(ledger);
  const Outcome behind = ledger.Verify();
  EXPECT_EQ(behind.exit_code, 0) << behind.out;
  EXPECT_GT(behind.json["unanchored"], 0);
  ASSERT_EQ(ledger.Run({"reconcile"}).exit_code, 0);
  EXPECT_EQ(ledger.Verify().json["unanchored"], 0);
}

TEST(Publish, TheCheckpointCommandMakesUpForItTooAndIsIdempotent) {
  SignedLedger ledger;
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  Block(ledger);
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  EXPECT_EQ(ledger.Run({"ledger", "checkpoint"}).exit_code, 1);
  Unblock(ledger);
  const Outcome made = ledger.Run({"ledger", "checkpoint"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(made.json["note"], ledger.Latest());
  EXPECT_EQ(Open(ledger, ledger.Latest()).size, static_cast<std::uint64_t>(ledger.Size()));
  const std::size_t files = CountFiles(ledger.folder());
  EXPECT_EQ(ledger.Run({"ledger", "checkpoint"}).json["note"], made.json["note"]);
  EXPECT_EQ(CountFiles(ledger.folder()), files);
}

TEST(Publish, APlaceOfAnotherLogIsNotTouched) {
  SignedLedger ledger;
  SignedLedger other;
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  const std::string latest = ledger.Latest();
  other.scenario().Commit({{"1_t.up.sql", "SELECT 1;"}});
  const Outcome run =
      other.scenario().Reconcile({"--ledger-origin", "other", "--publish", "file:" + ledger.folder()});
  EXPECT_EQ(run.exit_code, 6);
  EXPECT_EQ(run.json["outcome"], "applied");
  EXPECT_THAT(run.err, HasSubstr("it is of the log 'db.example.com/paliad', and this one is 'other'"));
  EXPECT_EQ(ledger.Latest(), latest);
}

TEST(Publish, AMistakeInTheKeyIsFoundBeforeAnythingIsDone) {
  SignedLedger ledger;
  ledger.scenario().Commit({{"1_t.up.sql", "CREATE TABLE t (id int);"}});
  WriteFile(ledger.key_file(), "rubbish");
  const Outcome run = ledger.Run({"reconcile"});
  EXPECT_NE(run.exit_code, 0);
  EXPECT_THAT(run.err, HasSubstr(ledger.key_file()));
  EXPECT_EQ(ledger.scenario().Value("SELECT count(*) FROM pg_tables WHERE tablename = 't'"), "0");
}

TEST(Publish, ManyPublishersAtOnceLoseNothing) {
  SignedLedger ledger;
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  std::vector<std::unique_ptr<BackgroundProcess>> runs;
  std::vector<std::string> arguments = {"reconcile"};
  const std::vector<std::string> flags = ledger.Flags();
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  for (int i = 0; i < 4; ++i) {
    runs.push_back(ledger.scenario().Start(arguments));
  }
  for (const auto& run : runs) {
    const ProcessResult result = run->Wait();
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.err, Not(HasSubstr("warning")));
  }
  const Outcome verified = ledger.Verify();
  EXPECT_EQ(verified.exit_code, 0) << verified.out;
  EXPECT_EQ(verified.json["unanchored"], 0);
}

TEST(Publish, ARunThatIsKilledAfterAnyMessageIsMadeUpForByTheNext) {
  SignedLedger ledger;
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  const std::string database = ledger.scenario().Value("SELECT current_database()");
  std::vector<std::string> arguments = {"reconcile"};
  const std::vector<std::string> flags = ledger.Flags();
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  bool fired = true;
  int at = 0;
  while (fired && at < 100) {
    ++at;
    SCOPED_TRACE(at);
    ledger.scenario().Commit(
        {{fmt::format("{}_k.up.sql", 100 + at), fmt::format("CREATE TABLE k{} (id int);", at)}});
    PgProxy proxy(PostgresServer::Shared().socket_dir());
    std::atomic<pid_t> pid = 0;
    proxy.Inject({.at = at,
                  .when = PgProxy::When::kBeforeAnswer,
                  .action =
                      [&] {
                        while (pid == 0) {
                          std::this_thread::yield();
                        }
                        kill(pid, SIGKILL);
                      },
                  .then = PgProxy::Then::kDropBoth});
    BackgroundProcess process(ledger.scenario().MakeCommand(arguments, proxy.Url(database)));
    pid = process.pid();
    while (process.Wait().signal == SIGKILL && !proxy.Fired()) {
      std::this_thread::yield();
    }
    fired = proxy.Fired();
    // What was published never speaks of more than there is.
    EXPECT_LE(Open(ledger, ledger.Latest()).size, static_cast<std::uint64_t>(ledger.Size()));
    const Outcome next = ledger.Run({"reconcile"});
    EXPECT_EQ(next.exit_code, 0) << next.err;
    EXPECT_EQ(ledger.scenario().Inconsistency(), "");
    EXPECT_EQ(Open(ledger, ledger.Latest()).size, static_cast<std::uint64_t>(ledger.Size()));
    if (::testing::Test::HasFailure()) {
      break;
    }
  }
  EXPECT_GT(at, 6) << "a run has more messages than that";
  const Outcome verified = ledger.Verify();
  EXPECT_EQ(verified.exit_code, 0) << verified.out;
  EXPECT_EQ(verified.json["unanchored"], 0);
}

TEST(Publish, ARunThatIsKilledWhileItPublishesIsMadeUpForByTheNext) {
  SignedLedger ledger;
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  const std::string before = ledger.Latest();
  const int lock = open((ledger.folder() + "/.lock").c_str(), O_RDWR);
  ASSERT_EQ(flock(lock, LOCK_EX), 0);
  std::vector<std::string> arguments = {"reconcile"};
  const std::vector<std::string> flags = ledger.Flags();
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  const auto run = ledger.scenario().Start(arguments);
  // Signed and written down, and waiting for the folder.
  while (run->Running() && ledger.scenario().Value("SELECT count(*) FROM paliad_ledger.checkpoint") != "2") {
    std::this_thread::yield();
  }
  run->Kill();
  EXPECT_EQ(run->Wait().signal, SIGKILL);
  close(lock);
  EXPECT_EQ(ledger.Latest(), before);
  ASSERT_EQ(ledger.Run({"ledger", "checkpoint"}).exit_code, 0);
  EXPECT_EQ(ledger.Verify().json["unanchored"], 0);
}

TEST(Publish, AKilledPublisherThatLeftOnlyLatestIsCompleted) {
  SignedLedger ledger;
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  const std::string name = fmt::format("{}/{:020}.checkpoint", ledger.folder(), ledger.Size());
  fs::remove(name);
  WriteFile(ledger.folder() + "/.new.1", "half a not");
  ASSERT_EQ(ledger.Run({"reconcile"}).exit_code, 0);
  EXPECT_TRUE(fs::exists(name));
  EXPECT_EQ(ledger.Verify().exit_code, 0);
}

TEST(Publish, NothingIsPublishedThatACrashOfTheServerCouldTakeBack) {
  PostgresServer server({.settings = {"wal_writer_delay = 10s"}});
  SignedLedger ledger(server.CreateDatabase());
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  // Another process's entry, committed without waiting for the disk.
  const auto append = [&](int number) {
    ledger.scenario().Exec(
        fmt::format("BEGIN; SET LOCAL synchronous_commit = off; SELECT paliad_ledger.append(convert_to("
                    "'{{\"at\":\"2026-05-20T10:38:00.000000Z\",\"format\":1,\"kind\":\"drift\",\"ordinal\":0,"
                    "\"run\":\"0b3c8f3e-0000-4000-8000-00000000000{}\",\"target\":\"default\","
                    "\"tracker\":\"paliad.applied_migrations\"}}', 'UTF8')); COMMIT",
                    number));
  };
  const auto crash = [&] {
    server.Kill();
    server.Start();
  };
  const int durable = ledger.Size();
  append(1);
  crash();
  ASSERT_EQ(ledger.Size(), durable) << "nothing was lost, so the test shows nothing";
  append(2);
  ASSERT_EQ(ledger.Run({"ledger", "checkpoint"}).exit_code, 0);
  crash();
  EXPECT_EQ(ledger.Size(), durable + 1);
  EXPECT_EQ(Open(ledger, ledger.Latest()).size, static_cast<std::uint64_t>(durable + 1));
  const Outcome verified = ledger.Verify();
  EXPECT_EQ(verified.exit_code, 0) << verified.out;

  // The crash comes while the checkpoint is written down: it was not published.
  append(3);
  PgProxy proxy(server.socket_dir());
  proxy.Inject({.containing = "put_checkpoint", .action = crash, .then = PgProxy::Then::kDropBoth});
  std::vector<std::string> arguments = {"ledger", "checkpoint"};
  const std::vector<std::string> flags = ledger.Flags();
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  const std::string database = Value(ledger.scenario().url(), "SELECT current_database()");
  EXPECT_EQ(RunProgram(ledger.scenario().MakeCommand(arguments, proxy.Url(database))).exit_code, 1);
  ASSERT_TRUE(proxy.Fired());
  EXPECT_EQ(Open(ledger, ledger.Latest()).size, static_cast<std::uint64_t>(durable + 1));
  EXPECT_EQ(ledger.Run({"reconcile"}).exit_code, 0);
  EXPECT_EQ(ledger.Verify().exit_code, 0);
}

TEST(PublishToGit, OneCommitACheckpointOnAReferenceOfItsOwn) {
  SignedLedger ledger;
  ledger.scenario().Commit({{"1_t.up.sql", "SELECT 1;"}});
  const std::vector<std::string> place = {"--publish", "git:refs/paliad/ledger", "--ledger-origin",
                                          kTestOrigin, "--signing-key-file",     ledger.key_file()};
  const std::string head = ledger.scenario().repo().Head();
  ASSERT_EQ(ledger.scenario().Reconcile(place).exit_code, 0);
  ASSERT_EQ(ledger.scenario().Reconcile(place).exit_code, 0);
  GitRepo& repo = ledger.scenario().repo();
  EXPECT_EQ(repo.Git({"rev-list", "--count", "refs/paliad/ledger"}), "2");
  EXPECT_EQ(Open(ledger, repo.Git({"show", "refs/paliad/ledger:checkpoint"}) + "\n").size,
            static_cast<std::uint64_t>(ledger.Size()));
  EXPECT_EQ(repo.Head(), head);
  EXPECT_EQ(repo.Git({"status", "--porcelain"}), "");
  std::vector<std::string> verify = {"ledger", "verify"};
  verify.insert(verify.end(), place.begin(), place.end());
  const Outcome verified = ledger.scenario().Run(verify);
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  EXPECT_EQ(verified.json["unanchored"], 0);
  ledger.Attack("DELETE FROM paliad_ledger.entry WHERE seq = (SELECT max(seq) FROM paliad_ledger.entry)");
  EXPECT_THAT(Problems(ledger.scenario().Run(verify)), HasSubstr("truncated"));
}

TEST(PublishToGit, IsPushedWhereTheRepositoryHasARemoteAndMadeUpForWhenThatIsBack) {
  SignedLedger ledger;
  const TempDir folder;
  const std::string bare = folder.path() + "/bare.git";
  GitRepo& repo = ledger.scenario().repo();
  ledger.scenario().Commit({{"1_t.up.sql", "SELECT 1;"}});
  repo.Git({"init", "--bare", "-q", bare});
  repo.Git({"remote", "add", "origin", bare});
  const std::vector<std::string> place = {"--publish", "git:refs/paliad/ledger", "--ledger-origin",
                                          kTestOrigin, "--signing-key-file",     ledger.key_file()};
  Outcome run = ledger.scenario().Reconcile(place);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, Not(HasSubstr("warning")));
  const auto published = [&] {
    return repo.Git({"--git-dir", bare, "rev-list", "--count", "refs/paliad/ledger"});
  };
  EXPECT_EQ(published(), "1");
  fs::rename(bare, bare + ".away");
  run = ledger.scenario().Reconcile(place);
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.err, HasSubstr("warning: cannot fetch refs/paliad/ledger"));
  fs::rename(bare + ".away", bare);
  ASSERT_EQ(ledger.scenario().Reconcile(place).exit_code, 0);
  EXPECT_EQ(published(), "2");

  // Another machine published in between: its checkpoint is continued, not overwritten.
  std::vector<std::string> elsewhere = place;
  const std::string clone = folder.path() + "/clone";
  repo.Git({"push", "-q", "origin", "main"});
  repo.Git({"clone", "-q", bare, clone});
  elsewhere.insert(elsewhere.end(), {"--repo", clone});
  ASSERT_EQ(ledger.scenario().Reconcile(elsewhere).exit_code, 0);
  ASSERT_EQ(ledger.scenario().Reconcile(place).exit_code, 0);
  EXPECT_EQ(published(), "4");
  // And by URL, through a clone in the data folder.
  std::vector<std::string> by_url = place;
  by_url.insert(by_url.end(), {"--repo", "file://" + bare});
  run = ledger.scenario().Reconcile(by_url);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, Not(HasSubstr("warning")));
  EXPECT_EQ(published(), "5");
}

TEST(PublishToGit, ABranchOfSomethingElseIsNotTouched) {
  SignedLedger ledger;
  ledger.scenario().Commit({{"1_t.up.sql", "SELECT 1;"}});
  const std::string head = ledger.scenario().repo().Head();
  const Outcome run =
      ledger.scenario().Reconcile({"--publish", "git:refs/heads/main", "--ledger-origin", kTestOrigin});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.err, HasSubstr("has no file 'checkpoint'"));
  EXPECT_EQ(ledger.scenario().repo().Head(), head);
}

TEST(Rotation, ANewKeyIsRecordedAndBothAreTrustedForTheirSizes) {
  SignedLedger ledger;
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  const int old_size = ledger.Size();
  const std::string new_key = ledger.File("new_key");
  const Outcome made = ledger.scenario().Run({"keygen", "--name", kTestOrigin, "--out", new_key});
  const std::string new_vkey = made.json["key"];
  const std::string old_line = fmt::format("{} 0 {}", ledger.vkey(), old_size + 1);
  const std::string new_line = fmt::format("{} {}", new_vkey, old_size + 1);
  const std::vector<std::string> flags = {
      "--ledger-origin", kTestOrigin, "--signing-key-file", new_key, "--publish", "file:" + ledger.folder(),
      "--verifier-key",  old_line,    "--verifier-key",     new_line};
  const auto with_flags = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return ledger.scenario().Run(arguments);
  };
  const Outcome run = with_flags({"reconcile"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(ledger.scenario().Entries("key_rotated"), 1);
  EXPECT_THAT(ledger.scenario().Value("SELECT convert_from(leaf, 'UTF8') FROM paliad_ledger.entry"
                                      " WHERE kind = 'key_rotated'"),
              HasSubstr("\"key\":\"" + new_vkey));
  ASSERT_EQ(with_flags({"reconcile"}).exit_code, 0);
  EXPECT_EQ(ledger.scenario().Entries("key_rotated"), 1);
  const Outcome verified = with_flags({"ledger", "verify"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out;
  EXPECT_EQ(verified.json["unanchored"], 0);
  // The old key alone does not vouch for what came after it, nor the new one for what came before.
  for (const std::string& line : {old_line, new_line}) {
    const Outcome half = ledger.scenario().Run(
        {"ledger", "verify", "--origin", kTestOrigin, "--key", line, "--publish", "file:" + ledger.folder()});
    EXPECT_EQ(half.exit_code, 6);
    EXPECT_THAT(Problems(half), HasSubstr("untrusted"));
  }
  // Nobody who trusts only the new key signs on top of what the old one signed... and the other way round.
  EXPECT_EQ(ledger.Run({"reconcile"}).exit_code, 6);
}

// As docs/operations.md has it.
TEST(Rotation, WhatAStolenKeySignedIsNamedAndTakenOutOfThePlace) {
  SignedLedger ledger;
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  const int known = ledger.Size();
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  const int doubtful = ledger.Size();
  const std::string new_key = ledger.File("new_key");
  const Outcome made = ledger.scenario().Run({"keygen", "--name", kTestOrigin, "--out", new_key});
  const auto with_ranges = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--ledger-origin", kTestOrigin, "--signing-key-file", new_key,
                                       "--publish", "file:" + ledger.folder(), "--verifier-key",
                                       fmt::format("{} 0 {}", ledger.vkey(), known + 1), "--verifier-key",
                                       fmt::format("{} {}", made.json["key"].get<std::string>(), known + 1)});
    return ledger.scenario().Run(arguments);
  };
  const Outcome named = with_ranges({"ledger", "verify"});
  EXPECT_EQ(named.exit_code, 6);
  EXPECT_THAT(Problems(named), HasSubstr("untrusted"));
  const std::string file = fmt::format("{:020}.checkpoint", doubtful);
  EXPECT_THAT(named.json["problems"].dump(), HasSubstr(file));
  EXPECT_THAT(named.json["problems"].dump(), Not(HasSubstr(fmt::format("{:020}.checkpoint", known))));
  EXPECT_EQ(with_ranges({"reconcile"}).exit_code, 6);

  std::filesystem::create_directory(ledger.File("evidence"));
  for (const std::string& name : {std::string("latest"), file}) {
    std::filesystem::rename(ledger.folder() + "/" + name, ledger.File("evidence/" + name));
  }
  const Outcome run = with_ranges({"reconcile"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const Outcome verified = with_ranges({"ledger", "verify"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out;
  EXPECT_EQ(verified.json["unanchored"], 0);
}

TEST(Rotation, SeveralKeysInOneFileAllSign) {
  SignedLedger ledger;
  const std::string new_key = ledger.File("new_key");
  const Outcome made = ledger.scenario().Run({"keygen", "--name", kTestOrigin, "--out", new_key});
  WriteFile(ledger.File("both"), ReadFile(new_key) + ReadFile(ledger.key_file()));
  ledger.scenario().Commit({{"1_t.up.sql", "SELECT 1;"}});
  const Outcome run =
      ledger.scenario().Reconcile({"--ledger-origin", kTestOrigin, "--signing-key-file", ledger.File("both"),
                                   "--publish", "file:" + ledger.folder()});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  for (const std::string& key : {ledger.vkey(), made.json["key"].get<std::string>()}) {
    const Outcome verified = ledger.scenario().Run(
        {"ledger", "verify", "--origin", kTestOrigin, "--key", key, "--publish", "file:" + ledger.folder()});
    EXPECT_EQ(verified.exit_code, 0) << verified.out;
    EXPECT_EQ(verified.json["checkpoint"]["signed"], true);
  }
}

TEST(Incarnate, AfterARestoreTheLogGoesOnUnderANewOrigin) {
  SignedLedger ledger;
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  const int agreed = ledger.Size();
  const std::string name = ledger.scenario().Value("SELECT current_database()");
  PostgresServer& server = PostgresServer::Shared();
  Exec(server.Url(), fmt::format("CREATE DATABASE {}_backup TEMPLATE {}", name, name));
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  const int published = ledger.Size();
  Exec(server.Url(), fmt::format("DROP DATABASE {0} WITH (FORCE)", name));
  Exec(server.Url(), fmt::format("ALTER DATABASE {0}_backup RENAME TO {0}", name));
  ASSERT_EQ(ledger.Run({"reconcile"}).exit_code, 6);

  const Outcome same = ledger.Run({"ledger", "incarnate", "--reason", "restored"});
  EXPECT_EQ(same.exit_code, 1) << same.out;
  EXPECT_THAT(same.err, HasSubstr("choose another one"));
  const std::string origin = std::string(kTestOrigin) + "#2";
  const auto as_new = [&](std::vector<std::string> arguments) {
    std::vector<std::string> flags = ledger.Flags();
    flags[1] = origin;
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return ledger.scenario().Run(arguments);
  };
  const Outcome without = as_new({"reconcile"});
  EXPECT_EQ(without.exit_code, 6) << "a new origin alone is a silent re-seal";
  const Outcome made = as_new({"ledger", "incarnate", "--reason", "restored the backup of Tuesday"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(made.json["previous_origin"], kTestOrigin);
  EXPECT_EQ(made.json["published_size"], published);
  EXPECT_EQ(made.json["agreed_size"], agreed);
  ASSERT_EQ(as_new({"reconcile"}).exit_code, 0);

  const Outcome verified = as_new({"ledger", "verify"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out;
  EXPECT_EQ(verified.json["unanchored"], 0);
  EXPECT_EQ(verified.json["checkpoint"]["origin"], origin);
  EXPECT_THAT(verified.json["notes"].dump(), HasSubstr("restored the backup of Tuesday"));
  // Under the old origin nothing is signed any more, and who expects it is told.
  const Outcome old = ledger.Run({"reconcile"});
  EXPECT_NE(old.exit_code, 0);
  EXPECT_THAT(old.err, HasSubstr("the log goes on as '" + origin + "'"));
  EXPECT_EQ(ledger.Verify().exit_code, 6);
  // What was published before the two parted still holds.
  ledger.Attack(
      "UPDATE paliad_ledger.entry SET leaf_hash = leaf_hash, leaf = convert_to(replace(convert_from(leaf,"
      " 'UTF8'), '\"name\":\"m1\"', '\"name\":\"x1\"'), 'UTF8') WHERE kind = 'applied' AND version = 1");
  EXPECT_THAT(Problems(as_new({"ledger", "verify"})), HasSubstr("edited"));
}

}  // namespace
}  // namespace paliad::testing
