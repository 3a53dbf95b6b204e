// Who has filed: a page of the filings below an office after the other.

#ifndef ANNALS_SERVICE_FILING_LIST_H_
#define ANNALS_SERVICE_FILING_LIST_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "annals/v1/ledger_entry.pb.h"
#include "annals/v1/supervision_service.pb.h"
#include "ledger/clock.h"
#include "ledger/ledger.h"
#include "service/as_of.h"
#include "service/life_reader.h"
#include "service/publication.h"
#include "service/register_walk.h"
#include "service/report/names.h"
#include "service/subtree.h"

namespace annals {

// Made of leaves and index rows. A content is read only of a first revision
// that was recorded as published: it states the day. Not thread-safe. Blocks on
// storage.
class FilingList {
 public:
  // None is owned; all must outlive the list. `viewer`: as RollUp::Answer.
  // INVALID_ARGUMENT with reason
  // INVALID_VALUE; as AsOf; NOT_FOUND with reason AGENCY_NOT_FOUND.
  static absl::StatusOr<std::unique_ptr<FilingList>> Start(
      ledger::Ledger* ledger, ledger::Clock* clock,
      const Publications* publications, const v1::ListFilingsRequest& request,
      std::optional<Subtree> viewer = std::nullopt);

  // The next filings, none in a stretch of the register where all are left
  // out; nullopt at the end. The first page is always one.
  absl::StatusOr<std::optional<v1::ListFilingsResponse>> Next();

 private:
  FilingList(ledger::Ledger* ledger, ledger::Clock* clock,
             const Publications* publications,
             const v1::ListFilingsRequest& request, RegisterWalk walk)
      : ledger_(ledger),
        publications_(*publications),
        lives_(ledger, clock),
        request_(request),
        walk_(std::move(walk)) {}

  using StreamEnd = std::optional<ledger::StreamEnd>;
  struct Ends;

  absl::StatusOr<std::vector<WalkedAgency>> Walk(int count, int* steps_left);
  absl::StatusOr<std::vector<Ends>> FindEnds(
      const std::vector<WalkedAgency>& agencies) const;
  absl::StatusOr<v1::Filing> FilingOf(WalkedAgency agency,
                                      const Ends& ends) const;
  absl::StatusOr<v1::LedgerEntry> AddRevision(const ledger::StreamEnd& end,
                                              v1::Filing* filing) const;
  absl::Status AddFirst(const v1::LedgerEntry& first, v1::Filing* filing) const;
  absl::Status AddRevisions(const report::ReportName& report, const Ends& ends,
                            v1::Filing* filing) const;
  // The same of an agency that has left the viewer: what is published.
  absl::Status AddPublished(const report::ReportName& report,
                            v1::Filing* filing) const;
  absl::Status AddFirstOf(const std::string& report, int64_t number,
                          v1::Filing* filing) const;
  absl::StatusOr<StreamEnd> EndOfRegional(const report::ReportName& report,
                                          bool has_left,
                                          const Ends& ends) const;
  // By its steps, or by what is published; unspecified if that says nothing.
  absl::StatusOr<v1::FilingState> StateBySteps(const report::ReportName& report,
                                               const Ends& ends) const;
  absl::StatusOr<v1::FilingState> StateByPublication(
      const report::ReportName& report) const;
  bool IsWanted(v1::FilingState state) const;

  ledger::Ledger* const ledger_;
  const Publications& publications_;
  const LifeReader lives_;
  const v1::ListFilingsRequest request_;
  RegisterWalk walk_;
  uint64_t size_ = 0;
  // Deadlines are judged by it.
  absl::Time judged_at_;
  bool is_first_ = true;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_FILING_LIST_H_
