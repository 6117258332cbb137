#ifndef PALIAD_TESTS_SUPPORT_WAIT_FOR_H_
#define PALIAD_TESTS_SUPPORT_WAIT_FOR_H_

#include <string>

namespace paliad::testing {

// Returns as soon as the SQL expression is true on the server, which is asked again and again. Throws after
// two minutes.
void WaitFor(const std::string& url, const std::string& condition);

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_SUPPORT_WAIT_FOR_H_
