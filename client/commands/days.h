// Days on the command line.

#ifndef ANNALS_CLIENT_COMMANDS_DAYS_H_
#define ANNALS_CLIENT_COMMANDS_DAYS_H_

#include <string>

#include "absl/status/statusor.h"
#include "annals/v1/report.pb.h"

namespace annals::client {

// A day written as 2025-01-20; a usage error if it is none.
absl::StatusOr<v1::Date> DayArgument(const std::string& text);

// The same way round.
std::string DayText(const v1::Date& date);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMMANDS_DAYS_H_
