// All figures of a year, as they are in effect: a page of reports after the
// other, by their names.

#ifndef ANNALS_SERVICE_FIGURE_LIST_H_
#define ANNALS_SERVICE_FIGURE_LIST_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "annals/v1/supervision_service.pb.h"
#include "ledger/clock.h"
#include "ledger/ledger.h"
#include "service/publication.h"
#include "service/recorded_figures.h"
#include "service/register_walk.h"
#include "service/report/names.h"
#include "service/subtree.h"
#include "service/view.h"

namespace annals {

// Holds a page, and of a subtree of the register the codes of its agencies. Not
// thread-safe. Blocks on storage.
class FigureList {
 public:
  // None is owned; all must outlive the list. `viewer`: as RollUp::Answer.
  // INVALID_ARGUMENT with reason INVALID_VALUE; as AsOf; NOT_FOUND with reason
  // AGENCY_NOT_FOUND.
  static absl::StatusOr<std::unique_ptr<FigureList>> Start(
      ledger::Ledger* ledger, ledger::Clock* clock,
      const Publications* publications, const v1::ListFiguresRequest& request,
      std::optional<Subtree> viewer = std::nullopt);

  // The next rows, none while agencies are looked for, until the next call;
  // null at the end. The first page is always one, and names the columns.
  absl::StatusOr<const v1::ListFiguresResponse*> Next();

 private:
  FigureList(ledger::Ledger* ledger, const Publications* publications,
             const v1::ListFiguresRequest& request, uint64_t size)
      : ledger_(ledger),
        publications_(*publications),
        request_(request),
        size_(size) {}

  absl::Status FindAgencies();
  absl::Status AddNextOfYear();
  absl::Status AddNextAgencies();
  struct Walked {
    std::string code;
    View view = View::kAll;
  };

  absl::Status AddReports(
      const std::vector<Publications::AskedReport>& reports);
  bool IsWanted(v1::Scope scope) const;
  void FillRow(v1::FigureRow* row) const;

  ledger::Ledger* const ledger_;
  const Publications& publications_;
  const v1::ListFiguresRequest request_;
  const uint64_t size_;
  bool is_first_ = true;
  bool is_done_ = false;
  // Of a subtree, until all of its agencies are found; then those, by code.
  std::optional<RegisterWalk> walk_;
  std::vector<Walked> agencies_;
  size_t next_agency_ = 0;
  // Of all reports: the row read last.
  std::string last_key_;
  // The one report that is held, and the page: used again, because making them
  // costs as much as reading does.
  RecordedFigures read_;
  v1::ListFiguresResponse page_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_FIGURE_LIST_H_
