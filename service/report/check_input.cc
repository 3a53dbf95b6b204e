#include "service/report/check_input.h"

#include <algorithm>

namespace annals::report {
namespace {

v1::Scope ScopeOf(const v1::Report& report) {
  return report.scope() == v1::SCOPE_UNSPECIFIED ? v1::SCOPE_ORGAN
                                                 : report.scope();
}

PreviousState StateOf(const v1::Report& report,
                      const ReportView* previous_view) {
  if (previous_view == nullptr) return PreviousState::kNotAtHand;
  const v1::Report* previous = &previous_view->head();
  if (ScopeOf(report) != ScopeOf(*previous)) return PreviousState::kOtherScope;
  const bool are_years_known = report.year() > 0 && previous->year() > 0;
  if (are_years_known && previous->year() != report.year() - 1) {
    return PreviousState::kOtherYear;
  }
  return PreviousState::kUsable;
}

RollUpParts PartsOf(const CheckContext& context) {
  if (!context.parts.has_value()) return RollUpParts();
  return SortParts(*context.parts, context.agency == nullptr
                                       ? absl::string_view()
                                       : context.agency->division_code());
}

}  // namespace

CheckInput::CheckInput(const ReportView& report, const CheckContext& context)
    : report_(report),
      context_(context),
      infos_(Schema::Get().cells()),
      editions_(ReadEditions(report.head())),
      has_all_editions_(HasAllEditions(editions_)),
      previous_state_(StateOf(report.head(), context.previous)),
      prose_(ReadSectionOne(report)),
      stated_requests_(FindStatedRequests(report)),
      roll_up_parts_(PartsOf(context)) {
  if (previous_state_ == PreviousState::kUsable) {
    previous_editions_ = ReadEditions(context.previous->head());
  }
}

bool CheckInput::HasAllEditions(const Editions& editions) {
  return std::all_of(
      editions.begin() + 2, editions.end(),
      [](v1::Edition edition) { return edition != v1::EDITION_UNSPECIFIED; });
}

CheckInput::Editions CheckInput::ReadEditions(const v1::Report& report) {
  Editions editions = {};
  for (int table = 2; table <= 4; ++table) {
    const v1::Edition edition = EditionOf(report, table);
    if (edition == v1::EDITION_2019 || edition == v1::EDITION_2021) {
      editions[table] = edition;
    }
  }
  return editions;
}

}  // namespace annals::report
