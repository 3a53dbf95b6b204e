#include "service/retrieval.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/erasure_record.h"
#include "service/leaf_codec.h"
#include "service/page_token.h"
#include "service/report/diff.h"
#include "service/report/names.h"
#include "service/report/schema.h"
#include "service/request.h"

namespace annals {
namespace {

constexpr absl::string_view kAllAgencies = "agencies/-";

absl::Status NoEarlierRevision(absl::string_view report) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "NO_EARLIER_REVISION",
      {absl::StrCat(report,
                    " has no revision before the one asked for, so "
                    "there is nothing to compare it with."),
       absl::StrCat(report, " 在所求修订之前没有更早的修订，无可比较。")});
}

absl::Status InvalidRange(absl::string_view en, absl::string_view zh) {
  return InvalidField("INVALID_REVISION_RANGE", "from", en, zh);
}

absl::Status NotInEffect(const RecordedLife& life) {
  const std::string name = life.report.ToString();
  const int32_t withdrawn = life.life.withdrawn();
  absl::Status status = MakeError(
      absl::StatusCode::kNotFound, "NOT_IN_EFFECT",
      {absl::StrCat("No revision of ", name, " is in effect (latest ",
                    life.life.latest(),
                    withdrawn == 0
                        ? std::string(", under review")
                        : absl::StrCat(", ", withdrawn, " withdrawn"),
                    "); ask without in_effect for the latest."),
       absl::StrCat(name, " 没有生效的修订（最新为 ", life.life.latest(),
                    withdrawn == 0
                        ? std::string("，尚在办理")
                        : absl::StrCat("，修订 ", withdrawn, " 已撤回"),
                    "）；要最新修订请不用 in_effect。")});
  AddErrorMetadata("latestRevision", absl::StrCat(life.life.latest()), &status);
  return status;
}

// What a list of reports scans.
absl::StatusOr<std::string> ReportScanPrefix(
    const v1::ListReportsRequest& request) {
  const int year = request.year();
  if (year < 0 || year > 9999) {
    return InvalidField("INVALID_VALUE", "year",
                        absl::StrCat("is ", year, ", which is no year"),
                        absl::StrCat("为 ", year, "，不是年份"));
  }
  if (request.parent() == kAllAgencies) {
    return year == 0 ? ReportRowPrefix() : YearRowPrefix(year);
  }
  ASSIGN_OR_RETURN(const report::AgencyName agency,
                   report::ParseAgencyName(request.parent()));
  return year == 0 ? ReportRowPrefix(agency.code)
                   : ReportRowPrefix(agency.code, year);
}

v1::CellChange ToMessage(const report::CellDifference& difference) {
  v1::CellChange change;
  change.set_cell(
      report::Schema::Get().cells()[static_cast<size_t>(difference.cell)].id);
  if (difference.old_value.has_value()) {
    change.set_old_value(*difference.old_value);
  }
  if (difference.new_value.has_value()) {
    change.set_new_value(*difference.new_value);
  }
  return change;
}

v1::TextChange ToMessage(report::TextDifference difference) {
  v1::TextChange change;
  change.set_field(std::move(difference.field));
  if (difference.old_text.has_value()) {
    change.set_old_text(*std::move(difference.old_text));
  }
  if (difference.new_text.has_value()) {
    change.set_new_text(*std::move(difference.new_text));
  }
  return change;
}

template <typename Request>
bool AsksForNow(const Request& request) {
  return !request.has_as_of() && request.as_of_size() == 0;
}

// What tells a question as of a size apart, in page tokens; nothing for now.
template <typename Request>
std::string AsOfQuery(const Request& request, uint64_t size) {
  return AsksForNow(request) ? "" : absl::StrCat("as of ", size, " ");
}

// The number up to which, from the newest, the page before went.
absl::StatusOr<int64_t> LastNumber(absl::string_view query,
                                   absl::string_view token, int64_t length) {
  ASSIGN_OR_RETURN(const std::string key, DecodePageToken(query, token));
  if (key.empty()) return length + 1;
  int64_t number = 0;
  if (!absl::SimpleAtoi(key, &number) || number < 2 || number > length + 1) {
    return InvalidPageToken();
  }
  return number;
}

}  // namespace

absl::StatusOr<RecordedRevision> Retrieval::Find(
    const v1::GetReportRequest& request) const {
  if (absl::StrContains(request.name(), "/revisions/")) {
    ASSIGN_OR_RETURN(const report::RevisionName name,
                     report::ParseRevisionName(request.name()));
    if (request.has_as_of() || request.as_of_size() != 0) {
      return InvalidField("AS_OF_WITH_REVISION", "as_of",
                          "goes with a report's name only, not with that of a "
                          "revision",
                          "只能与报告名同用，不能与修订名同用");
    }
    if (request.in_effect()) {
      return InvalidField("IN_EFFECT_WITH_REVISION", "in_effect",
                          "goes with a report's name only, not with that of a "
                          "revision",
                          "只能与报告名同用，不能与修订名同用");
    }
    return history_.Read(name.report.ToString(), name.number,
                         WithContent::kYes);
  }
  ASSIGN_OR_RETURN(const report::ReportName parsed,
                   report::ParseReportName(request.name()));
  if (request.in_effect()) return FindInEffect(request, parsed);
  const std::string name = parsed.ToString();
  if (request.as_of_size() != 0) return FindAsOfSize(request, name);
  if (!request.has_as_of()) return history_.ReadLatest(name, WithContent::kYes);
  if (!IsValidTimestamp(request.as_of())) {
    return InvalidField("INVALID_TIMESTAMP", "as_of",
                        "is no time of the years 1 to 9999",
                        "不是公元 1 至 9999 年的时间");
  }
  ASSIGN_OR_RETURN(const int64_t number,
                   history_.NumberAsOf(name, FromTimestamp(request.as_of())));
  return history_.Read(name, number, WithContent::kYes);
}

absl::StatusOr<RecordedRevision> Retrieval::FindAsOfSize(
    const v1::GetReportRequest& request, absl::string_view report) const {
  ASSIGN_OR_RETURN(const uint64_t size, as_of_->SizeFor(request));
  ASSIGN_OR_RETURN(std::optional<RecordedRevision> latest,
                   history_.FindLatestAsOf(report, size, WithContent::kYes));
  if (!latest.has_value()) return ReportNotFoundAsOf(report, size);
  return *std::move(latest);
}

absl::StatusOr<RecordedRevision> Retrieval::FindInEffect(
    const v1::GetReportRequest& request,
    const report::ReportName& report) const {
  ASSIGN_OR_RETURN(const uint64_t size, as_of_->SizeFor(request));
  ASSIGN_OR_RETURN(const RecordedLife life, lives_->Read(report, size));
  if (life.life.effective() == 0) return NotInEffect(life);
  return history_.Read(report.ToString(), life.life.effective(),
                       WithContent::kYes);
}

SharedBytes Retrieval::PeekReport(const v1::GetReportRequest& request) const {
  if (request.in_effect()) return nullptr;
  if (request.has_as_of() || request.as_of_size() != 0) return nullptr;
  const auto name = report::ParseReportName(request.name());
  if (!name.ok()) return nullptr;
  const auto end = ledger_->PeekStreamEnd(name->ToString());
  if (!end.ok() || !end->has_value()) return nullptr;
  return answers_->Find((*end)->last_index);
}

absl::StatusOr<SharedBytes> Retrieval::GetReport(
    const v1::GetReportRequest& request) const {
  ASSIGN_OR_RETURN(const RecordedRevision revision, Find(request));
  if (revision.erasure.has_value()) return ContentErased(*revision.erasure);
  auto answer = std::make_shared<const std::string>(EncodeRevision(
      MakeRevision(revision.entry, revision.etag), revision.content));
  answers_->Add(revision.entry.index(), answer);
  return answer;
}

absl::StatusOr<v1::ListReportsResponse> Retrieval::ListReports(
    const v1::ListReportsRequest& request) const {
  ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const uint64_t size, as_of_->SizeFor(request));
  ledger::IndexScan scan;
  ASSIGN_OR_RETURN(scan.prefix, ReportScanPrefix(request));
  scan.limit = page_size + 1;
  // The prefix tells parent and year apart from every other query's.
  const std::string query =
      absl::StrCat("reports ", AsOfQuery(request, size), scan.prefix);
  ASSIGN_OR_RETURN(scan.after_key,
                   DecodePageToken(query, request.page_token()));
  ASSIGN_OR_RETURN(const std::vector<ledger::IndexRow> rows,
                   ledger_->ScanIndex(scan));
  v1::ListReportsResponse response;
  for (size_t i = 0; i < rows.size() && i < page_size; ++i) {
    ASSIGN_OR_RETURN(
        const std::optional<RecordedRevision> revision,
        history_.FindLatestAsOf(rows[i].value, size, WithContent::kNo));
    // A row may show a moment before its entry does, or be of a later one.
    if (!revision.has_value()) continue;
    *response.add_revisions() = MakeRevisionAsOf(*revision, size);
  }
  if (rows.size() > page_size) {
    response.set_next_page_token(
        EncodePageToken(query, rows[page_size - 1].key));
  }
  return response;
}

absl::StatusOr<v1::ListRevisionsResponse> Retrieval::ListRevisions(
    const v1::ListRevisionsRequest& request) const {
  ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const report::ReportName parsed,
                   report::ParseReportName(request.parent()));
  const std::string name = parsed.ToString();
  ASSIGN_OR_RETURN(const uint64_t size, as_of_->SizeFor(request));
  ASSIGN_OR_RETURN(const uint64_t length, history_.LengthAsOf(name, size));
  if (length == 0) {
    return AsksForNow(request) ? ReportNotFound(name)
                               : ReportNotFoundAsOf(name, size);
  }
  const std::string query =
      absl::StrCat("revisions ", AsOfQuery(request, size), name);
  ASSIGN_OR_RETURN(
      const int64_t last,
      LastNumber(query, request.page_token(), static_cast<int64_t>(length)));
  const int64_t lowest =
      std::max<int64_t>(1, last - static_cast<int64_t>(page_size));
  v1::ListRevisionsResponse response;
  for (int64_t number = last - 1; number >= lowest; --number) {
    ASSIGN_OR_RETURN(const RecordedRevision revision,
                     history_.Read(name, number, WithContent::kNo));
    *response.add_revisions() = MakeRevisionAsOf(revision, size);
  }
  if (lowest > 1) {
    response.set_next_page_token(EncodePageToken(query, absl::StrCat(lowest)));
  }
  return response;
}

absl::StatusOr<Retrieval::Range> Retrieval::ResolveRange(
    const v1::DiffRevisionsRequest& request, absl::string_view report) const {
  Range range{request.from(), request.to()};
  if (range.from < 0 || range.to < 0) {
    return InvalidRange("and `to` must not be negative", "与 to 不能为负数");
  }
  if (range.to == 0) {
    ASSIGN_OR_RETURN(const uint64_t length, history_.Length(report));
    if (length == 0) return ReportNotFound(report);
    range.to = static_cast<int64_t>(length);
  }
  if (range.from == 0) range.from = range.to - 1;
  if (range.from == 0) return NoEarlierRevision(report);
  if (range.from >= range.to) {
    return InvalidRange(
        absl::StrCat("is ", range.from, ", which is not older than revision ",
                     range.to),
        absl::StrCat("为 ", range.from, "，不早于第 ", range.to, " 次修订"));
  }
  return range;
}

absl::StatusOr<v1::DiffRevisionsResponse> Retrieval::DiffRevisions(
    const v1::DiffRevisionsRequest& request) const {
  ASSIGN_OR_RETURN(const report::ReportName parsed,
                   report::ParseReportName(request.name()));
  const std::string name = parsed.ToString();
  ASSIGN_OR_RETURN(const Range range, ResolveRange(request, name));
  ASSIGN_OR_RETURN(const RecordedRevision newer,
                   history_.Read(name, range.to, WithContent::kYes));
  ASSIGN_OR_RETURN(const RecordedRevision older,
                   history_.Read(name, range.from, WithContent::kYes));
  ASSIGN_OR_RETURN(const v1::RevisionContent from, DecodeContent(older));
  ASSIGN_OR_RETURN(const v1::RevisionContent to, DecodeContent(newer));
  report::Difference difference =
      report::DiffReports(from.report(), to.report());
  v1::DiffRevisionsResponse response;
  *response.mutable_from() = MakeRevision(older.entry, older.etag);
  *response.mutable_to() = MakeRevision(newer.entry, newer.etag);
  for (const report::CellDifference& cell : difference.cells) {
    *response.add_cells() = ToMessage(cell);
  }
  for (report::TextDifference& text : difference.texts) {
    *response.add_texts() = ToMessage(std::move(text));
  }
  return response;
}

}  // namespace annals
