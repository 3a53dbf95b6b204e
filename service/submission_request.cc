#include "service/submission_request.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "annals/v1/report_service.pb.h"
#include "ledger/status_macros.h"
#include "service/report/content_signature.h"

namespace annals {
namespace {

constexpr absl::string_view kSubmitMethod =
    "annals.v1.ReportService/SubmitRevision";
constexpr absl::string_view kArchiveMethod =
    "annals.v1.ReportService/ArchiveReport";
constexpr int kAcknowledgementsMax = 1000;
// Ids of rules on a cell hold the name of the cell.
constexpr size_t kRuleIdBytesMax = 128;

absl::Status ValidateAcknowledgement(absl::string_view field,
                                     const v1::Acknowledgement& ack) {
  RETURN_IF_ERROR(RequireKnownFields(field, ack));
  RETURN_IF_ERROR(ValidateStatement(absl::StrCat(field, ".rule_id"),
                                    ack.rule_id(), kRuleIdBytesMax));
  if (!ack.fingerprint().empty()) {
    RETURN_IF_ERROR(ValidateStatement(absl::StrCat(field, ".fingerprint"),
                                      ack.fingerprint(), kRuleIdBytesMax));
  }
  return ValidateStatement(absl::StrCat(field, ".reason"), ack.reason(),
                           kReasonCharactersMax);
}

absl::Status ValidateAcknowledgements(
    const google::protobuf::RepeatedPtrField<v1::Acknowledgement>& acks) {
  if (acks.size() > kAcknowledgementsMax) {
    return InvalidField("INVALID_VALUE", "acknowledgements",
                        absl::StrCat("are more than ", kAcknowledgementsMax),
                        absl::StrCat("多于 ", kAcknowledgementsMax, " 条"));
  }
  for (int i = 0; i < acks.size(); ++i) {
    RETURN_IF_ERROR(ValidateAcknowledgement(
        absl::StrCat("acknowledgements[", i, "]"), acks[i]));
  }
  return absl::OkStatus();
}

absl::Status ValidateSignature(const v1::ContentSignature& signature,
                               const report::ReportName& name) {
  RETURN_IF_ERROR(RequireKnownFields("signature", signature));
  RETURN_IF_ERROR(
      report::ParseSigningKey(signature.vkey(),
                              report::AgencyName{name.agency_code}.ToString())
          .status());
  if (signature.salt().size() != report::kSignatureSaltBytes) {
    return InvalidField(
        "INVALID_VALUE", "signature.salt",
        absl::StrCat("has ", signature.salt().size(), " bytes; give ",
                     report::kSignatureSaltBytes,
                     " random ones, new for each signature"),
        absl::StrCat("为 ", signature.salt().size(), " 字节；请给出 ",
                     report::kSignatureSaltBytes,
                     " 个随机字节，每次签名用新的"));
  }
  if (signature.register_entry() == 0) return absl::OkStatus();
  return InvalidField("INVALID_VALUE", "signature.register_entry",
                      "is set by the service; leave it out",
                      "由服务填写，请留空");
}

// What both methods ask for.
template <typename Request>
absl::Status ReadCommonFields(const Request& request,
                              SubmissionRequest* submission) {
  ASSIGN_OR_RETURN(submission->name, report::ParseReportName(request.name()));
  ASSIGN_OR_RETURN(submission->request_id,
                   NormalizeRequestId(request.request_id()));
  RETURN_IF_ERROR(RequireKnownFields("request", request));
  RETURN_IF_ERROR(
      ValidateStatement("reason", request.reason(), kReasonCharactersMax));
  if (!v1::ReasonCode_IsValid(request.reason_code())) {
    return InvalidField("INVALID_VALUE", "reason_code",
                        absl::StrCat("has no value ", request.reason_code()),
                        absl::StrCat("没有取值 ", request.reason_code()));
  }
  submission->report_name = submission->name.ToString();
  submission->reason = request.reason();
  submission->reason_code = request.reason_code();
  submission->include_content = request.include_content();
  if (request.has_signature()) {
    RETURN_IF_ERROR(ValidateSignature(request.signature(), submission->name));
    submission->signature = request.signature();
  }
  return absl::OkStatus();
}

absl::Status ReadReport(const report::ReportLimits& limits,
                        SubmissionRequest* submission) {
  ASSIGN_OR_RETURN(
      submission->report,
      report::ReportView::Read(submission->received_report, limits));
  RETURN_IF_ERROR(
      report::ValidateIdentity(submission->report->head(), submission->name));
  RETURN_IF_ERROR(report::ValidatePublication(
      "report.publication", submission->report->head().publication(),
      submission->name.year));
  submission->report_bytes =
      WithoutField(submission->received_report, v1::Report::kEtagFieldNumber);
  return absl::OkStatus();
}

// What the request asks for, apart from the report's content. The name and the
// id may be written in other ways, and a repetition may ask for another answer.
template <typename Request>
void Bind(absl::string_view method, Request request,
          SubmissionRequest* submission) {
  request.clear_request_id();
  request.clear_include_content();
  if (request.has_signature()) {
    request.mutable_signature()->clear_salt();
    request.mutable_signature()->clear_signature();
  }
  request.mutable_report()->set_etag(submission->report->head().etag());
  submission->digest = RequestDigest(method, request, submission->report_bytes);
}

}  // namespace

absl::StatusOr<std::unique_ptr<SubmissionRequest>> ReadSubmitRevision(
    absl::string_view request, const FilingLimits& limits) {
  auto submission = std::make_unique<SubmissionRequest>();
  v1::SubmitRevisionRequest asked;
  RETURN_IF_ERROR(SplitRequest(request, limits.message, &asked,
                               &submission->received_report));
  RETURN_IF_ERROR(ReadCommonFields(asked, submission.get()));
  RETURN_IF_ERROR(ValidateAcknowledgements(asked.acknowledgements()));
  if (asked.reason_code() == v1::REASON_CODE_REPUBLISHED) {
    return InvalidField("INVALID_VALUE", "reason_code",
                        "is for reports recorded as published "
                        "(ArchiveReport); say what the correction mends",
                        "仅用于按公开原样记录（ArchiveReport）；请说明更正"
                        "的原因");
  }
  RETURN_IF_ERROR(ReadReport(limits.report, submission.get()));
  submission->acknowledgements = asked.acknowledgements();
  Bind(kSubmitMethod, std::move(asked), submission.get());
  return submission;
}

absl::StatusOr<std::unique_ptr<SubmissionRequest>> ReadArchiveReport(
    absl::string_view request, const FilingLimits& limits) {
  auto submission = std::make_unique<SubmissionRequest>();
  v1::ArchiveReportRequest asked;
  RETURN_IF_ERROR(SplitRequest(request, limits.message, &asked,
                               &submission->received_report));
  RETURN_IF_ERROR(ReadCommonFields(asked, submission.get()));
  RETURN_IF_ERROR(ReadReport(limits.report, submission.get()));
  submission->as_published = true;
  if (!asked.document().empty()) {
    ASSIGN_OR_RETURN(const report::DocumentName document,
                     report::ParseDocumentName(asked.document()));
    submission->document = document.ToString();
  }
  Bind(kArchiveMethod, std::move(asked), submission.get());
  return submission;
}

}  // namespace annals
