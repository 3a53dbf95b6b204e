#include "client/archive/archiver.h"

#include <google/protobuf/util/message_differencer.h>

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/archive/stated_publication.h"
#include "client/fetch.h"
#include "client/files.h"
#include "client/hex.h"
#include "client/import/file_format.h"
#include "client/import/importer.h"
#include "client/import/limit_error.h"
#include "client/render/import_summary.h"
#include "client/report_source.h"
#include "client/stubs.h"
#include "client/trust/proved.h"
#include "client/uuid.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/file_io.h"
#include "ledger/hash.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

constexpr int kPageSize = 200;

// The publication as the item and the text say, the item's word first.
void SetPublication(const ArchiveItem& item, const ledger::Hash& sha256,
                    v1::Report* report) {
  v1::Publication* publication = report->mutable_publication();
  publication->set_source_sha256(ledger::HashBytes(sha256));
  AddStatedPublication(item, publication);
}

std::string NameOfDocument(const ledger::Hash& sha256) {
  return report::DocumentName{HexOf(sha256)}.ToString();
}

bool HasSource(const v1::Revision& revision, const ledger::Hash& sha256) {
  return revision.content().report().publication().source_sha256() ==
         ledger::HashBytes(sha256);
}

// Whether what was given, if anything, is not what is recorded.
bool DiffersInPublication(const ArchiveItem& item,
                          const v1::Publication& recorded) {
  const bool other_day = item.published.has_value() &&
                         !google::protobuf::util::MessageDifferencer::Equals(
                             *item.published, recorded.date());
  return other_day || (!item.url.empty() && item.url != recorded.url()) ||
         (!item.index_number.empty() &&
          item.index_number != recorded.index_number());
}

absl::Status ArchivedOtherwise(const v1::Revision& latest) {
  return MakeError(
      absl::StatusCode::kAlreadyExists, "ARCHIVED_OTHERWISE",
      {absl::StrCat("the ledger has another version, ", latest.name(),
                    ". If the published page was replaced, say so with "
                    "--reason-code republished; if the figures were read "
                    "wrongly, with figure-error"),
       absl::StrCat("账本中已有另一版本 ", latest.name(),
                    "。如为公开页面被替换，请加 --reason-code "
                    "republished；如为当时读取有误，请用 figure-error")});
}

// Asked before the document is recorded, which can't be undone.
absl::Status RequireYear(const ArchiveItem& item, const v1::Report& report) {
  if (report.year() == item.name.year) return absl::OkStatus();
  const std::string other = report.year() == 0
                                ? "of no year that can be read"
                                : absl::StrCat("of ", report.year());
  const std::string other_zh =
      report.year() == 0 ? "的年度无法识别"
                         : absl::StrCat("是 ", report.year(), " 年度报告");
  return MakeError(
      absl::StatusCode::kInvalidArgument, "YEAR_MISMATCH",
      {absl::StrCat(item.source, " is a report ", other, ", not of ",
                    item.name.year, "; nothing was recorded"),
       absl::StrCat(item.source, " ", other_zh, "，不是 ", item.name.year,
                    " 年度；未作任何记录")});
}

absl::Status NotRegistered(const std::string& agency_code) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "AGENCY_NOT_REGISTERED",
      {absl::StrCat("the agency ", agency_code,
                    " is not registered; nothing was recorded"),
       absl::StrCat("机关 ", agency_code, " 尚未登记；未作任何记录")});
}

// The document of a report that was not recorded stays in the ledger.
absl::Status DocumentLeft(const absl::Status& status,
                          const std::string& document) {
  absl::Status left = MakeError(
      status.code(), ErrorReason(status),
      {absl::StrCat(status.message(), "; the source document was recorded as ",
                    document,
                    " before that; once the cause is mended, archive the file "
                    "again"),
       absl::StrCat(ErrorTextZh(status), "；来源文件此前已记录为 ", document,
                    "；排除原因后请重新归档该文件")});
  for (const auto& [key, value] : ErrorMetadata(status)) {
    AddErrorMetadata(key, value, &left);
  }
  for (const FieldViolation& violation : FieldViolations(status)) {
    AddFieldViolation(violation, &left);
  }
  return left;
}

// Another run may have recorded the report in the meantime.
bool MayBeOvertaken(const absl::Status& status) {
  return absl::IsAborted(status) || absl::IsAlreadyExists(status);
}

}  // namespace

bool SameReport(v1::Report left, const v1::Report& right) {
  left.clear_etag();
  return google::protobuf::util::MessageDifferencer::Equals(left, right);
}

bool IsTooLarge(const absl::Status& status) {
  const std::string reason = ErrorReason(status);
  return reason == "DOCUMENT_TOO_LARGE" || reason == "MESSAGE_TOO_LARGE" ||
         // From gRPC itself, which has no reason of ours.
         reason == "RESOURCE_EXHAUSTED";
}

absl::StatusOr<std::optional<v1::Revision>> Archiver::Latest(
    const report::ReportName& name) {
  auto revision = FetchRevision(&session_.connection(), name.ToString(),
                                /*as_of=*/AsOf());
  if (ErrorReason(revision.status()) == "REPORT_NOT_FOUND") return std::nullopt;
  if (!revision.ok()) return revision.status();
  if (!trust_.verifies()) return *std::move(revision);
  ASSIGN_OR_RETURN(
      const VerifiedRevision verified,
      ProveRevision(revision->entry_index(), {name, revision->number()},
                    &session_, &trust_));
  return RevisionOf(verified);
}

absl::Status Archiver::RequireRegistered(const std::string& agency_code) {
  if (registered_.contains(agency_code)) return absl::OkStatus();
  v1::GetAgencyRequest request;
  request.set_name(report::AgencyName{agency_code}.ToString());
  Connection& connection = session_.connection();
  const absl::Status status =
      connection
          .Call(connection.stubs().agencies,
                &v1::AgencyService::Stub::GetAgency, request)
          .status();
  if (absl::IsNotFound(status)) return NotRegistered(agency_code);
  RETURN_IF_ERROR(status);
  registered_.insert(agency_code);
  return absl::OkStatus();
}

absl::Status Archiver::RequireRecordable(const ArchiveItem& item,
                                         const v1::Report& report) {
  // Nothing is recorded before the report, which the server checks.
  if (policy_.hash_only) return absl::OkStatus();
  RETURN_IF_ERROR(RequireRegistered(item.name.agency_code));
  v1::CheckReportRequest request;
  request.set_name(item.name.ToString());
  *request.mutable_report() = report;
  Connection& connection = session_.connection();
  return connection
      .Call(connection.stubs().reports, &v1::ReportService::Stub::CheckReport,
            request)
      .status();
}

// The document's name; empty if only its hash is kept.
absl::StatusOr<std::string> Archiver::RecordDocument(const ArchiveItem& item,
                                                     const std::string& bytes) {
  if (policy_.hash_only) return std::string();
  v1::RecordDocumentRequest request;
  request.set_data(bytes);
  request.set_media_type(std::string(MediaTypeOf(bytes)));
  request.set_file_name(std::filesystem::path(item.source).filename());
  request.set_reason(item.reason);
  SetRequestId(&request);
  Connection& connection = session_.connection();
  const auto document =
      connection.Call(connection.stubs().documents,
                      &v1::DocumentService::Stub::RecordDocument, request);
  if (IsTooLarge(document.status())) {
    session_.Tell(
        {absl::StrCat(item.source, " 过大，服务器不保存，只记录其摘要"),
         absl::StrCat(item.source,
                      " is too large for the server to keep; only its hash "
                      "is recorded")});
    return std::string();
  }
  if (!document.ok()) return document.status();
  const std::string expected = NameOfDocument(ledger::Sha256(bytes));
  if (document->name() == expected) return expected;
  return VerificationFailure(
      kAnswerMismatchReason,
      {absl::StrCat("服务器记录的来源文件应为 ", expected, "，实为 ",
                    document->name()),
       absl::StrCat("the server recorded another document: expected ", expected,
                    ", found ", document->name())});
}

// The latest revision that was read from this document, of all that the report
// has; empty if there is none.
absl::StatusOr<std::string> Archiver::RevisionFrom(
    const report::ReportName& name, const std::string& document) {
  v1::ListRevisionsRequest request;
  request.set_parent(name.ToString());
  request.set_page_size(kPageSize);
  PageTokens tokens;
  Connection& connection = session_.connection();
  do {
    ASSIGN_OR_RETURN(
        const v1::ListRevisionsResponse page,
        connection.Call(connection.stubs().reports,
                        &v1::ReportService::Stub::ListRevisions, request));
    for (const v1::Revision& revision : page.revisions()) {
      RETURN_IF_ERROR(RequireRevisionOf(revision, name, std::nullopt));
      if (revision.document() == document) return revision.name();
    }
    RETURN_IF_ERROR(tokens.Add(page.next_page_token(), page.revisions_size()));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return std::string();
}

// The structured report: a file of its own, or what the document says.
absl::Status Archiver::ReadReport(const ArchiveItem& item,
                                  const std::string& bytes,
                                  ArchiveOutcome* outcome) {
  v1::Report* report = outcome->request.mutable_report();
  if (!item.report_file.empty()) {
    ASSIGN_OR_RETURN(LoadedReport loaded,
                     LoadReport(item.report_file, &session_));
    *report = std::move(loaded.report);
    outcome->doubts = loaded.doubts;
  } else {
    ASSIGN_OR_RETURN(ImportResult imported,
                     ImportFile(bytes, session_.options().import_limits));
    *report = imported.report;
    outcome->doubts = CountDoubts(imported);
    outcome->imported = std::move(imported);
  }
  report->set_scope(item.name.scope);
  report->clear_etag();
  return absl::OkStatus();
}

absl::StatusOr<std::optional<ArchiveOutcome>> Archiver::Present(
    const ArchiveItem& item, const ledger::Hash& sha256,
    const std::optional<v1::Revision>& latest) {
  if (!latest.has_value() || !item.report_file.empty()) return std::nullopt;
  ArchiveOutcome outcome;
  ASSIGN_OR_RETURN(outcome.revision,
                   RevisionFrom(item.name, NameOfDocument(sha256)));
  if (outcome.revision.empty() && HasSource(*latest, sha256)) {
    outcome.revision = latest->name();
  }
  if (outcome.revision.empty()) return std::nullopt;
  if (outcome.revision != latest->name()) {
    if (policy_.records_put_back) return std::nullopt;
    outcome.replaced_by = latest->name();
  }
  outcome.result = ArchiveResult::kPresent;
  outcome.differs_in_publication =
      outcome.revision == latest->name() &&
      DiffersInPublication(item, latest->content().report().publication());
  return outcome;
}

absl::StatusOr<ArchiveOutcome> Archiver::Archive(const ArchiveItem& item) {
  const size_t bytes_max = session_.options().import_limits.file_bytes;
  const absl::StatusOr<std::string> bytes =
      ledger::ReadFileBytes(item.source, bytes_max);
  if (!bytes.ok()) {
    return NameFileOption(bytes.status(), item.source, bytes_max);
  }
  const ledger::Hash sha256 = ledger::Sha256(*bytes);
  ASSIGN_OR_RETURN(const std::optional<v1::Revision> latest, Latest(item.name));
  ASSIGN_OR_RETURN(std::optional<ArchiveOutcome> present,
                   Present(item, sha256, latest));
  if (present.has_value()) return *std::move(present);
  ArchiveOutcome outcome;
  RETURN_IF_ERROR(ReadReport(item, *bytes, &outcome));
  if (outcome.doubts > 0 && !policy_.allow_doubtful) {
    outcome.result = ArchiveResult::kDoubtful;
    return outcome;
  }
  v1::ArchiveReportRequest& request = outcome.request;
  RETURN_IF_ERROR(RequireYear(item, request.report()));
  SetPublication(item, sha256, request.mutable_report());
  if (latest.has_value()) {
    if (SameReport(latest->content().report(), request.report())) {
      outcome.result = ArchiveResult::kPresent;
      outcome.revision = latest->name();
      return outcome;
    }
    if (policy_.reason_code == v1::REASON_CODE_UNSPECIFIED) {
      return ArchivedOtherwise(*latest);
    }
    request.mutable_report()->set_etag(latest->etag());
    request.set_reason_code(policy_.reason_code);
  }
  RETURN_IF_ERROR(RequireRecordable(item, request.report()));
  ASSIGN_OR_RETURN(*request.mutable_document(), RecordDocument(item, *bytes));
  RETURN_IF_ERROR(Send(item, sha256, &outcome));
  return outcome;
}

// Records the report, whose document is recorded.
absl::Status Archiver::Send(const ArchiveItem& item, const ledger::Hash& sha256,
                            ArchiveOutcome* outcome) {
  v1::ArchiveReportRequest& request = outcome->request;
  request.set_name(item.name.ToString());
  request.set_reason(item.reason);
  SetRequestId(&request);
  Connection& connection = session_.connection();
  auto response =
      connection.Call(connection.stubs().reports,
                      &v1::ReportService::Stub::ArchiveReport, request);
  if (response.ok()) {
    outcome->response = *std::move(response);
    outcome->revision = outcome->response->revision().name();
    return absl::OkStatus();
  }
  if (MayBeOvertaken(response.status())) {
    ASSIGN_OR_RETURN(const std::optional<v1::Revision> latest,
                     Latest(item.name));
    ASSIGN_OR_RETURN(std::optional<ArchiveOutcome> present,
                     Present(item, sha256, latest));
    if (present.has_value()) {
      *outcome = *std::move(present);
      return absl::OkStatus();
    }
  }
  if (request.document().empty()) return response.status();
  return DocumentLeft(response.status(), request.document());
}

}  // namespace annals::client
