#include "service/report/check_input.h"

namespace annals::report {
namespace {

v1::Scope ScopeOf(const v1::Report& report) {
  return report.scope() == v1::SCOPE_UNSPECIFIED ? v1::SCOPE_ORGAN
                                                 : report.scope();
}

PreviousState StateOf(const v1::Report& report, const v1::Report* previous) {
  if (previous == nullptr) return PreviousState::kNotAtHand;
  if (ScopeOf(report) != ScopeOf(*previous)) return PreviousState::kOtherScope;
  const bool are_years_known = report.year() > 0 && previous->year() > 0;
  if (are_years_known && previous->year() != report.year() - 1) {
    return PreviousState::kOtherYear;
  }
  return PreviousState::kUsable;
}

}  // namespace

CheckInput::CheckInput(const v1::Report& report, const CheckContext& context)
    : report_(report),
      context_(context),
      cells_(ReadCells(report)),
      editions_(ReadEditions(report)),
      previous_state_(StateOf(report, context.previous)) {
  if (previous_state_ == PreviousState::kUsable) {
    previous_cells_ = ReadCells(*context.previous);
    previous_editions_ = ReadEditions(*context.previous);
  } else {
    previous_cells_.resize(cells_.size());
  }
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

bool CheckInput::IsLeftOut(CellIndex cell, bool is_previous) const {
  const CellInfo& info = Schema::Get().cells()[cell];
  const v1::Edition edition = Edition(info.table_number, is_previous);
  return !info.In(edition == v1::EDITION_UNSPECIFIED ? v1::EDITION_2021
                                                     : edition);
}

}  // namespace annals::report
