#include "service/connection_acceptor.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/clock.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/listen_address.h"
#include "service/peer_address.h"
#include "spdlog/spdlog.h"

namespace annals {
namespace {

using ledger::FileDescriptor;

constexpr int kBacklog = 4096;
// Of the log, in a second.
constexpr int kLinesMax = 20;
// For the database, files, and connections that this daemon makes.
constexpr rlim_t kOtherDescriptors = 1024;
// As many are accepted before it is looked whether it is to stop.
constexpr int kRoundMax = 64;
// How long nothing is accepted when no descriptor is left.
constexpr int kPauseMilliseconds = 100;

absl::Status ListenFailed(const std::string& address) {
  return MakeError(
      absl::StatusCode::kUnavailable, "LISTEN_FAILED",
      {absl::StrCat("Can't listen on ", address,
                    ": the port is in use, or the address is not this "
                    "machine's. Choose another with --listen."),
       absl::StrCat("无法在 ", address,
                    " 监听：端口已被占用，或该地址不属于本机。请用 --listen "
                    "另选地址。")});
}

// An IP address and a port as the system takes them.
struct SocketAddress {
  sockaddr_storage storage = {};
  socklen_t size = sizeof(sockaddr_storage);
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

SocketAddress ToSocketAddress(const ListenAddress& address) {
  SocketAddress result;
  const auto port = htons(static_cast<uint16_t>(address.port));
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&result.storage);
  if (inet_pton(AF_INET, address.host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = port;
    result.size = sizeof(sockaddr_in);
    return result;
  }
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&result.storage);
  inet_pton(AF_INET6, address.host.c_str(), &v6->sin6_addr);
  v6->sin6_family = AF_INET6;
  v6->sin6_port = port;
  result.size = sizeof(sockaddr_in6);
  return result;
}

bool Set(const FileDescriptor& socket, int level, int option, int value) {
  return setsockopt(socket.get(), level, option, &value, sizeof(value)) == 0;
}

// Without SO_REUSEPORT: a second daemon could share the port unnoticed.
bool BindAndListen(const FileDescriptor& socket, SocketAddress address) {
  if (!socket.is_open() || !Set(socket, SOL_SOCKET, SO_REUSEADDR, 1)) {
    return false;
  }
  // [::] takes IPv4 as well.
  if (address.storage.ss_family == AF_INET6 &&
      !Set(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0)) {
    return false;
  }
  return bind(socket.get(), address.get(), address.size) == 0 &&
         listen(socket.get(), kBacklog) == 0;
}

int PortOf(const FileDescriptor& socket) {
  SocketAddress address;
  getsockname(socket.get(), address.get(), &address.size);
  // At the same place in both kinds of addresses.
  return ntohs(reinterpret_cast<sockaddr_in*>(&address.storage)->sin_port);
}

// How many connections there are descriptors for, having asked for enough.
int DescriptorsFor(int connections_max) {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return connections_max;
  const rlim_t needed =
      static_cast<rlim_t>(connections_max) + kOtherDescriptors;
  if (limit.rlim_cur < needed) {
    limit.rlim_cur = std::min(needed, limit.rlim_max);
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur >= needed) return connections_max;
  const rlim_t left = limit.rlim_cur > 2 * kOtherDescriptors
                          ? limit.rlim_cur - kOtherDescriptors
                          : limit.rlim_cur / 2;
  spdlog::warn(
      "the system grants {} file descriptors, which is enough for {} "
      "connections and not for --connections_max={}",
      limit.rlim_cur, left, connections_max);
  return static_cast<int>(left);
}

}  // namespace

absl::StatusOr<std::unique_ptr<ConnectionAcceptor>> ConnectionAcceptor::Listen(
    const std::string& address, const ConnectionLimits& limits,
    LimitCounters* counters, FloodGuard* flood) {
  ASSIGN_OR_RETURN(const ListenAddress parsed, ParseListenAddress(address));
  const SocketAddress to_bind = ToSocketAddress(parsed);
  FileDescriptor listener(socket(to_bind.storage.ss_family,
                                 SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
                                 0));
  FileDescriptor stop(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!stop.is_open() || !BindAndListen(listener, to_bind)) {
    return ListenFailed(address);
  }
  const int port = PortOf(listener);
  ConnectionLimits granted = limits;
  granted.connections_max = DescriptorsFor(limits.connections_max);
  return std::unique_ptr<ConnectionAcceptor>(new ConnectionAcceptor(
      std::move(listener), std::move(stop), port, granted, counters, flood));
}

ConnectionAcceptor::ConnectionAcceptor(FileDescriptor listener,
                                       FileDescriptor stop, int port,
                                       const ConnectionLimits& limits,
                                       LimitCounters* counters,
                                       FloodGuard* flood)
    : listener_(std::move(listener)),
      stop_(std::move(stop)),
      port_(port),
      counters_(*counters),
      flood_(*flood),
      lines_(kLinesMax),
      table_(static_cast<size_t>(limits.connections_max),
             static_cast<size_t>(limits.address_connections_max),
             limits.age_max) {}

ConnectionAcceptor::~ConnectionAcceptor() { Stop(); }

void ConnectionAcceptor::Start(
    std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> server) {
  server_ = std::move(server);
  thread_ = std::thread([this] { Run(); });
}

void ConnectionAcceptor::Stop() {
  if (!thread_.joinable()) return;
  eventfd_write(stop_.get(), 1);
  thread_.join();
  // What waits in the backlog is told that nobody listens.
  shutdown(listener_.get(), SHUT_RDWR);
}

void ConnectionAcceptor::CollectMetrics(MetricWriter* metrics) {
  MutexLock lock(&mutex_);
  table_.Sweep();
  metrics->Add(Metric::kConnections, static_cast<double>(table_.size()));
  metrics->Add(Metric::kLimitsHit, static_cast<double>(table_.too_old()),
               {{"reason", "CONNECTION_TOO_OLD"}});
}

void ConnectionAcceptor::Run() {
  std::array<pollfd, 2> wait = {
      {{stop_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}}};
  bool has_descriptors = true;
  auto next_look = std::chrono::steady_clock::now();
  while (true) {
    // Without descriptors the listener would be ready at once, for ever.
    const nfds_t watched = has_descriptors ? wait.size() : 1;
    const int ready = poll(wait.data(), watched, LongestWait(has_descriptors));
    if (ready < 0) continue;
    if (wait[0].revents != 0) return;
    const auto now = std::chrono::steady_clock::now();
    if (flood_.is_on() && now >= next_look) {
      flood_.Look();
      next_look = now + absl::ToChronoMilliseconds(FloodGuard::kLookInterval);
    }
    if (ready > 0 || !has_descriptors) has_descriptors = AcceptRound();
  }
}

int ConnectionAcceptor::LongestWait(bool has_descriptors) const {
  if (!has_descriptors) return kPauseMilliseconds;
  if (!flood_.is_on()) return -1;
  return static_cast<int>(absl::ToInt64Milliseconds(FloodGuard::kLookInterval));
}

bool ConnectionAcceptor::AcceptRound() {
  for (int i = 0; i < kRoundMax; ++i) {
    SocketAddress peer;
    const int connection = accept4(listener_.get(), peer.get(), &peer.size,
                                   SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connection < 0) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      return errno != EMFILE && errno != ENFILE && errno != ENOBUFS &&
             errno != ENOMEM;
    }
    if (!Admit(connection, peer.storage)) {
      close(connection);
      continue;
    }
    const int on = 1;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters
        parameters;
    parameters.listener_fd = listener_.get();
    parameters.fd = connection;  // gRPC closes it.
    server_->HandleNewConnection(&parameters);
  }
  return true;
}

std::optional<Limit> ConnectionAcceptor::HitBy(const std::string& address) {
  if (flood_.IsPaused(address)) return Limit::kConnectionResets;
  return table_.HitBy(address);
}

bool ConnectionAcceptor::Admit(int connection, const sockaddr_storage& peer) {
  const std::string address = PeerAddress(peer);
  MutexLock lock(&mutex_);
  const std::optional<Limit> hit = HitBy(address);
  if (hit.has_value()) {
    counters_.Count(*hit);
    Tell(absl::StrCat("is closed, ", LimitName(*hit), ":"), address);
    return false;
  }
  table_.Add(connection, address);
  flood_.Add(connection, peer);
  Tell("is open:", address);
  return true;
}

void ConnectionAcceptor::Tell(absl::string_view what,
                              const std::string& address) {
  if (!spdlog::should_log(spdlog::level::debug)) return;
  const int64_t left_out = lines_.Admit(ledger::Clock::System()->Now());
  if (left_out < 0) return;
  spdlog::debug("a connection {} {}{}", std::string(what), address,
                left_out == 0
                    ? ""
                    : absl::StrCat("; ", left_out, " lines were left out"));
}

}  // namespace annals
