// Reports added up cell by cell, and compared with a regional report. Pure: the
// client adds up what was proved to it with the code of the server.

#ifndef ANNALS_SERVICE_REPORT_ROLL_UP_SUM_H_
#define ANNALS_SERVICE_REPORT_ROLL_UP_SUM_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "annals/v1/report.pb.h"
#include "annals/v1/supervision_service.pb.h"
#include "service/report/checked_sum.h"
#include "service/report/figures.h"
#include "service/report/schema.h"

namespace annals::report {

// So many contributions of a cell unless another number is asked for, and at
// most so many.
inline constexpr int kContributionsDefault = 20;
inline constexpr int kContributionsMax = 10'000;

// Holds sums and the largest contributions, never the reports themselves.
class RollUpSum {
 public:
  // `contributions_max`: so many of each cell are kept, the largest.
  explicit RollUpSum(int contributions_max);

  // Adds the report that the revision of that name holds.
  void Add(absl::string_view revision, const Figures& figures);

  // The office's own regional report.
  void SetRegional(const Figures& figures);

  // The cells that a report that was added, or the regional one, has, in the
  // order of the form. Those of `chosen`, or if that is empty those that differ
  // from the regional report, have their contributions: the figures from the
  // largest down, in the order of adding where they are equal, then blanks.
  std::vector<v1::RollUpCell> Build(const std::vector<CellIndex>& chosen) const;

  // The tables of a regional report for `year` that says what was added up.
  v1::Report Draft(int year) const;

  size_t report_count() const { return reports_.size(); }

 private:
  struct Term {
    int64_t value = 0;
    size_t report = 0;
  };
  struct CellSum {
    CheckedSum sum;
    int figures = 0;
    int blanks = 0;
    std::vector<Term> largest;  // A heap, the least on top.
    std::vector<size_t> first_blanks;
  };
  struct SummedReport {
    std::string revision;
    std::string agency_name;
  };

  static bool ComesBefore(const Term& a, const Term& b);
  std::optional<int64_t> SumOf(const CellSum& cell) const;
  bool Differs(size_t cell) const;
  void Keep(Term term, std::vector<Term>* largest) const;
  void AddContributions(const CellSum& cell, v1::RollUpCell* message) const;

  const size_t contributions_max_;
  std::vector<CellSum> cells_;
  // Whether a report that was added, or the regional one, has the cell.
  std::vector<bool> is_shown_;
  std::vector<SummedReport> reports_;
  std::optional<Figures> regional_;
};

// Whether the sum is another than the office's own figure; a blank is not a
// zero. REQUIRES: the office has a regional report.
bool DiffersFromRegional(const v1::RollUpCell& cell);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_ROLL_UP_SUM_H_
