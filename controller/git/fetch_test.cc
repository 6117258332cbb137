// Fetching from local repositories and from peers that never answer. Real servers: tests/git.
#include "controller/git/fetch.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <sstream>
#include <thread>

#include "base/sha256.h"
#include "controller/git/repository.h"
#include "tests/git/process.h"
#include "tests/git/silent_peer.h"
#include "tests/git/temp_dir.h"
#include "tests/git/work_tree.h"

namespace paliad::git {
namespace {

namespace fs = std::filesystem;
using paliad::testing::MustRun;
using paliad::testing::ReadFile;
using paliad::testing::SilentPeer;
using paliad::testing::TempDir;
using paliad::testing::WorkTree;
using paliad::testing::WriteFile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string Explain(const Error& error) { return error.Message() + "\nhint: " + error.hint; }

std::vector<std::string> FilesWith(const fs::path& folder, const std::string& part) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().filename().string().find(part) != std::string::npos) {
      names.push_back(entry.path().string());
    }
  }
  return names;
}

class FetchTest : public ::testing::Test {
 protected:
  FetchOptions Options() {
    FetchOptions options;
    options.url = "file://" + work_.path();
    options.branch = "main";
    options.data_dir = temp_ / "data";
    options.deadline = std::chrono::seconds(60);
    return options;
  }

  // The clone's folder.
  std::string FetchOrDie() { return FetchOrDie(Options()); }
  std::string FetchOrDie(const FetchOptions& options) {
    const Result<std::string> path = Fetch(options);
    if (!path) {
      ADD_FAILURE() << Explain(path.error());
      std::abort();
    }
    return *path;
  }

  std::vector<std::string> RefNames(const std::string& path) {
    const Repository repository = Repository::Open(path).value();
    const std::vector<Repository::Ref> refs = repository.Refs().value();
    std::vector<std::string> names;
    for (const Repository::Ref& ref : refs) {
      names.push_back(ref.name);
    }
    return names;
  }

  std::string Head(const std::string& path) { return Repository::Open(path)->Resolve("main").value(); }

  // The clone's only pack.
  std::string PackOf(const std::string& path) {
    const std::vector<std::string> packs = FilesWith(path, ".pack");
    EXPECT_THAT(packs, SizeIs(1));
    return packs.front();
  }

  TempDir temp_;
  WorkTree work_{temp_ / "work"};
  std::string first_ = work_.CommitFile("migrations/1_a.up.sql", "SELECT 1;");
};

TEST_F(FetchTest, ClonesIntoABareRepositoryNamedAfterTheUrl) {
  work_.Git({"branch", "feature/x"});
  work_.Git({"tag", "--annotate", "--message", "v1", "v1"});

  const std::string path = FetchOrDie();

  EXPECT_EQ(path, temp_ / "data/git/" + Sha256Hex("file://" + work_.path()).substr(0, 32));
  Repository repository = Repository::Open(path).value();
  EXPECT_EQ(repository.WorkTree(), "");
  EXPECT_EQ(repository.Resolve("main").value(), first_);
  EXPECT_EQ(repository.Resolve("HEAD").value(), first_);
  EXPECT_EQ(repository.Resolve("v1").value(), first_);
  EXPECT_THAT(RefNames(path), ElementsAre("refs/heads/feature/x", "refs/heads/main"));
  const SourceTree tree = repository.ReadTree(first_, "migrations").value();
  EXPECT_EQ(repository.Read(tree.entries.at(0)).value(), "SELECT 1;");
}

TEST_F(FetchTest, TheDataFolderIsPrivate) {
  const std::string path = FetchOrDie();

  for (const std::string& folder : {temp_ / "data", temp_ / "data/git", path}) {
    struct stat status {};
    ASSERT_EQ(::stat(folder.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700U) << folder;
  }
}

TEST_F(FetchTest, ASecondFetchBringsOnlyWhatIsNew) {
  const std::string path = FetchOrDie();
  const std::string first_pack = PackOf(path);
  const std::string second = work_.CommitFile("migrations/2_b.up.sql", "SELECT 2;");

  EXPECT_EQ(FetchOrDie(), path);

  EXPECT_EQ(Head(path), second);
  const std::vector<std::string> packs = FilesWith(path, ".pack");
  ASSERT_THAT(packs, SizeIs(2));
  const std::string& new_pack = packs[0] == first_pack ? packs[1] : packs[0];
  const std::string listing = MustRun({"git", "verify-pack", "--verbose", new_pack});
  EXPECT_THAT(listing, HasSubstr(second));
  EXPECT_THAT(listing, Not(HasSubstr(first_)));
}

TEST_F(FetchTest, AFetchOfNothingNewAddsNoPack) {
  work_.Git({"tag", "--annotate", "--message", "v1", "v1"});
  work_.Git({"tag", "a-blob", work_.Git({"rev-parse", "main:migrations/1_a.up.sql"})});
  const std::string path = FetchOrDie();

  FetchOrDie();
  FetchOrDie();

  EXPECT_THAT(FilesWith(path, ".pack"), SizeIs(1));
}

TEST_F(FetchTest, FollowsAForcedPush) {
  work_.CommitFile("b", "1");
  const std::string path = FetchOrDie();
  work_.Git({"reset", "--quiet", "--hard", first_});
  const std::string rewritten = work_.CommitFile("b", "2");

  FetchOrDie();

  EXPECT_EQ(Head(path), rewritten);
}

TEST_F(FetchTest, PrunesBranchesAndTagsThatAreGone) {
  work_.Git({"branch", "gone"});
  work_.Git({"tag", "gone-too"});
  const std::string path = FetchOrDie();
  EXPECT_TRUE(Repository::Open(path)->Resolve("gone-too"));
  work_.Git({"branch", "--delete", "gone"});
  work_.Git({"tag", "--delete", "gone-too"});

  FetchOrDie();

  EXPECT_THAT(RefNames(path), ElementsAre("refs/heads/main"));
  EXPECT_FALSE(Repository::Open(path)->Resolve("gone-too"));
}

TEST_F(FetchTest, ABranchMayBecomeAFolderOfBranches) {
  work_.Git({"branch", "a"});
  const std::string path = FetchOrDie();
  work_.Git({"branch", "--delete", "a"});
  work_.Git({"branch", "a/b"});

  FetchOrDie();

  EXPECT_THAT(RefNames(path), ElementsAre("refs/heads/a/b", "refs/heads/main"));
}

TEST_F(FetchTest, PullRequestHeadsAreFetchedWhereTheyAreAskedFor) {
  work_.Git({"update-ref", "refs/pull/7/head", first_});
  work_.Git({"update-ref", "refs/pull/7/merge", first_});
  const std::string path = FetchOrDie();
  EXPECT_THAT(RefNames(path), ElementsAre("refs/heads/main"));
  FetchOptions options = Options();
  options.references = {"refs/pull/*/head"};

  FetchOrDie(options);
  EXPECT_THAT(RefNames(path), ElementsAre("refs/heads/main", "refs/pull/7/head"));

  work_.Git({"update-ref", "-d", "refs/pull/7/head"});
  FetchOrDie(options);
  EXPECT_THAT(RefNames(path), ElementsAre("refs/heads/main"));
}

TEST_F(FetchTest, AnEmptyRemoteIsClonedAndItsFirstCommitArrivesLater) {
  const WorkTree empty(temp_ / "empty");
  FetchOptions options = Options();
  options.url = "file://" + empty.path();

  const std::string path = FetchOrDie(options);
  EXPECT_THAT(Repository::Open(path)->Resolve("main").error().cause, HasSubstr("it is empty"));

  const std::string commit = empty.CommitFile("a", "1");
  FetchOrDie(options);
  EXPECT_EQ(Head(path), commit);
}

TEST_F(FetchTest, AMissingRemoteLeavesTheCloneAlone) {
  const std::string path = FetchOrDie();
  fs::rename(work_.path(), temp_ / "elsewhere");

  const Result<std::string> fetched = Fetch(Options());

  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(fetched.error().Message(), StartsWith("cannot fetch file://" + work_.path() + ": "));
  EXPECT_EQ(Head(path), first_);
  EXPECT_THAT(FilesWith(temp_ / "data", ".corrupt-"), IsEmpty());
}

TEST_F(FetchTest, ADamagedCloneIsSetAsideAndMadeAgain) {
  const struct {
    const char* name;
    std::function<void(const std::string&)> damage;
  } cases[] = {
      {"no HEAD", [](const std::string& path) { fs::remove(path + "/HEAD"); }},
      {"garbage for configuration", [](const std::string& path) { WriteFile(path + "/config", "[[["); }},
      {"a pack is gone", [this](const std::string& path) { fs::remove(PackOf(path)); }},
      {"the packs are gone", [](const std::string& path) { fs::remove_all(path + "/objects"); }},
      {"a pack is cut short",
       [this](const std::string& path) {
         fs::permissions(PackOf(path), fs::perms::owner_write, fs::perm_options::add);
         fs::resize_file(PackOf(path), 40);
       }},
      {"a branch holds garbage",
       [](const std::string& path) { WriteFile(path + "/refs/heads/main", "garbage"); }},
      {"a file in its place",
       [](const std::string& path) {
         fs::remove_all(path);
         WriteFile(path, "?");
       }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    fs::remove_all(temp_ / "data");
    const std::string path = FetchOrDie();
    c.damage(path);

    ASSERT_EQ(FetchOrDie(), path);

    EXPECT_EQ(Head(path), first_);
    Repository repository = Repository::Open(path).value();
    EXPECT_EQ(repository.Read(repository.ReadTree(first_, "migrations")->entries.at(0)).value(), "SELECT 1;");
    EXPECT_THAT(FilesWith(temp_ / "data/git", ".corrupt-"), SizeIs(1));
  }
}

TEST_F(FetchTest, WhatAReaderCannotReadIsMendedByTheNextFetch) {
  const std::string path = FetchOrDie();
  const std::string blob = work_.Git({"rev-parse", "main:migrations/1_a.up.sql"});
  // Bit rot in the one blob that a run needs: fetching alone would not notice.
  const std::string pack = PackOf(path);
  const std::string listing = MustRun({"git", "verify-pack", "--verbose", pack});
  const std::size_t line = listing.find(blob);
  ASSERT_NE(line, std::string::npos);
  std::istringstream fields(listing.substr(line));
  std::string id, type;
  std::size_t size = 0, packed = 0, offset = 0;
  fields >> id >> type >> size >> packed >> offset;
  std::string bytes = ReadFile(pack);
  for (std::size_t i = offset + 3; i < offset + packed; ++i) {
    bytes[i] = static_cast<char>(~bytes[i]);
  }
  fs::permissions(pack, fs::perms::owner_write, fs::perm_options::add);
  WriteFile(pack, bytes);
  ASSERT_EQ(FetchOrDie(), path);
  SourceEntry entry;
  {
    Repository repository = Repository::Open(path).value();
    entry = repository.ReadTree(first_, "migrations")->entries.at(0);
    const Result<std::string> unreadable = repository.Read(entry);
    ASSERT_FALSE(unreadable);
    EXPECT_EQ(unreadable.error().kind, ErrorKind::kUnavailable);
    EXPECT_THAT(unreadable.error().hint, HasSubstr("the next fetch"));
  }

  FetchOrDie();
  EXPECT_EQ(Repository::Open(path)->Read(entry).value(), "SELECT 1;");
}

TEST_F(FetchTest, OnlyTheLastDamagedCloneIsKept) {
  for (int i = 0; i < 3; ++i) {
    fs::remove(FetchOrDie() + "/HEAD");
  }
  FetchOrDie();

  int kept = 0;
  for (const auto& entry : fs::directory_iterator(temp_ / "data/git")) {
    kept += entry.path().string().find(".corrupt-") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(kept, 1);
}

TEST_F(FetchTest, ACloneOfVeryManyPacksIsMadeAnew) {
  const std::string path = FetchOrDie();
  const std::string head = work_.CommitFile("b", "1");
  for (int i = 0; i < 200; ++i) {
    const std::string blob =
        MustRun({"git", "-C", path, "hash-object", "-w", "--stdin"}, "", "blob " + std::to_string(i));
    MustRun({"git", "-C", path, "pack-objects", "-q", path + "/objects/pack/pack"}, "", blob + "\n");
  }
  ASSERT_THAT(FilesWith(path, ".pack"), SizeIs(201));

  EXPECT_EQ(FetchOrDie(), path);

  EXPECT_THAT(FilesWith(path, ".pack"), SizeIs(1));
  EXPECT_EQ(Head(path), head);
  EXPECT_THAT(FilesWith(temp_ / "data/git", ".old"), IsEmpty());
  EXPECT_THAT(FilesWith(temp_ / "data/git", ".corrupt-"), IsEmpty());
}

TEST_F(FetchTest, WhatAKilledFetchLeftBehindDoesNotBlockTheNext) {
  const std::string path = FetchOrDie();
  const std::string second = work_.CommitFile("b", "1");
  WriteFile(path + "/refs/heads/main.lock", "");
  WriteFile(path + "/config.lock", "");
  WriteFile(path + "/packed-refs.lock", "");
  WriteFile(path + "/objects/pack/pack_git2_a1b2c3", "half");
  WriteFile(path + ".new-12345/HEAD", "ref: refs/heads/main\n");

  FetchOrDie();

  EXPECT_EQ(Head(path), second);
  EXPECT_THAT(FilesWith(path, ".lock"), IsEmpty());
  EXPECT_THAT(FilesWith(path, "pack_git2_"), IsEmpty());
  EXPECT_FALSE(fs::exists(path + ".new-12345"));
  EXPECT_THAT(FilesWith(temp_ / "data/git", ".corrupt-"), IsEmpty());
}

TEST_F(FetchTest, SeveralProcessesMayFetchIntoOneClone) {
  std::vector<std::thread> threads;
  std::vector<Result<std::string>> results(6, std::string());
  for (Result<std::string>& result : results) {
    threads.emplace_back([&] { result = Fetch(Options()); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const Result<std::string>& result : results) {
    ASSERT_TRUE(result) << Explain(result.error());
    EXPECT_EQ(Head(*result), first_);
  }
  EXPECT_THAT(FilesWith(temp_ / "data/git", ".corrupt-"), IsEmpty());
}

TEST_F(FetchTest, TheDeadlineEndsAFetchThatWaitsForAnother) {
  const std::string path = FetchOrDie();
  const int lock = ::open((path + ".lock").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(::flock(lock, LOCK_EX), 0);
  FetchOptions options = Options();
  options.deadline = std::chrono::seconds(2);

  const Result<std::string> fetched = Fetch(options);
  ::close(lock);

  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().cause,
            "it took longer than 2s (at the end: waiting for another fetch of this repository)");
}

TEST_F(FetchTest, TheDeadlineEndsAFetchFromASilentPeer) {
  const SilentPeer peer;
  for (const std::string scheme : {"https://localhost", "http://localhost", "ssh://git@localhost"}) {
    FetchOptions options = Options();
    options.url = scheme + ":" + std::to_string(peer.port()) + "/r.git";
    options.deadline = std::chrono::seconds(2);
    const auto start = std::chrono::steady_clock::now();

    const Result<std::string> fetched = Fetch(options);

    ASSERT_FALSE(fetched) << options.url;
    EXPECT_EQ(fetched.error().kind, ErrorKind::kUnavailable) << options.url;
    EXPECT_THAT(fetched.error().cause, HasSubstr("longer than 2s (at the end: connecting to " + options.url));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60)) << options.url;
  }
}

TEST_F(FetchTest, AStopEndsAFetchFromASilentPeer) {
  const SilentPeer peer;
  std::stop_source source;
  FetchOptions options = Options();
  options.url = "http://localhost:" + std::to_string(peer.port()) + "/r.git";
  options.stop = source.get_token();
  std::thread stopper([&] {
    peer.WaitForVisitor();
    source.request_stop();
  });

  const Result<std::string> fetched = Fetch(options);
  stopper.join();

  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().cause, "it was stopped");
}

TEST_F(FetchTest, ARepositoryLargerThanTheLimitIsRefusedAndLeavesNothing) {
  std::string noise;
  for (int i = 0; i < 20000; ++i) {
    noise += Sha256Hex(std::to_string(i));
  }
  work_.CommitFile("large", noise);
  FetchOptions options = Options();
  options.max_bytes = 100'000;

  const Result<std::string> fetched = Fetch(options);

  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(fetched.error().cause, HasSubstr("more than the limit of 100000 bytes"));
  EXPECT_THAT(FilesWith(temp_ / "data/git", ".new-"), IsEmpty());
  options.max_bytes = 10'000'000;
  FetchOrDie(options);
}

TEST_F(FetchTest, WhatCannotBeFetchedIsRefusedWithItsReason) {
  const struct {
    std::string url;
    std::string cause;
  } cases[] = {
      {"git://example.com/r.git", "git:// is not supported"},
      {"ext::sh -c id", "it holds blanks"},
      {"http://bob:secret@example.com/r.git", "http:// would send the credentials unencrypted"},
      {"https://example.com", "it has no path"},
      {"https://example.com:99999/r.git", "its host or port is not valid"},
      {"ssh://-oProxyCommand=id/r.git", "its host or port is not valid"},
      {"file://server/share", "file:// names a host"},
      {"migrations", "it is not a URL"},
  };
  for (const auto& c : cases) {
    FetchOptions options = Options();
    options.url = c.url;
    const Result<std::string> fetched = Fetch(options);
    ASSERT_FALSE(fetched) << c.url;
    EXPECT_EQ(fetched.error().kind, ErrorKind::kInvalidInput) << c.url;
    EXPECT_THAT(fetched.error().cause, HasSubstr(c.cause)) << c.url;
    EXPECT_THAT(Explain(fetched.error()), Not(HasSubstr("secret"))) << c.url;
  }
}

TEST_F(FetchTest, AReferenceThatIsNoneIsRefused) {
  for (const std::string name : {"pull/7", "refs/x:refs/heads/main", "refs/*/*"}) {
    FetchOptions options = Options();
    options.references = {name};
    const Result<std::string> fetched = Fetch(options);
    ASSERT_FALSE(fetched) << name;
    EXPECT_EQ(fetched.error().kind, ErrorKind::kInvalidInput) << name;
  }
}

TEST_F(FetchTest, ADataFolderThatCannotBeMadeIsNamed) {
  WriteFile(temp_ / "file", "");
  FetchOptions options = Options();
  options.data_dir = temp_ / "file/data";

  const Result<std::string> fetched = Fetch(options);

  ASSERT_FALSE(fetched);
  EXPECT_THAT(fetched.error().Message(), HasSubstr(temp_ / "file"));
  EXPECT_THAT(fetched.error().hint, HasSubstr("data_dir"));
}

TEST_F(FetchTest, AProgramThatIsNoneOrDiesIsReported) {
  FetchOptions options = Options();
  options.program = temp_ / "nothing";
  EXPECT_EQ(Fetch(options).error().cause, "the program cannot be executed");

  const auto script = [&](const std::string& text) {
    WriteFile(temp_ / "program", "#!/bin/sh\n" + text + "\n", /*executable=*/true);
    options.program = temp_ / "program";
    return Fetch(options).error();
  };
  EXPECT_EQ(script("echo 'half way' >&2; kill -SEGV $$").cause,
            "the fetch process was ended by signal 11 (at the end: half way)");
  EXPECT_THAT(script("kill -KILL $$").hint, HasSubstr("memory"));
  EXPECT_EQ(script("exit 3").cause, "the fetch process left no reply (exit code 3, at the end: starting)");
  EXPECT_EQ(script("echo hello").kind, ErrorKind::kInternal);
  EXPECT_EQ(script("yes | head -c 3000000").kind, ErrorKind::kInternal) << "more output than any reply has";
}

TEST_F(FetchTest, TheChildGetsTheRequestOnItsInputAndNoSecretsOtherwise) {
  ::setenv("PALIAD_DATABASE_URL", "postgresql://u:database-secret@h/d", 1);
  const int leaked = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC
  WriteFile(temp_ / "program",
            "#!/bin/sh\ncat > " + (temp_ / "input") + "; env > " + (temp_ / "env") + "; echo \"$@\" > " +
                (temp_ / "arguments") + "; ls /proc/self/fd > " + (temp_ / "descriptors") + "\n",
            /*executable=*/true);
  FetchOptions options = Options();
  options.program = temp_ / "program";
  options.credentials.password = "git-secret";

  const Result<std::string> fetched = Fetch(options);
  ::close(leaked);
  ::unsetenv("PALIAD_DATABASE_URL");

  ASSERT_FALSE(fetched);
  EXPECT_THAT(ReadFile(temp_ / "input"), HasSubstr("git-secret"));
  EXPECT_THAT(ReadFile(temp_ / "env"), Not(HasSubstr("secret")));
  EXPECT_THAT(ReadFile(temp_ / "env"), HasSubstr("HOME="));
  EXPECT_EQ(ReadFile(temp_ / "arguments"), "internal-fetch\n");
  EXPECT_EQ(ReadFile(temp_ / "descriptors"), "0\n1\n2\n3\n") << "3 is the folder that ls reads";
}

TEST_F(FetchTest, TheChildDiesWithItsParent) {
  const SilentPeer peer;
  FetchOptions options = Options();
  options.url = "http://localhost:" + std::to_string(peer.port()) + "/r.git";
  const pid_t parent = ::fork();
  if (parent == 0) {
    static_cast<void>(Fetch(options));
    ::_exit(0);
  }
  peer.WaitForVisitor();

  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);

  // The connection's end is the child's end: the kernel closes it.
  EXPECT_TRUE(peer.VisitorLeaves());
}

TEST_F(FetchTest, NothingIsPrintedOnTheParentsStreams) {
  FetchOptions options = Options();
  options.url = "file:///nowhere/at/all";
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();

  FetchOrDie();
  EXPECT_FALSE(Fetch(options));

  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(FetchCommand, RefusesWhatIsNoRequest) {
  const paliad::testing::Finished finished =
      paliad::testing::Run({"/proc/self/exe", kFetchCommand}, "", "{\"url\":1}");
  EXPECT_NE(finished.exit_code, 0);
}

TEST(DefaultDataDir, FollowsTheXdgSpecification) {
  const std::string home = std::getenv("HOME");
  EXPECT_EQ(DefaultDataDir(), home + "/.cache/paliad");
  ::setenv("XDG_CACHE_HOME", "/var/tmp/cache", 1);
  EXPECT_EQ(DefaultDataDir(), "/var/tmp/cache/paliad");
  ::setenv("XDG_CACHE_HOME", "relative", 1);
  EXPECT_EQ(DefaultDataDir(), home + "/.cache/paliad");
  ::unsetenv("XDG_CACHE_HOME");
}

}  // namespace
}  // namespace paliad::git
