#include "service/filing.h"

#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/filing_errors.h"
#include "service/leaf_codec.h"
#include "service/receipt.h"
#include "service/report/check.h"
#include "service/report/diff.h"
#include "service/report/report_view.h"
#include "service/request.h"
#include "service/signature_check.h"
#include "service/submission_request.h"
#include "service/wire_format.h"

namespace annals {
namespace {

constexpr int kAttemptsMax = 8;
// Changes from a revision whose content was erased.
constexpr int kNotCounted = -1;

// The length of a report's stream that ends with `revision`.
uint64_t LengthAt(const RecordedRevision& revision) {
  return static_cast<uint64_t>(revision.entry.revision_recorded().number());
}

}  // namespace

struct Filing::Submission {
  CallerIdentity caller;
  std::unique_ptr<SubmissionRequest> request;
  int attempts = 0;
  // Of the latest attempt: what the rules said, and the entry, whole once it is
  // recorded.
  std::string check_bytes;
  v1::LedgerEntry entry;
  SubmitCallback done;
};

struct Filing::Base {
  uint64_t length = 0;
  // The revision that is corrected.
  std::optional<RecordedRevision> revision;
};

struct Filing::Recorded {
  const v1::LedgerEntry& entry;
  const std::string& check_bytes;
  const ledger::AppendResult& result;
};

Filing::Filing(const FilingParts& parts, const FilingLimits& limits)
    : ledger_(parts.ledger),
      agencies_(parts.agencies),
      workers_(parts.workers),
      assessor_(parts.assessor),
      history_(parts.ledger),
      limits_(limits) {}

absl::StatusOr<v1::CheckReportResponse> Filing::Check(
    absl::string_view request_bytes) const {
  v1::CheckReportRequest request;
  std::string report_bytes;
  RETURN_IF_ERROR(
      SplitRequest(request_bytes, limits_.message, &request, &report_bytes));
  RETURN_IF_ERROR(RequireKnownFields("request", request));
  ASSIGN_OR_RETURN(const report::ReportView view,
                   report::ReportView::Read(report_bytes, limits_.report));
  v1::CheckReportResponse response;
  if (request.name().empty()) {
    *response.mutable_check() = report::CheckReport(view, {});
    return response;
  }
  ASSIGN_OR_RETURN(const report::ReportName name,
                   report::ParseReportName(request.name()));
  RETURN_IF_ERROR(report::ValidateIdentity(view.head(), name));
  RETURN_IF_ERROR(report::ValidatePublication(
      "report.publication", view.head().publication(), name.year));
  ASSIGN_OR_RETURN(Assessment assessment, assessor_->Assess(view, name));
  *response.mutable_check() = std::move(assessment.check);
  return response;
}

void Filing::Submit(const CallerIdentity& caller, absl::string_view request,
                    SubmitCallback done) {
  File(caller, ReadSubmitRevision(request, limits_), std::move(done));
}

void Filing::Archive(const CallerIdentity& caller, absl::string_view request,
                     SubmitCallback done) {
  File(caller, ReadArchiveReport(request, limits_), std::move(done));
}

void Filing::File(const CallerIdentity& caller,
                  absl::StatusOr<std::unique_ptr<SubmissionRequest>> request,
                  SubmitCallback done) {
  if (!request.ok()) return std::move(done)(request.status());
  auto submission = std::make_unique<Submission>();
  submission->caller = caller;
  submission->request = *std::move(request);
  submission->done = std::move(done);
  auto recorded = FindRecorded(*submission);
  if (!recorded.ok()) return std::move(submission->done)(recorded.status());
  if (recorded->has_value()) {
    return std::move(submission->done)(**std::move(recorded));
  }
  Attempt(std::move(submission));
}

absl::StatusOr<std::optional<std::string>> Filing::FindRecorded(
    const Submission& submission) const {
  const SubmissionRequest& request = *submission.request;
  ASSIGN_OR_RETURN(const std::optional<ledger::AppendResult> result,
                   ledger_->FindRequest(submission.caller.subject,
                                        request.request_id, request.digest));
  if (!result.has_value()) return std::nullopt;
  ASSIGN_OR_RETURN(const ledger::LedgerEntryBytes bytes,
                   ledger_->ReadEntry(result->index, /*with_content=*/true));
  ASSIGN_OR_RETURN(const v1::LedgerEntry entry,
                   DecodeLeaf(result->index, bytes.leaf));
  const std::string check_bytes =
      bytes.content.has_value()
          ? MessageField(bytes.content->content,
                         v1::RevisionContent::kCheckFieldNumber)
          : std::string();
  return Answer(request, {entry, check_bytes, *result});
}

// The bytes of the response; the check's go in as they stand in the content.
absl::StatusOr<std::string> Filing::Answer(const SubmissionRequest& request,
                                           const Recorded& recorded) const {
  using Response = v1::SubmitRevisionResponse;
  const ledger::AppendResult& result = recorded.result;
  ASSIGN_OR_RETURN(
      const v1::Receipt receipt,
      MakeReceipt({result.index, request.include_content, result.leaf},
                  *result.checkpoint, ledger_));
  std::string bytes;
  AppendField(
      Response::kRevisionFieldNumber,
      MakeRevision(recorded.entry, EtagOfLeaf(result.leaf)).SerializeAsString(),
      &bytes);
  AppendField(Response::kCheckFieldNumber, recorded.check_bytes, &bytes);
  AppendField(Response::kCheckpointFieldNumber, result.checkpoint->note,
              &bytes);
  AppendField(Response::kReceiptFieldNumber, receipt.SerializeAsString(),
              &bytes);
  ASSIGN_OR_RETURN(const bool has_following,
                   assessor_->HasFollowingYear(request.name));
  if (!has_following) return bytes;
  // A draft changes nothing for it yet.
  ASSIGN_OR_RETURN(
      const bool is_in_effect,
      assessor_->IsInEffect(request.name,
                            recorded.entry.revision_recorded().number()));
  if (!is_in_effect) return bytes;
  ASSIGN_OR_RETURN(const std::optional<v1::Reassessment> following,
                   assessor_->FollowingYear(*request.report, request.name));
  if (following.has_value()) {
    AppendField(Response::kFollowingYearFieldNumber,
                following->SerializeAsString(), &bytes);
  }
  return bytes;
}

void Filing::Attempt(std::unique_ptr<Submission> submission) {
  auto append = Prepare(submission.get());
  if (append.ok()) {
    ledger_->Append(*std::move(append),
                    [this, submission = std::move(submission)](
                        absl::StatusOr<ledger::AppendResult> result) mutable {
                      Settle(std::move(submission), std::move(result));
                    });
    return;
  }
  // The same request may have been recorded by a repetition that overtook this
  // one; then what stands in the way is its own first answer.
  FinishRecorded(std::move(submission), append.status());
}

// Answers with what was recorded, or with `otherwise` if nothing was.
void Filing::FinishRecorded(std::unique_ptr<Submission> submission,
                            absl::Status otherwise) {
  auto recorded = FindRecorded(*submission);
  if (recorded.ok() && recorded->has_value()) {
    return std::move(submission->done)(**std::move(recorded));
  }
  if (otherwise.ok()) otherwise = recorded.status();
  std::move(submission->done)(std::move(otherwise));
}

// On the sequencer's thread, which it must not hold up: what needs storage goes
// on on a worker's.
void Filing::Settle(std::unique_ptr<Submission> submission,
                    absl::StatusOr<ledger::AppendResult> result) {
  const bool was_moved =
      !result.ok() && result.status().code() == absl::StatusCode::kAborted;
  if (!result.ok() && !was_moved) {
    return std::move(submission->done)(result.status());
  }
  if (was_moved && ++submission->attempts >= kAttemptsMax) {
    return std::move(submission->done)(
        TooManyConflicts(submission->request->report_name));
  }
  workers_->PostContinuation(
      [this, submission = std::move(submission),
       result = std::move(result)](const absl::Status& status) mutable {
        if (!status.ok()) return std::move(submission->done)(status);
        if (!result.ok()) return Attempt(std::move(submission));
        // A replayed result is not of this attempt's entry.
        if (result->replayed) {
          return FinishRecorded(std::move(submission), absl::OkStatus());
        }
        std::move(submission->done)(
            Answer(*submission->request,
                   {submission->entry, submission->check_bytes, *result}));
      });
}

absl::StatusOr<Filing::Base> Filing::ReadBase(
    const Submission& submission) const {
  const SubmissionRequest& request = *submission.request;
  const std::string& name = request.report_name;
  const std::string& etag = request.report->head().etag();
  Base base;
  ASSIGN_OR_RETURN(base.revision, history_.FindLatest(name, WithContent::kYes));
  if (!base.revision.has_value()) {
    if (!etag.empty()) return NothingToCorrect(name);
    if (request.reason_code != v1::REASON_CODE_UNSPECIFIED) {
      return UnexpectedReasonCode();
    }
    return base;
  }
  base.length = LengthAt(*base.revision);
  if (etag.empty()) return ReportExists(*base.revision);
  if (etag != base.revision->etag) return EtagMismatch(etag, *base.revision);
  if (request.reason_code == v1::REASON_CODE_UNSPECIFIED) {
    return MissingReasonCode();
  }
  return base;
}

namespace {

// The content's bytes, made once: from here on only they count. Fields stand in
// the order of their numbers, as if serialized in one go.
std::string EncodeContent(const SubmissionRequest& request,
                          absl::string_view check_bytes) {
  v1::RevisionContent rest;
  *rest.mutable_acknowledgements() = request.acknowledgements;
  if (request.signature.has_value()) {
    rest.set_signature_salt(request.signature->salt());
  }
  std::string bytes;
  bytes.reserve(request.report_bytes.size() + check_bytes.size() + 256);
  AppendField(v1::RevisionContent::kReportFieldNumber, request.report_bytes,
              &bytes);
  AppendField(v1::RevisionContent::kCheckFieldNumber, check_bytes, &bytes);
  rest.AppendToString(&bytes);
  return bytes;
}

}  // namespace

// The entry of an attempt, as far as the request makes it.
void Filing::StartEntry(Submission* submission) {
  v1::LedgerEntry& entry = submission->entry;
  entry.Clear();
  *entry.mutable_actor() = ActorOf(submission->caller);
  const SubmissionRequest& request = *submission->request;
  entry.set_reason(request.reason);
  entry.set_request_id(request.request_id);
  v1::RevisionRecorded* event = entry.mutable_revision_recorded();
  event->set_report(request.report_name);
  event->set_base_etag(request.report->head().etag());
  event->set_reason_code(request.reason_code);
  event->set_as_published(request.as_published);
  event->set_document(request.document);
}

namespace {

// What a correction changes.
absl::StatusOr<report::Difference> DifferenceFrom(
    const RecordedRevision& base, const std::string& report_bytes) {
  ASSIGN_OR_RETURN(const v1::RevisionContent content, DecodeContent(base));
  v1::Report corrected;
  if (!corrected.ParseFromString(report_bytes)) {
    return MalformedRequest(v1::Report::descriptor()->full_name());
  }
  return report::DiffReports(content.report(), corrected);
}

// Says in the event how much a correction changes.
absl::Status CountChanges(const RecordedRevision& base,
                          const std::string& report_bytes,
                          v1::RevisionRecorded* event) {
  if (base.erasure.has_value()) {
    event->set_changed_cell_count(kNotCounted);
    event->set_changed_text_count(kNotCounted);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const report::Difference difference,
                   DifferenceFrom(base, report_bytes));
  if (difference.empty()) return NothingChanged(base);
  event->set_changed_cell_count(static_cast<int>(difference.cells.size()));
  event->set_changed_text_count(static_cast<int>(difference.texts.size()));
  return absl::OkStatus();
}

// Whether what the rules say lets the report be recorded, and what the event
// says of it. What was published is recorded whatever they say.
absl::Status Judge(const SubmissionRequest& request,
                   const v1::CheckResult& check, v1::RevisionRecorded* event) {
  event->set_rule_set_version(check.rule_set_version());
  const int warnings = report::FailedCount(check, v1::SEVERITY_WARNING);
  if (request.as_published) {
    event->set_error_count(report::FailedCount(check, v1::SEVERITY_ERROR));
    event->set_unacknowledged_warning_count(warnings);
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(report::RequireNoErrors(check));
  RETURN_IF_ERROR(report::RequireAcknowledged(check, request.acknowledgements));
  event->set_acknowledged_warning_count(warnings);
  return absl::OkStatus();
}

}  // namespace

// The document that a report was read from must be recorded before it, and be
// the one whose hash the report states.
absl::Status Filing::RequireDocument(const SubmissionRequest& request) const {
  if (request.document.empty()) return absl::OkStatus();
  const std::string stated = absl::BytesToHexString(
      request.report->head().publication().source_sha256());
  if (request.document != report::DocumentName{stated}.ToString()) {
    return DocumentNotStated(request.document, stated);
  }
  ASSIGN_OR_RETURN(const uint64_t length, ledger_->LengthOf(request.document));
  return length > 0 ? absl::OkStatus() : DocumentNotRecorded(request.document);
}

absl::StatusOr<ledger::AppendRequest> Filing::Prepare(
    Submission* submission) const {
  const SubmissionRequest& request = *submission->request;
  const report::ReportName& name = request.name;
  ASSIGN_OR_RETURN(const AgencyRegister::Today agency,
                   agencies_->FindToday(name.agency_code));
  if (!agency.state.has_value()) return AgencyNotRegistered(name.agency_code);
  ASSIGN_OR_RETURN(const Base base, ReadBase(*submission));
  StartEntry(submission);
  v1::RevisionRecorded* event = submission->entry.mutable_revision_recorded();
  event->set_number(static_cast<int32_t>(base.length + 1));
  RETURN_IF_ERROR(CheckSignature(
      request, agency, ledger_->checkpoint()->checkpoint.origin, event));
  if (base.revision.has_value()) {
    RETURN_IF_ERROR(CountChanges(*base.revision, request.report_bytes, event));
  }
  RETURN_IF_ERROR(RequireDocument(request));
  ASSIGN_OR_RETURN(Assessment assessment,
                   assessor_->Assess(*request.report, name));
  const v1::CheckResult& check = assessment.check;
  RETURN_IF_ERROR(Judge(request, check, event));
  submission->check_bytes = check.SerializeAsString();
  ledger::AppendRequest append;
  append.caller = submission->caller.subject;
  append.request_id = request.request_id;
  append.request_digest = request.digest;
  append.stream = {request.report_name, base.length};
  append.unchanged = std::move(assessment.relied_on);
  // Its keys, and whether it must sign.
  append.unchanged.push_back(agency.stream);
  append.content = EncodeContent(request, submission->check_bytes);
  // The submission goes into the append's callback, so it outlives this.
  append.make_leaf = [submission](const ledger::LeafContext& leaf_context) {
    return SettleLeaf(leaf_context, &submission->entry);
  };
  return append;
}

}  // namespace annals
