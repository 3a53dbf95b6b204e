#include "client/watch/entry_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/commands/arguments.h"
#include "client/life_text.h"
#include "client/render/printable.h"
#include "client/times.h"
#include "service/report/entry_subject.h"
#include "service/report/names.h"
#include "service/report/schema.h"
#include "service/report/timestamp.h"

namespace annals::client {
namespace {

// What the event is about, in words that follow its label.
Text WhatOf(const v1::LedgerEntry& entry) {
  switch (entry.event_case()) {
    case v1::LedgerEntry::kRevisionRecorded: {
      const v1::RevisionRecorded& revision = entry.revision_recorded();
      return {absl::StrCat(revision.report(), " 修订 ", revision.number()),
              absl::StrCat(revision.report(), " revision ", revision.number())};
    }
    case v1::LedgerEntry::kAgencyRegistered:
    case v1::LedgerEntry::kAgencyChanged: {
      const v1::Agency& agency = entry.has_agency_changed()
                                     ? entry.agency_changed().agency()
                                     : entry.agency_registered().agency();
      const std::string text =
          absl::StrCat(agency.name(), " ", agency.display_name());
      return {text, text};
    }
    case v1::LedgerEntry::kKeyChanged: {
      const v1::KeyChanged& change = entry.key_changed();
      const std::string text =
          absl::StrCat(change.old_vkey(), " → ", change.new_vkey());
      return {text, text};
    }
    case v1::LedgerEntry::kDocumentRecorded: {
      const v1::DocumentRecorded& event = entry.document_recorded();
      const std::string text =
          absl::StrCat(event.document(), " ", event.file_name());
      return {text, text};
    }
    case v1::LedgerEntry::kContentErased: {
      const v1::ContentErased& event = entry.content_erased();
      return {absl::StrCat(event.name(), "（条目 ", event.erased_index(),
                           "）  ", event.legal_basis()),
              absl::StrCat(event.name(), " (entry ", event.erased_index(),
                           ")  ", event.legal_basis())};
    }
    case v1::LedgerEntry::kStepTaken:
      return StepText(entry.step_taken());
    case v1::LedgerEntry::kPolicySet:
      return PolicyText(entry.policy_set());
    case v1::LedgerEntry::EVENT_NOT_SET:
      break;
  }
  return {};
}

std::string EventText(const v1::LedgerEntry& entry, Language language) {
  const auto* event = v1::LedgerEntry::descriptor()->FindOneofByName("event");
  const auto* field =
      entry.GetReflection()->GetOneofFieldDescriptor(entry, event);
  if (field == nullptr) return "?";
  const std::string label =
      report::FieldLabel(field, v1::EDITION_UNSPECIFIED, language);
  const Text what = WhatOf(entry);
  return what.en.empty() ? label : absl::StrCat(label, "  ", what.In(language));
}

// The report that the entry is about, and the number of the revision.
std::pair<std::string, int> ReportAndRevision(const v1::LedgerEntry& entry) {
  if (entry.has_revision_recorded()) {
    return {entry.revision_recorded().report(),
            entry.revision_recorded().number()};
  }
  if (entry.has_step_taken()) {
    return {entry.step_taken().report(), entry.step_taken().number()};
  }
  const auto erased = report::ParseRevisionName(entry.content_erased().name());
  if (!erased.ok()) return {"", 0};
  return {erased->report.ToString(), erased->number};
}

std::string NumberOrNothing(int number) {
  return number == 0 ? "" : absl::StrCat(number);
}

}  // namespace

std::string EntryLine(const v1::LedgerEntry& entry, Language language) {
  return absl::StrCat(entry.index(), "  ", FormatMoment(entry.recorded_at()),
                      "  ", ActorText(entry.actor(), language), "  ",
                      PrintableLine(EventText(entry, language)), "  ",
                      PrintableLine(entry.reason()));
}

std::vector<std::pair<std::string, std::string>> EntryVariables(
    const v1::LedgerEntry& entry) {
  const report::EntrySubject subject = report::SubjectOf(entry);
  const auto [name, revision] = ReportAndRevision(entry);
  absl::string_view code = subject.agency;
  absl::ConsumePrefix(&code, "agencies/");
  return {
      {"ANNALS_ENTRY_INDEX", absl::StrCat(entry.index())},
      {"ANNALS_ENTRY_KIND", report::EnumLabel(subject.kind, Language::kEn)},
      {"ANNALS_ENTRY_RECORDED_AT",
       FormatMoment(report::FromTimestamp(entry.recorded_at()),
                    absl::UTCTimeZone())},
      {"ANNALS_ENTRY_ACTOR", entry.actor().subject()},
      {"ANNALS_ENTRY_AGENCY", std::string(code)},
      {"ANNALS_ENTRY_YEAR", NumberOrNothing(subject.year)},
      {"ANNALS_ENTRY_REPORT", name},
      {"ANNALS_ENTRY_REVISION", NumberOrNothing(revision)},
  };
}

}  // namespace annals::client
