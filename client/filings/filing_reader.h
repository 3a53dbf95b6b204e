// Who has filed, as the server streams it.

#ifndef ANNALS_CLIENT_FILINGS_FILING_READER_H_
#define ANNALS_CLIENT_FILINGS_FILING_READER_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "annals/v1/supervision_service.pb.h"
#include "client/connection.h"

namespace annals::client {

// Calls `visit` with each filing; the size of the ledger for which they hold.
// An interruption before the first filing is tried again; a later one is not,
// because what was printed can't be taken back. DATA_LOSS with reason
// ANSWER_MISMATCH if a filing is not of what was asked for.
absl::StatusOr<uint64_t> ReadFilings(
    const v1::ListFilingsRequest& request, Connection* connection,
    const std::function<absl::Status(const v1::Filing&)>& visit);

// The code in `agencies/{code}`.
std::string AgencyCode(const v1::Agency& agency);

// The last day on which a report is on time, in Asia/Shanghai: 2026-01-31.
std::string DeadlineDay(const v1::Filing& filing);

// How many days after the deadline it was filed (published, if it is judged by
// that) or, if it was not, `judged_at` is, a day begun counting whole; 0 if it
// is not late.
int DaysLate(const v1::Filing& filing, absl::Time judged_at);

// How many days after the deadline `judged_at` is, filed or not; 0 if it is not
// after it.
int DaysOverdue(const v1::Filing& filing, absl::Time judged_at);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_FILINGS_FILING_READER_H_
