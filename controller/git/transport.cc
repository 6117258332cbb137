#include "controller/git/transport.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "base/text.h"
#include "controller/git/known_hosts.h"
#include "controller/git/progress.h"

namespace paliad::git {
namespace {

// Forges take any user name beside a token, but not none.
constexpr char kUserBesideToken[] = "git";
constexpr char kPasswordHint[] =
    "set PALIAD_GIT_USERNAME and PALIAD_GIT_PASSWORD (or a token), or the target's username_env and "
    "password_env";
constexpr char kKeyHint[] =
    "set PALIAD_GIT_SSH_KEY_FILE (the target's ssh_key_file) to an ed25519 key without a passphrase, or "
    "start "
    "an ssh agent; RSA keys do not work with OpenSSH 8.8 and later";

bool IsHttp(Scheme scheme) { return scheme == Scheme::kHttp || scheme == Scheme::kHttps; }

std::string FirstLines(const std::string& path, std::size_t bytes) {
  std::ifstream in(path, std::ios::binary);
  std::string text(bytes, '\0');
  in.read(text.data(), static_cast<std::streamsize>(bytes));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

// PEM's own encryption says so in its header; OpenSSH's format names the cipher at its beginning
// (PROTOCOL.key: "openssh-key-v1\0", then the string "none" if there is no passphrase), here in base64.
bool HasPassphrase(const std::string& key) {
  constexpr std::string_view kOpenSsh = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
  constexpr std::string_view kNoCipher = "b3BlbnNzaC1rZXktdjEAAAAABG5vbm";
  if (key.starts_with(kOpenSsh)) {
    return !std::string_view(key).substr(kOpenSsh.size()).starts_with(kNoCipher);
  }
  return key.find("ENCRYPTED") != std::string::npos;
}

Error Unusable(std::string subject, std::string cause, std::string hint) {
  return {ErrorKind::kInvalidInput, "fetch", std::move(subject), std::move(cause), std::move(hint)};
}

}  // namespace

Transport::Transport(RemoteUrl url, Credentials credentials, std::uint64_t max_bytes)
    : url_(std::move(url)), credentials_(std::move(credentials)), max_bytes_(max_bytes) {
  user_ = credentials_.username.empty() ? url_.user : credentials_.username;
  password_ = credentials_.password.empty() ? url_.password : credentials_.password;
}

Status Transport::Prepare() {
  const std::string subject = RedactUrl(url_.location);
  if (url_.scheme == Scheme::kHttp && !(user_.empty() && password_.empty()) && !IsLoopback(url_)) {
    return Fail(Unusable(subject, "http:// would send the credentials unencrypted", "use https://"));
  }
  if (!credentials_.ca_file.empty() && url_.scheme == Scheme::kHttps) {
    if (git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, credentials_.ca_file.c_str(), nullptr) != 0) {
      return Fail(Unusable(
          subject,
          fmt::format("cannot read the authorities in {}: {}", credentials_.ca_file, LastErrorText()),
          "PALIAD_GIT_CA_FILE (the target's ca_file) must name a PEM file"));
    }
  }
  if (!credentials_.ssh_key_file.empty() && url_.scheme == Scheme::kSsh) {
    const std::string key = FirstLines(credentials_.ssh_key_file, 4096);
    if (key.empty()) {
      return Fail(
          Unusable(subject, fmt::format("cannot read the key {}", credentials_.ssh_key_file), kKeyHint));
    }
    if (HasPassphrase(key)) {
      return Fail(
          Unusable(subject, fmt::format("the key {} has a passphrase", credentials_.ssh_key_file), kKeyHint));
    }
  }
  return {};
}

git_remote_connect_options Transport::ConnectOptions() {
  git_remote_connect_options options;
  git_remote_connect_options_init(&options, GIT_REMOTE_CONNECT_OPTIONS_VERSION);
  options.callbacks.payload = this;
  options.callbacks.credentials = OnCredentials;
  options.callbacks.certificate_check = OnCertificate;
  options.callbacks.transfer_progress = OnTransfer;
  options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
  if (IsHttp(url_.scheme) && !IsLoopback(url_)) {
    options.proxy_opts.type = GIT_PROXY_AUTO;
  }
  return options;
}

Error Transport::FailureOf(int code) const {
  const std::string subject = RedactUrl(url_.location);
  if (refusal_) {
    Error error = *refusal_;
    error.doing = "fetch";
    error.subject = subject;
    return error;
  }
  Error error{ErrorKind::kUnavailable, "fetch", subject, LastErrorText(), ""};
  if (IsOwnerError(code)) {
    error.cause = "the repository belongs to another user";
    error.hint = "trust it: git config --global --add safe.directory PATH";
  } else if (LastErrorClass() == GIT_ERROR_SSH && offered_key_) {
    error.hint = kKeyHint;
  } else if (error.cause.find("status code: 40") != std::string::npos) {
    error.hint =
        std::string("check the URL; many servers hide a private repository from who may not read it: ") +
        kPasswordHint;
  } else if (error.cause.find("redirect") != std::string::npos) {
    error.hint = "redirects to another host are not followed: configure the URL that it redirects to";
  }
  return error;
}

bool Transport::PeerFailed() const {
  switch (LastErrorClass()) {
    case GIT_ERROR_NET:
    case GIT_ERROR_SSL:
    case GIT_ERROR_SSH:
    case GIT_ERROR_HTTP:
    case GIT_ERROR_CALLBACK:
    case GIT_ERROR_NOMEMORY:
      return true;
    default:
      return refusal_.has_value();
  }
}

int Transport::Refuse(ErrorKind kind, std::string cause, std::string hint) {
  if (!refusal_) {
    refusal_ = Error{kind, "", "", std::move(cause), std::move(hint)};
  }
  return GIT_EUSER;
}

int Transport::OnCredentials(git_credential** out, const char* /*url*/, const char* user,
                             unsigned int allowed, void* self) {
  return static_cast<Transport*>(self)->Authenticate(out, user, allowed);
}

// Asked again for as long as the peer refuses: each way is offered once.
int Transport::Authenticate(git_credential** out, const char* user, unsigned int allowed) {
  if (url_.scheme != Scheme::kSsh) {
    return (allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT) != 0
               ? OfferPassword(out)
               : Refuse(ErrorKind::kUnavailable,
                        "the server asks for a kind of authentication that is not supported",
                        "basic authentication is");
  }
  const std::string name = user_.empty() ? (user == nullptr ? "" : user) : user_;
  if (name.empty()) {
    return Refuse(ErrorKind::kInvalidInput, "the URL names no user", "write ssh://git@…");
  }
  if ((allowed & GIT_CREDENTIAL_USERNAME) != 0) {
    return git_credential_username_new(out, name.c_str());
  }
  if ((allowed & GIT_CREDENTIAL_SSH_KEY) != 0 && !offered_key_) {
    return OfferSshKey(out, name);
  }
  if ((allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT) != 0 && !password_.empty() && !offered_password_) {
    return OfferPassword(out);
  }
  return Refuse(
      ErrorKind::kUnavailable,
      fmt::format("authentication failed: the server refused {}", offered_key_ ? "the ssh key" : "every way"),
      kKeyHint);
}

int Transport::OfferPassword(git_credential** out) {
  if (user_.empty() && password_.empty()) {
    return Refuse(ErrorKind::kUnavailable, "the server asks for a user name and a password", kPasswordHint);
  }
  if (std::exchange(offered_password_, true)) {
    return Refuse(ErrorKind::kUnavailable,
                  "authentication failed: the server refused the user name and password", kPasswordHint);
  }
  return git_credential_userpass_plaintext_new(out, user_.empty() ? kUserBesideToken : user_.c_str(),
                                               password_.c_str());
}

int Transport::OfferSshKey(git_credential** out, const std::string& user) {
  offered_key_ = true;
  const std::string& file = credentials_.ssh_key_file;
  if (file.empty()) {
    if (const char* agent = std::getenv("SSH_AUTH_SOCK"); agent == nullptr || *agent == '\0') {
      return Refuse(ErrorKind::kUnavailable,
                    "the server asks for an ssh key, and there is no key file and no agent", kKeyHint);
    }
    return git_credential_ssh_key_from_agent(out, user.c_str());
  }
  const std::string public_file = file + ".pub";
  std::error_code error;
  const bool has_public = std::filesystem::exists(public_file, error);
  return git_credential_ssh_key_new(out, user.c_str(), has_public ? public_file.c_str() : nullptr,
                                    file.c_str(), "");
}

int Transport::OnCertificate(git_cert* certificate, int valid, const char* /*host*/, void* self) {
  auto* transport = static_cast<Transport*>(self);
  switch (certificate->cert_type) {
    case GIT_CERT_X509:
      return transport->CheckCertificate(valid != 0);
    case GIT_CERT_HOSTKEY_LIBSSH2:
      return transport->CheckHostKey(*reinterpret_cast<git_cert_hostkey*>(certificate));
    default:
      return transport->Refuse(ErrorKind::kUnavailable, "the peer identifies itself in an unknown way", "");
  }
}

int Transport::CheckCertificate(bool valid) {
  if (valid) {
    return 0;
  }
  return Refuse(ErrorKind::kUnavailable,
                fmt::format("the certificate of {} is not trusted: {}", url_.host, LastErrorText()),
                "for a private authority set PALIAD_GIT_CA_FILE (the target's ca_file)");
}

// What libgit2 thinks of the key is not asked: 1.5 reads other files than we are told to.
int Transport::CheckHostKey(const git_cert_hostkey& certificate) {
  if ((certificate.type & GIT_CERT_SSH_RAW) == 0) {
    return Refuse(ErrorKind::kUnavailable, "the server's host key cannot be read", "");
  }
  const HostKey key{url_.host, url_.port, std::string(certificate.hostkey, certificate.hostkey_len)};
  const Status verified = VerifyHostKey(credentials_.known_hosts_file, key);
  return verified ? 0 : Refuse(verified.error().kind, verified.error().cause, verified.error().hint);
}

int Transport::OnTransfer(const git_indexer_progress* progress, void* self) {
  auto* transport = static_cast<Transport*>(self);
  if (!std::exchange(transport->receiving_, true)) {
    ReportProgress(fmt::format("receiving {} objects", progress->total_objects));
  }
  if (progress->received_bytes <= transport->max_bytes_) {
    return 0;
  }
  return transport->Refuse(ErrorKind::kUnavailable,
                           fmt::format("it sends more than the limit of {} bytes", transport->max_bytes_),
                           "raise the limit if the repository is meant to be so large");
}

}  // namespace paliad::git
