#include "service/daemon.h"

#include <algorithm>
#include <utility>

#include "ledger/check.h"
#include "ledger/clock.h"
#include "ledger/error.h"
#include "ledger/recovery.h"
#include "ledger/status_macros.h"
#include "service/key_change.h"
#include "service/listen_address.h"
#include "service/path_overlap.h"
#include "service/telemetry/metrics.h"
#include "service/telemetry/process_metrics.h"
#include "service/tls/certificate_identity_source.h"
#include "spdlog/spdlog.h"

namespace annals {
namespace {

// A shutdown does not wait longer for what is static; the next start goes on
// with it.
constexpr absl::Duration kPublishWaitMax = absl::Seconds(5);
// Nor does an erasure, which then says that the content is still published.
constexpr absl::Duration kErasureWaitMax = absl::Seconds(5);
constexpr char kMetricsListenFlag[] = "--metrics_listen";

absl::StatusOr<ListenAddress> AddressOf(const DaemonOptions& options) {
  return options.tls.has_value() ? ParseListenAddress(options.listen)
                                 : ParseLoopbackAddress(options.listen);
}

absl::Status RequirePathsApart(const DaemonOptions& options) {
  const std::string& data_dir = options.data_dir;
  for (const NamedPath& other :
       {NamedPath{"--backup_dir", options.backup.directory},
        NamedPath{"--publish_dir", options.publish.directory}}) {
    RETURN_IF_ERROR(RequireDirectoryApart(data_dir, other));
  }
  const std::string& log = options.access_log.path;
  if (log == kStandardErrorLog) return absl::OkStatus();
  return RequireFileApart(data_dir, {"--access_log", log});
}

}  // namespace

absl::StatusOr<std::unique_ptr<Daemon>> Daemon::Start(
    const DaemonOptions& options) {
  // Before anything is created.
  RETURN_IF_ERROR(AddressOf(options).status());
  if (!options.metrics_listen.empty()) {
    RETURN_IF_ERROR(
        ParseListenAddress(options.metrics_listen, kMetricsListenFlag)
            .status());
  }
  RETURN_IF_ERROR(RequirePathsApart(options));
  std::unique_ptr<Daemon> daemon(new Daemon);
  if (!options.access_log.path.empty()) {
    ASSIGN_OR_RETURN(daemon->access_log_, AccessLog::Open(options.access_log));
  }
  RETURN_IF_ERROR(daemon->Identify(options));
  RETURN_IF_ERROR(options.follow.has_value() ? daemon->OpenReplica(options)
                                             : daemon->OpenLedger(options));
  RETURN_IF_ERROR(daemon->SettleLedger(options));
  RETURN_IF_ERROR(daemon->AskWitnesses(options));
  RETURN_IF_ERROR(daemon->KeepBackups(options));
  if (daemon->publisher_ != nullptr) daemon->publisher_->Start();
  RETURN_IF_ERROR(daemon->Serve(options));
  daemon->StartFollowing();
  RETURN_IF_ERROR(daemon->ServeMetrics(options));
  return daemon;
}

absl::Status Daemon::Identify(const DaemonOptions& options) {
  if (!options.tls.has_value()) {
    identities_ = std::make_unique<LoopbackIdentitySource>();
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(certificates_, TlsCertificates::Load(*options.tls));
  identities_ = std::make_unique<CertificateIdentitySource>(
      certificates_.get(), options.client_certificate, options.tls->clock);
  return absl::OkStatus();
}

absl::Status Daemon::OpenLedger(const DaemonOptions& options) {
  ASSIGN_OR_RETURN(
      data_dir_, DataDir::Open(options.data_dir, options.origin, options.keys));
  // Before a new key signs anything: after a start that is refused the old one
  // must still do.
  if (!options.witnessing.policy.empty()) {
    RETURN_IF_ERROR(
        Witnessing::CheckPolicy(options.witnessing, data_dir_->verifier()));
  }
  mark_ = std::make_unique<ledger::PublishedMarkFile>(data_dir_->mark_path());
  RETURN_IF_ERROR(OpenStore(options.store));
  ledger::LedgerOptions ledger_options = options.ledger;
  ledger_options.origin = data_dir_->origin();
  if (data_dir_->previous_verifier() != nullptr) {
    ledger_options.former_keys = {*data_dir_->previous_verifier()};
  }
  sequencer_queue_max_ = ledger_options.queue_entries_max;
  ledger::LedgerParts parts;
  parts.store = store_.get();
  parts.mark = mark_.get();
  parts.signer = data_dir_->signer();
  parts.next_signer = data_dir_->next_signer();
  parts.second_signer = data_dir_->second_signer();
  parts.decoder = &codec_;
  parts.clock = ledger::Clock::System();
  parts.random = ledger::RandomSource::System();
  parts.observer = &ledger_metrics_;
  space_ = std::make_unique<ledger::DiskSpaceGuard>(data_dir_->path(),
                                                    options.disk_floor_bytes);
  parts.space = space_.get();
  RETURN_IF_ERROR(CheckStoredKeys());
  const bool is_slot_damaged = IsMarkSlotDamaged();
  ASSIGN_OR_RETURN(ledger_,
                   ledger::Ledger::Open(std::move(ledger_options), parts));
  if (is_slot_damaged) TellSlotRewritten(options);
  verifiers_ = data_dir_->AllVerifiers();
  RETURN_IF_ERROR(RecordKeyChanges(options.key_change_reason));
  return data_dir_->Complete();
}

// Copies at least up to a first checkpoint, as without one there is nothing to
// serve.
absl::Status Daemon::OpenReplica(const DaemonOptions& options) {
  const FollowOptions& follow = *options.follow;
  primary_ = follow.primary.address;
  ASSIGN_OR_RETURN(
      data_dir_, DataDir::OpenToFollow(options.data_dir, follow.keys.front()));
  mark_ = std::make_unique<ledger::PublishedMarkFile>(data_dir_->mark_path());
  RETURN_IF_ERROR(OpenStore(options.store));
  ledger::ReplicaOptions replica_options;
  replica_options.keys = follow.keys;
  replica_options.primary = primary_;
  replica_options.is_first_copy = !data_dir_->was_complete();
  replica_options.rebuild_indexes = options.ledger.rebuild_indexes;
  replica_options.accept_damaged_mark_slot =
      options.ledger.accept_damaged_mark_slot;
  ledger::LedgerParts parts;
  parts.store = store_.get();
  parts.mark = mark_.get();
  parts.decoder = &codec_;
  parts.clock = ledger::Clock::System();
  parts.observer = &ledger_metrics_;
  const bool is_slot_damaged = IsMarkSlotDamaged();
  ASSIGN_OR_RETURN(ledger::OpenedReplica opened,
                   ledger::OpenReplica(replica_options, parts));
  ledger_ = std::move(opened.ledger);
  if (is_slot_damaged) TellSlotRewritten(options);
  follower_ = std::make_unique<Follower>(
      follow, Follower::Parts{ledger_.get(), opened.replica,
                              ledger::Clock::System(), data_dir_->path()});
  RETURN_IF_ERROR(follower_->CopyFirst());
  verifiers_ = follow.keys;
  const ledger::NoteVerifier* const signer =
      SignerOf(ledger_->checkpoint()->note, follow.keys);
  // It opened the mark, so there is one.
  ANNALS_CHECK(signer != nullptr);
  std::swap(verifiers_.front(), verifiers_[signer - follow.keys.data()]);
  return data_dir_->CompleteUnder(verifiers_.front());
}

void Daemon::StartFollowing() {
  if (follower_ == nullptr) return;
  follower_->Start({[this](uint64_t index) { OnErased(index); },
                    [this](const ledger::NoteVerifier& key) {
                      const absl::Status status = data_dir_->CompleteUnder(key);
                      if (status.ok()) return;
                      spdlog::error("the verifier key is not kept: {}",
                                    std::string(status.message()));
                    }});
}

void Daemon::OnErased(uint64_t index) {
  server_->DropAnswer(index);
  spdlog::info("the content of entry {} was erased by the primary", index);
  if (backups_ == nullptr) return;
  spdlog::warn(
      "backups made before may still hold the content of entry {}: make "
      "another one, then prune them",
      index);
}

absl::Status Daemon::SettleLedger(const DaemonOptions& options) {
  if (const absl::Status purged = ledger_->PurgeErased(); !purged.ok()) {
    spdlog::error(
        "files of the store may still hold erased contents; this is tried "
        "again at the next start: {}",
        std::string(purged.message()));
  }
  if (!options.publish.directory.empty()) {
    PublishOptions publish = options.publish;
    publish.awaits_witnesses = !options.witnessing.policy.empty();
    publisher_ = std::make_unique<StaticPublisher>(ledger_.get(), verifiers_,
                                                   std::move(publish));
  }
  return absl::OkStatus();
}

absl::Status Daemon::OpenStore(ledger::RocksDbOptions options) {
  options.holds_all_published = [this](uint64_t entries) {
    return ledger::HoldsAllPublished(entries, mark_.get());
  };
  ASSIGN_OR_RETURN(
      store_, ledger::OpenRocksDbStore(data_dir_->database_path(), options));
  if (const std::string tail = store_->DroppedTail(); !tail.empty()) {
    spdlog::warn(
        "the end of the database's log was torn, as by a power cut, and was "
        "dropped; all that was ever published is there: {}",
        tail);
  }
  return absl::OkStatus();
}

// What can't be read is told by whoever opens the ledger.
bool Daemon::IsMarkSlotDamaged() {
  return mark_->Read().ok() && !mark_->OtherSlot().ok();
}

// The ledger was opened: it is ahead of the slot that is whole, or the flag
// says that this does not matter.
void Daemon::TellSlotRewritten(const DaemonOptions& options) {
  spdlog::warn(
      "one of the two slots of the published mark {} was damaged and was "
      "rewritten: {}",
      data_dir_->mark_path(),
      options.ledger.accept_damaged_mark_slot
          ? "--accept_damaged_mark_slot was given"
          : "the store holds more entries than the other slot vouches for, as "
            "after a crash while the mark was written, and they continue it; "
            "without a crash before this start, look for a failing disk");
}

std::string Daemon::next_verifier_key() const {
  const ledger::NoteVerifier* const next = data_dir_->next_verifier();
  return next == nullptr ? "" : next->ToString();
}

std::string Daemon::sm2_verifier_key() const {
  const ledger::NoteSigner* const second = data_dir_->second_signer();
  return second == nullptr ? "" : second->key().ToString();
}

namespace {

absl::Status KeyRetired(const std::string& vkey) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "KEY_RETIRED",
      {absl::StrCat("The key ", vkey,
                    " was replaced before and does not come back; give the "
                    "present one with --signing_key, or make a new one."),
       absl::StrCat("密钥 ", vkey,
                    " 此前已被替换，不能重新启用；请用 --signing_key "
                    "给出现用密钥，或生成新的。")});
}

absl::Status PreviousKeyUnknown(const std::string& vkey) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "PREVIOUS_KEY_UNKNOWN",
      {absl::StrCat("The key of --previous_vkey, ", vkey,
                    ", is not the one that signed before the present key; "
                    "leave the flag out, or correct it."),
       absl::StrCat("--previous_vkey 所给的 ", vkey,
                    " 不是现用密钥之前的签名密钥；请去掉该选项，或改正。")});
}

}  // namespace

absl::Status Daemon::CheckKeys(
    const std::vector<v1::KeyChanged>& changes) const {
  const ledger::NoteVerifier* const previous = data_dir_->previous_verifier();
  const ledger::NoteVerifier* const next = data_dir_->next_verifier();
  const std::string present = data_dir_->verifier().ToString();
  if (previous != nullptr) {
    const std::string old_vkey = previous->ToString();
    const bool is_recorded = std::any_of(
        changes.begin(), changes.end(), [&](const v1::KeyChanged& change) {
          return change.old_vkey() == old_vkey && change.new_vkey() == present;
        });
    if (!is_recorded && !data_dir_->is_key_changing()) {
      return PreviousKeyUnknown(old_vkey);
    }
    if (!is_recorded && IsRetired(present, changes)) return KeyRetired(present);
  }
  return next != nullptr && IsRetired(next->ToString(), changes)
             ? KeyRetired(next->ToString())
             : absl::OkStatus();
}

absl::Status Daemon::CheckStoredKeys() {
  if (data_dir_->previous_verifier() == nullptr &&
      data_dir_->next_verifier() == nullptr) {
    return absl::OkStatus();
  }
  const auto changes = StoredKeyChanges(store_.get());
  return changes.ok() ? CheckKeys(*changes) : absl::OkStatus();
}

// Recorded at its first step; at the second too if the first was left out, as
// when the old key is lost. What would be false is refused: it would stand in
// the ledger for good.
absl::Status Daemon::RecordKeyChanges(const std::string& reason) {
  const ledger::NoteVerifier* const previous = data_dir_->previous_verifier();
  const ledger::NoteVerifier* const next = data_dir_->next_verifier();
  if (previous == nullptr && next == nullptr) return absl::OkStatus();
  const std::string present = verifier_key();
  ASSIGN_OR_RETURN(const std::vector<v1::KeyChanged> changes,
                   RecordedKeyChanges(ledger_.get()));
  RETURN_IF_ERROR(CheckKeys(changes));
  if (previous != nullptr) {
    RETURN_IF_ERROR(RecordKeyChange({previous->ToString(), present, reason},
                                    ledger_.get()));
  }
  if (next != nullptr) {
    RETURN_IF_ERROR(
        RecordKeyChange({present, next->ToString(), reason}, ledger_.get()));
  }
  return absl::OkStatus();
}

absl::Status Daemon::AskWitnesses(const DaemonOptions& options) {
  if (options.witnessing.policy.empty()) return absl::OkStatus();
  WitnessingOptions witnessing = options.witnessing;
  witnessing.path = data_dir_->witnessed_path();
  if (publisher_ != nullptr) {
    witnessing.on_witnessed =
        [publisher = publisher_.get()](
            std::shared_ptr<const ledger::SignedCheckpoint> witnessed) {
          publisher->TakeWitnessed(std::move(witnessed));
        };
  }
  ASSIGN_OR_RETURN(
      witnessing_,
      Witnessing::Start(witnessing, data_dir_->AllVerifiers(), ledger_.get()));
  return absl::OkStatus();
}

absl::Status Daemon::KeepBackups(const DaemonOptions& options) {
  if (options.backup.directory.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto directory,
                   ledger::BackupDirectory::Open(options.backup));
  ASSIGN_OR_RETURN(backups_, BackupKeeper::Start(std::move(directory),
                                                 {ledger_.get(), store_.get(),
                                                  ledger::Clock::System()},
                                                 options.backup_schedule));
  return absl::OkStatus();
}

absl::Status Daemon::Serve(const DaemonOptions& options) {
  ASSIGN_OR_RETURN(ListenAddress address, AddressOf(options));
  ServerOptions server_options = options.server;
  if (certificates_ != nullptr) {
    server_options.credentials = MakeTlsServerCredentials(
        certificates_.get(), options.client_certificate);
    server_options.public_allowed =
        options.client_certificate == ClientCertificate::kOptional;
  }
  server_options.listen = address.ToString();
  if (witnessing_ != nullptr) {
    server_options.witnessed = &witnessing_->checkpoint();
  }
  server_options.backups = backups_.get();
  if (follower_ != nullptr) {
    server_options.recording = ledger::FollowerReadOnly(primary_);
  }
  if (publisher_ != nullptr) {
    server_options.published = {
        options.publish.with_contents, [this](uint64_t size) {
          return publisher_->WaitUntilPublished(size, kErasureWaitMax);
        }};
  }
  server_options.access_log = access_log_.get();
  server_options.ledger_metrics = &ledger_metrics_;
  ASSIGN_OR_RETURN(server_, Server::Create(server_options, ledger_.get(),
                                           identities_.get()));
  address.port = server_->port();
  address_ = address.ToString();
  return absl::OkStatus();
}

absl::Status Daemon::ServeMetrics(const DaemonOptions& options) {
  if (options.metrics_listen.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      ListenAddress address,
      ParseListenAddress(options.metrics_listen, kMetricsListenFlag));
  ASSIGN_OR_RETURN(metrics_server_,
                   MetricsServer::Start(address.host, address.port,
                                        [this] { return MetricsText(); }));
  address.port = metrics_server_->port();
  metrics_address_ = address.ToString();
  return absl::OkStatus();
}

std::string Daemon::MetricsText() const {
  MetricWriter metrics;
  metrics.Add(Metric::kBuildInfo, 1, {{"version", ANNALS_VERSION}});
  CollectProcessMetrics(data_dir_->path(), &metrics);
  server_->CollectMetrics(&metrics);
  ledger_metrics_.Collect(*ledger_, &metrics);
  metrics.Add(Metric::kSequencerQueueMax,
              static_cast<double>(sequencer_queue_max_));
  CollectStoreMetrics(store_->Statistics(), &metrics);
  if (witnessing_ != nullptr) {
    witnessing_->CollectMetrics(ledger_size(), &metrics);
  }
  if (follower_ != nullptr) follower_->CollectMetrics(&metrics);
  if (certificates_ != nullptr) certificates_->CollectMetrics(&metrics);
  if (access_log_ != nullptr) {
    metrics.Add(Metric::kAccessLogDropped,
                static_cast<double>(access_log_->dropped()));
    metrics.Add(Metric::kAccessLogErrors,
                static_cast<double>(access_log_->errors()));
  }
  return metrics.ToText();
}

void Daemon::ReopenLogs() {
  if (access_log_ != nullptr) access_log_->Reopen();
}

Daemon::~Daemon() { Drain(absl::ZeroDuration()); }

void Daemon::Drain(absl::Duration timeout) {
  // It tells the server what was erased.
  if (follower_ != nullptr) follower_->Stop();
  if (server_ != nullptr) {
    server_->Shutdown(timeout);
    metrics_server_.reset();
    server_.reset();
  }
  follower_.reset();
  backups_.reset();
  witnessing_.reset();
  // The mark is written with each batch, so it is up to date when the ledger
  // has stopped.
  if (ledger_ != nullptr) ledger_->Stop();
  if (publisher_ != nullptr) {
    publisher_->Finish(ledger_size(), std::min(timeout, kPublishWaitMax));
    publisher_.reset();
  }
  ledger_.reset();
  mark_.reset();
  store_.reset();
}

}  // namespace annals
