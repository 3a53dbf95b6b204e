#include "client/connection.h"

#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <chrono>
#include <utility>

#include "client/percent_encoding.h"
#include "client/stubs.h"

namespace annals::client {
namespace {

// A page of 1,000 revisions and an entry with its content stay well below it.
constexpr int kReceiveBytesMax = 64 << 20;
constexpr int kReconnectMilliseconds = 100;
// How long a handshake may take: longer than a busy machine needs.
constexpr int kConnectMillisecondsMin = 10000;
constexpr int kReconnectMillisecondsMax = 5000;
constexpr absl::Duration kTryToReach = absl::Milliseconds(200);

std::shared_ptr<grpc::Channel> NewChannel(const ConnectionOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kReceiveBytesMax);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS,
                   kReconnectMilliseconds);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectMillisecondsMin);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS,
                   kReconnectMillisecondsMax);
  // Retries are decided here, by what the API promises.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // An agency's HTTP proxy has no business between client and ledger.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(
      options.server, MakeChannelCredentials(options.tls), arguments);
}

std::unique_ptr<const Stubs> NewStubs(
    const std::shared_ptr<grpc::Channel>& channel) {
  return std::unique_ptr<const Stubs>(new Stubs{
      v1::ReportService::NewStub(channel), v1::LedgerService::NewStub(channel),
      v1::AgencyService::NewStub(channel),
      v1::DocumentService::NewStub(channel),
      v1::SupervisionService::NewStub(channel),
      v1::ErasureService::NewStub(channel),
      v1::LifecycleService::NewStub(channel),
      v1::BackupService::NewStub(channel),
      grpc::health::v1::Health::NewStub(channel)});
}

class StopSleeper : public Sleeper {
 public:
  explicit StopSleeper(StopSignal* stop) : stop_(*stop) {}
  void Sleep(absl::Duration duration) override { stop_.Wait(duration); }

 private:
  StopSignal& stop_;
};

}  // namespace

CancelOnStop::CancelOnStop(StopSignal* stop, grpc::ClientContext* context)
    : stop_(stop) {
  if (stop_ == nullptr) return;
  callback_ = stop_->AddCallback([context] { context->TryCancel(); });
}

CancelOnStop::~CancelOnStop() {
  if (stop_ != nullptr) stop_->RemoveCallback(callback_);
}

void Connection::StopOn(StopSignal* stop) {
  stop_ = stop;
  stop_sleeper_ =
      stop == nullptr ? nullptr : std::make_unique<StopSleeper>(stop);
}

Connection::Connection(ConnectionOptions options, ledger::Clock* clock,
                       Sleeper* sleeper)
    : options_(std::move(options)),
      clock_(clock),
      sleeper_(sleeper),
      channel_(NewChannel(options_)),
      stubs_(NewStubs(channel_)) {}

Connection::~Connection() = default;

void Connection::Reconnect(TlsPems tls) {
  options_.tls = std::move(tls);
  channel_ = NewChannel(options_);
  stubs_ = NewStubs(channel_);
}

void Connection::Prepare(grpc::ClientContext* context) const {
  context->AddMetadata("annals-actor", PercentEncode(options_.actor));
}

absl::Status Connection::WaitUntilReady(absl::Duration time) {
  const auto until = [this](absl::Duration wait) {
    return std::chrono::system_clock::time_point(
        absl::ToChronoTime(clock_->Now() + wait));
  };
  if (channel_->WaitForConnected(until(time))) return absl::OkStatus();
  // A channel does not say why; a call on it does.
  grpc::ClientContext context;
  context.set_deadline(until(kTryToReach));
  grpc::health::v1::HealthCheckResponse response;
  return FromGrpcStatus(stubs_->health->Check(&context, {}, &response),
                        server());
}

}  // namespace annals::client
