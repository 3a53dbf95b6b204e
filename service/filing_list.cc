#include "service/filing_list.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/status_macros.h"
#include "service/leaf_codec.h"
#include "service/report/names.h"
#include "service/request.h"

namespace annals {
namespace {

// A page: so many filings, or so many agencies looked at.
constexpr int kPageFilingsMax = 200;
constexpr int kPageStepsMax = 1000;

absl::Status Validate(const v1::ListFilingsRequest& request) {
  RETURN_IF_ERROR(RequireKnownFields("request", request));
  RETURN_IF_ERROR(RequireReportYear(request.year()));
  for (const int state : request.states()) {
    if (v1::FilingState_IsValid(state) &&
        state != v1::FILING_STATE_UNSPECIFIED) {
      continue;
    }
    return InvalidField("INVALID_VALUE", "states",
                        absl::StrCat("has no value ", state),
                        absl::StrCat("没有取值 ", state));
  }
  return absl::OkStatus();
}

// REQUIRES: `has_filed` only with the time of the first revision.
v1::FilingState StateOf(const v1::Filing& filing, absl::Time late_from,
                        absl::Time judged_at) {
  if (!filing.has_filed_at()) {
    return judged_at < late_from ? v1::FILING_STATE_DUE
                                 : v1::FILING_STATE_MISSING;
  }
  return FromTimestamp(filing.filed_at()) < late_from ? v1::FILING_STATE_ON_TIME
                                                      : v1::FILING_STATE_LATE;
}

}  // namespace

absl::StatusOr<std::unique_ptr<FilingList>> FilingList::Start(
    ledger::Ledger* ledger, ledger::Clock* clock,
    const v1::ListFilingsRequest& request) {
  RETURN_IF_ERROR(Validate(request));
  const AsOf as_of(ledger, clock);
  ASSIGN_OR_RETURN(const uint64_t size, as_of.SizeFor(request));
  const absl::CivilDay last_day(request.year(), 12, 31);
  ASSIGN_OR_RETURN(
      RegisterWalk walk,
      RegisterWalk::Start(ledger, request.parent(), {size, last_day}));
  std::unique_ptr<FilingList> list(
      new FilingList(ledger, request, std::move(walk)));
  list->size_ = size;
  if (request.has_as_of()) {
    list->judged_at_ = FromTimestamp(request.as_of());
  } else if (request.as_of_size() != 0) {
    ASSIGN_OR_RETURN(list->judged_at_, as_of.RecordedAt(size));
  } else {
    list->judged_at_ = clock->Now();
  }
  return list;
}

bool FilingList::IsWanted(v1::FilingState state) const {
  const auto& states = request_.states();
  return states.empty() ||
         std::find(states.begin(), states.end(), state) != states.end();
}

absl::StatusOr<bool> FilingList::IsReturned(absl::string_view report,
                                            int32_t number) const {
  ASSIGN_OR_RETURN(const std::optional<ledger::StreamEnd> end,
                   ledger_->FindStreamEndAsOf(StepStream(report), size_));
  if (!end.has_value()) return false;
  ASSIGN_OR_RETURN(const ledger::LedgerEntryBytes bytes,
                   ledger_->ReadEntry(end->last_index, /*with_content=*/false));
  ASSIGN_OR_RETURN(const v1::LedgerEntry entry,
                   DecodeLeaf(end->last_index, bytes.leaf));
  return entry.step_taken().step() == v1::STEP_RETURNED &&
         entry.step_taken().number() == number;
}

// The latest revision, and when the first one came.
absl::Status FilingList::AddRevision(absl::string_view report,
                                     v1::Filing* filing) const {
  ASSIGN_OR_RETURN(const std::optional<ledger::StreamEnd> end,
                   ledger_->FindStreamEndAsOf(report, size_));
  if (!end.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const ledger::LedgerEntryBytes bytes,
                   ledger_->ReadEntry(end->last_index, /*with_content=*/false));
  ASSIGN_OR_RETURN(const v1::LedgerEntry entry,
                   DecodeLeaf(end->last_index, bytes.leaf));
  *filing->mutable_revision() = MakeRevision(entry, EtagOfLeaf(bytes.leaf));
  const v1::RevisionRecorded& event = entry.revision_recorded();
  filing->set_open_warning_count(event.acknowledged_warning_count() +
                                 event.unacknowledged_warning_count());
  if (end->length == 1) {
    *filing->mutable_filed_at() = entry.recorded_at();
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::vector<ledger::StreamEntry> first,
                   ledger_->ReadStream({std::string(report), 0, 1}));
  if (!first.empty()) {
    *filing->mutable_filed_at() = ToTimestamp(first.front().recorded_at);
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Filing> FilingList::FilingOf(WalkedAgency walked) const {
  ASSIGN_OR_RETURN(const report::AgencyName name,
                   report::ParseAgencyName(walked.agency.name()));
  v1::Filing filing;
  filing.set_depth(walked.depth);
  const absl::Time late_from =
      walked.deadlines->LateFrom(walked.agency.kind(), request_.year());
  *filing.mutable_deadline() = ToTimestamp(late_from - absl::Nanoseconds(1));
  *filing.mutable_agency() = std::move(walked.agency);
  const std::string report =
      report::ReportName{name.code, request_.year(), v1::SCOPE_ORGAN}
          .ToString();
  RETURN_IF_ERROR(AddRevision(report, &filing));
  filing.set_state(StateOf(filing, late_from, judged_at_));
  if (filing.has_revision()) {
    ASSIGN_OR_RETURN(const bool is_returned,
                     IsReturned(report, filing.revision().number()));
    if (is_returned) filing.set_state(v1::FILING_STATE_RETURNED);
  }
  ASSIGN_OR_RETURN(
      const std::optional<ledger::StreamEnd> regional,
      ledger_->FindStreamEndAsOf(
          report::ReportName{name.code, request_.year(), v1::SCOPE_REGIONAL}
              .ToString(),
          size_));
  if (regional.has_value()) {
    filing.set_regional_revision(static_cast<int32_t>(regional->length));
  }
  return filing;
}

absl::StatusOr<std::optional<v1::ListFilingsResponse>> FilingList::Next() {
  if (walk_.AtEnd() && !is_first_) return std::nullopt;
  is_first_ = false;
  v1::ListFilingsResponse page;
  page.set_tree_size(size_);
  for (int steps = 0; steps < kPageStepsMax && !walk_.AtEnd() &&
                      page.filings_size() < kPageFilingsMax;
       ++steps) {
    ASSIGN_OR_RETURN(std::optional<WalkedAgency> agency, walk_.Step());
    if (!agency.has_value()) continue;
    ASSIGN_OR_RETURN(v1::Filing filing, FilingOf(*std::move(agency)));
    if (IsWanted(filing.state())) *page.add_filings() = std::move(filing);
  }
  return page;
}

}  // namespace annals
