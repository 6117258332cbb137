// Who sends a request: by the token in its Authorization header, or by the cookie of a sign-in.
#ifndef PALIAD_CONTROLLER_SERVE_ACCESS_ACCESS_H_
#define PALIAD_CONTROLLER_SERVE_ACCESS_ACCESS_H_

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "controller/serve/access/tokens.h"
#include "controller/serve/http/message.h"

namespace paliad::serve {

struct Person {
  std::string name;  // the token's; "anonymous" for everybody
  Role role = Role::kAuditor;
  // Of a sign-in; empty where the request carries its token, which no other site can make a browser send.
  std::string csrf;

  bool anonymous = false;
};

inline constexpr std::chrono::hours kSessionLasts{12};
inline constexpr char kSessionCookie[] = "paliad_session";

// Thread-safe. The file is read anew when it has changed: a token that is revoked is of no use at once, and
// neither is a session that began with it.
class Access {
 public:
  // `clock` must outlive it.
  Access(std::string tokens_file, const Clock& clock);

  void set_anonymous_read(bool allowed) { anonymous_read_ = allowed; }

  // None: nobody who may read. The header counts where there is one, else the cookie.
  std::optional<Person> Identify(const http::Request& request);

  // The value of the session's cookie; none if it is not a token. At most 1,000 sessions: the oldest one ends
  // then.
  std::optional<std::string> SignIn(std::string_view token);
  void SignOut(const http::Request& request);

  // "paliad_session=…; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=…"; with "" it removes the cookie.
  static std::string SetCookie(const std::string& session);

  // The form's own token is that of the session: the form was made here for it.
  static bool IsOwnForm(const Person& person, std::string_view csrf);

 private:
  struct Session {
    std::string token_id;
    std::string csrf;
    SteadyTime ends;
  };

  std::vector<TokenRecord> Tokens();
  void EndOldest();

  const std::string file_;
  const Clock& clock_;
  std::atomic<bool> anonymous_read_ = false;
  std::mutex mutex_;
  std::vector<TokenRecord> tokens_;          // guarded by mutex_
  std::string stamp_;                        // guarded by mutex_; of the file as it was read
  std::map<std::string, Session> sessions_;  // guarded by mutex_; by the SHA-256 of the cookie's value
};

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_ACCESS_ACCESS_H_
