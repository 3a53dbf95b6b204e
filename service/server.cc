#include "service/server.h"

#include <algorithm>
#include <atomic>
#include <climits>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "ledger/clock.h"
#include "ledger/error.h"
#include "ledger/mutex.h"
#include "ledger/status_macros.h"
#include "service/agency_handlers.h"
#include "service/agency_register.h"
#include "service/answer_cache.h"
#include "service/answer_delivery.h"
#include "service/assessment.h"
#include "service/authorizer.h"
#include "service/backup_handlers.h"
#include "service/call_admission.h"
#include "service/call_frame.h"
#include "service/call_gate.h"
#include "service/caller_limiter.h"
#include "service/connection_acceptor.h"
#include "service/connection_limits.h"
#include "service/document_handlers.h"
#include "service/documents.h"
#include "service/erasure.h"
#include "service/erasure_handlers.h"
#include "service/field_history.h"
#include "service/filing.h"
#include "service/foreign_calls.h"
#include "service/ledger_handlers.h"
#include "service/ledger_view.h"
#include "service/life_reader.h"
#include "service/life_view.h"
#include "service/lifecycle.h"
#include "service/lifecycle_handlers.h"
#include "service/limit_counters.h"
#include "service/publication.h"
#include "service/recorded_call.h"
#include "service/reflection_handlers.h"
#include "service/report_handlers.h"
#include "service/retrieval.h"
#include "service/stream_frame.h"
#include "service/stream_tender.h"
#include "service/submission_streams.h"
#include "service/supervision_handlers.h"
#include "service/telemetry/library_log.h"
#include "service/visible_history.h"
#include "service/watch_hub.h"
#include "service/worker_pool.h"
#include "service/write_monitor.h"

namespace annals {
namespace {

// Both are settings of the process in gRPC.
// Those of the API, which have a health of their own.
const std::vector<std::string>& Services() {
  static const auto* const services =
      new std::vector<std::string>{v1::ReportService::service_full_name(),
                                   v1::AgencyService::service_full_name(),
                                   v1::DocumentService::service_full_name(),
                                   v1::ErasureService::service_full_name(),
                                   v1::LedgerService::service_full_name(),
                                   v1::SupervisionService::service_full_name(),
                                   v1::LifecycleService::service_full_name(),
                                   v1::BackupService::service_full_name()};
  return *services;
}

std::vector<std::string> ServicesToReflect() {
  std::vector<std::string> services = Services();
  services.emplace_back(grpc::health::v1::Health::service_full_name());
  services.emplace_back(
      grpc::reflection::v1alpha::ServerReflection::service_full_name());
  return services;
}

absl::Status NotStarted() {
  return MakeError(absl::StatusCode::kInternal, "SERVER_NOT_STARTED",
                   {"gRPC did not start; its messages on standard error say "
                    "why.",
                    "gRPC 未能启动，原因见其在标准错误输出的信息。"});
}

// What gRPC takes as one message. Well over what any method does, because gRPC
// refuses without a reason, a record or a count; what one connection may hold
// unfinished (--incomplete_bytes_max) bounds what that takes.
constexpr int kGrpcMessageBytesMax = 64 << 20;
// What goes with a document: its name, type and reason.
constexpr size_t kDocumentEnvelopeBytes = size_t{64} << 10;

size_t DocumentMessageBytesMax(const ServerOptions& options) {
  return options.document_bytes_max + kDocumentEnvelopeBytes;
}

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

// INT_MAX is no limit in gRPC.
int MillisecondsOrNone(absl::Duration duration) {
  return duration == absl::ZeroDuration() ? INT_MAX : Milliseconds(duration);
}

void SetConnectionLimits(const ConnectionLimits& limits,
                         grpc::ServerBuilder* builder) {
  const auto set = [builder](const char* argument, int value) {
    builder->AddChannelArgument(argument, value);
  };
  set(GRPC_ARG_MAX_CONCURRENT_STREAMS, limits.calls_max);
  set(GRPC_ARG_MAX_METADATA_SIZE, limits.metadata_bytes_max);
  set(GRPC_ARG_MAX_CONNECTION_AGE_MS, MillisecondsOrNone(limits.age_max));
  set(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, Milliseconds(limits.age_grace));
  set(GRPC_ARG_MAX_CONNECTION_IDLE_MS, MillisecondsOrNone(limits.idle_max));
  set(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
      Milliseconds(limits.handshake_timeout));
  set(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(limits.keepalive_time));
  set(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(limits.keepalive_timeout));
  // Connections without a call die unnoticed as well. By default gRPC pings
  // them twice and not more often than every five minutes.
  set(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  set(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  set(GRPC_ARG_HTTP2_MIN_SENT_PING_INTERVAL_WITHOUT_DATA_MS,
      Milliseconds(limits.keepalive_time));
  set(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
      Milliseconds(limits.ping_interval_min));
}

// A limit on answers would be a limit on what was recorded, so there is none.
constexpr int kSyncThreadsMax = 64;

void SetLimits(const ServerOptions& options, grpc::ServerBuilder* builder) {
  builder->SetMaxReceiveMessageSize(kGrpcMessageBytesMax);
  builder->SetMaxSendMessageSize(-1);
  // A small message that inflates to a large one would be in memory before
  // anybody asks who sent it. Who compresses is told UNIMPLEMENTED.
  builder->SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder->SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder->AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  grpc::ResourceQuota quota("annals");
  quota.Resize(options.memory_bytes_max);
  // Of what gRPC answers itself.
  quota.SetMaxThreads(kSyncThreadsMax);
  builder->SetResourceQuota(quota);
  SetConnectionLimits(options.connections, builder);
}

// How long clients have to close their connections once they are told to.
constexpr absl::Duration kFarewell = absl::Seconds(1);
constexpr absl::Duration kDeliveryLook = absl::Milliseconds(5);

// A caller has no part of its own where it has no limits.
StreamSlotLimits SlotsFor(const ServerOptions& options, size_t streams_max) {
  return {streams_max, options.caller.streams_max > 0};
}

class GrpcServer final : public Server {
 public:
  GrpcServer(const ServerOptions& options, ledger::Ledger* ledger,
             const IdentitySource* identities)
      : recorder_(RecordedMethods(), options.access_log, options.clock,
                  options.connections.are_guarded() ? &handled_ : nullptr),
        credentials_(options.credentials),
        stream_counts_(MakeChannelzStreamCounts()),
        flood_(options.connections, stream_counts_.get(), &handled_,
               options.clock, &counters_),
        limiter_(options.caller, options.clock, &counters_),
        deliveries_(options.clock, &counters_),
        refusals_(options.refusal_hold),
        admission_(identities, &limiter_),
        workers_({options.worker_threads, options.queue_max}),
        agencies_(ledger, options.clock,
                  PageLimit(options.page_size_max, &counters_)),
        answers_(options.answer_cache_bytes),
        as_of_(ledger, options.clock),
        lives_(ledger, options.clock),
        publications_(ledger, &lives_),
        assessor_(ledger, &agencies_, &publications_),
        filing_({ledger, &agencies_, &assessor_, &workers_},
                {options.message, options.limits}),
        visible_(ledger, &publications_),
        life_view_(&lives_, &publications_),
        retrieval_({ledger, &answers_, &as_of_, &lives_, &visible_,
                    PageLimit(options.page_size_max, &counters_)}),
        field_history_(ledger, &as_of_, &visible_),
        view_({ledger, options.witnessed, &publications_, &visible_}),
        watchers_({ledger, options.clock, &workers_, &counters_, &refusals_,
                   &publications_},
                  SlotsFor(options, options.watch_streams_max)),
        documents_(ledger, &publications_, options.document_bytes_max),
        authorizer_(ledger, options.clock, options.public_allowed,
                    options.recording),
        parts_({&gate_, &workers_, identities, &admission_, &authorizer_,
                &counters_, options.clock, &recorder_, &deliveries_,
                &refusals_}),
        frame_(parts_, options.message),
        document_frame_(
            parts_, {DocumentMessageBytesMax(options), "--document_bytes_max",
                     options.message.nesting_max}),
        streams_(parts_, {SlotsFor(options, options.answer_streams_max),
                          options.message}),
        monitor_(ledger, options.recording),
        submissions_({parts_, &filing_, &monitor_},
                     {SlotsFor(options, options.batch_streams_max),
                      options.batch_items_max, options.message}),
        report_handlers_(&frame_, {&filing_, &retrieval_, &monitor_, &assessor_,
                                   &field_history_, &submissions_}),
        agency_handlers_(&frame_, &agencies_, &monitor_),
        eraser_(
            {ledger, &answers_, &workers_, options.published, options.backups}),
        erasure_handlers_(&frame_, &eraser_, &monitor_),
        document_handlers_(&document_frame_, &documents_, &monitor_),
        ledger_handlers_(&frame_, &view_, &watchers_),
        supervision_handlers_(&frame_, &streams_, ledger, options.clock,
                              &publications_, &authorizer_),
        life_recorder_({ledger, &lives_, &workers_}),
        lifecycle_handlers_(
            {&frame_, &life_recorder_, &lives_, &life_view_, &monitor_}),
        backups_(options.backups),
        backup_handlers_(&frame_, backups_),
        reflection_handlers_(parts_,
                             SlotsFor(options, options.answer_streams_max),
                             ServicesToReflect()),
        identities_(identities),
        ledger_metrics_(options.ledger_metrics),
        tender_(options.clock, options.stream_stall_timeout,
                [this](absl::Time time) { TendStreams(time); }) {
    if (ledger_metrics_ != nullptr) {
      ledger_metrics_->SetStopListener([this] { monitor_.Check(); });
    }
  }

  ~GrpcServer() override {
    if (ledger_metrics_ != nullptr) ledger_metrics_->SetStopListener(nullptr);
    Shutdown(absl::ZeroDuration());
    workers_.Drain();
  }

  absl::Status Start(const ServerOptions& options) {
    MutexLock lock(&server_mutex_);
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    SetLimits(options, &builder);
    ASSIGN_OR_RETURN(acceptor_, ConnectionAcceptor::Listen(
                                    options.listen, options.connections,
                                    &counters_, &flood_));
    using Builder = grpc::ServerBuilder::experimental_type;
    auto connections = builder.experimental().AddExternalConnectionAcceptor(
        Builder::ExternalConnectionType::FROM_FD,
        options.credentials != nullptr ? options.credentials
                                       : grpc::InsecureServerCredentials());
    builder.RegisterService(&report_handlers_);
    builder.RegisterService(&agency_handlers_);
    builder.RegisterService(&document_handlers_);
    builder.RegisterService(&erasure_handlers_);
    builder.RegisterService(&ledger_handlers_);
    builder.RegisterService(&supervision_handlers_);
    builder.RegisterService(&lifecycle_handlers_);
    builder.RegisterService(&backup_handlers_);
    builder.RegisterService(&reflection_handlers_);
    builder.experimental().SetInterceptorCreators(
        MakeForeignCallInterceptors(&recorder_, identities_));
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) return NotStarted();
    for (const std::string& service : Services()) {
      server_->GetHealthCheckService()->SetServingStatus(service, true);
    }
    monitor_.ReportTo(server_->GetHealthCheckService());
    monitor_.Check();
    acceptor_->Start(std::move(connections));
    return absl::OkStatus();
  }

  int port() const override { return acceptor_->port(); }

  const LimitCounters& limit_counters() const override { return counters_; }

  // The order counts: workers and sequencer run until the last call is
  // answered, because it is they who answer.
  void Shutdown(absl::Duration timeout) override {
    MutexLock lock(&server_mutex_);
    if (server_ == nullptr) return;
    draining_ = true;
    server_->GetHealthCheckService()->Shutdown();
    const absl::Time deadline = ledger::Clock::System()->Now() + timeout;
    watchers_.Stop();
    submissions_.Stop();
    if (backups_ != nullptr) backups_->Stop();
    gate_.Close();
    refusals_.ReleaseAll();
    gate_.WaitUntilQuiet(timeout);
    watchers_.CancelAll();
    streams_.CancelAll();
    submissions_.CancelAll();
    reflection_handlers_.Stop();
    acceptor_->Stop();
    WaitUntilDelivered(deadline);
    // Only connections without a call are left, and gRPC waits for them.
    server_->Shutdown(absl::ToChronoTime(
        std::min(deadline, ledger::Clock::System()->Now() + kFarewell)));
    server_->Wait();
    // The health service goes with the server.
    monitor_.ReportTo(nullptr);
    if (ledger_metrics_ != nullptr) ledger_metrics_->SetStopListener(nullptr);
    server_.reset();
    workers_.Drain();
  }

  void DropAnswer(uint64_t entry_index) override { answers_.Drop(entry_index); }

  void CollectMetrics(MetricWriter* metrics) const override {
    recorder_.Collect(metrics);
    // Of those that refuse no call; the recorder counts what does.
    for (const Limit limit :
         {Limit::kConnections, Limit::kAddressConnections, Limit::kStreamStall,
          Limit::kPageSize, Limit::kBatchRate, Limit::kConnectionResets,
          Limit::kIncompleteBytes}) {
      metrics->Add(Metric::kLimitsHit,
                   static_cast<double>(counters_.hits(limit)),
                   {{"reason", std::string(LimitName(limit))}});
    }
    acceptor_->CollectMetrics(metrics);
    for (const LimitOfGrpc& limit : LimitsOfGrpc()) {
      metrics->Add(Metric::kLimitsHit, static_cast<double>(limit.hits),
                   {{"reason", std::string(limit.reason)}});
    }
    metrics->Add(Metric::kDraining, draining_ ? 1 : 0);
    metrics->Add(Metric::kWorkerQueue,
                 static_cast<double>(workers_.QueueLength()));
    metrics->Add(Metric::kWorkerQueueMax,
                 static_cast<double>(workers_.queue_max()));
  }

 private:
  // What was answered has left, or it is `deadline`.
  void WaitUntilDelivered(absl::Time deadline) {
    Mutex mutex;
    CondVar never_signalled;
    MutexLock lock(&mutex);
    while (!(deliveries_.IsIdle() && streams_.IsIdle() && watchers_.IsIdle() &&
             submissions_.IsIdle()) &&
           ledger::Clock::System()->Now() < deadline) {
      never_signalled.WaitFor(&mutex, kDeliveryLook);
    }
  }

  void TendStreams(absl::Time time) {
    watchers_.CancelStalled(time);
    streams_.CancelStalled(time);
    submissions_.Tend(time);
    reflection_handlers_.EndStalled(time);
    monitor_.Check();
    deliveries_.CancelStalled(time);
  }

  // In the order in which they need each other; destroyed in reverse.
  HandledCalls handled_;
  CallRecorder recorder_;
  CallGate gate_;
  LimitCounters counters_;
  // gRPC asks them at each handshake and does not keep them.
  const std::shared_ptr<grpc::ServerCredentials> credentials_;
  const std::unique_ptr<StreamCounts> stream_counts_;
  FloodGuard flood_;
  CallerLimiter limiter_;
  AnswerDeliveries deliveries_;
  RefusalHold refusals_;
  CallAdmission admission_;
  WorkerPool workers_;
  AgencyRegister agencies_;
  AnswerCache answers_;
  AsOf as_of_;
  LifeReader lives_;
  Publications publications_;
  Assessor assessor_;
  Filing filing_;
  VisibleHistory visible_;
  LifeView life_view_;
  Retrieval retrieval_;
  FieldHistory field_history_;
  LedgerView view_;
  WatchHub watchers_;
  Documents documents_;
  Authorizer authorizer_;
  const CallParts parts_;
  CallFrame frame_;
  CallFrame document_frame_;
  StreamFrame streams_;
  WriteMonitor monitor_;
  SubmissionStreams submissions_;
  ReportHandlers report_handlers_;
  AgencyHandlers agency_handlers_;
  Eraser eraser_;
  ErasureHandlers erasure_handlers_;
  DocumentHandlers document_handlers_;
  LedgerHandlers ledger_handlers_;
  SupervisionHandlers supervision_handlers_;
  LifeRecorder life_recorder_;
  LifecycleHandlers lifecycle_handlers_;
  BackupKeeper* const backups_;  // Not owned; may be null.
  BackupHandlers backup_handlers_;
  ReflectionHandlers reflection_handlers_;
  const IdentitySource* const identities_;
  LedgerMetrics* const ledger_metrics_;
  std::atomic<bool> draining_ = false;
  StreamTender tender_;
  // Null before the start.
  std::unique_ptr<ConnectionAcceptor> acceptor_;
  Mutex server_mutex_;
  std::unique_ptr<grpc::Server> server_ ABSL_GUARDED_BY(server_mutex_);
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Create(
    const ServerOptions& options, ledger::Ledger* ledger,
    const IdentitySource* identities) {
  auto server = std::make_unique<GrpcServer>(options, ledger, identities);
  if (absl::Status status = server->Start(options); !status.ok()) return status;
  return server;
}

}  // namespace annals
