#include "client/witness/witness_server.h"

#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "httplib.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

constexpr int kThreads = 64;
constexpr int kSilenceSecondsMax = 5;
// However slowly it comes: or some dozen callers who send a byte a second would
// keep every thread.
constexpr std::chrono::seconds kBodyTimeMax(10);
constexpr int kPortMax = 65535;

struct Address {
  std::string host;
  int port = 0;
};

absl::StatusOr<Address> ParseAddress(absl::string_view listen) {
  const size_t colon = listen.rfind(':');
  Address address;
  if (colon != absl::string_view::npos && colon > 0 &&
      absl::SimpleAtoi(listen.substr(colon + 1), &address.port) &&
      address.port >= 0 && address.port <= kPortMax) {
    absl::string_view host = listen.substr(0, colon);
    if (absl::ConsumePrefix(&host, "[")) absl::ConsumeSuffix(&host, "]");
    address.host = std::string(host);
    return address;
  }
  return MakeError(
      absl::StatusCode::kInvalidArgument, "LISTEN_ADDRESS_INVALID",
      {absl::StrCat("\"", listen, "\" is not HOST:PORT, such as 127.0.0.1:80"),
       absl::StrCat("“", listen, "”不是“主机:端口”，例如 127.0.0.1:80")});
}

// Not SO_REUSEPORT, by which a second witness could share the port unnoticed.
void ReuseAddress(socket_t socket) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
}

void Set(HttpAnswer answer, httplib::Response* response) {
  response->status = answer.status;
  response->set_content(answer.body, answer.content_type);
}

class HttplibWitnessServer final : public WitnessServer {
 public:
  HttplibWitnessServer(Address address, Witness* witness)
      : address_(std::move(address)), witness_(witness) {}

  ~HttplibWitnessServer() override { Stop(); }

  absl::Status Start() {
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    server_.set_socket_options(ReuseAddress);
    server_.set_tcp_nodelay(true);
    server_.set_read_timeout(kSilenceSecondsMax);
    server_.set_write_timeout(kSilenceSecondsMax);
    server_.set_keep_alive_timeout(kSilenceSecondsMax);
    server_.set_payload_max_length(ledger::kAddCheckpointBytesMax);
    AddHandlers();
    if (!Bind()) return ListenFailed();
    thread_ = std::thread([this] {
      server_.listen_after_bind();
      ended_ = true;
    });
    // Before it runs it could not be stopped.
    while (!server_.is_running() && !ended_) std::this_thread::yield();
    return absl::OkStatus();
  }

  std::string url() const override {
    const bool is_ipv6 = address_.host.find(':') != std::string::npos;
    return absl::StrCat("http://", is_ipv6 ? "[" : "", address_.host,
                        is_ipv6 ? "]" : "", ":", address_.port);
  }

  void Stop() override {
    if (!thread_.joinable()) return;
    stopping_ = true;
    server_.stop();
    thread_.join();
  }

 private:
  bool Bind() {
    if (address_.port != 0) {
      return server_.bind_to_port(address_.host, address_.port);
    }
    address_.port = server_.bind_to_any_port(address_.host);
    return address_.port > 0;
  }

  absl::Status ListenFailed() const {
    return MakeError(
        absl::StatusCode::kUnavailable, "LISTEN_FAILED",
        {absl::StrCat("can't listen on ", url(),
                      ": the port is in use, or the address is not this "
                      "machine's; choose another with --listen"),
         absl::StrCat("无法在 ", url(),
                      " 监听：端口已被占用，或该地址不属于本机；请用 --listen "
                      "另选地址")});
  }

  void AddHandlers() {
    server_.Post(ledger::kAddCheckpointPath,
                 [this](const httplib::Request&, httplib::Response& response,
                        const httplib::ContentReader& reader) {
                   AddCheckpoint(reader, &response);
                 });
    server_.Get(ledger::kAddCheckpointPath,
                [](const httplib::Request&, httplib::Response& response) {
                  response.set_header("Allow", "POST");
                  Set({405, "text/plain", "POST only\n"}, &response);
                });
    server_.set_exception_handler([](const httplib::Request&,
                                     httplib::Response& response,
                                     std::exception_ptr) {
      Set({500, "text/plain", "internal error\n"}, &response);
    });
  }

  // The reader is used, so that no form of content is given a meaning, and the
  // limit holds for what was compressed as well.
  void AddCheckpoint(const httplib::ContentReader& reader,
                     httplib::Response* response) {
    std::string body;
    bool too_large = false;
    bool too_slow = false;
    const auto deadline = std::chrono::steady_clock::now() + kBodyTimeMax;
    const bool whole = reader([&, this](const char* data, size_t n) {
      too_large = body.size() + n > ledger::kAddCheckpointBytesMax;
      too_slow = std::chrono::steady_clock::now() > deadline || stopping_;
      if (too_large || too_slow) return false;
      body.append(data, n);
      return true;
    });
    if (too_large) {
      return Set({413, "text/plain", "the request is too large\n"}, response);
    }
    if (too_slow) {
      response->set_header("Connection", "close");
      return Set({408, "text/plain", "the request comes too slowly\n"},
                 response);
    }
    // The library has set the status, such as 413.
    if (!whole) return;
    Set(witness_->Answer(body), response);
  }

  Address address_;
  Witness* const witness_;
  httplib::Server server_;
  std::atomic<bool> ended_ = false;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<WitnessServer>> WitnessServer::Start(
    const std::string& listen, Witness* witness) {
  ASSIGN_OR_RETURN(Address address, ParseAddress(listen));
  auto server =
      std::make_unique<HttplibWitnessServer>(std::move(address), witness);
  RETURN_IF_ERROR(server->Start());
  return server;
}

}  // namespace annals::client
