// The daemon: data directory, store, ledger and server, put together.

#ifndef ANNALS_SERVICE_DAEMON_H_
#define ANNALS_SERVICE_DAEMON_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/ledger.h"
#include "ledger/published_mark.h"
#include "ledger/rocksdb_store.h"
#include "ledger/space_guard.h"
#include "ledger/store.h"
#include "service/backup_keeper.h"
#include "service/data_dir.h"
#include "service/following/follower.h"
#include "service/identity_source.h"
#include "service/leaf_codec.h"
#include "service/server.h"
#include "service/static_publisher.h"
#include "service/telemetry/access_log.h"
#include "service/telemetry/ledger_metrics.h"
#include "service/telemetry/metrics_server.h"
#include "service/tls/server_credentials.h"
#include "service/tls/tls_certificates.h"
#include "service/witnessing/witnessing.h"

namespace annals {

struct DaemonOptions {
  std::string data_dir;
  // Host and port; loopback only without TLS.
  std::string listen = "127.0.0.1:7432";
  // Present: callers prove by certificates who they are.
  std::optional<TlsOptions> tls;
  // With TLS: whether connections without a certificate are let in.
  ClientCertificate client_certificate = ClientCertificate::kRequired;
  // Required on the first start.
  std::string origin;
  // Present: the daemon copies another one's ledger, and records nothing. Of
  // the keys below none is used then.
  std::optional<FollowOptions> follow;
  // The signing keys, and why they change, if they do.
  KeySources keys;
  std::string key_change_reason =
      "更换账本签名密钥 / change of the signing key";
  // The limits; `listen` in it is not used.
  ServerOptions server;
  // The batches; `origin` in it is not used.
  ledger::LedgerOptions ledger;
  ledger::RocksDbOptions store;
  // Nothing is recorded while less is free where the data directory is.
  uint64_t disk_floor_bytes = 0;
  // None if the directory is empty.
  ledger::BackupOptions backup;
  BackupSchedule backup_schedule;
  // Static files that are kept up to date; none if the directory is empty.
  PublishOptions publish;
  // The witnesses to ask; no policy, none. `path` in it is not used.
  WitnessingOptions witnessing;
  // The access log; none if its path is empty.
  AccessLogOptions access_log;
  // Host and port that serve metrics; nowhere if empty.
  std::string metrics_listen;
};

class Daemon {
 public:
  // Opens the ledger, or refuses, and serves it. Errors as of the parts.
  static absl::StatusOr<std::unique_ptr<Daemon>> Start(
      const DaemonOptions& options);

  // As Drain with no time left, if it was not drained.
  ~Daemon();

  const std::string& origin() const { return data_dir_->origin(); }
  std::string verifier_key() const { return verifiers_.front().ToString(); }
  // What it follows; empty if it records itself.
  const std::string& primary() const { return primary_; }
  // Of the key that replaces it; empty if none does.
  std::string next_verifier_key() const;
  // Of the SM2 key that signs as well; empty if none does.
  std::string sm2_verifier_key() const;
  // The address with the port that it has.
  const std::string& address() const { return address_; }
  // The same of the metrics; empty if there are none.
  const std::string& metrics_address() const { return metrics_address_; }
  bool has_tls() const { return certificates_ != nullptr; }
  const LimitCounters& limit_counters() const {
    return server_->limit_counters();
  }
  uint64_t ledger_size() const {
    return ledger_->checkpoint()->checkpoint.size;
  }

  // Opens the access log anew, after it was moved.
  void ReopenLogs();

  // Answers what was accepted, stops the ledger, closes the store. What is not
  // answered within `timeout` is cancelled.
  void Drain(absl::Duration timeout);

 private:
  Daemon() = default;
  absl::Status OpenLedger(const DaemonOptions& options);
  bool IsMarkSlotDamaged();
  void TellSlotRewritten(const DaemonOptions& options);
  absl::Status OpenStore(ledger::RocksDbOptions options);
  absl::Status OpenReplica(const DaemonOptions& options);
  absl::Status SettleLedger(const DaemonOptions& options);
  void StartFollowing();
  // The primary erased a content.
  void OnErased(uint64_t index);
  // Whether the keys may sign, by the changes that are recorded.
  absl::Status CheckKeys(const std::vector<v1::KeyChanged>& changes) const;
  // The same before any of them signs. Where the indexes don't tell, it is
  // checked when they have been rebuilt.
  absl::Status CheckStoredKeys();
  absl::Status RecordKeyChanges(const std::string& reason);
  absl::Status KeepBackups(const DaemonOptions& options);
  absl::Status AskWitnesses(const DaemonOptions& options);
  absl::Status Identify(const DaemonOptions& options);
  absl::Status Serve(const DaemonOptions& options);
  absl::Status ServeMetrics(const DaemonOptions& options);
  // What GET /metrics answers.
  std::string MetricsText() const;

  // In the order in which they need each other; destroyed in reverse, which is
  // the order of a shutdown: metrics, follower, server, backups, witnessing,
  // publisher, ledger, mark, store, lock.
  std::unique_ptr<DataDir> data_dir_;
  std::unique_ptr<ledger::DatabaseStore> store_;
  std::unique_ptr<ledger::PublishedMark> mark_;
  std::unique_ptr<ledger::SpaceGuard> space_;
  LeafCodec codec_;
  std::unique_ptr<TlsCertificates> certificates_;  // Null without TLS.
  std::unique_ptr<IdentitySource> identities_;
  LedgerMetrics ledger_metrics_{ledger::Clock::System()};
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<StaticPublisher> publisher_;
  std::unique_ptr<Witnessing> witnessing_;  // Null if there are no witnesses.
  std::unique_ptr<BackupKeeper> backups_;   // Null if there are no backups.
  std::unique_ptr<AccessLog> access_log_;   // Null if none is kept.
  std::unique_ptr<Server> server_;
  std::unique_ptr<Follower> follower_;             // Null unless it follows.
  std::unique_ptr<MetricsServer> metrics_server_;  // Null if nobody asked.
  size_t sequencer_queue_max_ = 0;
  std::string primary_;
  std::vector<ledger::NoteVerifier> verifiers_;  // The present one first.
  std::string address_;
  std::string metrics_address_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_DAEMON_H_
