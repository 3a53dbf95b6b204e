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
// How far a page is filled at once when its first rows don't fill it.
constexpr size_t kScanRows = 256;

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

struct Standing {
  int64_t latest = 0;
  int64_t withdrawn = 0;
};

absl::Status NotInEffect(const std::string& name, const Standing& standing) {
  const int64_t withdrawn = standing.withdrawn;
  absl::Status status = MakeError(
      absl::StatusCode::kNotFound, "NOT_IN_EFFECT",
      {absl::StrCat(
           "No revision of ", name, " is in effect (latest ", standing.latest,
           withdrawn == 0 ? std::string(", under review")
                          : absl::StrCat(", ", withdrawn, " withdrawn"),
           "); ask without in_effect for the latest."),
       absl::StrCat(name, " 没有生效的修订（最新为 ", standing.latest,
                    withdrawn == 0
                        ? std::string("，尚在办理")
                        : absl::StrCat("，修订 ", withdrawn, " 已撤回"),
                    "）；要最新修订请不用 in_effect。")});
  AddErrorMetadata("latestRevision", absl::StrCat(standing.latest), &status);
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

template <typename Request>
absl::Status NoReport(const Request& request, absl::string_view report) {
  return AsksForNow(request) ? ReportNotFound(report)
                             : ReportNotFoundAsOf(report);
}

// What tells a question as of a size or a time, or of what is published, apart,
// in page tokens; nothing for all that there is now. As it was asked: how many
// entries there were at a time is not told to who may not see them all, and a
// token could be searched for it.
template <typename Request>
std::string ViewQuery(const Request& request, View view) {
  std::string query = view == View::kPublished ? "published " : "";
  if (request.has_as_of()) {
    absl::StrAppend(&query, "as of time ", request.as_of().seconds(), ".",
                    request.as_of().nanos(), " ");
  } else if (request.as_of_size() != 0) {
    absl::StrAppend(&query, "as of ", request.as_of_size(), " ");
  }
  return query;
}

// The number up to which, from the newest, the page before went.
absl::StatusOr<int64_t> LastNumber(absl::string_view query,
                                   absl::string_view token, int64_t latest) {
  ASSIGN_OR_RETURN(const std::string key, DecodePageToken(query, token));
  if (key.empty()) return latest + 1;
  int64_t number = 0;
  if (!absl::SimpleAtoi(key, &number) || number < 2 || number > latest + 1) {
    return InvalidPageToken();
  }
  return number;
}

}  // namespace

absl::StatusOr<RecordedRevision> Retrieval::FindNumbered(
    const v1::GetReportRequest& request, View view) const {
  ASSIGN_OR_RETURN(const report::RevisionName name,
                   report::ParseRevisionName(request.name()));
  if (!AsksForNow(request)) {
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
  if (view == View::kAll) {
    return history_.Read(name.report.ToString(), name.number,
                         WithContent::kYes);
  }
  ASSIGN_OR_RETURN(const VisibleReport visible,
                   parts_.visible->Find(name.report, SizeNow(), view));
  return visible.Read(name.number, WithContent::kYes);
}

absl::StatusOr<RecordedRevision> Retrieval::Find(
    const v1::GetReportRequest& request, View view) const {
  if (absl::StrContains(request.name(), "/revisions/")) {
    return FindNumbered(request, view);
  }
  ASSIGN_OR_RETURN(const report::ReportName parsed,
                   report::ParseReportName(request.name()));
  if (view == View::kPublished) return FindPublished(request, parsed);
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

// What took effect last: in effect, or withdrawn.
absl::StatusOr<RecordedRevision> Retrieval::FindPublished(
    const v1::GetReportRequest& request,
    const report::ReportName& report) const {
  ASSIGN_OR_RETURN(const uint64_t size, parts_.as_of->SizeFor(request));
  ASSIGN_OR_RETURN(const VisibleReport visible,
                   parts_.visible->Find(report, size, View::kPublished));
  const int64_t latest = visible.latest();
  if (latest == 0) return NoReport(request, report.ToString());
  ASSIGN_OR_RETURN(RecordedRevision revision,
                   visible.Read(latest, WithContent::kYes));
  if (request.in_effect() && revision.withdrawn_by.has_value()) {
    return NotInEffect(report.ToString(), {latest, latest});
  }
  return revision;
}

absl::StatusOr<RecordedRevision> Retrieval::FindAsOfSize(
    const v1::GetReportRequest& request, absl::string_view report) const {
  ASSIGN_OR_RETURN(const uint64_t size, parts_.as_of->SizeFor(request));
  ASSIGN_OR_RETURN(std::optional<RecordedRevision> latest,
                   history_.FindLatestAsOf(report, size, WithContent::kYes));
  if (!latest.has_value()) return ReportNotFoundAsOf(report);
  return *std::move(latest);
}

absl::StatusOr<RecordedRevision> Retrieval::FindInEffect(
    const v1::GetReportRequest& request,
    const report::ReportName& report) const {
  ASSIGN_OR_RETURN(const uint64_t size, parts_.as_of->SizeFor(request));
  ASSIGN_OR_RETURN(const RecordedLife life, parts_.lives->Read(report, size));
  if (life.life.effective() == 0) {
    return NotInEffect(report.ToString(),
                       {life.life.latest(), life.life.withdrawn()});
  }
  return history_.Read(report.ToString(), life.life.effective(),
                       WithContent::kYes);
}

SharedBytes Retrieval::PeekReport(const v1::GetReportRequest& request) const {
  if (request.in_effect()) return nullptr;
  if (request.has_as_of() || request.as_of_size() != 0) return nullptr;
  const auto name = report::ParseReportName(request.name());
  if (!name.ok()) return nullptr;
  const auto end = parts_.ledger->PeekStreamEnd(name->ToString());
  if (!end.ok() || !end->has_value()) return nullptr;
  return parts_.answers->Find((*end)->last_index);
}

// Only the answers to those who see all are kept.
absl::StatusOr<SharedBytes> Retrieval::GetReport(
    const v1::GetReportRequest& request, View view) const {
  ASSIGN_OR_RETURN(const RecordedRevision revision, Find(request, view));
  RETURN_IF_ERROR(RequireContent(revision));
  v1::Revision message = MakeRevision(revision.entry, revision.etag);
  message.set_published_only(view == View::kPublished);
  auto answer = std::make_shared<const std::string>(
      EncodeRevision(message, revision.content));
  if (view == View::kAll) parts_.answers->Add(revision.entry.index(), answer);
  return answer;
}

// Adds a page of the reports that the caller sees. `last_key` becomes the key
// behind which the next page begins; empty if there is none. Hidden reports and
// those of later entries take no place, however many lie between: what a page
// lacks would tell of the hidden ones, and a page as of a size would change.
absl::Status Retrieval::AddReports(size_t page_size, uint64_t size, View view,
                                   ledger::IndexScan scan,
                                   std::string* last_key,
                                   v1::ListReportsResponse* response) const {
  scan.limit = page_size + 1;
  for (;;) {
    ASSIGN_OR_RETURN(const std::vector<ledger::IndexRow> rows,
                     parts_.ledger->ScanIndex(scan));
    for (const ledger::IndexRow& row : rows) {
      ASSIGN_OR_RETURN(const report::ReportName report,
                       report::ParseReportName(row.value));
      ASSIGN_OR_RETURN(const VisibleReport visible,
                       parts_.visible->Find(report, size, view));
      // A row may show a moment before its entry does, or be of a later one.
      const int64_t latest = visible.latest();
      if (latest == 0) continue;
      if (static_cast<size_t>(response->revisions_size()) == page_size) {
        return absl::OkStatus();
      }
      ASSIGN_OR_RETURN(const RecordedRevision revision,
                       visible.Read(latest, WithContent::kNo));
      *response->add_revisions() = MakeRevisionAsOf(revision, size);
      *last_key = row.key;
    }
    if (rows.size() < scan.limit) {
      last_key->clear();
      return absl::OkStatus();
    }
    scan.after_key = rows.back().key;
    scan.limit = kScanRows;
  }
}

absl::StatusOr<v1::ListReportsResponse> Retrieval::ListReports(
    const v1::ListReportsRequest& request, View view) const {
  ASSIGN_OR_RETURN(const size_t page_size,
                   parts_.page_limit.SizeFor(request.page_size()));
  ASSIGN_OR_RETURN(const uint64_t size, parts_.as_of->SizeFor(request));
  ledger::IndexScan scan;
  ASSIGN_OR_RETURN(scan.prefix, ReportScanPrefix(request));
  // The prefix tells parent and year apart from every other query's.
  const std::string query =
      absl::StrCat("reports ", ViewQuery(request, view), scan.prefix);
  ASSIGN_OR_RETURN(scan.after_key,
                   DecodePageToken(query, request.page_token()));
  v1::ListReportsResponse response;
  std::string last_key;
  RETURN_IF_ERROR(
      AddReports(page_size, size, view, std::move(scan), &last_key, &response));
  if (!last_key.empty()) {
    response.set_next_page_token(EncodePageToken(query, last_key));
  }
  response.set_published_only(view == View::kPublished);
  return response;
}

absl::StatusOr<v1::ListRevisionsResponse> Retrieval::ListRevisions(
    const v1::ListRevisionsRequest& request, View view) const {
  ASSIGN_OR_RETURN(const size_t page_size,
                   parts_.page_limit.SizeFor(request.page_size()));
  ASSIGN_OR_RETURN(const report::ReportName parsed,
                   report::ParseReportName(request.parent()));
  const std::string name = parsed.ToString();
  ASSIGN_OR_RETURN(const uint64_t size, parts_.as_of->SizeFor(request));
  ASSIGN_OR_RETURN(const VisibleReport visible,
                   parts_.visible->Find(parsed, size, view));
  if (visible.latest() == 0) return NoReport(request, name);
  const std::string query =
      absl::StrCat("revisions ", ViewQuery(request, view), name);
  ASSIGN_OR_RETURN(const int64_t last,
                   LastNumber(query, request.page_token(), visible.latest()));
  v1::ListRevisionsResponse response;
  int64_t number = visible.Before(last);
  int64_t lowest = last;
  for (;
       number > 0 && static_cast<size_t>(response.revisions_size()) < page_size;
       number = visible.Before(number)) {
    ASSIGN_OR_RETURN(const RecordedRevision revision,
                     visible.Read(number, WithContent::kNo));
    *response.add_revisions() = MakeRevisionAsOf(revision, size);
    lowest = number;
  }
  if (number > 0) {
    response.set_next_page_token(EncodePageToken(query, absl::StrCat(lowest)));
  }
  response.set_published_only(view == View::kPublished);
  return response;
}

absl::StatusOr<Retrieval::Range> Retrieval::ResolveRange(
    const v1::DiffRevisionsRequest& request, absl::string_view report,
    const VisibleReport& visible) const {
  Range range{request.from(), request.to()};
  if (range.from < 0 || range.to < 0) {
    return InvalidRange("and `to` must not be negative", "与 to 不能为负数");
  }
  if (visible.latest() == 0) return ReportNotFound(report);
  if (range.to == 0) range.to = visible.latest();
  if (range.from == 0) range.from = visible.Before(range.to);
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
    const v1::DiffRevisionsRequest& request, View view) const {
  ASSIGN_OR_RETURN(const report::ReportName parsed,
                   report::ParseReportName(request.name()));
  const std::string name = parsed.ToString();
  ASSIGN_OR_RETURN(const VisibleReport visible,
                   parts_.visible->Find(parsed, SizeNow(), view));
  ASSIGN_OR_RETURN(const Range range, ResolveRange(request, name, visible));
  ASSIGN_OR_RETURN(const RecordedRevision newer,
                   visible.Read(range.to, WithContent::kYes));
  ASSIGN_OR_RETURN(const RecordedRevision older,
                   visible.Read(range.from, WithContent::kYes));
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
  response.set_published_only(view == View::kPublished);
  return response;
}

}  // namespace annals
