// Reports as they stand and stood. Knows no gRPC.

#ifndef ANNALS_SERVICE_RETRIEVAL_H_
#define ANNALS_SERVICE_RETRIEVAL_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "annals/v1/report_service.pb.h"
#include "ledger/ledger.h"
#include "service/answer_cache.h"
#include "service/as_of.h"
#include "service/life_reader.h"
#include "service/page_token.h"
#include "service/report/names.h"
#include "service/report_history.h"
#include "service/view.h"
#include "service/visible_history.h"

namespace annals {

// Thread-safe. Blocks on storage.
class Retrieval {
 public:
  // None is owned; all must outlive this.
  struct Parts {
    ledger::Ledger* ledger = nullptr;
    AnswerCache* answers = nullptr;
    const AsOf* as_of = nullptr;
    const LifeReader* lives = nullptr;
    const VisibleHistory* visible = nullptr;
    PageLimit page_limit = PageLimit();
  };

  explicit Retrieval(const Parts& parts)
      : parts_(parts), history_(parts.ledger) {}

  // What GetReport would answer who sees all, if that is in memory: the latest
  // revision of a report that was read lately. Null otherwise. Blocks on
  // nothing.
  SharedBytes PeekReport(const v1::GetReportRequest& request) const;

  // The serialized Revision, its content in the bytes that were hashed.
  // INVALID_ARGUMENT with reason AS_OF_WITH_REVISION, AS_OF_TWICE,
  // INVALID_TIMESTAMP or IN_EFFECT_WITH_REVISION;
  // NOT_FOUND with reason REPORT_NOT_FOUND, REVISION_NOT_FOUND,
  // NO_REVISION_AS_OF or NOT_IN_EFFECT; FAILED_PRECONDITION with reason
  // CONTENT_ERASED or CONTENT_WITHDRAWN, as of DiffRevisions.
  absl::StatusOr<SharedBytes> GetReport(const v1::GetReportRequest& request,
                                        View view) const;

  // This and what follows: as AsOf::SizeFor, for an answer that is the same for
  // good.
  absl::StatusOr<v1::ListReportsResponse> ListReports(
      const v1::ListReportsRequest& request, View view) const;

  absl::StatusOr<v1::ListRevisionsResponse> ListRevisions(
      const v1::ListRevisionsRequest& request, View view) const;

  // INVALID_ARGUMENT with reason INVALID_REVISION_RANGE; FAILED_PRECONDITION
  // with reason NO_EARLIER_REVISION if the report has one revision only.
  absl::StatusOr<v1::DiffRevisionsResponse> DiffRevisions(
      const v1::DiffRevisionsRequest& request, View view) const;

 private:
  struct Range {
    int64_t from = 0;
    int64_t to = 0;
  };

  uint64_t SizeNow() const {
    return parts_.ledger->checkpoint()->checkpoint.size;
  }
  absl::StatusOr<RecordedRevision> Find(const v1::GetReportRequest& request,
                                        View view) const;
  absl::StatusOr<RecordedRevision> FindNumbered(
      const v1::GetReportRequest& request, View view) const;
  absl::StatusOr<RecordedRevision> FindAsOfSize(
      const v1::GetReportRequest& request, absl::string_view report) const;
  absl::StatusOr<RecordedRevision> FindInEffect(
      const v1::GetReportRequest& request,
      const report::ReportName& report) const;
  absl::StatusOr<RecordedRevision> FindPublished(
      const v1::GetReportRequest& request,
      const report::ReportName& report) const;
  absl::Status AddReports(size_t page_size, uint64_t size, View view,
                          ledger::IndexScan scan, std::string* last_key,
                          v1::ListReportsResponse* response) const;
  absl::StatusOr<Range> ResolveRange(const v1::DiffRevisionsRequest& request,
                                     absl::string_view report,
                                     const VisibleReport& visible) const;

  const Parts parts_;
  const ReportHistory history_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_RETRIEVAL_H_
