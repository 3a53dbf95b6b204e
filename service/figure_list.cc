#include "service/figure_list.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "ledger/status_macros.h"
#include "service/as_of.h"
#include "service/leaf_codec.h"
#include "service/report/names.h"
#include "service/report/schema.h"
#include "service/request.h"

namespace annals {
namespace {

// A page: so many rows, or so many agencies looked at.
constexpr size_t kPageRowsMax = 200;
constexpr int kPageStepsMax = 1000;
constexpr absl::string_view kAllReports = "agencies/-";

absl::Status Validate(const v1::ListFiguresRequest& request) {
  RETURN_IF_ERROR(RequireKnownFields("request", request));
  RETURN_IF_ERROR(RequireReportYear(request.year()));
  if (v1::Scope_IsValid(request.scope())) return absl::OkStatus();
  return InvalidField(
      "INVALID_VALUE", "scope",
      absl::StrCat("has no value ", static_cast<int>(request.scope())),
      absl::StrCat("没有取值 ", static_cast<int>(request.scope())));
}

}  // namespace

absl::StatusOr<std::unique_ptr<FigureList>> FigureList::Start(
    ledger::Ledger* ledger, ledger::Clock* clock,
    const Publications* publications, const v1::ListFiguresRequest& request,
    std::optional<Subtree> viewer) {
  RETURN_IF_ERROR(Validate(request));
  ASSIGN_OR_RETURN(const uint64_t size, AsOf(ledger, clock).SizeFor(request));
  std::unique_ptr<FigureList> list(
      new FigureList(ledger, publications, request, size));
  if (request.parent() == kAllReports) return list;
  ASSIGN_OR_RETURN(
      RegisterWalk walk,
      RegisterWalk::Start(ledger, request.parent(),
                          {size, absl::CivilDay(request.year(), 12, 31)},
                          std::move(viewer)));
  list->walk_.emplace(std::move(walk));
  return list;
}

bool FigureList::IsWanted(v1::Scope scope) const {
  return request_.scope() == v1::SCOPE_UNSPECIFIED || request_.scope() == scope;
}

absl::Status FigureList::FindAgencies() {
  for (int steps = 0; steps < kPageStepsMax && !walk_->AtEnd(); ++steps) {
    ASSIGN_OR_RETURN(const std::optional<WalkedAgency> agency, walk_->Step());
    if (!agency.has_value() || !agency->exists) continue;
    ASSIGN_OR_RETURN(report::AgencyName name,
                     report::ParseAgencyName(agency->agency.name()));
    agencies_.push_back({std::move(name.code),
                         agency->has_left ? View::kPublished : View::kAll});
  }
  if (!walk_->AtEnd()) return absl::OkStatus();
  walk_.reset();
  std::sort(agencies_.begin(), agencies_.end(),
            [](const Walked& a, const Walked& b) { return a.code < b.code; });
  return absl::OkStatus();
}

void FigureList::FillRow(v1::FigureRow* row) const {
  row->set_revision(read_.revision);
  *row->mutable_recorded_at() = read_.recorded_at;
  row->set_erased(read_.is_erased);
  if (read_.is_erased) return;
  const report::Figures& figures = read_.figures;
  row->set_agency_name(figures.agency_name);
  for (const int table : {v1::SECTION_S2_PROACTIVE, v1::SECTION_S3_REQUESTS,
                          v1::SECTION_S4_DISPUTES}) {
    row->add_editions(figures.editions[static_cast<size_t>(table)]);
  }
  const size_t count = figures.cells.size();
  std::string* present = row->mutable_present();
  present->assign((count + 7) / 8, '\0');
  auto* values = row->mutable_values();
  values->Reserve(static_cast<int>(count));
  for (size_t i = 0; i < count; ++i) {
    values->AddAlreadyReserved(figures.cells[i].value_or(0));
    if (figures.cells[i].has_value()) {
      (*present)[i / 8] = static_cast<char>((*present)[i / 8] | 1 << (i % 8));
    }
  }
}

absl::Status FigureList::AddReports(
    const std::vector<Publications::AskedReport>& reports) {
  // A row may show a moment before its entry does, or be of a later one.
  ASSIGN_OR_RETURN(const auto ends,
                   publications_.FindAllInEffectAsOf(reports, size_));
  for (size_t i = 0; i < reports.size(); ++i) {
    if (!ends[i].has_value()) continue;
    RETURN_IF_ERROR(ReadRecordedFigures(reports[i].report.ToString(), *ends[i],
                                        ledger_, &read_));
    FillRow(page_.add_rows());
  }
  return absl::OkStatus();
}

absl::Status FigureList::AddNextOfYear() {
  ledger::IndexScan scan;
  scan.prefix = YearRowPrefix(request_.year());
  scan.after_key = last_key_;
  scan.limit = kPageRowsMax;
  ASSIGN_OR_RETURN(const std::vector<ledger::IndexRow> rows,
                   ledger_->ScanIndex(scan));
  std::vector<Publications::AskedReport> reports;
  for (const ledger::IndexRow& row : rows) {
    ASSIGN_OR_RETURN(report::ReportName name,
                     report::ParseReportName(row.value));
    if (IsWanted(name.scope)) reports.push_back({std::move(name), View::kAll});
  }
  RETURN_IF_ERROR(AddReports(reports));
  is_done_ = rows.size() < scan.limit;
  if (!rows.empty()) last_key_ = rows.back().key;
  return absl::OkStatus();
}

absl::Status FigureList::AddNextAgencies() {
  std::vector<Publications::AskedReport> reports;
  while (next_agency_ < agencies_.size() && reports.size() < kPageRowsMax) {
    const Walked& agency = agencies_[next_agency_++];
    for (const v1::Scope scope : {v1::SCOPE_ORGAN, v1::SCOPE_REGIONAL}) {
      if (!IsWanted(scope)) continue;
      reports.push_back({{agency.code, request_.year(), scope}, agency.view});
    }
  }
  RETURN_IF_ERROR(AddReports(reports));
  is_done_ = next_agency_ == agencies_.size();
  return absl::OkStatus();
}

absl::StatusOr<const v1::ListFiguresResponse*> FigureList::Next() {
  if (is_done_) return nullptr;
  page_.Clear();
  page_.set_tree_size(size_);
  if (std::exchange(is_first_, false)) {
    for (const report::CellInfo& cell : report::Schema::Get().cells()) {
      page_.add_columns(cell.id);
    }
  }
  if (request_.parent() == kAllReports) {
    RETURN_IF_ERROR(AddNextOfYear());
  } else if (walk_.has_value()) {
    RETURN_IF_ERROR(FindAgencies());
  } else {
    RETURN_IF_ERROR(AddNextAgencies());
  }
  return &page_;
}

}  // namespace annals
