#include "client/trust/agency_pin.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/exit_code.h"
#include "client/files.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/days.h"
#include "service/report/names.h"
#include "service/report/timestamp.h"

namespace annals::client {
namespace {

absl::Status NotPinned(const v1::RevisionRecorded& event,
                       const std::vector<std::string>& pinned) {
  const std::string keys = absl::StrJoin(pinned, ", ");
  const std::string revision =
      absl::StrCat(event.report(), "/revisions/", event.number());
  const auto key = ledger::NoteKey::Parse(event.signature().vkey());
  const std::string by = key.ok() ? key->ShortName() : "?";
  return VerificationFailure(
      kAgencyKeyNotPinnedReason,
      {absl::StrCat(revision, "：为该机关固定的签名公钥是 ", keys, "，",
                    event.has_signature() ? absl::StrCat("而签名者是 ", by)
                                          : "而这次修订没有机关签名",
                    "；请向该机关核实"),
       absl::StrCat(revision, ": pinned for the agency is the key ", keys,
                    event.has_signature()
                        ? absl::StrCat(", but it is signed by ", by)
                        : ", but it is not signed by the agency",
                    "; ask the agency")});
}

}  // namespace

absl::Status RequirePinnedAgencyKey(const v1::LedgerEntry& entry,
                                    absl::Span<const AgencyPin> pins) {
  const v1::RevisionRecorded& event = entry.revision_recorded();
  const auto report = report::ParseReportName(event.report());
  if (pins.empty() || !report.ok()) return absl::OkStatus();
  const std::string agency = report::AgencyName{report->agency_code}.ToString();
  const absl::CivilDay day =
      report::DayInShanghai(report::FromTimestamp(entry.recorded_at()));
  std::vector<std::string> pinned;
  bool must_sign = false;
  for (const AgencyPin& pin : pins) {
    if (pin.key.name() != agency) continue;
    if (event.has_signature() &&
        event.signature().vkey() == pin.key.ToString()) {
      return absl::OkStatus();
    }
    pinned.push_back(pin.key.ShortName());
    must_sign |= !pin.from.has_value() || day >= *pin.from;
  }
  must_sign &= !event.as_published();
  if (pinned.empty() || (!event.has_signature() && !must_sign)) {
    return absl::OkStatus();
  }
  return NotPinned(event, pinned);
}

absl::Status RequireAgencyKey(const v1::LedgerEntry& entry,
                              const ledger::NoteKey& key) {
  const v1::RevisionRecorded& event = entry.revision_recorded();
  return event.has_signature() && event.signature().vkey() == key.ToString()
             ? absl::OkStatus()
             : NotPinned(event, {key.ShortName()});
}

absl::StatusOr<ledger::NoteKey> AgencyKeyArgument(const std::string& option,
                                                  const std::string& text) {
  auto key = ledger::NoteKey::Parse(text);
  if (!key.ok()) {
    const auto file = ReadInput(text);
    if (file.ok() && absl::StrContains(*file, "PRIVATE KEY-----")) {
      return UsageError(
          {absl::StrCat(option, "：", text,
                        " 是私钥；用 annals key show 得到它的公钥，私钥不要给"
                        "任何人"),
           absl::StrCat(option, ": ", text,
                        " is a private key; annals key show gives its public "
                        "one, and the private one is for nobody else")});
    }
    if (file.ok()) {
      key = ledger::NoteKey::Parse(absl::StripAsciiWhitespace(*file));
    }
  }
  if (!key.ok()) {
    return UsageError({absl::StrCat(option, " 须为机关的公钥或存有它的文件：",
                                    ErrorTextZh(key.status())),
                       absl::StrCat(option,
                                    " must be an agency's verifier key, or a "
                                    "file that holds it: ",
                                    key.status().message())});
  }
  if (report::ParseAgencyName(key->name()).ok()) return key;
  return UsageError(
      {absl::StrCat(option, " 的公钥属于 ", key->name(), "，不是机关的"),
       absl::StrCat(option, " is the key of ", key->name(),
                    ", which is no agency")});
}

}  // namespace annals::client
