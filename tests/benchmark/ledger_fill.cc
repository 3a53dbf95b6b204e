#include "tests/benchmark/ledger_fill.h"

#include <cstdio>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "ledger/check.h"
#include "ledger/ledger.h"
#include "service/leaf_codec.h"
#include "tests/benchmark/bench_ledger.h"
#include "tests/support/agency_code.h"

namespace annals::benchmark {
namespace {

constexpr uint64_t kYearsPerAgency = 7000;
constexpr uint64_t kFirstYear = 2010;
// Below the queue's limit, so that no append is refused.
constexpr uint64_t kInFlightMax = 1024;

ledger::AppendRequest MakeAppend(uint64_t n) {
  v1::LedgerEntry entry;
  entry.mutable_actor()->set_subject("local:benchmark");
  entry.mutable_actor()->set_assurance(v1::ASSURANCE_SELF_DECLARED);
  entry.set_reason("年度报告首次提交");
  entry.set_request_id(absl::StrFormat("00000000-0000-4000-8000-%012x", n));
  v1::RevisionRecorded* event = entry.mutable_revision_recorded();
  event->set_report(absl::StrCat(
      "agencies/", MakeAgencyCode(static_cast<int>(n / kYearsPerAgency)),
      "/reports/", kFirstYear + n % kYearsPerAgency));
  event->set_number(1);
  event->set_rule_set_version("2026-11");

  ledger::AppendRequest append;
  append.caller = entry.actor().subject();
  append.request_id = entry.request_id();
  append.request_digest = ledger::Sha256(entry.request_id());
  append.stream = {event->report(), 0};
  append.content = std::string(64, 'x');
  append.make_leaf =
      [entry = std::move(entry)](const ledger::LeafContext& context) {
        return EncodeLeaf(entry, context);
      };
  return append;
}

// Counts what is under way.
class InFlight {
 public:
  void Begin() {
    absl::MutexLock lock(&mutex_);
    auto below = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return count_ < kInFlightMax;
    };
    mutex_.Await(absl::Condition(&below));
    ++count_;
  }
  void End() {
    absl::MutexLock lock(&mutex_);
    --count_;
  }
  void WaitForNone() {
    absl::MutexLock lock(&mutex_);
    auto none = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return count_ == 0;
    };
    mutex_.Await(absl::Condition(&none));
  }

 private:
  absl::Mutex mutex_;
  uint64_t count_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace

void FillLedger(const std::string& data_dir, uint64_t entries) {
  const BenchLedger ledger(data_dir);
  InFlight in_flight;
  for (uint64_t n = ledger.get()->checkpoint()->checkpoint.size; n < entries;
       ++n) {
    in_flight.Begin();
    ledger.get()->Append(
        MakeAppend(n),
        [&in_flight](absl::StatusOr<ledger::AppendResult> result) {
          ANNALS_CHECK(result.ok());
          in_flight.End();
        });
  }
  in_flight.WaitForNone();
  ledger.get()->Stop();
}

}  // namespace annals::benchmark
