// A site over a real database and repository, with a loop that only holds state (FakeControl).
#ifndef PALIAD_TESTS_SITE_SITE_FIXTURE_H_
#define PALIAD_TESTS_SITE_SITE_FIXTURE_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/json.h"
#include "controller/serve/fake_control.h"
#include "controller/serve/metrics/metrics.h"
#include "controller/serve/site/site.h"
#include "tests/core/scenario.h"
#include "tests/support/http_client.h"
#include "tests/support/temp_dir.h"

namespace paliad::testing {

inline constexpr char kHookSecret[] = "s3cret";

class SiteTest : public ::testing::Test {
 protected:
  // Two targets: "production", which follows the scenario's repository, and "broken", whose database is not
  // there.
  SiteTest();

  // Starts the site. To be called once.
  void Start();

  // Runs of every kind: three migrations applied, one with hostile texts; a run that policy rejected; one
  // that failed; one without work.
  void MakeHistory();

  // GET with a token; others with whatever is given.
  HttpReply Get(std::string_view path, std::string_view token) const;
  HttpReply Send(std::string_view method, std::string_view path, std::string_view token,
                 std::string_view headers = "", std::string_view body = "") const;
  // The body of a 200.
  Json GetJson(std::string_view path) const;

  std::uint16_t port() const { return site_->port(); }
  std::string tokens_file() const { return dir_.path() + "/tokens"; }

  Scenario scenario_;
  const SystemClock clock_{};
  TempDir dir_;
  std::string operator_token_;
  std::string auditor_token_;
  serve::SiteOptions options_;
  std::unique_ptr<serve::FakeControl> control_;
  serve::Metrics metrics_;
  std::unique_ptr<serve::Site> site_;
};

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_SITE_SITE_FIXTURE_H_
