#include "tests/git/https_server.h"

#include <unistd.h>

#include <cstdlib>
#include <utility>

namespace paliad::testing {
namespace {

std::string Replace(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

constexpr char kConfiguration[] = R"(
daemon off;
worker_processes 1;
pid @FILES@/nginx.pid;
error_log stderr;
@USER@
events { worker_connections 64; }
http {
  access_log @FILES@/access.log;
  client_body_temp_path @FILES@/body;
  proxy_temp_path @FILES@/proxy;
  fastcgi_temp_path @FILES@/fastcgi;
  uwsgi_temp_path @FILES@/uwsgi;
  scgi_temp_path @FILES@/scgi;
  server {
    listen 127.0.0.1:@TLS@ ssl;
    listen 127.0.0.1:@PLAIN@;
    ssl_certificate @FILES@/server.pem;
    ssl_certificate_key @FILES@/server.key;
    location ~ ^/public(/.*)$ {
      set $path $1;
      include @FILES@/backend.conf;
    }
    location ~ ^/private(/.*)$ {
      set $path $1;
      auth_basic "paliad";
      auth_basic_user_file @FILES@/passwords;
      include @FILES@/backend.conf;
    }
    location /elsewhere/ {
      rewrite ^/elsewhere(/.*)$ https://127.0.0.1:@TLS@/public$1 redirect;
    }
  }
}
)";

constexpr char kBackend[] = R"(
fastcgi_pass 127.0.0.1:@BACKEND@;
fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend;
fastcgi_param GIT_PROJECT_ROOT @PROJECTS@;
fastcgi_param GIT_HTTP_EXPORT_ALL 1;
fastcgi_param PATH_INFO $path;
fastcgi_param QUERY_STRING $query_string;
fastcgi_param REQUEST_METHOD $request_method;
fastcgi_param CONTENT_TYPE $content_type;
fastcgi_param CONTENT_LENGTH $content_length;
fastcgi_param REMOTE_ADDR $remote_addr;
fastcgi_param REMOTE_USER $remote_user;
fastcgi_param HTTP_CONTENT_ENCODING $http_content_encoding;
)";

}  // namespace

HttpsServer::HttpsServer(const std::string& projects) {
  MakeCertificates();
  const std::string hash = MustRun({"openssl", "passwd", "-apr1", kPassword});
  WriteFile(files_ / "passwords", std::string(kUser) + ":" + hash + "\n");
  WriteFile(files_ / "backend.conf", Fill(kBackend, projects));
  WriteFile(files_ / "nginx.conf", Fill(kConfiguration, projects));
  backend_ = std::make_unique<Server>(
      std::vector<std::string>{"/usr/sbin/fcgiwrap", "-s", "tcp:127.0.0.1:" + std::to_string(backend_port_)},
      files_ / "backend.log");
  if (!WaitForPort(backend_port_, backend_.get())) {
    std::abort();
  }
  nginx_ = std::make_unique<Server>(std::vector<std::string>{"/usr/sbin/nginx", "-p", files_.path(), "-e",
                                                             "stderr", "-c", files_ / "nginx.conf"},
                                    files_ / "nginx.log");
  if (!WaitForPort(tls_port_, nginx_.get())) {
    std::abort();
  }
}

std::string HttpsServer::url() const { return "https://localhost:" + std::to_string(tls_port_); }
std::string HttpsServer::plain_url() const { return "http://localhost:" + std::to_string(plain_port_); }
std::string HttpsServer::access_log() const { return ReadFile(files_ / "access.log"); }

void HttpsServer::MakeCertificates() const {
  const auto openssl = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "openssl");
    MustRun(arguments, files_.path());
  };
  const std::vector<std::string> new_key = {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                                            "-nodes"};
  std::vector<std::string> authority = {
      "req",     "-x509",  "-days", "2",     "-subj", "/CN=paliad test authority",
      "-keyout", "ca.key", "-out",  "ca.pem"};
  authority.insert(authority.end(), new_key.begin(), new_key.end());
  openssl(authority);
  std::vector<std::string> request = {"req",        "-subj", "/CN=localhost", "-keyout",
                                      "server.key", "-out",  "server.csr"};
  request.insert(request.end(), new_key.begin(), new_key.end());
  openssl(request);
  WriteFile(files_ / "names", "subjectAltName=DNS:localhost\n");
  openssl({"x509", "-req", "-days", "2", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
           "-CAcreateserial", "-extfile", "names", "-out", "server.pem"});
}

std::string HttpsServer::Fill(const std::string& pattern, const std::string& projects) const {
  const std::pair<const char*, std::string> values[] = {
      {"@FILES@", files_.path()},
      {"@PROJECTS@", projects},
      {"@TLS@", std::to_string(tls_port_)},
      {"@PLAIN@", std::to_string(plain_port_)},
      // Not a socket: under Bazel its path would be too long.
      {"@BACKEND@", std::to_string(backend_port_)},
      // As root, nginx would otherwise drop to www-data, which cannot read the test's folder.
      {"@USER@", ::geteuid() == 0 ? "user root;" : ""},
  };
  std::string text = pattern;
  for (const auto& [name, value] : values) {
    text = Replace(text, name, value);
  }
  return text;
}

}  // namespace paliad::testing
