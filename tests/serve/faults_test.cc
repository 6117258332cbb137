// What the controller depends on fails, in each of the ways that it can: told, waited for, and made up for.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <ostream>
#include <random>
#include <string>
#include <string_view>

#include "base/sanitizers.h"
#include "tests/serve/git_server.h"
#include "tests/serve/served.h"
#include "tests/support/http_client.h"
#include "tests/support/pg_client.h"
#include "tests/support/postgres_server.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace paliad::testing {
namespace {

namespace fs = std::filesystem;

void PushSecond(Served& served, std::string_view more = "") {
  served.Commit({{"2_b.up.sql", fmt::format("CREATE TABLE b ();\n{}", more)}});
  served.Push();
}

// Waits until /readyz has that status, and holds that text.
void AwaitReadiness(const Served& served, std::uint16_t port, int status, std::string_view text) {
  HttpReply reply;
  const bool came = Served::Until([&] {
    reply = Fetch(port, "GET", "/readyz");
    return reply.status == status && reply.body.find(text) != std::string::npos;
  });
  EXPECT_TRUE(came) << status << " " << text << "\nlast answer " << reply.status << reply.body
                    << served.Logs();
}

double Metric(std::uint16_t port, std::string_view name) {
  const std::string text = "\n" + Fetch(port, "GET", "/metrics").body;
  const std::size_t at = text.find(fmt::format("\n{}", name));
  return at == std::string::npos ? 0 : std::stod(text.substr(text.find(' ', at) + 1));
}

// What came while it was broken is applied, in its order and once; `controller` is stopped.
void ExpectMadeUpFor(const Served& served, BackgroundProcess& controller) {
  served.Await(Served::kApplied, "1 2");
  AwaitReadiness(served, served.AwaitServing(controller), 200, R"("ready":true)");
  EXPECT_EQ(Served::Stop(controller), 0) << served.Logs();
  EXPECT_EQ(served.Inconsistency(), "");
}

struct GitFault {
  const char* name;
  TcpProxy::Fault fault;
  const char* transport;
};

void PrintTo(const GitFault& fault, std::ostream* out) { *out << fault.transport << fault.name; }

class GitServerFaults : public ::testing::TestWithParam<GitFault> {
 protected:
  Served served_;
  std::unique_ptr<GitServer> server_ = std::string_view(GetParam().transport) == "Https"
                                           ? GitServer::OverHttps(served_)
                                           : GitServer::OverSsh(served_);
};

// Nothing that a compressor could make small.
std::string Noise(std::size_t characters) {
  std::minstd_rand random(20'261'129);
  std::string text = "-- ";
  while (text.size() < characters) {
    text += static_cast<char>('0' + random() % 10);
    text += static_cast<char>('a' + random() % 26);
  }
  return text;
}

constexpr TcpProxy::Fault kResetAtOnce{.how = TcpProxy::How::kReset, .after = 0};
// In the middle of the pack: what comes before it is a few thousand bytes.
constexpr std::size_t kInThePack = 60'000;
constexpr TcpProxy::Fault kResetLate{.how = TcpProxy::How::kReset, .after = kInThePack};
constexpr TcpProxy::Fault kTruncated{.how = TcpProxy::How::kCut, .after = kInThePack};
constexpr TcpProxy::Fault kSlow{.how = TcpProxy::How::kSlow, .after = kInThePack};
constexpr TcpProxy::Fault kSilentAtOnce{.how = TcpProxy::How::kSilent, .after = 0};

INSTANTIATE_TEST_SUITE_P(Remote, GitServerFaults,
                         ::testing::Values(GitFault{"ResetsAtOnce", kResetAtOnce, "Https"},
                                           GitFault{"ResetsInThePack", kResetLate, "Https"},
                                           GitFault{"TruncatesThePack", kTruncated, "Https"},
                                           GitFault{"IsSlow", kSlow, "Https"},
                                           GitFault{"IsSilent", kSilentAtOnce, "Https"},
                                           GitFault{"ResetsInThePack", kResetLate, "Ssh"},
                                           GitFault{"TruncatesThePack", kTruncated, "Ssh"},
                                           GitFault{"IsSlow", kSlow, "Ssh"}),
                         [](const auto& info) { return ::testing::PrintToString(info.param); });

TEST_P(GitServerFaults, AreToldAndRecoveredFrom) {
  // Beyond what a good fetch takes on a loaded machine.
  served_.controller_keys = "fetch_timeout = '6s'";
  const auto controller = served_.StartWithFirst();
  const std::uint16_t port = served_.AwaitServing(*controller);
  server_->way().Break(GetParam().fault);
  PushSecond(served_, Noise(400'000));
  served_.AwaitLog("attempt 2, the next one in");
  EXPECT_GE(server_->way().hit(), 2);
  AwaitReadiness(served_, port, 503, "cannot fetch");
  EXPECT_GE(Metric(port, "paliad_git_fetch_errors_total"), 2);
  EXPECT_EQ(served_.Value(Served::kApplied), "1");
  server_->way().Mend();
  ExpectMadeUpFor(served_, *controller);
}

// The server's own disk: it has half of an object, and can make no pack of it.
TEST(GitFaults, AnObjectThatTheServerLostHalfOfIsWaitedFor) {
  Served served;
  const auto server = GitServer::OverHttps(served);
  const auto controller = served.StartWithFirst();
  // Before the branch is there, so that no fetch comes in between.
  served.Commit({{"2_b.up.sql", "CREATE TABLE b ();\n" + Noise(10'000)}});
  served.repo().Git({"push", "--quiet", "origin", "main:refs/hidden/x"});
  const std::string blob = served.repo().Git({"rev-parse", "main:migrations/2_b.up.sql"}).substr(0, 40);
  const fs::path file = fs::path(served.origin()) / "objects" / blob.substr(0, 2) / blob.substr(2);
  const std::string whole = ReadFile(file);
  fs::permissions(file, fs::perms::owner_all);
  fs::resize_file(file, whole.size() / 2);
  served.repo().Git({"--git-dir", served.origin(), "update-ref", "refs/heads/main", "refs/hidden/x"});
  served.AwaitLog("attempt 2, the next one in");
  AwaitReadiness(served, served.AwaitServing(*controller), 503, "cannot fetch");
  WriteFile(file, whole);
  ExpectMadeUpFor(served, *controller);
}

TEST(GitFaults, ARepositoryThatIsGoneOrDamagedIsWaitedForAndACorruptCloneHeals) {
  Served served;
  const auto controller = served.StartWithFirst();
  fs::rename(served.origin(), served.origin() + ".away");
  served.AwaitLog("cannot fetch");
  for (const auto& entry : fs::recursive_directory_iterator(served.data_dir() + "/git")) {
    if (entry.is_regular_file() && entry.path().string().find("/objects/") != std::string::npos) {
      fs::permissions(entry.path(), fs::perms::owner_all);
      fs::resize_file(entry.path(), 10);
    }
  }
  fs::rename(served.origin() + ".away", served.origin());
  PushSecond(served);
  ExpectMadeUpFor(served, *controller);
}

TEST(DatabaseFaults, AServerThatIsDownIsWaitedFor) {
  PostgresServer server;
  Served served(server.CreateDatabase());
  const auto controller = served.StartWithFirst();
  server.Stop(PostgresServer::Stopping::kImmediate);
  PushSecond(served);
  served.AwaitLog("retrying");
  AwaitReadiness(served, served.AwaitServing(*controller), 503, "connect");
  server.Start();
  ExpectMadeUpFor(served, *controller);
}

// The address is the service's, and moves with it: to a standby that is not yet more than one.
TEST(DatabaseFaults, AFailoverIsWaitedForUntilTheStandbyIsPromoted) {
  PostgresServer primary;
  const std::string database = primary.CreateDatabase();
  const auto standby = primary.MakeStandby();
  const TempDir address;
  const auto move_to = [&](const PostgresServer& server) {
    const fs::path link = address.path() + "/.s.PGSQL.5432";
    fs::remove(link);
    fs::create_symlink(server.socket_dir() + "/.s.PGSQL.5432", link);
  };
  fs::permissions(address.path(), fs::perms::all);
  move_to(primary);
  const std::string name = Value(database, "SELECT current_database()");
  Served served(primary.Url(name, "postgres", address.path()));
  const auto controller = served.StartWithFirst();
  served.AwaitLog("\"message\":\"ready\"");
  standby->CatchUp(primary);
  primary.Kill();
  move_to(*standby);
  PushSecond(served);
  served.AwaitLog("retrying");
  served.AwaitLog("standby");
  AwaitReadiness(served, served.AwaitServing(*controller), 503, "standby");
  Exec(standby->Url(), "SELECT pg_promote()");
  ExpectMadeUpFor(served, *controller);
}

// libfaketime and a sanitizer's runtime both replace the functions of the clock, and wait for each other.
#if !PALIAD_SANITIZED
// By somebody, or by a machine that was restored: what has been recorded lies in the future then.
TEST(ClockFaults, AClockThatIsSetBackStopsNothing) {
  Served served;
  const TempDir dir;
  const std::string offset = dir.Write("offset", "+0");
  served.variables = {{"LD_PRELOAD", "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"},
                      {"FAKETIME_TIMESTAMP_FILE", offset},
                      {"FAKETIME_NO_CACHE", "1"},
                      {"FAKETIME_DONT_FAKE_MONOTONIC", "1"}};
  const auto controller = served.StartWithFirst();
  served.AwaitLog("\"message\":\"ready\"");
  WriteFile(offset, "-400d");
  PushSecond(served);
  ExpectMadeUpFor(served, *controller);
  EXPECT_EQ(served.Value("SELECT version FROM paliad_ledger.entry WHERE kind = 'applied' AND"
                         " at < now() - interval '399 days'"),
            "2")
      << served.Logs();
  EXPECT_EQ(served.Run({"ledger", "verify"}).exit_code, 0);
}
#endif

}  // namespace
}  // namespace paliad::testing
