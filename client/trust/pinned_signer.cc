#include "client/trust/pinned_signer.h"

#include "absl/strings/str_cat.h"
#include "client/exit_code.h"
#include "ledger/status_macros.h"
#include "service/report/names.h"

namespace annals::client {
namespace {

// `agencies/{code}` of the revision's agency; empty if the entry is none.
std::string AgencyOf(const v1::LedgerEntry& entry) {
  const auto report =
      report::ParseReportName(entry.revision_recorded().report());
  return report.ok() ? report::AgencyName{report->agency_code}.ToString()
                     : std::string();
}

}  // namespace

PinnedSigner PinnedSignerOf(const v1::LedgerEntry& entry,
                            absl::Span<const AgencyPin> pins) {
  const std::string agency = AgencyOf(entry);
  const v1::RevisionRecorded& event = entry.revision_recorded();
  PinnedSigner signer = PinnedSigner::kNotPinned;
  for (const AgencyPin& pin : pins) {
    if (agency.empty() || pin.key.name() != agency) continue;
    if (!event.has_signature()) return PinnedSigner::kUnsigned;
    if (event.signature().vkey() == pin.key.ToString()) {
      return PinnedSigner::kSigned;
    }
    signer = PinnedSigner::kOther;
  }
  return signer;
}

absl::Status RequireSignedByAgency(const std::string& text,
                                   const v1::LedgerEntry& entry) {
  ASSIGN_OR_RETURN(const ledger::NoteKey key,
                   AgencyKeyArgument("--agency-key", text));
  const std::string agency = AgencyOf(entry);
  if (agency.empty()) {
    return UsageError(
        {"--agency-key 用于报告的修订，这个条目不是",
         "--agency-key is for revisions of reports, which this entry is not"});
  }
  if (agency != key.name()) {
    return UsageError(
        {absl::StrCat("--agency-key 是 ", key.name(), " 的公钥，报告不是它的"),
         absl::StrCat("--agency-key is the key of ", key.name(),
                      ", the report is another's")});
  }
  return RequireAgencyKey(entry, key);
}

}  // namespace annals::client
