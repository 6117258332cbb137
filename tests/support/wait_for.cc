#include "tests/support/wait_for.h"

#include <chrono>
#include <stdexcept>
#include <thread>

#include "tests/support/pg_client.h"

namespace paliad::testing {

void WaitFor(const std::string& url, const std::string& condition) {
  PgConnection connection(url);
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (connection.Value("SELECT " + condition) != "t") {
    if (std::chrono::steady_clock::now() > end) {
      throw std::runtime_error("it never came to be that " + condition);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace paliad::testing
