// What is watched of the ledger and its store.

#ifndef ANNALS_SERVICE_TELEMETRY_LEDGER_METRICS_H_
#define ANNALS_SERVICE_TELEMETRY_LEDGER_METRICS_H_

#include <atomic>
#include <cstdint>
#include <functional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "ledger/clock.h"
#include "ledger/ledger.h"
#include "ledger/mutex.h"
#include "ledger/observer.h"
#include "ledger/store.h"
#include "service/telemetry/histogram.h"
#include "service/telemetry/metrics.h"

namespace annals {

// Thread-safe.
class LedgerMetrics final : public ledger::LedgerObserver {
 public:
  // Not owned; must outlive this.
  explicit LedgerMetrics(ledger::Clock* clock);

  void OnBatch(const ledger::RecordedBatch& batch) override;
  void OnDamage(const absl::Status& status) override;
  void OnStopped() override;

  // `listener` is called when nothing more is recorded, at once if that is so
  // already; null takes the one before away, and returns when it is not being
  // called.
  void SetStopListener(std::function<void()> listener);

  void Collect(const ledger::Ledger& ledger, MetricWriter* metrics) const;

 private:
  ledger::Clock* const clock_;
  Histogram entries_;
  Histogram store_;
  Histogram verify_;
  Histogram sign_;
  Histogram mark_;
  // Seconds since 1970.
  std::atomic<double> checkpoint_time_;
  std::atomic<uint64_t> damage_ = 0;
  Mutex mutex_;  // Held while the listener is called.
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::function<void()> stop_listener_ ABSL_GUARDED_BY(mutex_);
};

void CollectStoreMetrics(const ledger::StoreStatistics& store,
                         MetricWriter* metrics);

}  // namespace annals

#endif  // ANNALS_SERVICE_TELEMETRY_LEDGER_METRICS_H_
