#include "client/monitor/watch_list.h"

#include "absl/strings/str_cat.h"
#include "client/times.h"
#include "service/report/names.h"

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

Text RevisionMessage(const v1::LedgerEntry& entry, bool expected) {
  const v1::RevisionRecorded& revision = entry.revision_recorded();
  return {
      absl::StrCat(revision.report(), " 的修订 ", revision.number(), "，由 ",
                   entry.actor().subject(), " 记录",
                   expected ? "" : "，不在预期的操作人之中"),
      absl::StrCat("revision ", revision.number(), " of ", revision.report(),
                   ", recorded by ", entry.actor().subject(),
                   expected ? "" : ", who is none of those expected")};
}

std::optional<MonitorEvent> RevisionEvent(const v1::LedgerEntry& entry,
                                          const WatchList& watched) {
  const v1::RevisionRecorded& revision = entry.revision_recorded();
  const auto name = report::ParseReportName(revision.report());
  if (!name.ok()) return std::nullopt;
  const std::string agency = report::AgencyName{name->agency_code}.ToString();
  if (!watched.agencies.empty() && !watched.agencies.contains(agency)) {
    return std::nullopt;
  }
  const bool expected = watched.actors.empty() ||
                        watched.actors.contains(entry.actor().subject());
  MonitorEvent event{expected ? MonitorEventKind::kRevision
                              : MonitorEventKind::kUnexpectedRevision,
                     RevisionMessage(entry, expected),
                     {}};
  event.details.emplace_back("agency", agency);
  event.details.emplace_back("report", revision.report());
  event.details.emplace_back("revision", absl::StrCat(revision.number()));
  if (revision.number() > 1) {
    event.details.emplace_back("reason_code",
                               v1::ReasonCode_Name(revision.reason_code()));
  }
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
  if (entry.has_revision_recorded()) return RevisionEvent(entry, watched);
  if (entry.has_key_changed()) return KeyEvent(entry);
  return std::nullopt;
}

}  // namespace annals::client
