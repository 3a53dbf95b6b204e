#include "service/telemetry/metrics_server.h"

#include <sys/socket.h>

#include <atomic>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "httplib.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals {
namespace {

constexpr char kContentType[] = "text/plain; version=0.0.4; charset=utf-8";
// As many connections may send nothing before a scrape has to wait for one.
constexpr int kThreads = 16;
constexpr int kSilenceSecondsMax = 2;
constexpr size_t kRequestBytesMax = 4096;

absl::Status ListenFailed(const std::string& host, int port) {
  return MakeError(
      absl::StatusCode::kUnavailable, "METRICS_LISTEN_FAILED",
      {absl::StrCat("Can't serve metrics on ", host, " port ", port,
                    ": the port is in use, or the address is not this "
                    "machine's. Choose another with --metrics_listen."),
       absl::StrCat("无法在 ", host, " 端口 ", port,
                    " 提供指标：端口已被占用，或该地址不属于本机。请用 "
                    "--metrics_listen 另选地址。")});
}

// Not SO_REUSEPORT, by which a second daemon could share the port unnoticed.
void ReuseAddress(socket_t socket) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
}

class HttplibMetricsServer final : public MetricsServer {
 public:
  explicit HttplibMetricsServer(std::function<std::string()> text)
      : text_(std::move(text)) {}

  ~HttplibMetricsServer() override {
    if (!thread_.joinable()) return;
    server_.stop();
    thread_.join();
  }

  absl::Status Start(const std::string& host, int port) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    server_.set_socket_options(ReuseAddress);
    server_.set_read_timeout(kSilenceSecondsMax);
    server_.set_write_timeout(kSilenceSecondsMax);
    // A connection that is kept holds one of the few threads.
    server_.set_keep_alive_max_count(1);
    server_.set_payload_max_length(kRequestBytesMax);
    server_.Get("/metrics",
                [this](const httplib::Request&, httplib::Response& response) {
                  response.set_content(text_(), kContentType);
                });
    if (!Bind(host, port)) return ListenFailed(host, port);
    thread_ = std::thread([this] {
      server_.listen_after_bind();
      ended_ = true;
    });
    // Before it runs it could not be stopped.
    while (!server_.is_running() && !ended_) std::this_thread::yield();
    return absl::OkStatus();
  }

  int port() const override { return port_; }

 private:
  bool Bind(const std::string& host, int port) {
    if (port == 0) {
      port_ = server_.bind_to_any_port(host);
      return port_ > 0;
    }
    port_ = port;
    return server_.bind_to_port(host, port);
  }

  const std::function<std::string()> text_;
  httplib::Server server_;
  int port_ = 0;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<MetricsServer>> MetricsServer::Start(
    const std::string& host, int port, std::function<std::string()> text) {
  auto server = std::make_unique<HttplibMetricsServer>(std::move(text));
  RETURN_IF_ERROR(server->Start(host, port));
  return server;
}

}  // namespace annals
