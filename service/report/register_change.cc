#include "service/report/register_change.h"

#include "service/report/days.h"

namespace annals::report {

std::optional<absl::CivilDay> LastDayKept(
    const v1::UpdateAgencyRequest& request, absl::CivilDay today) {
  if (request.replace_pending()) return today;
  if (!request.has_replace_from()) return std::nullopt;
  const auto from = CivilDayOf(request.replace_from());
  return from.has_value() ? std::optional(*from - 1) : std::nullopt;
}

}  // namespace annals::report
