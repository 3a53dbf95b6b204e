#include "service/field_history.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/status_macros.h"
#include "service/leaf_codec.h"
#include "service/report/blame.h"
#include "service/report/schema.h"
#include "service/request.h"

namespace annals {
namespace {

constexpr size_t kScanRows = 256;
constexpr int kYearMax = 9999;

absl::Status RequireYear(absl::string_view field, int year) {
  if (year >= 0 && year <= kYearMax) return absl::OkStatus();
  return InvalidField("INVALID_VALUE", field,
                      absl::StrCat("is ", year, ", which is no year"),
                      absl::StrCat("为 ", year, "，不是年份"));
}

}  // namespace

absl::Status FieldHistory::ForEachRevision(const report::ReportName& report,
                                           const Moment& moment,
                                           Visit visit) const {
  ASSIGN_OR_RETURN(const VisibleReport visible,
                   visible_->Find(report, moment.size, moment.view));
  if (visible.latest() == 0) {
    return ReportNotFoundAsOf(report.ToString());
  }
  for (int64_t number = visible.After(0); number != 0;
       number = visible.After(number)) {
    ASSIGN_OR_RETURN(const RecordedRevision revision,
                     visible.Read(number, WithContent::kYes));
    if (!RequireContent(revision).ok()) {
      RETURN_IF_ERROR(visit(revision, nullptr));
      continue;
    }
    ASSIGN_OR_RETURN(const v1::RevisionContent content,
                     DecodeContent(revision));
    RETURN_IF_ERROR(visit(revision, &content.report()));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::BlameReportResponse> FieldHistory::Blame(
    const v1::BlameReportRequest& request, View view) const {
  ASSIGN_OR_RETURN(const report::ReportName name,
                   report::ParseReportName(request.name()));
  const std::vector<std::string> fields(request.fields().begin(),
                                        request.fields().end());
  RETURN_IF_ERROR(report::RequireFields(fields));
  ASSIGN_OR_RETURN(const uint64_t size, as_of_->SizeFor(request));
  report::BlameBuilder blame(fields);
  v1::BlameReportResponse response;
  RETURN_IF_ERROR(ForEachRevision(
      name, {size, view},
      [&](const RecordedRevision& revision,
          const v1::Report* report) -> absl::Status {
        *response.add_revisions() = MakeRevision(revision);
        const int number = revision.entry.revision_recorded().number();
        if (report == nullptr) {
          blame.AddErased(number);
        } else {
          blame.Add(number, *report);
        }
        return absl::OkStatus();
      }));
  std::reverse(response.mutable_revisions()->pointer_begin(),
               response.mutable_revisions()->pointer_end());
  for (v1::FieldBlame& field : blame.Build()) {
    *response.add_fields() = std::move(field);
  }
  response.set_published_only(view == View::kPublished);
  return response;
}

absl::StatusOr<std::vector<report::ReportName>> FieldHistory::ReportsLike(
    const report::ReportName& name) const {
  std::vector<report::ReportName> reports;
  ledger::IndexScan scan;
  scan.prefix = ReportRowPrefix(name.agency_code);
  scan.limit = kScanRows;
  std::vector<ledger::IndexRow> rows;
  do {
    ASSIGN_OR_RETURN(rows, ledger_->ScanIndex(scan));
    for (const ledger::IndexRow& row : rows) {
      ASSIGN_OR_RETURN(report::ReportName found,
                       report::ParseReportName(row.value));
      if (found.scope == name.scope) reports.push_back(std::move(found));
    }
    if (!rows.empty()) scan.after_key = rows.back().key;
  } while (rows.size() == kScanRows);
  return reports;
}

absl::Status FieldHistory::AddCellValues(
    const report::ReportName& report, const Moment& moment,
    const std::string& cell, v1::ListCellValuesResponse* response) const {
  const report::CellIndex index = *report::Schema::Get().Find(cell);
  return ForEachRevision(
      report, moment,
      [&](const RecordedRevision& revision,
          const v1::Report* content) -> absl::Status {
        v1::CellValue* row = response->add_values();
        *row->mutable_revision() = MakeRevision(revision);
        if (content == nullptr) return absl::OkStatus();
        const std::optional<int64_t> value =
            report::ReadCells(*content)[static_cast<size_t>(index)];
        if (value.has_value()) row->set_value(*value);
        return absl::OkStatus();
      });
}

absl::StatusOr<v1::ListCellValuesResponse> FieldHistory::ListCellValues(
    const v1::ListCellValuesRequest& request, View view) const {
  ASSIGN_OR_RETURN(const report::ReportName name,
                   report::ParseReportName(request.name()));
  if (!report::Schema::Get().Find(request.cell()).has_value()) {
    return report::FieldNotFound(request.cell());
  }
  RETURN_IF_ERROR(RequireYear("year_first", request.year_first()));
  RETURN_IF_ERROR(RequireYear("year_last", request.year_last()));
  ASSIGN_OR_RETURN(const uint64_t size, as_of_->SizeFor(request));
  ASSIGN_OR_RETURN(const std::vector<report::ReportName> reports,
                   ReportsLike(name));
  const int last = request.year_last() == 0 ? kYearMax : request.year_last();
  v1::ListCellValuesResponse response;
  for (const report::ReportName& report : reports) {
    if (report.year < request.year_first() || report.year > last) continue;
    const absl::Status status =
        AddCellValues(report, {size, view}, request.cell(), &response);
    // A row may show a moment before its entry does, or be of a later one.
    if (absl::IsNotFound(status)) continue;
    RETURN_IF_ERROR(status);
  }
  // A report may be there for others.
  const bool is_there =
      view == View::kPublished ? response.values_size() > 0 : !reports.empty();
  if (!is_there) return ReportNotFound(name.ToString());
  response.set_published_only(view == View::kPublished);
  return response;
}

}  // namespace annals
