#include "service/server.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "ledger/clock.h"
#include "ledger/error.h"
#include "ledger/mutex.h"
#include "service/agency_handlers.h"
#include "service/agency_register.h"
#include "service/answer_cache.h"
#include "service/assessment.h"
#include "service/authorizer.h"
#include "service/call_frame.h"
#include "service/call_gate.h"
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
#include "service/lifecycle.h"
#include "service/lifecycle_handlers.h"
#include "service/recorded_call.h"
#include "service/report_handlers.h"
#include "service/retrieval.h"
#include "service/stream_frame.h"
#include "service/submission_streams.h"
#include "service/supervision_handlers.h"
#include "service/watch_hub.h"
#include "service/worker_pool.h"
#include "service/write_monitor.h"

namespace annals {
namespace {

// Both are settings of the process in gRPC.
void EnableHealthAndReflection() {
  static std::once_flag once;
  std::call_once(once, [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
}

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

// What goes with a document: its name, type and reason.
constexpr size_t kDocumentEnvelopeBytes = size_t{64} << 10;

size_t DocumentMessageBytesMax(const ServerOptions& options) {
  return options.document_bytes_max + kDocumentEnvelopeBytes;
}

// A limit on answers would be a limit on what was recorded, so there is none.
void SetLimits(const ServerOptions& options, grpc::ServerBuilder* builder) {
  builder->SetMaxReceiveMessageSize(
      static_cast<int>(std::max(static_cast<size_t>(options.message_bytes_max),
                                DocumentMessageBytesMax(options))));
  builder->SetMaxSendMessageSize(-1);
  grpc::ResourceQuota quota("annals");
  quota.Resize(options.memory_bytes_max);
  builder->SetResourceQuota(quota);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                              options.connection_calls_max);
  // Otherwise a second daemon could share the port unnoticed.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

class GrpcServer final : public Server {
 public:
  GrpcServer(const ServerOptions& options, ledger::Ledger* ledger,
             const IdentitySource* identities)
      : recorder_(RecordedMethods(), options.access_log, options.clock),
        credentials_(options.credentials),
        workers_({options.worker_threads, options.queue_max}),
        agencies_(ledger, options.clock),
        assessor_(ledger, &agencies_),
        filing_({ledger, &agencies_, &workers_}, options.limits),
        answers_(options.answer_cache_bytes),
        as_of_(ledger, options.clock),
        lives_(ledger, options.clock),
        retrieval_(ledger, &answers_, &as_of_, &lives_),
        field_history_(ledger, &as_of_),
        view_(ledger, options.witnessed),
        watchers_({ledger, options.clock, &workers_},
                  options.watch_streams_max),
        documents_(ledger, options.document_bytes_max),
        authorizer_(ledger, options.clock),
        frame_(Parts(identities),
               static_cast<size_t>(options.message_bytes_max)),
        document_frame_(Parts(identities), DocumentMessageBytesMax(options)),
        streams_(Parts(identities),
                 {options.answer_streams_max,
                  static_cast<size_t>(options.message_bytes_max)}),
        monitor_(ledger),
        submissions_({Parts(identities), &filing_, &monitor_},
                     {options.batch_streams_max, options.batch_items_max,
                      static_cast<size_t>(options.message_bytes_max)}),
        report_handlers_(&frame_, {&filing_, &retrieval_, &monitor_, &assessor_,
                                   &field_history_, &submissions_}),
        agency_handlers_(&frame_, &agencies_, &monitor_),
        eraser_({ledger, &answers_, &workers_, options.published}),
        erasure_handlers_(&frame_, &eraser_, &monitor_),
        document_handlers_(&document_frame_, &documents_, &monitor_),
        ledger_handlers_(&frame_, &view_, &watchers_),
        supervision_handlers_(&frame_, &streams_, ledger, options.clock),
        life_recorder_({ledger, &lives_, &workers_}),
        lifecycle_handlers_({&frame_, &life_recorder_, &lives_, &monitor_}),
        identities_(identities),
        ledger_metrics_(options.ledger_metrics) {
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
    EnableHealthAndReflection();
    grpc::ServerBuilder builder;
    SetLimits(options, &builder);
    builder.AddListeningPort(options.listen,
                             options.credentials != nullptr
                                 ? options.credentials
                                 : grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(&report_handlers_);
    builder.RegisterService(&agency_handlers_);
    builder.RegisterService(&document_handlers_);
    builder.RegisterService(&erasure_handlers_);
    builder.RegisterService(&ledger_handlers_);
    builder.RegisterService(&supervision_handlers_);
    builder.RegisterService(&lifecycle_handlers_);
    builder.experimental().SetInterceptorCreators(
        MakeForeignCallInterceptors(&recorder_, identities_));
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) return ListenFailed(options.listen);
    for (const char* service : {v1::ReportService::service_full_name(),
                                v1::AgencyService::service_full_name(),
                                v1::DocumentService::service_full_name(),
                                v1::ErasureService::service_full_name(),
                                v1::LedgerService::service_full_name(),
                                v1::SupervisionService::service_full_name(),
                                v1::LifecycleService::service_full_name()}) {
      server_->GetHealthCheckService()->SetServingStatus(service, true);
    }
    monitor_.ReportTo(server_->GetHealthCheckService());
    monitor_.Check();
    return absl::OkStatus();
  }

  int port() const override { return port_; }

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
    gate_.Close();
    gate_.WaitUntilQuiet(timeout);
    watchers_.CancelAll();
    streams_.CancelAll();
    submissions_.CancelAll();
    server_->Shutdown(absl::ToChronoTime(deadline));
    server_->Wait();
    // The health service goes with the server.
    if (ledger_metrics_ != nullptr) ledger_metrics_->SetStopListener(nullptr);
    server_.reset();
    workers_.Drain();
  }

  void CollectMetrics(MetricWriter* metrics) const override {
    recorder_.Collect(metrics);
    metrics->Add(Metric::kDraining, draining_ ? 1 : 0);
    metrics->Add(Metric::kWorkerQueue,
                 static_cast<double>(workers_.QueueLength()));
    metrics->Add(Metric::kWorkerQueueMax,
                 static_cast<double>(workers_.queue_max()));
  }

 private:
  CallParts Parts(const IdentitySource* identities) {
    return {&gate_, &workers_, identities, &authorizer_, &recorder_};
  }

  // In the order in which they need each other; destroyed in reverse.
  CallRecorder recorder_;
  CallGate gate_;
  // gRPC asks them at each handshake and does not keep them.
  const std::shared_ptr<grpc::ServerCredentials> credentials_;
  WorkerPool workers_;
  AgencyRegister agencies_;
  Assessor assessor_;
  Filing filing_;
  AnswerCache answers_;
  AsOf as_of_;
  LifeReader lives_;
  Retrieval retrieval_;
  FieldHistory field_history_;
  LedgerView view_;
  WatchHub watchers_;
  Documents documents_;
  Authorizer authorizer_;
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
  const IdentitySource* const identities_;
  LedgerMetrics* const ledger_metrics_;
  std::atomic<bool> draining_ = false;
  int port_ = 0;
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
