#include "client/commands/days.h"

#include "absl/strings/str_format.h"
#include "client/archive/manifest.h"

namespace annals::client {

absl::StatusOr<v1::Date> DayArgument(const std::string& text) {
  return ParseDay(text);
}

std::string DayText(const v1::Date& date) {
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(),
                         date.day());
}

}  // namespace annals::client
