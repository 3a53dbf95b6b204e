// Which size of the ledger a question is about.
//
// An answer made of the first N entries alone is the same for good, whatever is
// recorded later. So a question as of a time is first turned into a size.

#ifndef ANNALS_SERVICE_AS_OF_H_
#define ANNALS_SERVICE_AS_OF_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "ledger/clock.h"
#include "ledger/ledger.h"

namespace annals {

// Thread-safe. Blocks on storage if a time is asked for.
class AsOf {
 public:
  // Neither is owned; both must outlive this.
  AsOf(ledger::Ledger* ledger, ledger::Clock* clock)
      : ledger_(ledger), clock_(clock) {}

  // The size that a request with `as_of` and `as_of_size` is about:
  //   neither: that of the latest checkpoint;
  //   a size: that size, or OUT_OF_RANGE with reason TREE_SIZE_NOT_REACHED;
  //   a time: how many entries were recorded at or before it, 0 if none was.
  // INVALID_ARGUMENT with reason AS_OF_TWICE if both are given,
  // INVALID_TIMESTAMP, or AS_OF_IN_FUTURE: entries may still be recorded before
  // that time, so the answer would not be the same for good.
  template <typename Request>
  absl::StatusOr<uint64_t> SizeFor(const Request& request) const {
    return Resolve(request.has_as_of() ? &request.as_of() : nullptr,
                   request.as_of_size());
  }

  // When the last of the first `size` entries was recorded; the infinite past
  // if `size` is 0.
  absl::StatusOr<absl::Time> RecordedAt(uint64_t size) const;

 private:
  absl::StatusOr<uint64_t> Resolve(const google::protobuf::Timestamp* as_of,
                                   uint64_t as_of_size) const;
  absl::StatusOr<uint64_t> CountUntil(absl::Time time) const;

  ledger::Ledger* const ledger_;
  ledger::Clock* const clock_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_AS_OF_H_
