#include "service/telemetry/ledger_metrics.h"

#include <utility>

#include "absl/time/time.h"

namespace annals {
namespace {

// Up to the batches of the default, and some more for larger ones.
std::vector<double> EntriesBounds() {
  return {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096};
}

double UnixSeconds(absl::Time time) {
  return absl::ToDoubleSeconds(time - absl::UnixEpoch());
}

}  // namespace

LedgerMetrics::LedgerMetrics(ledger::Clock* clock)
    : clock_(clock),
      entries_(EntriesBounds()),
      store_(SecondsBounds()),
      verify_(SecondsBounds()),
      sign_(SecondsBounds()),
      mark_(SecondsBounds()),
      checkpoint_time_(UnixSeconds(clock->Now())) {}

void LedgerMetrics::OnBatch(const ledger::RecordedBatch& batch) {
  entries_.Observe(static_cast<double>(batch.entries));
  store_.Observe(absl::ToDoubleSeconds(batch.store));
  verify_.Observe(absl::ToDoubleSeconds(batch.verify));
  sign_.Observe(absl::ToDoubleSeconds(batch.sign));
  mark_.Observe(absl::ToDoubleSeconds(batch.mark));
  checkpoint_time_ = UnixSeconds(clock_->Now());
}

void LedgerMetrics::OnDamage(const absl::Status&) { ++damage_; }

void LedgerMetrics::OnStopped() {
  MutexLock lock(&mutex_);
  stopped_ = true;
  if (stop_listener_ != nullptr) stop_listener_();
}

void LedgerMetrics::SetStopListener(std::function<void()> listener) {
  MutexLock lock(&mutex_);
  stop_listener_ = std::move(listener);
  if (stopped_ && stop_listener_ != nullptr) stop_listener_();
}

void LedgerMetrics::Collect(const ledger::Ledger& ledger,
                            MetricWriter* metrics) const {
  metrics->Add(Metric::kTreeSize,
               static_cast<double>(ledger.checkpoint()->checkpoint.size));
  metrics->Add(Metric::kCheckpointTime, checkpoint_time_);
  metrics->AddHistogram(Metric::kBatchEntries, entries_.Read());
  for (const auto& [step, histogram] :
       {std::pair("store_sync", &store_), std::pair("verify", &verify_),
        std::pair("sign", &sign_), std::pair("mark_sync", &mark_)}) {
    metrics->AddHistogram(Metric::kBatchStep, histogram->Read(),
                          {{"step", step}});
  }
  metrics->Add(Metric::kSequencerQueue,
               static_cast<double>(ledger.QueueLength()));
  metrics->Add(Metric::kWritesStopped, ledger.WriteStatus().ok() ? 0 : 1);
  metrics->Add(Metric::kDamage, static_cast<double>(damage_));
}

void CollectStoreMetrics(const ledger::StoreStatistics& store,
                         MetricWriter* metrics) {
  const auto add = [metrics](Metric metric, uint64_t value) {
    metrics->Add(metric, static_cast<double>(value));
  };
  add(Metric::kStoreTableBytes, store.table_bytes);
  add(Metric::kStoreMemtableBytes, store.memtable_bytes);
  add(Metric::kStoreCacheBytes, store.cache_bytes);
  add(Metric::kStoreCacheHits, store.cache_hits);
  add(Metric::kStoreCacheMisses, store.cache_misses);
  add(Metric::kStoreCompactions, store.compactions);
  add(Metric::kStoreCompactionPending, store.compaction_pending_bytes);
  add(Metric::kStoreCompactionRead, store.compaction_read_bytes);
  add(Metric::kStoreCompactionWritten, store.compaction_written_bytes);
  metrics->Add(Metric::kStoreStallSeconds,
               absl::ToDoubleSeconds(store.write_stalls));
  add(Metric::kStoreWriteStopped, store.is_write_stopped ? 1 : 0);
  add(Metric::kStoreLogSyncs, store.log_syncs);
  add(Metric::kStoreBackgroundErrors, store.background_errors);
}

}  // namespace annals
