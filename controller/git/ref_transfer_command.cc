// The child's side of a reference's transfer: what `internal-ref-transfer` runs.
#include <fmt/format.h>

#include <string>
#include <utility>

#include "base/text.h"
#include "controller/git/child_command.h"
#include "controller/git/fetch.h"
#include "controller/git/libgit2.h"
#include "controller/git/ref_transfer.h"
#include "controller/git/remote_url.h"
#include "controller/git/transport.h"

namespace paliad::git {
namespace {

class RefTransferring {
 public:
  RefTransferring(const FetchOptions& request, Transport* transport)
      : reference_(request.references.front()), path_(request.data_dir), transport_(transport) {}

  Result<std::string> Fetch() {
    RETURN_IF_ERROR(Open());
    const git_remote_connect_options connect = transport_->ConnectOptions();
    if (const int code = git_remote_connect_ext(remote_.get(), GIT_DIRECTION_FETCH, &connect); code != 0) {
      return Fail(Failure("fetch", code));
    }
    ASSIGN_OR_RETURN(const std::optional<git_oid> tip, RemoteTip());
    if (!tip) {
      return "";
    }
    std::string refspec = fmt::format("+{0}:{0}", reference_);
    char* text = refspec.data();
    const git_strarray refspecs{&text, 1};
    git_fetch_options options;
    git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
    options.callbacks = connect.callbacks;
    options.proxy_opts = connect.proxy_opts;
    options.follow_redirects = connect.follow_redirects;
    options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
    if (const int code = git_remote_download(remote_.get(), &refspecs, &options); code != 0) {
      return Fail(Failure("fetch", code));
    }
    return Follow(*tip);
  }

  Result<std::string> Push() {
    RETURN_IF_ERROR(Open());
    std::string refspec = fmt::format("{0}:{0}", reference_);
    char* text = refspec.data();
    const git_strarray refspecs{&text, 1};
    const git_remote_connect_options connect = transport_->ConnectOptions();
    git_push_options options;
    git_push_options_init(&options, GIT_PUSH_OPTIONS_VERSION);
    options.callbacks = connect.callbacks;
    options.callbacks.push_update_reference = &RefTransferring::OnUpdate;
    options.callbacks.payload = connect.callbacks.payload;
    options.proxy_opts = connect.proxy_opts;
    options.follow_redirects = connect.follow_redirects;
    rejection = "";
    const int code = git_remote_push(remote_.get(), &refspecs, &options);
    if (code == GIT_ENONFASTFORWARD || !rejection.empty()) {
      return Fail({ErrorKind::kConflict, fmt::format("push {} to", reference_),
                   RedactUrl(transport_->url().location),
                   rejection.empty() ? "it has something that this does not continue" : rejection, ""});
    }
    if (code != 0) {
      return Fail(Failure("push", code));
    }
    return "";
  }

 private:
  // The payload of the callbacks is the connection's. One process makes one transfer.
  static inline std::string rejection;

  static int OnUpdate(const char* /*reference*/, const char* status, void* /*payload*/) {
    rejection = status == nullptr ? "" : ToValidUtf8(status);
    return 0;
  }

  Error Failure(const char* way, int code) const {
    Error error = transport_->FailureOf(code);
    error.doing = fmt::format("{} {}, at", way, reference_);
    return error;
  }

  Status Open() {
    if (git_repository_open_ext(Out(repository_), path_.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr) !=
        0) {
      return Fail({ErrorKind::kUnavailable, "open the git repository", path_, LastErrorText(), ""});
    }
    git_remote_create_options create;
    git_remote_create_options_init(&create, GIT_REMOTE_CREATE_OPTIONS_VERSION);
    create.repository = repository_.get();
    create.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC;
    if (const int code =
            git_remote_create_with_opts(Out(remote_), transport_->url().location.c_str(), &create);
        code != 0) {
      return Fail(Failure("reach", code));
    }
    return {};
  }

  Result<std::optional<git_oid>> RemoteTip() {
    const git_remote_head** heads = nullptr;
    std::size_t count = 0;
    if (const int code = git_remote_ls(&heads, &count, remote_.get()); code != 0) {
      return Fail(Failure("fetch", code));
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (reference_ == heads[i]->name) {
        return heads[i]->oid;
      }
    }
    return std::nullopt;
  }

  Result<std::string> Follow(const git_oid& tip) {
    git_oid local;
    const bool is_there = git_reference_name_to_id(&local, repository_.get(), reference_.c_str()) == 0;
    if (is_there &&
        (git_oid_equal(&local, &tip) != 0 || git_graph_descendant_of(repository_.get(), &local, &tip) == 1)) {
      return ToHex(tip);
    }
    OwnedReference reference;
    if (const int code = git_reference_create(Out(reference), repository_.get(), reference_.c_str(), &tip,
                                              /*force=*/1, "paliad: follow the remote");
        code != 0) {
      return Fail(Failure("follow", code));
    }
    return ToHex(tip);
  }

  const std::string reference_;
  const std::string path_;
  Transport* transport_;
  OwnedRepository repository_;
  OwnedRemote remote_;
};

Result<std::string> Answer(const FetchOptions& request) {
  if (request.references.size() != 1) {
    return Fail({ErrorKind::kInternal, "read the request", "", "it has not one reference", ""});
  }
  InitLibgit2(Authorities::kSystem);
  ASSIGN_OR_RETURN(RemoteUrl url, ParseRemoteUrl(request.url));
  Transport transport(std::move(url), request.credentials, request.max_bytes);
  RETURN_IF_ERROR(transport.Prepare());
  RefTransferring work(request, &transport);
  return request.branch == "push" ? work.Push() : work.Fetch();
}

}  // namespace

int RunRefTransferCommand() { return AnswerRequest(&Answer); }

}  // namespace paliad::git
