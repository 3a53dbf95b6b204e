// A request to record a report, by SubmitRevision or ArchiveReport, read and
// validated as far as the request alone allows it.

#ifndef ANNALS_SERVICE_SUBMISSION_REQUEST_H_
#define ANNALS_SERVICE_SUBMISSION_REQUEST_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "annals/v1/finding.pb.h"
#include "annals/v1/ledger_entry.pb.h"
#include "ledger/hash.h"
#include "service/message_limits.h"
#include "service/report/names.h"
#include "service/report/report_view.h"
#include "service/report/validate.h"
#include "service/request.h"
#include "service/wire_format.h"

namespace annals {

struct SubmissionRequest {
  report::ReportName name;
  // The name and the id in their normal form.
  std::string report_name;
  std::string request_id;
  std::string reason;
  v1::ReasonCode reason_code = v1::REASON_CODE_UNSPECIFIED;
  google::protobuf::RepeatedPtrField<v1::Acknowledgement> acknowledgements;
  // To be recorded whatever the rules say, with the document that it was read
  // from, if one is named.
  bool as_published = false;
  std::string document;
  // The agency's own, with its salt.
  std::optional<v1::ContentSignature> signature;
  // Whether the receipt is to hold the content.
  bool include_content = false;
  // The report as it came; and without its etag, as it is recorded.
  std::string received_report;
  std::string report_bytes;
  // Of received_report.
  std::optional<report::ReportView> report;
  // Binds the request id to all of the above but include_content, and of the
  // signature to its key: a repetition may be signed anew.
  ledger::Hash digest = {};
};

// The limits of what is filed.
struct FilingLimits {
  MessageLimits message;
  report::ReportLimits report;
};

// Reads a serialized v1::SubmitRevisionRequest or v1::ArchiveReportRequest.
// INVALID_ARGUMENT that names the field; as ParseRequest.
absl::StatusOr<std::unique_ptr<SubmissionRequest>> ReadSubmitRevision(
    absl::string_view request, const FilingLimits& limits);
absl::StatusOr<std::unique_ptr<SubmissionRequest>> ReadArchiveReport(
    absl::string_view request, const FilingLimits& limits);

// Takes the report out of a request, as it came, and reads the rest.
// Errors as of ParseRequest.
template <typename Request>
absl::Status SplitRequest(absl::string_view bytes, const MessageLimits& limits,
                          Request* request, std::string* report_bytes) {
  constexpr int kReport = Request::kReportFieldNumber;
  // Bytes behind the last whole field are in no part.
  if (!IsWellFormed(bytes)) {
    const absl::Status parsed = ParseRequest(bytes, limits, request);
    return parsed.ok() ? MalformedRequest(Request::descriptor()->full_name())
                       : parsed;
  }
  *report_bytes = MessageField(bytes, kReport);
  return ParseRequest(WithoutField(std::string(bytes), kReport), limits,
                      request);
}

}  // namespace annals

#endif  // ANNALS_SERVICE_SUBMISSION_REQUEST_H_
