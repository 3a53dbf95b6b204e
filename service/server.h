// The gRPC server: the services, health and reflection on one port.

#ifndef ANNALS_SERVICE_SERVER_H_
#define ANNALS_SERVICE_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/security/server_credentials.h"
#include "ledger/clock.h"
#include "ledger/ledger.h"
#include "service/answer_cache.h"
#include "service/backup_keeper.h"
#include "service/caller_limiter.h"
#include "service/connection_limits.h"
#include "service/documents.h"
#include "service/erasure.h"
#include "service/identity_source.h"
#include "service/limit_counters.h"
#include "service/message_limits.h"
#include "service/page_token.h"
#include "service/report/validate.h"
#include "service/telemetry/access_log.h"
#include "service/telemetry/ledger_metrics.h"
#include "service/telemetry/metrics.h"
#include "service/witnessing/witnessed_checkpoint.h"

namespace annals {

struct ServerOptions {
  // Host and port as gRPC takes it; port 0 for any that is free.
  std::string listen = "127.0.0.1:0";
  int worker_threads = 2;
  // Calls that wait for a worker.
  size_t queue_max = 4096;
  size_t watch_streams_max = 256;
  // Answers that are streamed as fast as their readers take them.
  size_t answer_streams_max = 64;
  // Batches that are taken at a time, and the items of each that were accepted
  // and whose result is not sent.
  size_t batch_streams_max = 16;
  size_t batch_items_max = 64;
  // Items of a page of a list, whatever is asked for.
  size_t page_size_max = kPageSizeMax;
  // How long a stream may stand still; zero for ever.
  absl::Duration stream_stall_timeout = absl::Minutes(2);
  CallerLimits caller;
  // How long a caller that is over its limits waits to hear so.
  absl::Duration refusal_hold = absl::Milliseconds(500);
  ConnectionLimits connections;
  // Of a request; and the longest document, whose request may be longer.
  MessageLimits message;
  size_t document_bytes_max = kDefaultDocumentBytesMax;
  // What the connections may hold of requests and answers under way. At the
  // limit they are read from no further until some of it is released.
  size_t memory_bytes_max = size_t{512} << 20;
  // Reports read lately, kept in memory.
  size_t answer_cache_bytes = kDefaultAnswerCacheBytes;
  report::ReportLimits limits;
  // Days and deadlines are judged by it. Not owned; must outlive the server.
  ledger::Clock* clock = ledger::Clock::System();
  // How connections are secured; null, and they are not. `identities` must fit.
  std::shared_ptr<grpc::ServerCredentials> credentials;
  // Whether callers without a certificate are let in, where connections are
  // secured.
  bool public_allowed = false;
  // What the witnesses cosigned; null if none are asked. Not owned; must
  // outlive the server.
  const WitnessedCheckpoint* witnessed = nullptr;
  // Why nobody may record anything, as on a follower; OK if they may.
  absl::Status recording;
  // Null if there is no directory for backups. Not owned; must outlive the
  // server.
  BackupKeeper* backups = nullptr;
  // The static directory, for what is erased.
  PublishedDirectory published;
  // Where calls are recorded, and who tells that the ledger has stopped; null,
  // and they are not. Not owned; both must outlive the server.
  AccessLog* access_log = nullptr;
  LedgerMetrics* ledger_metrics = nullptr;
};

// Thread-safe.
class Server {
 public:
  // Serves until it is shut down. Neither is owned; both must outlive it.
  // UNAVAILABLE with reason LISTEN_FAILED if the address can't be had.
  static absl::StatusOr<std::unique_ptr<Server>> Create(
      const ServerOptions& options, ledger::Ledger* ledger,
      const IdentitySource* identities);

  // Shuts down at once if nobody did.
  virtual ~Server() = default;

  // The port that it listens on.
  virtual int port() const = 0;

  // How often each limit was hit.
  virtual const LimitCounters& limit_counters() const = 0;

  // Stops accepting calls, ends the streams, answers every call that was
  // accepted, and returns when all are. What is not answered after `timeout` is
  // cancelled, and answered so. The ledger must still be running.
  virtual void Shutdown(absl::Duration timeout) = 0;

  // The content of the entry was erased by other means than a call: nothing is
  // answered from memory about it any more. Thread-safe.
  virtual void DropAnswer(uint64_t entry_index) = 0;

  // Of the calls and the workers. Usable until the server is destroyed.
  virtual void CollectMetrics(MetricWriter* metrics) const = 0;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_SERVER_H_
