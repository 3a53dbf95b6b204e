#include "service/filing_list.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/status_macros.h"
#include "service/leaf_codec.h"
#include "service/report/days.h"
#include "service/report_history.h"
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

// REQUIRES: `filed_at` only with a revision.
v1::FilingState StateOf(const v1::Filing& filing, absl::Time late_from,
                        absl::Time judged_at) {
  if (!filing.has_filed_at()) {
    return judged_at < late_from ? v1::FILING_STATE_DUE
                                 : v1::FILING_STATE_MISSING;
  }
  absl::Time filed_at = FromTimestamp(filing.filed_at());
  if (filing.has_published_on()) {
    const auto day = report::CivilDayOf(filing.published_on());
    if (day.has_value()) filed_at = report::StartInShanghai(*day);
  }
  return filed_at < late_from ? v1::FILING_STATE_ON_TIME
                              : v1::FILING_STATE_LATE;
}

void AddWarnings(const v1::RevisionRecorded& event, v1::Filing* filing) {
  filing->set_open_warning_count(filing->open_warning_count() +
                                 event.acknowledged_warning_count() +
                                 event.unacknowledged_warning_count());
}

// Whether the latest revision was returned and has not passed since: it has
// when it takes effect, is accepted or, if it was in effect all along, is
// published anew.
bool IsReturned(const RecordedLife& life) {
  bool is_returned = false;
  size_t next_decisive = 0;
  for (size_t i = 0; i < life.steps.size(); ++i) {
    const v1::StepTaken& step = life.steps[i].step_taken();
    const bool is_decisive = next_decisive < life.decisive_steps.size() &&
                             life.decisive_steps[next_decisive] == i;
    if (is_decisive) ++next_decisive;
    if (step.number() != life.life.latest()) continue;
    if (step.step() == v1::STEP_RETURNED) {
      is_returned = true;
    } else if (step.step() == v1::STEP_ACCEPTED ||
               step.step() == v1::STEP_PUBLISHED ||
               (is_decisive && step.step() != v1::STEP_WITHDRAWN)) {
      is_returned = false;
    }
  }
  return is_returned;
}

}  // namespace

absl::StatusOr<std::unique_ptr<FilingList>> FilingList::Start(
    ledger::Ledger* ledger, ledger::Clock* clock,
    const Publications* publications, const v1::ListFilingsRequest& request,
    std::optional<Subtree> viewer) {
  RETURN_IF_ERROR(Validate(request));
  const AsOf as_of(ledger, clock);
  ASSIGN_OR_RETURN(const uint64_t size, as_of.SizeFor(request));
  absl::Time judged_at = clock->Now();
  if (request.has_as_of()) {
    judged_at = FromTimestamp(request.as_of());
  } else if (request.as_of_size() != 0) {
    ASSIGN_OR_RETURN(judged_at, as_of.RecordedAt(size));
  }
  const absl::CivilDay last_day(request.year(), 12, 31);
  ASSIGN_OR_RETURN(RegisterWalk walk,
                   RegisterWalk::Start(ledger, request.parent(),
                                       {size, last_day}, std::move(viewer)));
  std::unique_ptr<FilingList> list(
      new FilingList(ledger, clock, publications, request, std::move(walk)));
  list->size_ = size;
  list->judged_at_ = judged_at;
  return list;
}

bool FilingList::IsWanted(v1::FilingState state) const {
  const auto& states = request_.states();
  return states.empty() ||
         std::find(states.begin(), states.end(), state) != states.end();
}

// Where the streams of an agency's reports of the year end.
struct FilingList::Ends {
  StreamEnd revisions;
  StreamEnd steps;
  StreamEnd regional;
};

absl::StatusOr<v1::FilingState> FilingList::StateBySteps(
    const report::ReportName& report, const Ends& ends) const {
  if (!ends.revisions.has_value() || !ends.steps.has_value()) {
    return v1::FILING_STATE_UNSPECIFIED;
  }
  ASSIGN_OR_RETURN(const RecordedLife life, lives_.Read(report, size_));
  if (IsReturned(life)) return v1::FILING_STATE_RETURNED;
  return life.life.withdrawn() != 0 ? v1::FILING_STATE_WITHDRAWN
                                    : v1::FILING_STATE_UNSPECIFIED;
}

absl::StatusOr<v1::FilingState> FilingList::StateByPublication(
    const report::ReportName& report) const {
  ASSIGN_OR_RETURN(const Publication publication,
                   publications_.ReadThen(report, size_));
  return publication.IsWithdrawn() ? v1::FILING_STATE_WITHDRAWN
                                   : v1::FILING_STATE_UNSPECIFIED;
}

// The latest revision.
absl::StatusOr<v1::LedgerEntry> FilingList::AddRevision(
    const ledger::StreamEnd& end, v1::Filing* filing) const {
  ASSIGN_OR_RETURN(const std::string leaf, ledger_->ReadLeaf(end.last_index));
  ASSIGN_OR_RETURN(v1::LedgerEntry entry, DecodeLeaf(end.last_index, leaf));
  *filing->mutable_revision() = MakeRevision(entry, EtagOfLeaf(leaf));
  AddWarnings(entry.revision_recorded(), filing);
  return entry;
}

// When it came, and when it says that it was published.
absl::Status FilingList::AddFirst(const v1::LedgerEntry& first,
                                  v1::Filing* filing) const {
  *filing->mutable_filed_at() = first.recorded_at();
  if (!first.revision_recorded().as_published()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const ledger::LedgerEntryBytes bytes,
                   ledger_->ReadEntry(first.index(), /*with_content=*/true));
  if (!bytes.content.has_value()) return absl::OkStatus();
  v1::RevisionContent content;
  if (!content.ParseFromString(bytes.content->content)) {
    return absl::OkStatus();  // Those who read the report are told.
  }
  const v1::Publication& publication = content.report().publication();
  if (publication.has_date()) {
    *filing->mutable_published_on() = publication.date();
  }
  return absl::OkStatus();
}

absl::Status FilingList::AddRevisions(const report::ReportName& report,
                                      const Ends& ends,
                                      v1::Filing* filing) const {
  if (!ends.revisions.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const v1::LedgerEntry latest,
                   AddRevision(*ends.revisions, filing));
  return ends.revisions->length == 1 ? AddFirst(latest, filing)
                                     : AddFirstOf(report.ToString(), 1, filing);
}

// Reads the revision of that number as the first.
absl::Status FilingList::AddFirstOf(const std::string& report, int64_t number,
                                    v1::Filing* filing) const {
  const auto position = static_cast<uint64_t>(number) - 1;
  ASSIGN_OR_RETURN(const std::vector<ledger::StreamEntry> places,
                   ledger_->ReadStream({report, position, position + 1}));
  if (places.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const v1::LedgerEntry first,
                   ReadDecodedLeaf(places.front().index, ledger_));
  return AddFirst(first, filing);
}

absl::Status FilingList::AddPublished(const report::ReportName& report,
                                      v1::Filing* filing) const {
  ASSIGN_OR_RETURN(const std::optional<ledger::StreamEnd> end,
                   publications_.FindInEffectAsOf(report, size_));
  if (!end.has_value()) return absl::OkStatus();
  RETURN_IF_ERROR(AddRevision(*end, filing).status());
  ASSIGN_OR_RETURN(const Publication publication,
                   publications_.ReadThen(report, size_));
  return AddFirstOf(report.ToString(), publication.revisions.front().number,
                    filing);
}

absl::StatusOr<std::vector<FilingList::Ends>> FilingList::FindEnds(
    const std::vector<WalkedAgency>& agencies) const {
  std::vector<std::string> streams;
  for (const WalkedAgency& walked : agencies) {
    ASSIGN_OR_RETURN(const report::AgencyName name,
                     report::ParseAgencyName(walked.agency.name()));
    report::ReportName report = {name.code, request_.year(), v1::SCOPE_ORGAN};
    streams.push_back(report.ToString());
    streams.push_back(StepStream(report.ToString()));
    report.scope = v1::SCOPE_REGIONAL;
    streams.push_back(report.ToString());
  }
  ASSIGN_OR_RETURN(const std::vector<StreamEnd> found,
                   ledger_->FindStreamEndsAsOf(streams, size_));
  std::vector<Ends> ends;
  for (size_t i = 0; i < found.size(); i += 3) {
    ends.push_back({found[i], found[i + 1], found[i + 2]});
  }
  return ends;
}

absl::StatusOr<FilingList::StreamEnd> FilingList::EndOfRegional(
    const report::ReportName& report, bool has_left, const Ends& ends) const {
  if (!has_left) return ends.regional;
  report::ReportName regional = report;
  regional.scope = v1::SCOPE_REGIONAL;
  return publications_.FindInEffectAsOf(regional, size_);
}

absl::StatusOr<v1::Filing> FilingList::FilingOf(WalkedAgency walked,
                                                const Ends& ends) const {
  ASSIGN_OR_RETURN(const report::AgencyName name,
                   report::ParseAgencyName(walked.agency.name()));
  v1::Filing filing;
  filing.set_depth(walked.depth);
  const absl::Time late_from =
      walked.deadlines->LateFrom(walked.agency.kind(), request_.year());
  *filing.mutable_deadline() = ToTimestamp(late_from - absl::Nanoseconds(1));
  *filing.mutable_agency() = std::move(walked.agency);
  const report::ReportName report = {name.code, request_.year(),
                                     v1::SCOPE_ORGAN};
  const bool has_left = walked.has_left;
  RETURN_IF_ERROR(has_left ? AddPublished(report, &filing)
                           : AddRevisions(report, ends, &filing));
  filing.set_state(StateOf(filing, late_from, judged_at_));
  ASSIGN_OR_RETURN(
      const v1::FilingState state,
      has_left ? StateByPublication(report) : StateBySteps(report, ends));
  if (state != v1::FILING_STATE_UNSPECIFIED) filing.set_state(state);
  ASSIGN_OR_RETURN(const StreamEnd regional,
                   EndOfRegional(report, has_left, ends));
  if (regional.has_value()) {
    filing.set_regional_revision(static_cast<int32_t>(regional->length));
    ASSIGN_OR_RETURN(const v1::LedgerEntry entry,
                     ReadDecodedLeaf(regional->last_index, ledger_));
    AddWarnings(entry.revision_recorded(), &filing);
  }
  return filing;
}

// The next agencies that exist, at most `count`. Counts its steps down.
absl::StatusOr<std::vector<WalkedAgency>> FilingList::Walk(int count,
                                                           int* steps_left) {
  std::vector<WalkedAgency> agencies;
  while (static_cast<int>(agencies.size()) < count && *steps_left > 0 &&
         !walk_.AtEnd()) {
    --*steps_left;
    ASSIGN_OR_RETURN(std::optional<WalkedAgency> agency, walk_.Step());
    if (agency.has_value() && agency->exists) {
      agencies.push_back(*std::move(agency));
    }
  }
  return agencies;
}

absl::StatusOr<std::optional<v1::ListFilingsResponse>> FilingList::Next() {
  if (walk_.AtEnd() && !is_first_) return std::nullopt;
  is_first_ = false;
  v1::ListFilingsResponse page;
  page.set_tree_size(size_);
  int steps_left = kPageStepsMax;
  while (steps_left > 0 && !walk_.AtEnd() &&
         page.filings_size() < kPageFilingsMax) {
    ASSIGN_OR_RETURN(std::vector<WalkedAgency> agencies,
                     Walk(kPageFilingsMax - page.filings_size(), &steps_left));
    ASSIGN_OR_RETURN(const std::vector<Ends> ends, FindEnds(agencies));
    for (size_t i = 0; i < agencies.size(); ++i) {
      ASSIGN_OR_RETURN(v1::Filing filing,
                       FilingOf(std::move(agencies[i]), ends[i]));
      if (IsWanted(filing.state())) *page.add_filings() = std::move(filing);
    }
  }
  return page;
}

}  // namespace annals
