#include "controller/forge/http_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <array>
#include <cassert>
#include <utility>

#include "base/duration.h"
#include "base/text.h"

namespace paliad::forge {
namespace {

constexpr std::size_t kMaxHeaderBytes = std::size_t{256} << 10;  // of all headers of an answer

// Once for the process, before the first handle; thread-safe as the initialization of a local is.
void InitializeLibcurl() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  assert(code == CURLE_OK);
  (void)code;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return lower;
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlank);
  return begin == text.npos ? std::string_view()
                            : text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

bool IsCertificateFault(int code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_ISSUER_ERROR;
}

class HeaderList {
 public:
  void Add(const std::string& line) { list_.reset(curl_slist_append(list_.release(), line.c_str())); }
  curl_slist* get() const { return list_.get(); }

 private:
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> list_{nullptr, curl_slist_free_all};
};

// Asked about once a second while a transfer goes on: 1 ends it.
int IsStopped(void* stop, curl_off_t /*to_receive*/, curl_off_t /*received*/, curl_off_t /*to_send*/,
              curl_off_t /*sent*/) {
  return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

}  // namespace

std::optional<std::string_view> HttpReply::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) {
      return value;
    }
  }
  return std::nullopt;
}

// What libcurl's callbacks fill, for one request.
struct HttpClient::Transfer {
  std::size_t max_body = 0;
  std::size_t header_bytes = 0;
  bool too_large = false;
  HttpReply reply;
  HeaderList headers;
  std::array<char, CURL_ERROR_SIZE> error{};

  static std::size_t OnBody(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    transfer.too_large = size * count > transfer.max_body - transfer.reply.body.size();
    if (transfer.too_large) {
      return 0;  // which ends the transfer
    }
    transfer.reply.body.append(bytes, size * count);
    return size * count;
  }

  static std::size_t OnHeader(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const std::string_view line(bytes, size * count);
    transfer.header_bytes += line.size();
    transfer.too_large = transfer.header_bytes > kMaxHeaderBytes;
    if (transfer.too_large) {
      return 0;
    }
    if (line.starts_with("HTTP/")) {  // after an interim answer, such as 100, comes another
      transfer.reply.headers.clear();
    } else if (const std::size_t colon = line.find(':'); colon != line.npos) {
      transfer.reply.headers.emplace_back(Lower(line.substr(0, colon)), Trim(line.substr(colon + 1)));
    }
    return line.size();
  }
};

HttpClient::HttpClient(HttpClientOptions options)
    : options_(std::move(options)), curl_(nullptr, curl_easy_cleanup) {
  InitializeLibcurl();
  curl_.reset(curl_easy_init());
  assert(curl_ != nullptr);
}

HttpClient::~HttpClient() = default;

void HttpClient::Prepare(const HttpRequest& request, Transfer& transfer) {
  CURL* curl = curl_.get();
  curl_easy_reset(curl);  // keeps its connections
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options_.ca_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, options_.ca_file.c_str());
    curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);  // instead of the system's, not beside them
  }
  if (request.url.starts_with("http://")) {
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
  }
  curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.request_timeout.count()));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, options_.user_agent.c_str());
  curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer.error.data());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Transfer::OnBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &Transfer::OnHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &IsStopped);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &options_.stop);
  for (const auto& [name, value] : request.headers) {
    transfer.headers.Add(name + ": " + value);
  }
  if (request.method != "GET") {
    transfer.headers.Add("Expect:");  // else a large body waits a second for "100 Continue"
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    // Where a connection that was kept turns out to be dead, libcurl sends the request again on another one,
    // even a POST, whether the first one took effect or not. A new connection has no such excuse.
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
  }
  // The last, since the list's beginning may move.
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, transfer.headers.get());
  curl_easy_setopt(curl, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));  // none to a proxy
}

tl::expected<HttpReply, HttpFault> HttpClient::Perform(const HttpRequest& request) {
  Transfer transfer;
  transfer.max_body = options_.max_answer;
  Prepare(request, transfer);
  const CURLcode code = curl_easy_perform(curl_.get());
  if (code != CURLE_OK) {
    return tl::unexpected(FaultOf(code, transfer));
  }
  long status = 0;
  curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
  transfer.reply.status = static_cast<int>(status);
  return std::move(transfer.reply);
}

HttpFault HttpClient::FaultOf(int code, const Transfer& transfer) const {
  long sent = 0;
  curl_easy_getinfo(curl_.get(), CURLINFO_REQUEST_SIZE, &sent);
  HttpFault fault{.kind = ErrorKind::kUnavailable, .sent = sent > 0};
  if (transfer.too_large) {
    fault.cause = fmt::format("the answer is larger than {} MiB", options_.max_answer >> 20);
    return fault;
  }
  if (code == CURLE_ABORTED_BY_CALLBACK) {
    fault.cause = "it was told to stop";
    return fault;
  }
  if (code == CURLE_OPERATION_TIMEDOUT) {
    fault.cause = fmt::format("no whole answer within {}",
                              FormatDuration(sent > 0 ? options_.request_timeout : options_.connect_timeout));
    return fault;
  }
  const std::string_view detail = transfer.error.front() != '\0'
                                      ? std::string_view(transfer.error.data())
                                      : std::string_view(curl_easy_strerror(static_cast<CURLcode>(code)));
  fault.cause = EscapeForTerminal(Truncate(detail, 300));
  if (IsCertificateFault(code)) {
    fault.hint = "it must have a valid certificate; if its authority is your own, name it with ca_file";
  } else if (code == CURLE_SSL_CACERT_BADFILE) {
    fault.kind = ErrorKind::kInvalidInput;
    fault.hint = "ca_file must be a readable file of certificates in PEM";
  }
  return fault;
}

std::optional<WallTime> ParseHttpDate(std::string_view text) {
  // curl_getdate takes half a date too; one of HTTP names its day.
  if (text.size() < 20 || text.front() < 'A' || text.front() > 'Z') {
    return std::nullopt;
  }
  const time_t seconds = curl_getdate(std::string(text).c_str(), nullptr);
  return seconds < 0 ? std::nullopt : std::optional(WallTime(std::chrono::seconds(seconds)));
}

}  // namespace paliad::forge
