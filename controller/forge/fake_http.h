// A forge's pages by method and URL, without a network. Keeps what it was asked for.
#ifndef PALIAD_CONTROLLER_FORGE_FAKE_HTTP_H_
#define PALIAD_CONTROLLER_FORGE_FAKE_HTTP_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "controller/forge/http.h"

namespace paliad::forge {

// Outlives the FakeHttp that refers to it.
struct FakePages {
  std::map<std::string, HttpReply> pages;  // "GET https://git.example.com/api/v1/user"; any other: 404
  std::vector<HttpRequest> requests;

  void Add(const std::string& key, std::string body, int status = 200, HttpHeaders headers = {}) {
    pages[key] = {.status = status, .headers = std::move(headers), .body = std::move(body)};
  }

  std::vector<std::string> Asked() const {
    std::vector<std::string> asked;
    for (const HttpRequest& request : requests) {
      asked.push_back(request.method + " " + request.url);
    }
    return asked;
  }
};

class FakeHttp final : public Http {
 public:
  explicit FakeHttp(FakePages& pages) : pages_(pages) {}

  tl::expected<HttpReply, HttpFault> Perform(const HttpRequest& request) override {
    pages_.requests.push_back(request);
    const auto found = pages_.pages.find(request.method + " " + request.url);
    return found != pages_.pages.end() ? found->second
                                       : HttpReply{.status = 404, .body = R"({"message":"Not Found"})"};
  }

 private:
  FakePages& pages_;
};

// Stands still but for sleeping, which is kept.
class FakeClock final : public Clock {
 public:
  WallTime Now() const override { return WallTime(std::chrono::seconds(1'780'000'000)); }
  SteadyTime Steady() const override { return SteadyTime(std::chrono::hours(1)) + slept_; }
  void Sleep(std::chrono::milliseconds duration) const override { slept_ += duration; }
  std::chrono::milliseconds slept() const { return slept_; }

 private:
  mutable std::chrono::milliseconds slept_{0};
};

}  // namespace paliad::forge

#endif  // PALIAD_CONTROLLER_FORGE_FAKE_HTTP_H_
