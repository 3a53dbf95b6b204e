#include "service/filing.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/filing_errors.h"
#include "service/leaf_codec.h"
#include "service/report/check.h"
#include "service/report/diff.h"
#include "service/report/report_view.h"
#include "service/request.h"
#include "service/wire_format.h"

namespace annals {
namespace {

constexpr absl::string_view kSubmitMethod =
    "annals.v1.ReportService/SubmitRevision";
constexpr int kAttemptsMax = 8;
constexpr int kAcknowledgementsMax = 1000;
constexpr size_t kRuleIdBytesMax = 64;

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
    const v1::SubmitRevisionRequest& request) {
  if (request.acknowledgements_size() > kAcknowledgementsMax) {
    return InvalidField("INVALID_VALUE", "acknowledgements",
                        absl::StrCat("are more than ", kAcknowledgementsMax),
                        absl::StrCat("多于 ", kAcknowledgementsMax, " 条"));
  }
  for (int i = 0; i < request.acknowledgements_size(); ++i) {
    RETURN_IF_ERROR(
        ValidateAcknowledgement(absl::StrCat("acknowledgements[", i, "]"),
                                request.acknowledgements(i)));
  }
  return absl::OkStatus();
}

// Takes the report out of a request, as it came, and reads the rest.
template <typename Request>
absl::Status SplitRequest(absl::string_view bytes, Request* request,
                          std::string* report_bytes) {
  constexpr int kReport = Request::kReportFieldNumber;
  if (!request->ParseFromString(WithoutField(std::string(bytes), kReport))) {
    return MalformedRequest(Request::descriptor()->full_name());
  }
  *report_bytes = MessageField(bytes, kReport);
  return absl::OkStatus();
}

// The bytes of the response; the check's go in as they stand in the content.
std::string EncodeResponse(const v1::LedgerEntry& entry,
                           const ledger::AppendResult& result,
                           absl::string_view check_bytes) {
  using Response = v1::SubmitRevisionResponse;
  std::string bytes;
  AppendField(Response::kRevisionFieldNumber,
              MakeRevision(entry, EtagOfLeaf(result.leaf)).SerializeAsString(),
              &bytes);
  AppendField(Response::kCheckFieldNumber, check_bytes, &bytes);
  AppendField(Response::kCheckpointFieldNumber, result.checkpoint->note,
              &bytes);
  return bytes;
}

// The length of a report's stream that ends with `revision`.
uint64_t LengthAt(const RecordedRevision& revision) {
  return static_cast<uint64_t>(revision.entry.revision_recorded().number());
}

}  // namespace

struct Filing::Submission {
  CallerIdentity caller;
  // Without the report, which stands below; so do names and ids in their normal
  // form.
  v1::SubmitRevisionRequest request;
  std::string report_name;
  std::string request_id;
  // The report as it came; and without its etag, for the digest and the
  // content.
  std::string received_report;
  std::string report_bytes;
  // Of received_report.
  std::optional<report::ReportView> report;
  ledger::Hash digest = {};
  report::ReportName name;
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

struct Filing::Assessment {
  v1::CheckResult check;
  // Last year's report, as long as it was.
  ledger::StreamLength previous;
};

Filing::Filing(const FilingParts& parts, const report::ReportLimits& limits)
    : ledger_(parts.ledger),
      agencies_(parts.agencies),
      workers_(parts.workers),
      history_(parts.ledger),
      limits_(limits) {}

absl::StatusOr<v1::CheckReportResponse> Filing::Check(
    absl::string_view request_bytes) const {
  v1::CheckReportRequest request;
  std::string report_bytes;
  RETURN_IF_ERROR(SplitRequest(request_bytes, &request, &report_bytes));
  RETURN_IF_ERROR(RequireKnownFields("request", request));
  ASSIGN_OR_RETURN(const report::ReportView view,
                   report::ReportView::Read(report_bytes, limits_));
  v1::CheckReportResponse response;
  if (request.name().empty()) {
    *response.mutable_check() = report::CheckReport(view, {});
    return response;
  }
  ASSIGN_OR_RETURN(const report::ReportName name,
                   report::ParseReportName(request.name()));
  RETURN_IF_ERROR(report::ValidateIdentity(view.head(), name));
  ASSIGN_OR_RETURN(Assessment assessment, Assess(view, name));
  *response.mutable_check() = std::move(assessment.check);
  return response;
}

// Applies the rules, with last year's report if there is one.
absl::StatusOr<Filing::Assessment> Filing::Assess(
    const report::ReportView& report, const report::ReportName& name) const {
  Assessment assessment;
  report::CheckContext context;
  context.previous_name = name.Previous().ToString();
  context.filing_year = name.year;
  assessment.previous.stream = context.previous_name;
  ASSIGN_OR_RETURN(
      const std::optional<RecordedRevision> revision,
      history_.FindLatest(context.previous_name, WithContent::kYes));
  std::optional<report::ReportView> previous;
  if (revision.has_value()) {
    ASSIGN_OR_RETURN(const v1::RevisionContent content,
                     DecodeContent(*revision));
    previous = report::ReportView::Of(content.report());
    context.previous = &*previous;
    assessment.previous.length = LengthAt(*revision);
  }
  assessment.check = report::CheckReport(report, context);
  return assessment;
}

namespace {

absl::Status ValidateRequest(const v1::SubmitRevisionRequest& request) {
  RETURN_IF_ERROR(RequireKnownFields("request", request));
  RETURN_IF_ERROR(
      ValidateStatement("reason", request.reason(), kReasonCharactersMax));
  if (!v1::ReasonCode_IsValid(request.reason_code())) {
    return InvalidField("INVALID_VALUE", "reason_code",
                        absl::StrCat("has no value ", request.reason_code()),
                        absl::StrCat("没有取值 ", request.reason_code()));
  }
  return ValidateAcknowledgements(request);
}

// What the request asks for, apart from the report's content. The name and the
// id may be written in other ways.
v1::SubmitRevisionRequest EnvelopeOf(const v1::SubmitRevisionRequest& request,
                                     const std::string& etag) {
  v1::SubmitRevisionRequest envelope = request;
  envelope.clear_request_id();
  envelope.mutable_report()->set_etag(etag);
  return envelope;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Filing::Submission>> Filing::Admit(
    const CallerIdentity& caller, absl::string_view request) const {
  auto submission = std::make_unique<Submission>();
  submission->caller = caller;
  RETURN_IF_ERROR(SplitRequest(request, &submission->request,
                               &submission->received_report));
  ASSIGN_OR_RETURN(submission->name,
                   report::ParseReportName(submission->request.name()));
  ASSIGN_OR_RETURN(submission->request_id,
                   NormalizeRequestId(submission->request.request_id()));
  RETURN_IF_ERROR(ValidateRequest(submission->request));
  submission->report_name = submission->name.ToString();
  ASSIGN_OR_RETURN(
      submission->report,
      report::ReportView::Read(submission->received_report, limits_));
  RETURN_IF_ERROR(
      report::ValidateIdentity(submission->report->head(), submission->name));
  submission->report_bytes =
      WithoutField(submission->received_report, v1::Report::kEtagFieldNumber);
  submission->digest = RequestDigest(
      kSubmitMethod,
      EnvelopeOf(submission->request, submission->report->head().etag()),
      submission->report_bytes);
  return submission;
}

void Filing::Submit(const CallerIdentity& caller, absl::string_view request,
                    SubmitCallback done) {
  auto submission = Admit(caller, request);
  if (!submission.ok()) return std::move(done)(submission.status());
  (*submission)->done = std::move(done);
  auto recorded = FindRecorded(**submission);
  if (!recorded.ok()) {
    return std::move((*submission)->done)(recorded.status());
  }
  if (recorded->has_value()) {
    return std::move((*submission)->done)(**std::move(recorded));
  }
  Attempt(*std::move(submission));
}

absl::StatusOr<std::optional<std::string>> Filing::FindRecorded(
    const Submission& submission) const {
  ASSIGN_OR_RETURN(
      const std::optional<ledger::AppendResult> result,
      ledger_->FindRequest(submission.caller.subject, submission.request_id,
                           submission.digest));
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
  return EncodeResponse(entry, *result, check_bytes);
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
  auto recorded = FindRecorded(*submission);
  if (recorded.ok() && recorded->has_value()) {
    return std::move(submission->done)(**std::move(recorded));
  }
  std::move(submission->done)(append.status());
}

// On the sequencer's thread: it finishes what needs no storage, and hands the
// rest to a worker.
void Filing::Settle(std::unique_ptr<Submission> submission,
                    absl::StatusOr<ledger::AppendResult> result) {
  if (result.ok() && !result->replayed) {
    return std::move(submission->done)(
        EncodeResponse(submission->entry, *result, submission->check_bytes));
  }
  if (!result.ok() && result.status().code() != absl::StatusCode::kAborted) {
    return std::move(submission->done)(result.status());
  }
  if (++submission->attempts >= kAttemptsMax) {
    return std::move(submission->done)(
        TooManyConflicts(submission->report_name));
  }
  workers_->PostContinuation([this, submission = std::move(submission)](
                                 const absl::Status& status) mutable {
    if (!status.ok()) return std::move(submission->done)(status);
    Attempt(std::move(submission));
  });
}

absl::StatusOr<Filing::Base> Filing::ReadBase(
    const Submission& submission) const {
  const v1::SubmitRevisionRequest& request = submission.request;
  const std::string& name = submission.report_name;
  const std::string& etag = submission.report->head().etag();
  Base base;
  ASSIGN_OR_RETURN(base.revision, history_.FindLatest(name, WithContent::kYes));
  if (!base.revision.has_value()) {
    if (!etag.empty()) return NothingToCorrect(name);
    if (request.reason_code() != v1::REASON_CODE_UNSPECIFIED) {
      return UnexpectedReasonCode();
    }
    return base;
  }
  base.length = LengthAt(*base.revision);
  if (etag.empty()) return ReportExists(*base.revision);
  if (etag != base.revision->etag) return EtagMismatch(etag, *base.revision);
  if (request.reason_code() == v1::REASON_CODE_UNSPECIFIED) {
    return MissingReasonCode();
  }
  return base;
}

namespace {

// The content's bytes, made once: from here on only they count. Fields stand in
// the order of their numbers, as if serialized in one go.
std::string EncodeContent(absl::string_view report_bytes,
                          absl::string_view check_bytes,
                          const v1::SubmitRevisionRequest& request) {
  v1::RevisionContent rest;
  *rest.mutable_acknowledgements() = request.acknowledgements();
  std::string bytes;
  bytes.reserve(report_bytes.size() + check_bytes.size() + 256);
  AppendField(v1::RevisionContent::kReportFieldNumber, report_bytes, &bytes);
  AppendField(v1::RevisionContent::kCheckFieldNumber, check_bytes, &bytes);
  rest.AppendToString(&bytes);
  return bytes;
}

}  // namespace

// The entry of an attempt, as far as the request makes it.
void Filing::StartEntry(Submission* submission) {
  v1::LedgerEntry& entry = submission->entry;
  entry.Clear();
  entry.mutable_actor()->set_subject(submission->caller.subject);
  entry.mutable_actor()->set_assurance(submission->caller.assurance);
  entry.set_reason(submission->request.reason());
  entry.set_request_id(submission->request_id);
  v1::RevisionRecorded* event = entry.mutable_revision_recorded();
  event->set_report(submission->report_name);
  event->set_base_etag(submission->report->head().etag());
  event->set_reason_code(submission->request.reason_code());
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

}  // namespace

absl::StatusOr<ledger::AppendRequest> Filing::Prepare(
    Submission* submission) const {
  const v1::SubmitRevisionRequest& request = submission->request;
  const report::ReportName& name = submission->name;
  ASSIGN_OR_RETURN(const bool registered,
                   agencies_->IsRegistered(name.agency_code));
  if (!registered) return AgencyNotRegistered(name.agency_code);
  ASSIGN_OR_RETURN(const Base base, ReadBase(*submission));
  StartEntry(submission);
  v1::RevisionRecorded* event = submission->entry.mutable_revision_recorded();
  event->set_number(static_cast<int32_t>(base.length + 1));
  if (base.revision.has_value()) {
    ASSIGN_OR_RETURN(const report::Difference difference,
                     DifferenceFrom(*base.revision, submission->report_bytes));
    if (difference.empty()) return NothingChanged(*base.revision);
    event->set_changed_cell_count(static_cast<int>(difference.cells.size()));
    event->set_changed_text_count(static_cast<int>(difference.texts.size()));
  }
  ASSIGN_OR_RETURN(Assessment assessment, Assess(*submission->report, name));
  const v1::CheckResult& check = assessment.check;
  RETURN_IF_ERROR(report::RequireNoErrors(check));
  RETURN_IF_ERROR(
      report::RequireAcknowledged(check, request.acknowledgements()));
  event->set_rule_set_version(check.rule_set_version());
  event->set_acknowledged_warning_count(
      report::FailedCount(check, v1::SEVERITY_WARNING));
  submission->check_bytes = check.SerializeAsString();
  ledger::AppendRequest append;
  append.caller = submission->caller.subject;
  append.request_id = submission->request_id;
  append.request_digest = submission->digest;
  append.stream = {submission->report_name, base.length};
  append.unchanged = {std::move(assessment.previous)};
  append.content =
      EncodeContent(submission->report_bytes, submission->check_bytes, request);
  // The submission goes into the append's callback, so it outlives this.
  append.make_leaf = [submission](const ledger::LeafContext& leaf_context) {
    return SettleLeaf(leaf_context, &submission->entry);
  };
  return append;
}

}  // namespace annals
