#include "service/report/entry_subject.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/string_view.h"
#include "service/report/names.h"

namespace annals::report {
namespace {

using Event = v1::LedgerEntry;

struct AgencyYear {
  std::string agency;
  int year = 0;
};

AgencyYear OfReport(const ReportName& name) {
  return {AgencyName{name.agency_code}.ToString(), name.year};
}

AgencyYear OfReport(absl::string_view name) {
  const auto report = ParseReportName(name);
  return report.ok() ? OfReport(*report) : AgencyYear();
}

AgencyYear OfRevision(const Event& entry) {
  return OfReport(entry.revision_recorded().report());
}

AgencyYear OfRegistration(const Event& entry) {
  return {entry.agency_registered().agency().name()};
}

AgencyYear OfChange(const Event& entry) {
  return {entry.agency_changed().agency().name()};
}

AgencyYear OfNone(const Event&) { return {}; }

// Of a revision's content; a document's is nobody's.
AgencyYear OfErasure(const Event& entry) {
  const auto name = ParseRevisionName(entry.content_erased().name());
  return name.ok() ? OfReport(name->report) : AgencyYear();
}

AgencyYear OfStep(const Event& entry) {
  return OfReport(entry.step_taken().report());
}

AgencyYear OfPolicy(const Event& entry) {
  return {entry.policy_set().agency()};
}

struct EventRow {
  Event::EventCase event;
  v1::EventKind kind;
  AgencyYear (*about)(const Event& entry);
};

constexpr std::array<EventRow, 8> kEvents = {{
    {Event::kRevisionRecorded, v1::EVENT_KIND_REVISION_RECORDED, OfRevision},
    {Event::kAgencyRegistered, v1::EVENT_KIND_AGENCY_REGISTERED,
     OfRegistration},
    {Event::kKeyChanged, v1::EVENT_KIND_KEY_CHANGED, OfNone},
    {Event::kDocumentRecorded, v1::EVENT_KIND_DOCUMENT_RECORDED, OfNone},
    {Event::kContentErased, v1::EVENT_KIND_CONTENT_ERASED, OfErasure},
    {Event::kAgencyChanged, v1::EVENT_KIND_AGENCY_CHANGED, OfChange},
    {Event::kStepTaken, v1::EVENT_KIND_STEP_TAKEN, OfStep},
    {Event::kPolicySet, v1::EVENT_KIND_POLICY_SET, OfPolicy},
}};

}  // namespace

EntrySubject SubjectOf(const v1::LedgerEntry& entry) {
  const auto row = std::find_if(
      kEvents.begin(), kEvents.end(),
      [&](const EventRow& one) { return one.event == entry.event_case(); });
  if (row == kEvents.end()) return {};
  AgencyYear about = row->about(entry);
  return {row->kind, std::move(about.agency), about.year};
}

}  // namespace annals::report
