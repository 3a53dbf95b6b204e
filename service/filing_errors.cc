#include "service/filing_errors.h"

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "service/request.h"

namespace annals {
namespace {

void AddCurrent(const RecordedRevision& current, absl::Status* status) {
  AddErrorMetadata("currentEtag", current.etag, status);
  AddErrorMetadata("currentRevision",
                   absl::StrCat(current.entry.revision_recorded().number()),
                   status);
}

}  // namespace

absl::Status AgencyNotRegistered(absl::string_view agency_code) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "AGENCY_NOT_REGISTERED",
      {absl::StrCat("The agency ", agency_code,
                    " is not registered; register it before its reports."),
       absl::StrCat("机关 ", agency_code, " 尚未登记，请先登记再提交报告。")});
}

absl::Status ReportExists(const RecordedRevision& current) {
  const v1::RevisionRecorded& event = current.entry.revision_recorded();
  absl::Status status = MakeError(
      absl::StatusCode::kAlreadyExists, "REPORT_EXISTS",
      {absl::StrCat(event.report(),
                    " has been submitted; its latest revision "
                    "is ",
                    event.number(),
                    ". To change it, correct it: give "
                    "the etag of that revision and a reason code."),
       absl::StrCat(event.report(), " 已提交，最新为第 ", event.number(),
                    " 次修订。如需修改请作更正：填写该修订的版本标识与更正"
                    "原因。")});
  AddCurrent(current, &status);
  return status;
}

absl::Status NothingToCorrect(absl::string_view report) {
  return MakeError(
      absl::StatusCode::kNotFound, "REPORT_NOT_FOUND",
      {absl::StrCat("There is no ", report,
                    " to correct. Check agency, year "
                    "and scope; to submit it for the first time, leave "
                    "report.etag empty."),
       absl::StrCat("没有可更正的报告 ", report,
                    "。请核对机关、年度与口径；首次提交请将 report.etag "
                    "留空。")});
}

absl::Status EtagMismatch(absl::string_view given,
                          const RecordedRevision& current) {
  const v1::RevisionRecorded& event = current.entry.revision_recorded();
  absl::Status status = MakeError(
      absl::StatusCode::kAborted, "ETAG_MISMATCH",
      {absl::StrCat("The correction of ", event.report(),
                    " is based on the etag ", given.substr(0, 64),
                    ", but the latest revision is ", event.number(), " (etag ",
                    current.etag, "). Read that one, and correct it."),
       absl::StrCat(event.report(), " 的更正所依据的版本标识 ",
                    given.substr(0, 64), " 不是最新；最新为第 ", event.number(),
                    " 次修订（", current.etag,
                    "）。请取得最新修订后再更正。")});
  AddCurrent(current, &status);
  return status;
}

absl::Status MissingReasonCode() {
  return InvalidField("MISSING_REASON_CODE", "reason_code",
                      "is required for a correction: say what kind of "
                      "mistake is corrected",
                      "为更正必填：请说明更正的原因类别");
}

absl::Status UnexpectedReasonCode() {
  return InvalidField("UNEXPECTED_REASON_CODE", "reason_code",
                      "is for corrections only; leave it unspecified for a "
                      "first submission, or give report.etag for a correction",
                      "仅用于更正；首次提交请留空，更正请填写 report.etag");
}

absl::Status NothingChanged(const RecordedRevision& current) {
  return InvalidField(
      "NOTHING_CHANGED", "report",
      absl::StrCat("is the same as revision ",
                   current.entry.revision_recorded().number(),
                   ", figure by figure and text by text; there is nothing to "
                   "correct"),
      absl::StrCat("与第 ", current.entry.revision_recorded().number(),
                   " 次修订的数字和文字完全相同，没有可更正的内容"));
}

absl::Status DocumentNotStated(absl::string_view document,
                               absl::string_view stated_sha256) {
  const absl::string_view stated = stated_sha256.empty() ? "-" : stated_sha256;
  return InvalidField(
      "DOCUMENT_MISMATCH", "report.publication.source_sha256",
      absl::StrCat("is ", stated, ", and the document named is ", document),
      absl::StrCat("为 ", stated, "，而所列来源文件是 ", document));
}

absl::Status DocumentNotRecorded(absl::string_view document) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "DOCUMENT_NOT_RECORDED",
      {absl::StrCat(document,
                    " is not recorded; record it first (RecordDocument), or "
                    "leave `document` empty."),
       absl::StrCat(document,
                    " 尚未记录；请先记录来源文件（RecordDocument），"
                    "或将 document 留空。")});
}

absl::Status TooManyConflicts(absl::string_view report) {
  return MakeError(
      absl::StatusCode::kAborted, "TOO_MANY_CONFLICTS",
      {absl::StrCat("Others kept recording reports that ", report,
                    " is checked against; nothing was recorded. Try again."),
       absl::StrCat(
           report, " 的校验所依据的报告不断被他人更新，本次未记录，请重试。")});
}

}  // namespace annals
