#include "service/filing.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/filing_errors.h"
#include "service/leaf_codec.h"
#include "service/report/check.h"
#include "service/report/diff.h"
#include "service/request.h"

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

v1::SubmitRevisionResponse MakeResponse(const v1::LedgerEntry& entry,
                                        const ledger::AppendResult& result) {
  v1::SubmitRevisionResponse response;
  *response.mutable_revision() = MakeRevision(entry, EtagOfLeaf(result.leaf));
  response.set_checkpoint(result.checkpoint->note);
  return response;
}

}  // namespace

struct Filing::Submission {
  CallerIdentity caller;
  // Not owned; names and ids stand below in their normal form.
  const v1::SubmitRevisionRequest* request = nullptr;
  std::string report_name;
  std::string request_id;
  // The report without its etag, serialized once: for the digest and for the
  // content.
  std::string report_bytes;
  ledger::Hash digest = {};
  report::ReportName name;
  int attempts = 0;
  // What the rules said in the latest attempt.
  v1::CheckResult check;
  SubmitCallback done;
};

struct Filing::Base {
  uint64_t length = 0;
  // The revision that is corrected, and its report.
  std::optional<RecordedRevision> revision;
  v1::Report report;
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

absl::StatusOr<std::optional<v1::Report>> Filing::ReadReport(
    absl::string_view name, uint64_t length) const {
  if (length == 0) return std::nullopt;
  ASSIGN_OR_RETURN(
      const RecordedRevision revision,
      history_.Read(name, static_cast<int64_t>(length), WithContent::kYes));
  ASSIGN_OR_RETURN(v1::RevisionContent content, DecodeContent(revision));
  return std::move(*content.mutable_report());
}

absl::StatusOr<v1::CheckReportResponse> Filing::Check(
    const v1::CheckReportRequest& request) const {
  RETURN_IF_ERROR(RequireKnownFields("request", request));
  RETURN_IF_ERROR(report::ValidateReport(request.report(), limits_));
  v1::CheckReportResponse response;
  if (request.name().empty()) {
    *response.mutable_check() = report::CheckReport(request.report(), {});
    return response;
  }
  ASSIGN_OR_RETURN(const report::ReportName name,
                   report::ParseReportName(request.name()));
  RETURN_IF_ERROR(report::ValidateIdentity(request.report(), name));
  ASSIGN_OR_RETURN(Assessment assessment, Assess(request.report(), name));
  *response.mutable_check() = std::move(assessment.check);
  return response;
}

// Applies the rules, with last year's report if there is one.
absl::StatusOr<Filing::Assessment> Filing::Assess(
    const v1::Report& report, const report::ReportName& name) const {
  Assessment assessment;
  report::CheckContext context;
  context.previous_name = name.Previous().ToString();
  context.filing_year = name.year;
  ASSIGN_OR_RETURN(const uint64_t length,
                   history_.Length(context.previous_name));
  ASSIGN_OR_RETURN(const std::optional<v1::Report> previous,
                   ReadReport(context.previous_name, length));
  if (previous.has_value()) context.previous = &*previous;
  assessment.check = report::CheckReport(report, context);
  assessment.previous = {context.previous_name, length};
  return assessment;
}

absl::Status Filing::ValidateRequest(const v1::SubmitRevisionRequest& request,
                                     const report::ReportName& name) const {
  RETURN_IF_ERROR(RequireKnownFields("request", request));
  RETURN_IF_ERROR(
      ValidateStatement("reason", request.reason(), kReasonCharactersMax));
  if (!v1::ReasonCode_IsValid(request.reason_code())) {
    return InvalidField("INVALID_VALUE", "reason_code",
                        absl::StrCat("has no value ", request.reason_code()),
                        absl::StrCat("没有取值 ", request.reason_code()));
  }
  RETURN_IF_ERROR(ValidateAcknowledgements(request));
  RETURN_IF_ERROR(report::ValidateReport(request.report(), limits_));
  return report::ValidateIdentity(request.report(), name);
}

namespace {

// The report's bytes without its etag, which is the field with the highest
// number and so stands last.
std::string EncodeReport(const v1::Report& report) {
  std::string bytes = report.SerializeAsString();
  if (report.etag().empty()) return bytes;
  v1::Report etag;
  etag.set_etag(report.etag());
  if (absl::string_view rest = bytes;
      absl::ConsumeSuffix(&rest, etag.SerializeAsString())) {
    bytes.resize(rest.size());
    return bytes;
  }
  v1::Report without_etag = report;
  without_etag.clear_etag();
  return without_etag.SerializeAsString();
}

// What the request asks for, apart from the report's content.
v1::SubmitRevisionRequest EnvelopeOf(const v1::SubmitRevisionRequest& request) {
  v1::SubmitRevisionRequest envelope;
  envelope.set_name(request.name());
  envelope.set_reason(request.reason());
  envelope.set_reason_code(request.reason_code());
  *envelope.mutable_acknowledgements() = request.acknowledgements();
  envelope.mutable_report()->set_etag(request.report().etag());
  return envelope;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Filing::Submission>> Filing::Admit(
    const CallerIdentity& caller,
    const v1::SubmitRevisionRequest* request) const {
  auto submission = std::make_unique<Submission>();
  ASSIGN_OR_RETURN(submission->name, report::ParseReportName(request->name()));
  ASSIGN_OR_RETURN(submission->request_id,
                   NormalizeRequestId(request->request_id()));
  RETURN_IF_ERROR(ValidateRequest(*request, submission->name));
  submission->caller = caller;
  submission->request = request;
  submission->report_name = submission->name.ToString();
  submission->report_bytes = EncodeReport(request->report());
  submission->digest = RequestDigest(kSubmitMethod, EnvelopeOf(*request),
                                     submission->report_bytes);
  return submission;
}

void Filing::Submit(const CallerIdentity& caller,
                    const v1::SubmitRevisionRequest* request,
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

absl::StatusOr<std::optional<v1::SubmitRevisionResponse>> Filing::FindRecorded(
    const Submission& submission) const {
  ASSIGN_OR_RETURN(
      const std::optional<ledger::AppendResult> result,
      ledger_->FindRequest(submission.caller.subject, submission.request_id,
                           submission.digest));
  if (!result.has_value()) return std::nullopt;
  ASSIGN_OR_RETURN(ledger::LedgerEntryBytes bytes,
                   ledger_->ReadEntry(result->index, /*with_content=*/true));
  RecordedRevision revision;
  ASSIGN_OR_RETURN(revision.entry, DecodeLeaf(result->index, bytes.leaf));
  v1::SubmitRevisionResponse response = MakeResponse(revision.entry, *result);
  if (bytes.content.has_value()) {
    revision.content = std::move(bytes.content->content);
    ASSIGN_OR_RETURN(v1::RevisionContent content, DecodeContent(revision));
    *response.mutable_check() = std::move(*content.mutable_check());
  }
  return response;
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
    absl::StatusOr<v1::LedgerEntry> entry =
        DecodeLeaf(result->index, result->leaf);
    if (!entry.ok()) return std::move(submission->done)(entry.status());
    v1::SubmitRevisionResponse response = MakeResponse(*entry, *result);
    response.mutable_check()->Swap(&submission->check);
    return std::move(submission->done)(std::move(response));
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
  const v1::SubmitRevisionRequest& request = *submission.request;
  const std::string& name = submission.report_name;
  const std::string& etag = request.report().etag();
  Base base;
  ASSIGN_OR_RETURN(base.length, history_.Length(name));
  if (base.length == 0) {
    if (!etag.empty()) return NothingToCorrect(name);
    if (request.reason_code() != v1::REASON_CODE_UNSPECIFIED) {
      return UnexpectedReasonCode();
    }
    return base;
  }
  ASSIGN_OR_RETURN(base.revision,
                   history_.Read(name, static_cast<int64_t>(base.length),
                                 WithContent::kYes));
  if (etag.empty()) return ReportExists(*base.revision);
  if (etag != base.revision->etag) return EtagMismatch(etag, *base.revision);
  if (request.reason_code() == v1::REASON_CODE_UNSPECIFIED) {
    return MissingReasonCode();
  }
  ASSIGN_OR_RETURN(v1::RevisionContent content, DecodeContent(*base.revision));
  base.report = std::move(*content.mutable_report());
  return base;
}

namespace {

// The content's bytes, made once: from here on only they count. Fields stand in
// the order of their numbers, as if serialized in one go.
std::string EncodeContent(absl::string_view report_bytes,
                          const v1::SubmitRevisionRequest& request,
                          v1::CheckResult* check) {
  v1::RevisionContent rest;
  rest.mutable_check()->Swap(check);
  *rest.mutable_acknowledgements() = request.acknowledgements();
  std::string bytes;
  AppendField(v1::RevisionContent::kReportFieldNumber, report_bytes, &bytes);
  rest.AppendToString(&bytes);
  rest.mutable_check()->Swap(check);
  return bytes;
}

}  // namespace

// The entry for a submission that passed.
v1::LedgerEntry Filing::MakeEntry(const Submission& submission) {
  v1::LedgerEntry entry;
  entry.mutable_actor()->set_subject(submission.caller.subject);
  entry.mutable_actor()->set_assurance(submission.caller.assurance);
  entry.set_reason(submission.request->reason());
  entry.set_request_id(submission.request_id);
  v1::RevisionRecorded* event = entry.mutable_revision_recorded();
  event->set_report(submission.report_name);
  event->set_base_etag(submission.request->report().etag());
  event->set_reason_code(submission.request->reason_code());
  return entry;
}

absl::StatusOr<ledger::AppendRequest> Filing::Prepare(
    Submission* submission) const {
  const v1::SubmitRevisionRequest& request = *submission->request;
  const report::ReportName& name = submission->name;
  ASSIGN_OR_RETURN(const bool registered,
                   agencies_->IsRegistered(name.agency_code));
  if (!registered) return AgencyNotRegistered(name.agency_code);
  ASSIGN_OR_RETURN(const Base base, ReadBase(*submission));
  v1::LedgerEntry entry = MakeEntry(*submission);
  v1::RevisionRecorded* event = entry.mutable_revision_recorded();
  event->set_number(static_cast<int32_t>(base.length + 1));
  if (base.revision.has_value()) {
    const report::Difference difference =
        report::DiffReports(base.report, request.report());
    if (difference.empty()) return NothingChanged(*base.revision);
    event->set_changed_cell_count(static_cast<int>(difference.cells.size()));
    event->set_changed_text_count(static_cast<int>(difference.texts.size()));
  }
  ASSIGN_OR_RETURN(Assessment assessment, Assess(request.report(), name));
  submission->check = std::move(assessment.check);
  RETURN_IF_ERROR(report::RequireNoErrors(submission->check));
  RETURN_IF_ERROR(report::RequireAcknowledged(submission->check,
                                              request.acknowledgements()));
  event->set_rule_set_version(submission->check.rule_set_version());
  event->set_acknowledged_warning_count(
      report::FailedCount(submission->check, v1::SEVERITY_WARNING));
  ledger::AppendRequest append;
  append.caller = submission->caller.subject;
  append.request_id = submission->request_id;
  append.request_digest = submission->digest;
  append.stream = {submission->report_name, base.length};
  append.unchanged = {std::move(assessment.previous)};
  append.content =
      EncodeContent(submission->report_bytes, request, &submission->check);
  append.make_leaf =
      [entry = std::move(entry)](const ledger::LeafContext& leaf_context) {
        return EncodeLeaf(entry, leaf_context);
      };
  return append;
}

}  // namespace annals
