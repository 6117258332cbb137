// A thread in which every signal is blocked: signals are the main thread's.
#ifndef PALIAD_CONTROLLER_SERVE_HTTP_QUIET_THREAD_H_
#define PALIAD_CONTROLLER_SERVE_HTTP_QUIET_THREAD_H_

#include <functional>
#include <thread>

namespace paliad::http {

std::thread StartQuietThread(std::function<void()> body);

}  // namespace paliad::http

#endif  // PALIAD_CONTROLLER_SERVE_HTTP_QUIET_THREAD_H_
