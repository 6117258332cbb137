// A proxy between a client and PostgreSQL that breaks things at a chosen message.
//
//   PgProxy proxy(server.socket_dir());
//   proxy.Inject({.at = 7, .when = PgProxy::When::kBeforeAnswer, .then = PgProxy::Then::kDropBoth});
//   ... run the program against proxy.Url("t1") ...
//   if (!proxy.Fired()) { /* fewer than 7 messages: the loop over all faults is done */ }
//
// It reads the frontend/backend protocol 3.0 (PostgreSQL's documentation, "Message Formats").
#ifndef PALIAD_TESTS_SUPPORT_PG_PROXY_H_
#define PALIAD_TESTS_SUPPORT_PG_PROXY_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace paliad::testing {

// Thread-safe.
class PgProxy {
 public:
  struct Options {
    // Count the messages of all connections, not only of the first one: by default what a program does
    // after it has reconnected goes through untouched.
    bool all_connections = false;
    std::string server_version = {};  // what the server claims to be, such as "12.0"; empty: the truth
  };

  enum class When {
    kBeforeForwarding,  // the server never saw the message when the action runs
    // The server has done its work and said ReadyForQuery (or asks for COPY's data, or has closed the
    // connection), and the client knows nothing of it.
    kBeforeAnswer,
  };

  enum class Then {
    kContinue,    // as if nothing had happened
    kDropClient,  // the client's connection breaks; the server's stays open and silent
    kDropBoth,
  };

  struct Fault {
    int at = 0;                   // fires at this message, counted from 1 ...
    std::string containing = {};  // ... or at the first one that has this text, if set
    When when = When::kBeforeForwarding;
    std::function<void()> action = {};  // runs on the proxy's thread
    Then then = Then::kContinue;
  };

  // One counted message of the client's.
  struct Message {
    int number = 0;      // from 1
    int connection = 0;  // from 1, in the order in which they arrived
    char type = 0;       // 'Q', 'P', 'X', …; 0 for the StartupMessage, the first of each connection
    std::string text;    // its body's first 200 bytes
  };

  // Listens at once, on .s.PGSQL.5432 in a folder of its own, and forwards to the one in `server_dir`.
  // Throws std::runtime_error.
  explicit PgProxy(std::string server_dir) : PgProxy(std::move(server_dir), Options()) {}
  PgProxy(std::string server_dir, Options options);
  // Drops every connection.
  ~PgProxy();
  PgProxy(const PgProxy&) = delete;
  PgProxy& operator=(const PgProxy&) = delete;

  std::string Url(std::string_view database = "postgres", std::string_view user = "postgres") const;
  const std::string& socket_dir() const;

  // One fault at a time, once: replaces one that has not fired. The counting starts anew, with the next
  // message; its connection is now the first one.
  void Inject(Fault fault);
  // True after the action has run and before the client hears of it.
  bool Fired() const;
  std::vector<Message> Messages() const;

 private:
  class Listener;
  class Session;
  std::unique_ptr<Listener> listener_;
};

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_SUPPORT_PG_PROXY_H_
