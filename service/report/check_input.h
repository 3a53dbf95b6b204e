// What every rule looks at, read once per check.

#ifndef ANNALS_SERVICE_REPORT_CHECK_INPUT_H_
#define ANNALS_SERVICE_REPORT_CHECK_INPUT_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "service/report/check.h"
#include "service/report/prose_figure.h"
#include "service/report/prose_reading.h"
#include "service/report/report_view.h"
#include "service/report/roll_up_parts.h"
#include "service/report/schema.h"

namespace annals::report {

// Whether last year's report can be compared with this one.
enum class PreviousState {
  kUsable,
  kNotAtHand,
  kOtherScope,  // It covers the organ where this one covers the region.
  kOtherYear,   // It is not of the year before.
};

// Both arguments must outlive it.
class CheckInput {
 public:
  CheckInput(const ReportView& report, const CheckContext& context);

  const ReportView& report() const { return report_; }
  const CheckContext& context() const { return context_; }
  PreviousState previous_state() const { return previous_state_; }
  bool has_previous() const {
    return previous_state_ == PreviousState::kUsable;
  }
  // The reports that it adds up. REQUIRES: they are known.
  const RollUpParts& roll_up_parts() const { return roll_up_parts_; }
  // What section one states.
  const ProseReading& prose() const { return prose_; }
  const StatedRequests& stated_requests() const { return stated_requests_; }

  // A figure of this report or of last year's. REQUIRES: last year's is usable,
  // if it is of that.
  const std::optional<int64_t>& Value(CellIndex cell, bool is_previous) const {
    const Cells& cells =
        is_previous ? context_.previous->cells() : report_.cells();
    return cells[static_cast<size_t>(cell)];
  }

  // The edition of a table of this report or of last year's; unspecified if it
  // is not one that the rules know.
  v1::Edition Edition(int table_number, bool is_previous) const {
    return is_previous ? previous_editions_[table_number]
                       : editions_[table_number];
  }

  // True if each table of this report has an edition that the rules know.
  bool has_all_editions() const { return has_all_editions_; }

  // True if the edition of the cell's table has no such cell, so that sums go
  // without it. A table of no known edition is read as the current one.
  bool IsLeftOut(CellIndex cell, bool is_previous) const {
    const CellInfo& info = infos_[cell];
    const v1::Edition edition = Edition(info.table_number, is_previous);
    return !info.In(edition == v1::EDITION_UNSPECIFIED ? v1::EDITION_2021
                                                       : edition);
  }

 private:
  using Editions = std::array<v1::Edition, 5>;  // By table number.
  static Editions ReadEditions(const v1::Report& report);
  static bool HasAllEditions(const Editions& editions);

  const ReportView& report_;
  const CheckContext& context_;
  const std::vector<CellInfo>& infos_;
  const Editions editions_;
  const bool has_all_editions_;
  const PreviousState previous_state_;
  Editions previous_editions_ = {};
  const ProseReading prose_;
  const StatedRequests stated_requests_;
  const RollUpParts roll_up_parts_;
};

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_CHECK_INPUT_H_
