#include "service/recorded_figures.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "annals/v1/ledger_entry.pb.h"
#include "ledger/status_macros.h"
#include "service/leaf_codec.h"
#include "service/report/wire_fields.h"
#include "service/report_history.h"

namespace annals {
namespace {

// Of a content that was hashed and compared.
bool ReadContent(absl::string_view content, report::Figures* figures) {
  absl::string_view report;
  report::WireFields fields(content);
  while (fields.Next()) {
    if (fields.number() == v1::RevisionContent::kReportFieldNumber &&
        fields.kind() == report::WireKind::kBytes) {
      report = fields.bytes();
    }
  }
  return !fields.is_malformed() && report::ReadFigures(report, figures);
}

}  // namespace

absl::Status ReadRecordedFigures(absl::string_view report,
                                 const ledger::StreamEnd& end,
                                 ledger::Ledger* ledger,
                                 RecordedFigures* figures) {
  ASSIGN_OR_RETURN(const ledger::LedgerEntryBytes bytes,
                   ledger->ReadEntry(end.last_index, /*with_content=*/true));
  ASSIGN_OR_RETURN(const v1::LedgerEntry entry,
                   DecodeLeaf(end.last_index, bytes.leaf));
  const v1::RevisionRecorded& event = entry.revision_recorded();
  const auto number = static_cast<int64_t>(end.length);
  if (event.report() != report || event.number() != number) {
    return OtherRevision(entry, report);
  }
  figures->revision = absl::StrCat(report, "/revisions/", number);
  figures->recorded_at = entry.recorded_at();
  figures->is_erased = bytes.erased_by.has_value();
  if (figures->is_erased) return absl::OkStatus();
  if (!bytes.content.has_value() ||
      !ReadContent(bytes.content->content, &figures->figures)) {
    return ContentUnreadable(entry);
  }
  return absl::OkStatus();
}

}  // namespace annals
