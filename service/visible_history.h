// The revisions of reports as far as a caller sees them. What is hidden from
// the caller is left out here, and nowhere else: whoever answers about
// revisions reads them through this.

#ifndef ANNALS_SERVICE_VISIBLE_HISTORY_H_
#define ANNALS_SERVICE_VISIBLE_HISTORY_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "ledger/ledger.h"
#include "service/publication.h"
#include "service/report/names.h"
#include "service/report_history.h"
#include "service/view.h"

namespace annals {

// The revisions of one report that a caller sees, under the numbers that they
// have. Made by VisibleHistory.
class VisibleReport {
 public:
  // The last one's number; 0 if there is none.
  int64_t latest() const { return Before(INT64_MAX); }
  // The number of the one before or after `number`; 0 if there is none.
  int64_t Before(int64_t number) const;
  int64_t After(int64_t number) const;

  // As ReportHistory::Read; NOT_FOUND with reason REPORT_NOT_FOUND if there is
  // none at all. Blocks on storage.
  absl::StatusOr<RecordedRevision> Read(int64_t number,
                                        WithContent with_content) const;

 private:
  friend class VisibleHistory;
  VisibleReport(const ReportHistory* history, std::string name, View view)
      : history_(history), name_(std::move(name)), view_(view) {}

  const ReportHistory* history_;
  std::string name_;
  View view_;
  // Of kAll: how many there are.
  int64_t length_ = 0;
  // Of kPublished.
  Publication publication_;
};

// Thread-safe. Blocks on storage.
class VisibleHistory {
 public:
  // None is owned; all must outlive this.
  VisibleHistory(ledger::Ledger* ledger, const Publications* publications)
      : history_(ledger), publications_(*publications) {}

  // What the caller sees of the report when the ledger had `size` entries.
  absl::StatusOr<VisibleReport> Find(const report::ReportName& report,
                                     uint64_t size, View view) const;

 private:
  const ReportHistory history_;
  const Publications& publications_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_VISIBLE_HISTORY_H_
