#include "service/contents_alike.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "ledger/status_macros.h"
#include "service/agency_states.h"
#include "service/leaf_codec.h"
#include "service/report/names.h"

namespace annals {
namespace {

constexpr size_t kNamesMax = 200;

class Search {
 public:
  explicit Search(const v1::LedgerEntry& erased, ledger::Ledger* ledger)
      : erased_(erased.index()),
        size_(ledger->checkpoint()->checkpoint.size),
        ledger_(*ledger) {}

  // Those revisions of the report that have a content.
  absl::Status AddReport(const report::ReportName& report) {
    const std::string name = report.ToString();
    ASSIGN_OR_RETURN(const uint64_t length, ledger_.LengthOf(name));
    if (length == 0) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::vector<ledger::StreamEntry> entries,
                     ledger_.ReadStream({name, 0, length}));
    int number = 0;
    for (const ledger::StreamEntry& entry : entries) {
      RETURN_IF_ERROR(
          Add(entry.index, report::RevisionName{report, ++number}.ToString()));
    }
    return absl::OkStatus();
  }

  absl::Status AddDocument(const std::string& document) {
    if (document.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::vector<ledger::StreamEntry> entries,
                     ledger_.ReadStream({document, 0, 1}));
    return entries.empty() ? absl::OkStatus()
                           : Add(entries.front().index, document);
  }

  // The regional reports that add the report up, or quote what it adds up to:
  // of whichever office ever stood above the agency, for the register may say
  // now that it never did.
  absl::Status AddRegional(const report::ReportName& report) {
    ASSIGN_OR_RETURN(
        const std::vector<std::string> offices,
        OfficesEverAbove(report::AgencyName{report.agency_code}.ToString()));
    for (const std::string& office : offices) {
      ASSIGN_OR_RETURN(const report::AgencyName name,
                       report::ParseAgencyName(office));
      const report::ReportName regional = {name.code, report.year,
                                           v1::SCOPE_REGIONAL};
      if (regional.ToString() == report.ToString()) continue;
      RETURN_IF_ERROR(AddReport(regional));
    }
    return absl::OkStatus();
  }

  absl::Status AddNamingDocument(const std::string& document) {
    ledger::IndexScan scan;
    scan.prefix = DocumentRowPrefix(document);
    scan.limit = kNamesMax;
    ASSIGN_OR_RETURN(const std::vector<ledger::IndexRow> rows,
                     ledger_.ScanIndex(scan));
    for (const ledger::IndexRow& row : rows) {
      ASSIGN_OR_RETURN(const int64_t number, NumberOfDocumentRow(row.key));
      ASSIGN_OR_RETURN(const report::ReportName report,
                       report::ParseReportName(row.value));
      const auto position = static_cast<uint64_t>(number) - 1;
      ASSIGN_OR_RETURN(const std::vector<ledger::StreamEntry> entries,
                       ledger_.ReadStream({row.value, position, position + 1}));
      if (entries.empty()) continue;
      RETURN_IF_ERROR(Add(
          entries.front().index,
          report::RevisionName{report, static_cast<int>(number)}.ToString()));
    }
    return absl::OkStatus();
  }

  std::vector<std::string> Finish() { return std::move(names_); }

 private:
  // And the agency itself, first.
  absl::StatusOr<std::vector<std::string>> OfficesEverAbove(
      const std::string& agency) const {
    const AgencyStates states(&ledger_);
    std::vector<std::string> offices = {agency};
    for (size_t i = 0; i < offices.size() && offices.size() < kNamesMax; ++i) {
      const std::string office = offices[i];
      ASSIGN_OR_RETURN(const int32_t count, states.Count(office, size_));
      for (int32_t number = 1; number <= count; ++number) {
        ASSIGN_OR_RETURN(const RecordedAgency state,
                         states.Read(office, number));
        const std::string& above = state.agency.supervisor();
        if (!above.empty() &&
            std::find(offices.begin(), offices.end(), above) == offices.end()) {
          offices.push_back(above);
        }
      }
    }
    return offices;
  }

  absl::Status Add(uint64_t index, std::string name) {
    if (index == erased_ || names_.size() == kNamesMax) return absl::OkStatus();
    ASSIGN_OR_RETURN(const ledger::LedgerEntryBytes bytes,
                     ledger_.ReadEntry(index, /*with_content=*/false));
    if (!bytes.erased_by.has_value()) names_.push_back(std::move(name));
    return absl::OkStatus();
  }

  const uint64_t erased_;
  const uint64_t size_;
  ledger::Ledger& ledger_;
  std::vector<std::string> names_;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> ContentsAlike(
    const v1::LedgerEntry& erased, ledger::Ledger* ledger) {
  Search search(erased, ledger);
  if (erased.has_document_recorded()) {
    RETURN_IF_ERROR(
        search.AddNamingDocument(erased.document_recorded().document()));
    return search.Finish();
  }
  const v1::RevisionRecorded& event = erased.revision_recorded();
  ASSIGN_OR_RETURN(const report::ReportName report,
                   report::ParseReportName(event.report()));
  RETURN_IF_ERROR(search.AddReport(report));
  RETURN_IF_ERROR(search.AddDocument(event.document()));
  report::ReportName next = report;
  ++next.year;
  RETURN_IF_ERROR(search.AddReport(next));
  RETURN_IF_ERROR(search.AddRegional(report));
  return search.Finish();
}

}  // namespace annals
