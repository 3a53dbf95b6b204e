#include "client/fetch.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/stubs.h"
#include "client/times.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/days.h"

namespace annals::client {
namespace {

// A server may leave out what a page would show only a moment later; more than
// a few such pages in a row are none of an honest one.
constexpr int kEmptyPagesMax = 100;

absl::Status AnswerMismatch(const Text& what, absl::string_view expected,
                            absl::string_view found) {
  return VerificationFailure(
      kAnswerMismatchReason,
      {absl::StrCat("服务器答非所问，", what.zh, "：应为 ", expected, "，实为 ",
                    found),
       absl::StrCat("the server answered another question, ", what.en,
                    ": expected ", expected, ", found ", found)});
}

const std::string& NoneIfEmpty(const std::string& text) {
  static const auto* const none = new std::string("-");
  return text.empty() ? *none : text;
}

// An unspecified scope is that of the organ, as in names.
v1::Scope ScopeOf(const v1::Report& report) {
  return report.scope() == v1::SCOPE_REGIONAL ? v1::SCOPE_REGIONAL
                                              : v1::SCOPE_ORGAN;
}

absl::Status RequireContentOf(const v1::Revision& revision,
                              const report::ReportName& report) {
  if (!revision.has_content() || !revision.content().has_report()) {
    return AnswerMismatch({"修订内容", "content"}, revision.name(), "-");
  }
  const v1::Report& content = revision.content().report();
  if (content.year() != report.year) {
    return AnswerMismatch({"报告年度", "year of the report"},
                          absl::StrCat(report.year),
                          absl::StrCat(content.year()));
  }
  if (ScopeOf(content) != report.scope) {
    return AnswerMismatch({"报告口径", "scope of the report"},
                          v1::Scope_Name(report.scope),
                          v1::Scope_Name(ScopeOf(content)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Revision> FetchRevision(Connection* connection,
                                           const std::string& name,
                                           const AsOf& as_of) {
  report::RevisionName asked;
  std::optional<int> number;
  if (absl::StrContains(name, "/revisions/")) {
    ASSIGN_OR_RETURN(asked, report::ParseRevisionName(name));
    number = asked.number;
  } else {
    ASSIGN_OR_RETURN(asked.report, report::ParseReportName(name));
  }
  v1::GetReportRequest request;
  request.set_name(name);
  as_of.ApplyTo(&request);
  ASSIGN_OR_RETURN(
      v1::Revision revision,
      connection->Call(connection->stubs().reports,
                       &v1::ReportService::Stub::GetReport, request));
  RETURN_IF_ERROR(RequireRevisionOf(revision, asked.report, number));
  RETURN_IF_ERROR(RequireContentOf(revision, asked.report));
  RETURN_IF_ERROR(RequireRecordedBy(revision, as_of));
  return revision;
}

void HideLaterErasure(const AsOf& as_of, v1::Revision* revision) {
  const v1::Erasure& erasure = revision->erasure();
  if (!as_of.Covers(erasure.entry_index(),
                    FromTimestamp(erasure.recorded_at()))) {
    revision->clear_erasure();
  }
}

absl::Status RequireRecordedBy(const v1::Revision& revision,
                               const AsOf& as_of) {
  if (as_of.size != 0 && revision.entry_index() >= as_of.size) {
    return AnswerMismatch({"条目", "entry"}, absl::StrCat("< ", as_of.size),
                          absl::StrCat(revision.entry_index()));
  }
  if (!as_of.time.has_value() ||
      FromTimestamp(revision.recorded_at()) <= *as_of.time) {
    return absl::OkStatus();
  }
  return AnswerMismatch({"记录时间", "time of recording"},
                        absl::StrCat("≤ ", FormatMoment(*as_of.time)),
                        FormatMoment(revision.recorded_at()));
}

absl::StatusOr<v1::Agency> FetchAgencyOn(Connection* connection,
                                         const std::string& name,
                                         absl::CivilDay day,
                                         const AsOf& as_of) {
  v1::GetAgencyRequest request;
  request.set_name(name);
  *request.mutable_on() = report::DateOf(day);
  as_of.ApplyTo(&request);
  return connection->Call(connection->stubs().agencies,
                          &v1::AgencyService::Stub::GetAgency, request);
}

absl::StatusOr<v1::Entry> FetchEntry(Connection* connection, uint64_t index,
                                     uint64_t tree_size) {
  v1::GetEntryRequest request;
  request.set_index(index);
  request.set_tree_size(tree_size);
  request.set_include_content(true);
  return connection->Call(connection->stubs().ledger,
                          &v1::LedgerService::Stub::GetEntry, request);
}

absl::StatusOr<v1::Checkpoint> FetchCheckpoint(Connection* connection,
                                               bool witnessed) {
  const auto get = &v1::LedgerService::Stub::GetCheckpoint;
  v1::GetCheckpointRequest request;
  request.set_witnessed(witnessed);
  auto checkpoint = connection->Call(connection->stubs().ledger, get, request);
  if (ErrorReason(checkpoint.status()) != kNoWitnessedCheckpointReason) {
    return checkpoint;
  }
  request.set_witnessed(false);
  return connection->Call(connection->stubs().ledger, get, request);
}

v1::Report ReportOf(const v1::Revision& revision) {
  v1::Report report = revision.content().report();
  report.set_etag(revision.etag());
  return report;
}

absl::Status RequireRevisionOf(const v1::Revision& revision,
                               const report::ReportName& report,
                               std::optional<int> number) {
  const std::string prefix = absl::StrCat(report.ToString(), "/revisions/");
  if (!absl::StartsWith(revision.name(), prefix)) {
    return AnswerMismatch(
        {"资源名", "name"},
        absl::StrCat(prefix, number.has_value() ? absl::StrCat(*number) : "…"),
        NoneIfEmpty(revision.name()));
  }
  if (revision.number() < 1 ||
      revision.number() != number.value_or(revision.number())) {
    return AnswerMismatch({"修订号", "revision number"},
                          number.has_value() ? absl::StrCat(*number) : "≥ 1",
                          absl::StrCat(revision.number()));
  }
  const std::string name = absl::StrCat(prefix, revision.number());
  if (revision.name() != name) {
    return AnswerMismatch({"资源名", "name"}, name, revision.name());
  }
  return absl::OkStatus();
}

absl::Status RequireDiffOf(const v1::DiffRevisionsResponse& diff,
                           const v1::DiffRevisionsRequest& request,
                           const report::ReportName& report) {
  const auto to =
      request.to() != 0 ? std::optional<int>(request.to()) : std::nullopt;
  RETURN_IF_ERROR(RequireRevisionOf(diff.to(), report, to));
  if (request.from() == 0 && diff.published_only() &&
      diff.from().number() < diff.to().number()) {
    return RequireRevisionOf(diff.from(), report, std::nullopt);
  }
  const int from =
      request.from() != 0 ? request.from() : diff.to().number() - 1;
  return RequireRevisionOf(diff.from(), report, from);
}

absl::Status RequireListed(const v1::Revision& revision,
                           const v1::ListReportsRequest& request) {
  const auto name = report::ParseRevisionName(revision.name());
  if (!name.ok()) {
    return AnswerMismatch({"资源名", "name"}, "agencies/…/revisions/…",
                          NoneIfEmpty(revision.name()));
  }
  RETURN_IF_ERROR(RequireRevisionOf(revision, name->report, name->number));
  const std::string agency =
      report::AgencyName{name->report.agency_code}.ToString();
  if (request.parent() != "agencies/-" && request.parent() != agency) {
    return AnswerMismatch({"机关", "agency"}, request.parent(), agency);
  }
  if (request.year() != 0 && request.year() != name->report.year) {
    return AnswerMismatch({"年度", "year"}, absl::StrCat(request.year()),
                          absl::StrCat(name->report.year));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> ForEachReport(
    v1::ListReportsRequest asked, Connection* connection,
    absl::FunctionRef<absl::Status(const v1::Revision& latest)> visit) {
  constexpr int kPageSize = 500;
  asked.set_page_size(kPageSize);
  PageTokens tokens;
  bool published_only = false;
  do {
    ASSIGN_OR_RETURN(
        const v1::ListReportsResponse page,
        connection->Call(connection->stubs().reports,
                         &v1::ReportService::Stub::ListReports, asked));
    for (const v1::Revision& latest : page.revisions()) {
      RETURN_IF_ERROR(RequireListed(latest, asked));
      RETURN_IF_ERROR(visit(latest));
    }
    published_only |= page.published_only();
    RETURN_IF_ERROR(tokens.Add(page.next_page_token(), page.revisions_size()));
    asked.set_page_token(page.next_page_token());
  } while (!asked.page_token().empty());
  return published_only;
}

absl::Status PageTokens::Add(const std::string& token, int items) {
  if (token.empty()) return absl::OkStatus();
  empty_pages_ = items == 0 ? empty_pages_ + 1 : 0;
  if (empty_pages_ > kEmptyPagesMax) {
    return VerificationFailure(
        kAnswerMismatchReason,
        {absl::StrCat("服务器连续给出 ", empty_pages_,
                      " 个空页，又称还有下一页，列表没有尽头"),
         absl::StrCat("the server gave ", empty_pages_,
                      " empty pages in a row and says that more follow; the "
                      "list would have no end")});
  }
  if (seen_.insert(token).second) return absl::OkStatus();
  return VerificationFailure(
      kAnswerMismatchReason,
      {absl::StrCat("服务器两次给出同一分页标记 ", token, "，列表没有尽头"),
       absl::StrCat("the server gave the page token ", token,
                    " twice; the list would have no end")});
}

}  // namespace annals::client
