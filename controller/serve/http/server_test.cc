#include "controller/serve/http/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "controller/serve/http/parse.h"
#include "tests/support/http_client.h"

namespace paliad::http {
namespace {

using testing::Fetch;
using testing::HttpConnection;
using testing::HttpReply;

// Answers with what it was sent; /slow waits for Release().
class Served : public ::testing::Test {
 protected:
  void Start(const Limits& limits = {}) {
    Handler handler{
        .lane =
            [](const Request& request) {
              return request.path == "/healthz" ? Lane::kAtOnce
                     : request.path == "/slow"  ? Lane::kSlow
                                                : Lane::kFast;
            },
        .answer = [this](const Request& request) { return Answer(request); },
        .refuse = [](int status,
                     const std::string& message) { return Response{.status = status, .body = message}; }};
    auto server = Server::Start("127.0.0.1:0", nullptr, std::move(handler), limits, clock_);
    ASSERT_TRUE(server) << server.error().Message();
    server_ = *std::move(server);
  }

  Response Answer(const Request& request) {
    if (request.path == "/slow") {
      std::unique_lock lock(mutex_);
      ++slow_;
      changed_.notify_all();
      changed_.wait(lock, [this] { return released_; });
    }
    if (request.path == "/throw") {
      throw std::runtime_error("an internal detail");
    }
    return {.body = request.method + " " + std::to_string(request.body.size()) + " " + request.peer};
  }

  void AwaitSlow(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return slow_ >= count; });
  }

  void Release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }

  std::uint16_t port() const { return server_->port(); }

  const SystemClock clock_{};
  std::mutex mutex_;
  std::condition_variable changed_;
  int slow_ = 0;
  bool released_ = false;
  std::unique_ptr<Server> server_;
};

TEST_F(Served, ARequestIsAnswered) {
  Start();
  const HttpReply reply = Fetch(port(), "POST", "/", "", "hello");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "POST 5 127.0.0.1");
  EXPECT_EQ(reply.headers.at("connection"), "close");
}

TEST_F(Served, AConnectionServesManyRequestsAlsoPipelinedOnes) {
  Start();
  HttpConnection connection(port());
  const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (int i = 0; i < 3; ++i) {
    connection.Send(get);
    EXPECT_EQ(connection.Receive().status, 200);
  }
  connection.Send(
      get +
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(connection.Receive().body.substr(0, 5), "GET 0");
  EXPECT_EQ(connection.Receive().body.substr(0, 6), "POST 3");
  EXPECT_EQ(connection.Receive().status, 200);
}

TEST_F(Served, ARequestMayComeByteByByte) {
  Start();
  HttpConnection connection(port());
  for (const char c : std::string("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab")) {
    connection.Send({&c, 1});
  }
  EXPECT_EQ(connection.Receive().body.substr(0, 6), "POST 2");
}

TEST_F(Served, ThreeMebibytesAreABodyAndOneByteMoreIsNot) {
  Start();
  const std::string body((std::size_t{3} << 20) + 1, 'x');
  EXPECT_EQ(Fetch(port(), "POST", "/", "", std::string_view(body).substr(1)).body.substr(0, 12),
            "POST 3145728");
  EXPECT_EQ(Fetch(port(), "POST", "/", "", body).status, 413);
}

TEST_F(Served, AClientThatAsksFirstIsToldToGoOnOrNot) {
  Start();
  HttpConnection small(port());
  small.Send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(small.Receive().status, 100);
  small.Send("ab");
  EXPECT_EQ(small.Receive().status, 200);
  HttpConnection large(port());
  large.Send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3145729\r\n\r\n");
  EXPECT_EQ(large.Receive().status, 413);
}

TEST_F(Served, WhatIsNotHttpIsRefusedAndTheConnectionEnds) {
  Start();
  HttpConnection connection(port());
  connection.Send("\x16\x03\x01 nonsense\r\n\r\n");
  EXPECT_EQ(connection.Receive().status, 400);
  connection.AwaitClose();
  HttpConnection endless(port());
  endless.Send("GET / HTTP/1.1\r\nA: " + std::string(kMaxHeadBytes, 'b'));
  EXPECT_EQ(endless.Receive().status, 431);
  endless.AwaitClose();
}

TEST_F(Served, AnExceptionIsA500WithoutItsText) {
  Start();
  const HttpReply reply = Fetch(port(), "GET", "/throw");
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.body.find("an internal detail"), std::string::npos) << reply.body;
}

TEST_F(Served, AThousandSlowConnectionsStopNothing) {
  Start();
  std::vector<HttpConnection> slow;
  for (int i = 0; i < 1'000; ++i) {
    slow.emplace_back(port());
    switch (i % 3) {
      case 0:
        break;  // silent
      case 1:
        slow.back().Send("GET /healthz HTTP/1.1\r\nX-Slow: ");
        break;
      default:
        slow.back().Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n");
    }
  }
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Fetch(port(), "GET", "/healthz").status, 200);
    EXPECT_EQ(Fetch(port(), "POST", "/", "", "abc").status, 200);
  }
}

TEST_F(Served, WhereConnectionsRunOutTheOldestIncompleteOneGoes) {
  Start({.max_connections = 20});
  std::vector<HttpConnection> slow;
  for (int i = 0; i < 40; ++i) {
    slow.emplace_back(port());
    slow.back().Send("GET /healthz HTTP/1.1\r\nHost: a\r\n");
  }
  EXPECT_EQ(Fetch(port(), "GET", "/healthz").status, 200);
  slow.front().AwaitClose();
  slow.back().Send("\r\n");
  EXPECT_EQ(slow.back().Receive().status, 200);
}

TEST_F(Served, UnfinishedBodiesTogetherHaveABound) {
  Start({.max_buffered = std::size_t{5} << 20});
  const std::string part(std::size_t{2} << 20, 'x');
  std::vector<HttpConnection> slow;
  for (int i = 0; i < 5; ++i) {
    slow.emplace_back(port());
    slow.back().Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n" + part);
  }
  slow.front().AwaitClose();
  EXPECT_EQ(Fetch(port(), "POST", "/", "", "abc").status, 200);
}

TEST_F(Served, BusyThreadsDoNotStopTheOthersAndTooMuchIsA503) {
  Start({.slow_threads = 2, .max_waiting = 3});
  std::vector<HttpConnection> waiting;
  const std::string slow = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";
  for (int i = 0; i < 2; ++i) {
    waiting.emplace_back(port());
    waiting.back().Send(slow);
  }
  AwaitSlow(2);
  // More than the queue holds, on one connection each, in any order: three wait, the others are told.
  std::vector<HttpConnection> more;
  for (int i = 0; i < 6; ++i) {
    more.emplace_back(port());
    more.back().Send(slow);
  }
  EXPECT_EQ(Fetch(port(), "GET", "/healthz").status, 200);
  EXPECT_EQ(Fetch(port(), "GET", "/").status, 200);
  std::atomic<int> refused = 0;
  std::vector<std::thread> readers;
  for (HttpConnection& connection : more) {
    readers.emplace_back([&] {
      const HttpReply reply = connection.Receive();
      if (reply.status == 503) {
        EXPECT_EQ(reply.headers.at("retry-after"), "5");
        if (++refused == 3) {
          Release();
        }
      }
    });
  }
  for (std::thread& reader : readers) {
    reader.join();
  }
  EXPECT_EQ(refused, 3);
  for (HttpConnection& connection : waiting) {
    EXPECT_EQ(connection.Receive().status, 200);
  }
}

TEST_F(Served, StoppingFinishesWhatIsAnswered) {
  Start();
  HttpConnection connection(port());
  connection.Send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  AwaitSlow(1);
  std::thread stopper([this] { server_.reset(); });
  Release();
  EXPECT_EQ(connection.Receive().status, 200);
  stopper.join();
}

TEST_F(Served, SilentConnectionsEndByThemselves) {
  Start({.head = std::chrono::seconds(0), .idle = std::chrono::seconds(0)});
  HttpConnection silent(port());
  silent.AwaitClose();
}

TEST(Server, AnAddressThatIsNotOneIsExplained) {
  const SystemClock clock{};
  for (const char* listen : {"", "localhost", "localhost:", "localhost:x", "::1:80", "127.0.0.1:65536"}) {
    const auto server = Server::Start(listen, nullptr, {}, {}, clock);
    ASSERT_FALSE(server) << listen;
    EXPECT_EQ(server.error().kind, ErrorKind::kInvalidInput) << listen;
  }
}

TEST(Server, APortThatIsTakenIsUnavailable) {
  const SystemClock clock{};
  const auto first = Server::Start("127.0.0.1:0", nullptr, {}, {}, clock);
  ASSERT_TRUE(first);
  const auto second = Server::Start("127.0.0.1:" + std::to_string((*first)->port()), nullptr, {}, {}, clock);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace paliad::http
