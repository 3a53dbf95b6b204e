#include "client/monitor/watch_list.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/life_text.h"
#include "client/times.h"
#include "service/report/entry_subject.h"

namespace annals::client {
namespace {

void AddEnvelope(const v1::LedgerEntry& entry, MonitorEvent* event) {
  event->details.emplace_back("entry", absl::StrCat(entry.index()));
  event->details.emplace_back(
      "recorded_at",
      FormatMoment(FromTimestamp(entry.recorded_at()), absl::UTCTimeZone()));
  event->details.emplace_back("actor", entry.actor().subject());
  event->details.emplace_back("assurance",
                              v1::Assurance_Name(entry.actor().assurance()));
  event->details.emplace_back("reason", entry.reason());
}

// What was recorded, and how it is reported.
struct Recorded {
  MonitorEventKind expected;
  MonitorEventKind unexpected;
  Text what;
};

using Details = std::vector<std::pair<std::string, std::string>>;

Recorded OfRevision(const v1::LedgerEntry& entry, Details* details) {
  const v1::RevisionRecorded& event = entry.revision_recorded();
  details->emplace_back("report", event.report());
  details->emplace_back("revision", absl::StrCat(event.number()));
  if (event.number() > 1) {
    details->emplace_back("reason_code",
                          v1::ReasonCode_Name(event.reason_code()));
  }
  return {MonitorEventKind::kRevision,
          MonitorEventKind::kUnexpectedRevision,
          {absl::StrCat(event.report(), " 的修订 ", event.number()),
           absl::StrCat("revision ", event.number(), " of ", event.report())}};
}

Recorded OfErasure(const v1::LedgerEntry& entry, Details* details) {
  const v1::ContentErased& event = entry.content_erased();
  details->emplace_back("erased", event.name());
  details->emplace_back("erased_entry", absl::StrCat(event.erased_index()));
  details->emplace_back("legal_basis", event.legal_basis());
  return {MonitorEventKind::kErasure,
          MonitorEventKind::kUnexpectedErasure,
          {absl::StrCat("删除 ", event.name(), " 的内容"),
           absl::StrCat("the erasure of the content of ", event.name())}};
}

Recorded OfAgencyChange(const v1::LedgerEntry& entry, Details* details) {
  const v1::Agency& agency = entry.agency_changed().agency();
  details->emplace_back("name", agency.display_name());
  details->emplace_back("supervisor", agency.supervisor());
  if (agency.has_dissolved_on()) {
    details->emplace_back("dissolved", "true");
    details->emplace_back("successor", agency.successor());
  }
  return {
      MonitorEventKind::kAgencyChange,
      MonitorEventKind::kUnexpectedAgencyChange,
      {absl::StrCat(agency.name(), " 的登记变更（",
                    agency.has_dissolved_on() ? "撤销" : agency.display_name(),
                    "）"),
       absl::StrCat(
           "a change of ", agency.name(), " (",
           agency.has_dissolved_on() ? "dissolved" : agency.display_name(),
           ")")}};
}

Recorded OfStep(const v1::LedgerEntry& entry, Details* details) {
  const v1::StepTaken& event = entry.step_taken();
  details->emplace_back("report", event.report());
  details->emplace_back("revision", absl::StrCat(event.number()));
  details->emplace_back("step", v1::Step_Name(event.step()));
  const Text step = StepText(event);
  return {
      MonitorEventKind::kStep,
      MonitorEventKind::kUnexpectedStep,
      {absl::StrCat("办理环节 ", step.zh), absl::StrCat("a step, ", step.en)}};
}

Recorded OfPolicy(const v1::LedgerEntry& entry, Details* details) {
  const v1::PolicySet& event = entry.policy_set();
  details->emplace_back("policy", absl::StrCat(event.number()));
  const Text policy = PolicyText(event);
  return {MonitorEventKind::kPolicy,
          MonitorEventKind::kUnexpectedPolicy,
          {absl::StrCat("办理规程 ", policy.zh),
           absl::StrCat("a review policy, ", policy.en)}};
}

// nullopt for what is not reported.
std::optional<Recorded> WhatIsRecorded(const v1::LedgerEntry& entry,
                                       Details* details) {
  if (entry.has_revision_recorded()) return OfRevision(entry, details);
  if (entry.has_content_erased()) return OfErasure(entry, details);
  if (entry.has_agency_changed()) return OfAgencyChange(entry, details);
  if (entry.has_step_taken()) return OfStep(entry, details);
  if (entry.has_policy_set()) return OfPolicy(entry, details);
  return std::nullopt;
}

std::optional<MonitorEvent> AgencyEvent(const v1::LedgerEntry& entry,
                                        const WatchList& watched) {
  const std::string agency = report::SubjectOf(entry).agency;
  // A document is nobody's: its erasure may concern every agency.
  if (agency.empty() && !entry.has_content_erased()) return std::nullopt;
  if (!agency.empty() && !watched.agencies.empty() &&
      !watched.agencies.contains(agency)) {
    return std::nullopt;
  }
  MonitorEvent event;
  if (!agency.empty()) event.details.emplace_back("agency", agency);
  const std::optional<Recorded> recorded =
      WhatIsRecorded(entry, &event.details);
  if (!recorded.has_value()) return std::nullopt;
  const std::string& who = entry.actor().subject();
  const bool expected = watched.actors.empty() || watched.actors.contains(who);
  event.kind = expected ? recorded->expected : recorded->unexpected;
  event.message = {
      absl::StrCat(recorded->what.zh, "，由 ", who, " 记录",
                   expected ? "" : "，不在预期的操作人之中"),
      absl::StrCat(recorded->what.en, ", recorded by ", who,
                   expected ? "" : ", who is none of those expected")};
  AddEnvelope(entry, &event);
  return event;
}

MonitorEvent KeyEvent(const v1::LedgerEntry& entry) {
  const v1::KeyChanged& change = entry.key_changed();
  MonitorEvent event{
      MonitorEventKind::kKeyChanged,
      {absl::StrCat("条目 ", entry.index(),
                    " 更换了账本密钥；请从可信渠道核对新公钥，再用 annals "
                    "trust add 加入"),
       absl::StrCat("the ledger's key is changed by entry ", entry.index(),
                    "; check the new verifier key in a way you trust, then "
                    "annals trust add it")},
      {}};
  event.details.emplace_back("old_vkey", change.old_vkey());
  event.details.emplace_back("new_vkey", change.new_vkey());
  AddEnvelope(entry, &event);
  return event;
}

}  // namespace

std::optional<MonitorEvent> EntryEvent(const v1::LedgerEntry& entry,
                                       const WatchList& watched) {
  if (entry.has_key_changed()) return KeyEvent(entry);
  return AgencyEvent(entry, watched);
}

}  // namespace annals::client
