// Reads that several commands make.

#ifndef ANNALS_CLIENT_FETCH_H_
#define ANNALS_CLIENT_FETCH_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "annals/v1/ledger_service.pb.h"
#include "annals/v1/report_service.pb.h"
#include "client/connection.h"

namespace annals::client {

// The revision `name` means: a report's latest, the one that was latest at a
// time, or the one of that name.
absl::StatusOr<v1::Revision> FetchRevision(Connection* connection,
                                           const std::string& name,
                                           std::optional<absl::Time> as_of);

// A ledger entry with its content and its proof for the latest checkpoint.
absl::StatusOr<v1::Entry> FetchEntry(Connection* connection, uint64_t index);

// The report of a revision, with the revision's etag: the base of a
// correction.
v1::Report ReportOf(const v1::Revision& revision);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_FETCH_H_
