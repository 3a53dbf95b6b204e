#include "service/supervision.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals {
namespace {

// More offices than stand above any agency in all its time.
constexpr size_t kOfficesMax = 1000;

absl::Status SupervisionCycle(const NewSupervision& supervision,
                              absl::CivilDay day) {
  const std::string text = absl::FormatCivilTime(day);
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "SUPERVISION_CYCLE",
      {absl::StrCat(supervision.agency, " can't be supervised by ",
                    supervision.supervisor, ": on ", text,
                    " it stands above that agency itself; change the other "
                    "supervision first."),
       absl::StrCat(supervision.agency, " 不能由 ", supervision.supervisor,
                    " 主管：在 ", text,
                    " 前者本身在后者之上；请先变更后者的主管机关。")});
}

// An office, on the days from `first` up to, not including, `end`.
struct Office {
  std::string name;
  absl::CivilDay first;
  absl::CivilDay end;
};

// The supervisors of `office` on its days. `count`: how many states it has.
absl::StatusOr<std::vector<Office>> SupervisorsOf(const Office& office,
                                                  int32_t count,
                                                  const AgencyStates& states) {
  std::vector<Office> supervisors;
  absl::CivilDay end = office.end;
  for (int32_t number = count; number >= 1 && office.first < end; --number) {
    ASSIGN_OR_RETURN(const RecordedAgency state,
                     states.Read(office.name, number));
    const absl::CivilDay begin =
        number == 1 ? office.first
                    : std::max(office.first, FirstDayOf(state.agency));
    if (begin < end && !state.agency.supervisor().empty()) {
      supervisors.push_back({state.agency.supervisor(), begin, end});
    }
    end = std::min(end, begin);
  }
  return supervisors;
}

}  // namespace

absl::StatusOr<std::vector<ledger::StreamLength>> RequireNoCycle(
    const NewSupervision& supervision, uint64_t size,
    const AgencyStates& states) {
  std::vector<ledger::StreamLength> relied_on;
  std::vector<Office> above = {
      {supervision.supervisor, supervision.first_day, absl::CivilDay::max()}};
  for (size_t i = 0; i < above.size(); ++i) {
    const Office office = above[i];
    if (office.name == supervision.agency || i == kOfficesMax) {
      return SupervisionCycle(supervision, office.first);
    }
    ASSIGN_OR_RETURN(const int32_t count, states.Count(office.name, size));
    const auto is_office = [&office](const ledger::StreamLength& length) {
      return length.stream == office.name;
    };
    if (std::none_of(relied_on.begin(), relied_on.end(), is_office)) {
      relied_on.push_back({office.name, static_cast<uint64_t>(count)});
    }
    ASSIGN_OR_RETURN(std::vector<Office> next,
                     SupervisorsOf(office, count, states));
    std::move(next.begin(), next.end(), std::back_inserter(above));
  }
  return relied_on;
}

}  // namespace annals
