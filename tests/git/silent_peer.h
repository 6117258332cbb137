// A TCP server that accepts and never says a word.
#ifndef PALIAD_TESTS_GIT_SILENT_PEER_H_
#define PALIAD_TESTS_GIT_SILENT_PEER_H_

namespace paliad::testing {

// The kernel accepts into the backlog, so no thread is needed.
class SilentPeer {
 public:
  SilentPeer();
  ~SilentPeer();
  SilentPeer(const SilentPeer&) = delete;
  SilentPeer& operator=(const SilentPeer&) = delete;

  int port() const { return port_; }

  // Until somebody has connected; up to ten seconds.
  void WaitForVisitor() const;

  // Accepts one connection and reads it to its end. False if that takes more than ten seconds.
  bool VisitorLeaves() const;

 private:
  int fd_ = -1;
  int port_ = 0;
};

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_GIT_SILENT_PEER_H_
