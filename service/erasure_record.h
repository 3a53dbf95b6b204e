// Erasures as they are recorded, and how a reader is told of one.

#ifndef ANNALS_SERVICE_ERASURE_RECORD_H_
#define ANNALS_SERVICE_ERASURE_RECORD_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "annals/v1/report_service.pb.h"
#include "ledger/ledger.h"

namespace annals {

// The erasure that the entry `index` records. INDEX_DAMAGED if it records none.
absl::StatusOr<v1::Erasure> ReadErasure(uint64_t index, ledger::Ledger* ledger);

// FAILED_PRECONDITION with reason CONTENT_ERASED: who erased it, when, why, and
// which entry says so.
absl::Status ContentErased(const v1::Erasure& erasure);

}  // namespace annals

#endif  // ANNALS_SERVICE_ERASURE_RECORD_H_
