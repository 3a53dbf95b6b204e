#include "service/publication.h"

#include <algorithm>

#include "ledger/status_macros.h"
#include "service/leaf_codec.h"
#include "service/report/days.h"

namespace annals {
namespace {

// Some hundred bytes each.
constexpr size_t kKnownMax = 8192;
constexpr size_t kScanRows = 64;

constexpr EntrySight kHidden = {false, std::nullopt};
constexpr EntrySight kShown = {true, std::nullopt};

}  // namespace

const PublishedRevision* Publication::Find(int64_t number) const {
  const auto found =
      std::lower_bound(revisions.begin(), revisions.end(), number,
                       [](const PublishedRevision& revision, int64_t wanted) {
                         return revision.number < wanted;
                       });
  return found != revisions.end() && found->number == number ? &*found
                                                             : nullptr;
}

bool Publication::IsWithdrawn() const {
  return !revisions.empty() && revisions.back().withdrawn_by.has_value();
}

Publication PublicationOf(const RecordedLife& life) {
  Publication publication;
  for (int32_t number = 1; number <= life.life.latest(); ++number) {
    if (!life.life.TookEffect(number)) continue;
    PublishedRevision& revision = publication.revisions.emplace_back();
    revision.number = number;
    if (!life.life.IsWithdrawn(number)) continue;
    for (const size_t place : life.decisive_steps) {
      const v1::LedgerEntry& step = life.steps[place];
      if (step.step_taken().number() == number) {
        revision.withdrawn_by = step.index();
      }
    }
  }
  for (const size_t place : PublishedSteps(life)) {
    publication.steps.push_back(life.steps[place].index());
  }
  return publication;
}

std::vector<size_t> PublishedSteps(const RecordedLife& life) {
  std::vector<size_t> places;
  for (size_t place = 0; place < life.steps.size(); ++place) {
    const v1::StepTaken& step = life.steps[place].step_taken();
    const bool is_decisive = std::binary_search(
        life.decisive_steps.begin(), life.decisive_steps.end(), place);
    if (is_decisive || (step.step() == v1::STEP_PUBLISHED &&
                        life.life.TookEffect(step.number()))) {
      places.push_back(place);
    }
  }
  return places;
}

bool IsOpenToAll(const v1::LedgerEntry& entry) {
  switch (entry.event_case()) {
    case v1::LedgerEntry::kAgencyRegistered:
    case v1::LedgerEntry::kAgencyChanged:
    case v1::LedgerEntry::kKeyChanged:
    case v1::LedgerEntry::kPolicySet:
      return true;
    case v1::LedgerEntry::kRevisionRecorded:
    case v1::LedgerEntry::kStepTaken:
    case v1::LedgerEntry::kContentErased:
    case v1::LedgerEntry::kDocumentRecorded:
    case v1::LedgerEntry::EVENT_NOT_SET:
      return false;
  }
  return false;
}

// A report that there is not costs the reads of one that is hidden: those of
// the policy that governs it.
absl::StatusOr<Publication> Publications::Compute(
    const report::ReportName& report, uint64_t size) const {
  const absl::StatusOr<RecordedLife> life = lives_.Read(report, size);
  if (life.ok()) return PublicationOf(*life);
  if (!absl::IsNotFound(life.status())) return life.status();
  ASSIGN_OR_RETURN(
      const OfficePath path,
      policies_.ReadPath(report::AgencyName{report.agency_code}.ToString(),
                         {size, lives_.Now().day}));
  RETURN_IF_ERROR(policies_.FindFor(path, size).status());
  return Publication();
}

absl::StatusOr<Publications::Lengths> Publications::ReadLengths(
    const std::string& report, uint64_t size) const {
  ASSIGN_OR_RETURN(const auto revisions,
                   ledger_.FindStreamEndAsOf(report, size));
  ASSIGN_OR_RETURN(const auto steps,
                   ledger_.FindStreamEndAsOf(StepStream(report), size));
  return Lengths{revisions.has_value() ? revisions->length : 0,
                 steps.has_value() ? steps->length : 0};
}

absl::StatusOr<Publications::Shared> Publications::ReadAsOf(
    const report::ReportName& report, uint64_t size) const {
  ASSIGN_OR_RETURN(const Lengths lengths, ReadLengths(report.ToString(), size));
  return ReadOfLengths(report, lengths, size);
}

absl::StatusOr<Publications::Shared> Publications::ReadOfLengths(
    const report::ReportName& report, const Lengths& lengths,
    uint64_t size) const {
  const std::string name = report.ToString();
  {
    MutexLock lock(&mutex_);
    const auto found = known_.find(name);
    if (found != known_.end() && found->second.first == lengths) {
      return found->second.second;
    }
  }
  ASSIGN_OR_RETURN(Publication computed, Compute(report, size));
  auto publication = std::make_shared<const Publication>(std::move(computed));
  MutexLock lock(&mutex_);
  if (known_.size() >= kKnownMax) known_.clear();
  known_[name] = {lengths, publication};
  return publication;
}

absl::StatusOr<Publication> Publications::Read(const report::ReportName& report,
                                               uint64_t size) const {
  const uint64_t latest = ledger_.checkpoint()->checkpoint.size;
  ASSIGN_OR_RETURN(const Shared now, ReadAsOf(report, latest));
  if (size >= latest) return *now;
  ASSIGN_OR_RETURN(const Shared then, ReadAsOf(report, size));
  Publication publication = *then;
  for (PublishedRevision& revision : publication.revisions) {
    const PublishedRevision* const present = now->Find(revision.number);
    if (present != nullptr) revision.withdrawn_by = present->withdrawn_by;
  }
  return publication;
}

absl::StatusOr<Publication> Publications::ReadThen(
    const report::ReportName& report, uint64_t size) const {
  ASSIGN_OR_RETURN(const Shared then, ReadAsOf(report, size));
  return *then;
}

namespace {

// The published revision that took effect last is in effect, or withdrawn. 0 if
// none is in effect.
int64_t NumberInEffect(const Publication& publication) {
  if (publication.revisions.empty() || publication.IsWithdrawn()) return 0;
  return publication.revisions.back().number;
}

}  // namespace

absl::StatusOr<bool> Publications::IsPlain(
    const ledger::StreamEnd& revisions,
    const std::optional<ledger::StreamEnd>& steps) const {
  if (steps.has_value()) return false;
  ASSIGN_OR_RETURN(const bool has_policy,
                   lives_.HasPolicyBefore(revisions.last_index));
  return !has_policy;
}

absl::StatusOr<InEffect> Publications::FindInEffect(
    const report::ReportName& report) const {
  const std::string name = report.ToString();
  InEffect in_effect;
  in_effect.decided_by = {{name, 0}, {StepStream(name), 0}};
  const uint64_t size = ledger_.checkpoint()->checkpoint.size;
  ASSIGN_OR_RETURN(const auto end, ledger_.FindStreamEndAsOf(name, size));
  // A report that is not there has no steps either.
  if (!end.has_value()) return in_effect;
  ASSIGN_OR_RETURN(const auto steps,
                   ledger_.FindStreamEndAsOf(StepStream(name), size));
  const Lengths lengths = {end->length, steps.has_value() ? steps->length : 0};
  in_effect.decided_by[0].length = lengths.revisions;
  in_effect.decided_by[1].length = lengths.steps;
  ASSIGN_OR_RETURN(const bool is_plain, IsPlain(*end, steps));
  if (is_plain) {
    in_effect.number = static_cast<int64_t>(end->length);
    return in_effect;
  }
  ASSIGN_OR_RETURN(const Shared publication,
                   ReadOfLengths(report, lengths, size));
  in_effect.number = NumberInEffect(*publication);
  return in_effect;
}

absl::StatusOr<std::optional<ledger::StreamEnd>> Publications::FindInEffectAsOf(
    const report::ReportName& report, uint64_t size, View view) const {
  ASSIGN_OR_RETURN(const std::vector<StreamEnd> found,
                   FindAllInEffectAsOf({{report, view}}, size));
  return found.front();
}

absl::StatusOr<std::vector<Publications::StreamEnd>>
Publications::FindAllInEffectAsOf(const std::vector<AskedReport>& reports,
                                  uint64_t size) const {
  std::vector<std::string> streams;
  streams.reserve(2 * reports.size());
  for (const AskedReport& asked : reports) {
    streams.push_back(asked.report.ToString());
    streams.push_back(StepStream(streams.back()));
  }
  ASSIGN_OR_RETURN(const std::vector<StreamEnd> ends,
                   ledger_.FindStreamEndsAsOf(streams, size));
  std::vector<StreamEnd> found(reports.size());
  for (size_t i = 0; i < reports.size(); ++i) {
    if (!ends[2 * i].has_value()) continue;
    ASSIGN_OR_RETURN(
        found[i],
        EndInEffect(reports[i], {*ends[2 * i], ends[2 * i + 1]}, size));
  }
  return found;
}

absl::StatusOr<Publications::StreamEnd> Publications::EndInEffect(
    const AskedReport& asked, const Ends& ends, uint64_t size) const {
  const auto& [report, view] = asked;
  const ledger::StreamEnd& end = ends.revisions;
  const StreamEnd& steps = ends.steps;
  ASSIGN_OR_RETURN(const bool is_plain, IsPlain(end, steps));
  if (is_plain && view == View::kAll) return end;
  ASSIGN_OR_RETURN(
      const Shared publication,
      ReadOfLengths(report, {end.length, steps.has_value() ? steps->length : 0},
                    size));
  const auto number = static_cast<uint64_t>(NumberInEffect(*publication));
  if (number == 0) return std::nullopt;
  if (view == View::kPublished) {
    ASSIGN_OR_RETURN(const Publication now, Read(report, size));
    const PublishedRevision* const revision =
        now.Find(static_cast<int64_t>(number));
    if (revision == nullptr || revision->withdrawn_by.has_value()) {
      return std::nullopt;
    }
  }
  if (number == end.length) return end;
  ASSIGN_OR_RETURN(const std::vector<ledger::StreamEntry> entries,
                   ledger_.ReadStream({report.ToString(), number - 1, number}));
  if (entries.empty()) return std::nullopt;
  return ledger::StreamEnd{number, entries.front().index};
}

absl::StatusOr<EntrySight> Publications::SightOfRevision(
    absl::string_view report, int64_t number) const {
  ASSIGN_OR_RETURN(const report::ReportName name,
                   report::ParseReportName(report));
  ASSIGN_OR_RETURN(const Shared publication,
                   ReadAsOf(name, ledger_.checkpoint()->checkpoint.size));
  const PublishedRevision* const revision = publication->Find(number);
  if (revision == nullptr) return kHidden;
  return EntrySight{true, revision->withdrawn_by};
}

absl::StatusOr<EntrySight> Publications::SightOfStep(
    const v1::LedgerEntry& entry) const {
  ASSIGN_OR_RETURN(const report::ReportName name,
                   report::ParseReportName(entry.step_taken().report()));
  ASSIGN_OR_RETURN(const Shared publication,
                   ReadAsOf(name, ledger_.checkpoint()->checkpoint.size));
  return std::binary_search(publication->steps.begin(),
                            publication->steps.end(), entry.index())
             ? kShown
             : kHidden;
}

// As what it erased. An erasure has no content of its own.
absl::StatusOr<EntrySight> Publications::SightOfErasure(
    const v1::ContentErased& event) const {
  const auto revision = report::ParseRevisionName(event.name());
  ASSIGN_OR_RETURN(EntrySight sight,
                   revision.ok() ? SightOfRevision(revision->report.ToString(),
                                                   revision->number)
                                 : SightOfDocument(event.name()));
  sight.withdrawn_by.reset();
  return sight;
}

absl::StatusOr<EntrySight> Publications::SightOfDocument(
    absl::string_view document) const {
  ledger::IndexScan scan;
  scan.prefix = DocumentRowPrefix(document);
  scan.limit = kScanRows;
  EntrySight sight = kHidden;
  std::vector<ledger::IndexRow> rows;
  do {
    ASSIGN_OR_RETURN(rows, ledger_.ScanIndex(scan));
    for (const ledger::IndexRow& row : rows) {
      ASSIGN_OR_RETURN(const int64_t number, NumberOfDocumentRow(row.key));
      ASSIGN_OR_RETURN(const EntrySight naming,
                       SightOfRevision(row.value, number));
      if (!naming.is_published) continue;
      sight = naming;
      if (!naming.withdrawn_by.has_value()) return sight;
    }
    if (!rows.empty()) scan.after_key = rows.back().key;
  } while (rows.size() == kScanRows);
  return sight;
}

absl::StatusOr<EntrySight> Publications::SightOf(
    const v1::LedgerEntry& entry) const {
  switch (entry.event_case()) {
    case v1::LedgerEntry::kRevisionRecorded:
      return SightOfRevision(entry.revision_recorded().report(),
                             entry.revision_recorded().number());
    case v1::LedgerEntry::kStepTaken:
      return SightOfStep(entry);
    case v1::LedgerEntry::kContentErased:
      return SightOfErasure(entry.content_erased());
    case v1::LedgerEntry::kDocumentRecorded:
      return SightOfDocument(entry.document_recorded().document());
    default:
      return IsOpenToAll(entry) ? kShown : kHidden;
  }
}

}  // namespace annals
