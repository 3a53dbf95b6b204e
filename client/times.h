// Moments as people write and read them.

#ifndef ANNALS_CLIENT_TIMES_H_
#define ANNALS_CLIENT_TIMES_H_

#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "service/report/timestamp.h"

namespace annals::client {

// Asia/Shanghai: what people read and write is in the time of the law and of
// the server's messages, wherever the command runs.
absl::TimeZone ZoneOfPeople();

// In the zone, with its offset, exact, so that it can be given back as
// `--as-of`: 2025-02-01T00:00:00.123456+08:00. Without a zone as people read
// it; what programs read is in UTC.
std::string FormatMoment(absl::Time time, absl::TimeZone zone = ZoneOfPeople());
std::string FormatMoment(const google::protobuf::Timestamp& time);

// RFC 3339 (2025-02-01T00:00:00+08:00), or without the offset, or a day alone,
// which are read in `zone`; a day means its first moment. A usage error naming
// the forms if it is none of these.
absl::StatusOr<absl::Time> ParseMoment(absl::string_view text,
                                       absl::TimeZone zone);

using report::FromTimestamp;
using report::ToTimestamp;

}  // namespace annals::client

#endif  // ANNALS_CLIENT_TIMES_H_
