// What every rule looks at, read once per check.

#ifndef ANNALS_SERVICE_REPORT_CHECK_INPUT_H_
#define ANNALS_SERVICE_REPORT_CHECK_INPUT_H_

#include <array>
#include <cstdint>
#include <optional>

#include "annals/v1/report.pb.h"
#include "service/report/check.h"
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
  CheckInput(const v1::Report& report, const CheckContext& context);

  const v1::Report& report() const { return report_; }
  const CheckContext& context() const { return context_; }
  PreviousState previous_state() const { return previous_state_; }

  // A figure of this report or of last year's, which is all blank unless
  // usable.
  const std::optional<int64_t>& Value(CellIndex cell, bool is_previous) const {
    return is_previous ? previous_cells_[cell] : cells_[cell];
  }

  // The edition of a table of this report or of last year's; unspecified if it
  // is not one that the rules know.
  v1::Edition Edition(int table_number, bool is_previous) const {
    return is_previous ? previous_editions_[table_number]
                       : editions_[table_number];
  }

  // True if the edition of the cell's table has no such cell, so that sums go
  // without it. A table of no known edition is read as the current one.
  bool IsLeftOut(CellIndex cell, bool is_previous) const;

 private:
  using Editions = std::array<v1::Edition, 5>;  // By table number.
  static Editions ReadEditions(const v1::Report& report);

  const v1::Report& report_;
  const CheckContext& context_;
  const Cells cells_;
  const Editions editions_;
  const PreviousState previous_state_;
  Cells previous_cells_;
  Editions previous_editions_ = {};
};

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_CHECK_INPUT_H_
