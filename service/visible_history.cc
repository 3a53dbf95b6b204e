#include "service/visible_history.h"

#include <algorithm>
#include <vector>

#include "ledger/status_macros.h"

namespace annals {

int64_t VisibleReport::Before(int64_t number) const {
  if (view_ == View::kAll) {
    return std::max<int64_t>(0, std::min(number - 1, length_));
  }
  const std::vector<PublishedRevision>& all = publication_.revisions;
  const auto behind =
      std::lower_bound(all.begin(), all.end(), number,
                       [](const PublishedRevision& revision, int64_t wanted) {
                         return revision.number < wanted;
                       });
  return behind == all.begin() ? 0 : std::prev(behind)->number;
}

int64_t VisibleReport::After(int64_t number) const {
  if (view_ == View::kAll) return number < length_ ? number + 1 : 0;
  const std::vector<PublishedRevision>& all = publication_.revisions;
  const auto after =
      std::upper_bound(all.begin(), all.end(), number,
                       [](int64_t wanted, const PublishedRevision& revision) {
                         return wanted < revision.number;
                       });
  return after == all.end() ? 0 : after->number;
}

absl::StatusOr<RecordedRevision> VisibleReport::Read(
    int64_t number, WithContent with_content) const {
  if (view_ == View::kAll) return history_->Read(name_, number, with_content);
  if (publication_.revisions.empty()) return ReportNotFound(name_);
  const PublishedRevision* const published = publication_.Find(number);
  if (published == nullptr) return RevisionNotFound(name_, number, latest());
  const WithContent shown =
      published->withdrawn_by.has_value() ? WithContent::kNo : with_content;
  ASSIGN_OR_RETURN(RecordedRevision revision,
                   history_->Read(name_, number, shown));
  revision.withdrawn_by = published->withdrawn_by;
  return revision;
}

absl::StatusOr<VisibleReport> VisibleHistory::Find(
    const report::ReportName& report, uint64_t size, View view) const {
  VisibleReport visible(&history_, report.ToString(), view);
  if (view == View::kAll) {
    ASSIGN_OR_RETURN(const uint64_t length,
                     history_.LengthAsOf(visible.name_, size));
    visible.length_ = static_cast<int64_t>(length);
  } else {
    ASSIGN_OR_RETURN(visible.publication_, publications_.Read(report, size));
  }
  return visible;
}

}  // namespace annals
