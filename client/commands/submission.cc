#include "client/commands/submission.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/commands/arguments.h"
#include "client/receipt/fetch_receipt.h"
#include "client/render/findings.h"
#include "client/render/printable.h"
#include "client/report_source.h"
#include "client/times.h"
#include "client/uuid.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/check.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

void PrintRecorded(const v1::Revision& revision, Session* session) {
  const Language language = session->language();
  const auto line = [&](const std::string& field, const std::string& value) {
    session->out() << report::FieldLabel(
                          v1::Revision::descriptor()->FindFieldByName(field),
                          v1::EDITION_UNSPECIFIED, language)
                   << (language == Language::kZh ? "：" : ": ")
                   << PrintableLine(value) << "\n";
  };
  line("name", revision.name());
  line("number", absl::StrCat(revision.number()));
  line("entry_index", absl::StrCat(revision.entry_index()));
  line("recorded_at", FormatMoment(revision.recorded_at()));
  line("etag", revision.etag());
}

void TellUnacknowledged(const std::vector<const v1::Finding*>& warnings,
                        const v1::CheckResult& check, Session* session) {
  session->Tell(
      {absl::StrCat("未提交：有 ", warnings.size(),
                    " 项警告尚未说明。核实后，属实的请逐项说明理由再提交："),
       absl::StrCat(
           "Not submitted; warnings not acknowledged: ", warnings.size(),
           ". Where one is right as it stands, say why and submit "
           "again with:")});
  for (const v1::Finding* warning : warnings) {
    const bool ambiguous =
        std::count_if(check.findings().begin(), check.findings().end(),
                      [&](const v1::Finding& f) {
                        return f.rule_id() == warning->rule_id() &&
                               f.outcome() == v1::OUTCOME_FAIL;
                      }) > 1;
    const std::string which = ambiguous ? absl::StrCat(warning->rule_id(), "@",
                                                       warning->fingerprint())
                                        : warning->rule_id();
    session->Tell(
        {absl::StrCat("  --ack '", PrintableLine(which), "=理由'"),
         absl::StrCat("  --ack '", PrintableLine(which), "=REASON'")});
  }
}

// Shows what the rules say; the code to end with if it stands in the way.
absl::StatusOr<ExitCode> Judge(const v1::SubmitRevisionRequest& request,
                               const v1::CheckResult& check, Session* session) {
  session->err() << RenderFindings(check, Listing::kFailed, session->language(),
                                   session->colors().err);
  if (report::FailedCount(check, v1::SEVERITY_ERROR) > 0) {
    session->Tell({"未提交：报告不符合上列“错误”级规则，请更正后再提交。",
                   "Not submitted: mend the errors above first."});
    return ExitCode::kErrorFinding;
  }
  const std::vector<v1::Acknowledgement> acknowledgements(
      request.acknowledgements().begin(), request.acknowledgements().end());
  const auto warnings = UnacknowledgedWarnings(check, acknowledgements);
  if (!warnings.empty()) {
    TellUnacknowledged(warnings, check, session);
    return ExitCode::kWarningsNotAcknowledged;
  }
  RETURN_IF_ERROR(
      report::RequireAcknowledged(check, request.acknowledgements()));
  for (const v1::Acknowledgement& acknowledgement : acknowledgements) {
    session->Tell({absl::StrCat("已说明 ", acknowledgement.rule_id(), "：",
                                acknowledgement.reason()),
                   absl::StrCat("acknowledged ", acknowledgement.rule_id(),
                                ": ", acknowledgement.reason())});
  }
  return ExitCode::kOk;
}

// Whether it is unknown if the request was recorded.
bool IsUnknownOutcome(const absl::Status& status) {
  return ExitCodeFor(status) == ExitCode::kUnavailable ||
         ExitCodeFor(status) == ExitCode::kInternal;
}

void TellHowToRepeat(const v1::SubmitRevisionRequest& request,
                     Session* session) {
  const std::string etag =
      request.report().etag().empty()
          ? std::string()
          : absl::StrCat(" --etag '", request.report().etag(), "'");
  session->Tell(
      {absl::StrCat("是否已记录不得而知。在原命令后加上下列选项再执行一次，"
                    "不会重复记录：\n  --request-id ",
                    request.request_id(), etag),
       absl::StrCat("Whether it was recorded is not known. Repeat the command "
                    "with this, and it is recorded once only:\n  --request-id ",
                    request.request_id(), etag)});
}

bool SameAcknowledgements(const v1::SubmitRevisionRequest& request,
                          const v1::RevisionContent& content) {
  return std::equal(
      request.acknowledgements().begin(), request.acknowledgements().end(),
      content.acknowledgements().begin(), content.acknowledgements().end(),
      [](const auto& sent, const auto& recorded) {
        return google::protobuf::util::MessageDifferencer::Equals(sent,
                                                                  recorded);
      });
}

bool SameActor(const v1::Actor& recorded, const std::string& actor) {
  return recorded.assurance() != v1::ASSURANCE_SELF_DECLARED || actor.empty() ||
         recorded.subject() == absl::StrCat("local:", actor);
}

// What is recorded must be this request and no other that the server may have
// put in its place: all of it is a statement in the submitter's name.
absl::Status RequireRecorded(const v1::SubmitRevisionRequest& request,
                             const std::string& actor,
                             const VerifiedReceipt& verified) {
  const v1::LedgerEntry& entry = verified.entry;
  const v1::RevisionRecorded& event = entry.revision_recorded();
  v1::Report submitted = request.report();
  submitted.clear_etag();
  const auto differs = [](const Text& what) {
    return VerificationFailure(
        kAnswerMismatchReason,
        {absl::StrCat("账本所记与提交的不同：", what.zh),
         absl::StrCat("the ledger recorded something else than what was "
                      "submitted: ",
                      what.en)});
  };
  if (!absl::EqualsIgnoreCase(entry.request_id(), request.request_id())) {
    return differs({"请求号", "the request id"});
  }
  if (!SameActor(entry.actor(), actor)) return differs({"操作人", "the actor"});
  if (entry.reason() != request.reason() ||
      event.reason_code() != request.reason_code()) {
    return differs({"理由或更正原因", "the reason or its code"});
  }
  if (event.base_etag() != request.report().etag()) {
    return differs({"所依据的修订", "the revision it is based on"});
  }
  if (!verified.revision_content.has_value() ||
      !google::protobuf::util::MessageDifferencer::Equals(
          verified.revision_content->report(), submitted)) {
    return differs({"报告内容", "the report"});
  }
  if (!SameAcknowledgements(request, *verified.revision_content)) {
    return differs({"对警告的说明", "the acknowledgements"});
  }
  return absl::OkStatus();
}

// The receipt of what was just recorded, which must be what was submitted.
absl::StatusOr<FetchedReceipt> FetchReceiptOf(
    const std::string& revision, const v1::SubmitRevisionRequest& request,
    Session* session, LedgerTrust* trust) {
  v1::GetReceiptRequest asked;
  asked.set_name(revision);
  asked.set_include_content(true);
  ASSIGN_OR_RETURN(FetchedReceipt fetched, FetchReceipt(asked, session, trust));
  RETURN_IF_ERROR(
      RequireRecorded(request, session->options().actor, fetched.verified));
  return fetched;
}

absl::Status SaveReceiptOf(const std::string& revision,
                           const v1::SubmitRevisionRequest& request,
                           const SubmissionOptions& options, Session* session,
                           LedgerTrust* trust) {
  ASSIGN_OR_RETURN(const FetchedReceipt fetched,
                   FetchReceiptOf(revision, request, session, trust));
  RETURN_IF_ERROR(SaveReceipt(fetched.receipt, options.receipt,
                              options.force ? Overwrite::kYes : Overwrite::kNo,
                              session));
  trust->TellVerified({"回执", "the receipt"});
  return absl::OkStatus();
}

// The same without keeping it. A ledger that can't be reached any more, or
// whose witnesses take their time, has still recorded the revision.
absl::Status ConfirmRecorded(const std::string& revision,
                             const v1::SubmitRevisionRequest& request,
                             Session* session, LedgerTrust* trust) {
  if (!trust->verifies()) return absl::OkStatus();
  const absl::Status status =
      FetchReceiptOf(revision, request, session, trust).status();
  if (status.ok()) {
    trust->TellVerified(
        {"账本所记正是所提交的", "the ledger recorded what was submitted"});
    return absl::OkStatus();
  }
  if (ExitCodeFor(status) != ExitCode::kUnavailable &&
      ErrorReason(status) != kNotWitnessedYetReason) {
    return status;
  }
  session->Tell(
      {absl::StrCat("服务器称已记录，但尚未能核验；可稍后执行：annals verify ",
                    PrintableLine(revision)),
       absl::StrCat("The server says that it is recorded; that could not be "
                    "verified yet. Later: annals verify ",
                    PrintableLine(revision))});
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Acknowledgement> ParseAcknowledgement(
    const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    return UsageError(
        {absl::StrCat("--ack “", text, "”应写成 规则编号=理由"),
         absl::StrCat("--ack \"", text, "\" must be RULE=REASON")});
  }
  const std::vector<std::string> rule =
      absl::StrSplit(text.substr(0, equals), absl::MaxSplits('@', 1));
  v1::Acknowledgement acknowledgement;
  acknowledgement.set_rule_id(rule[0]);
  if (rule.size() > 1) acknowledgement.set_fingerprint(rule[1]);
  acknowledgement.set_reason(text.substr(equals + 1));
  return acknowledgement;
}

void AddSubmissionOptions(CommandLine* line, CLI::App* command,
                          SubmissionOptions* options) {
  line->Option(command, "FILE", &options->file, "FILE",
               {"报告文件：JSON，或公开发布的文本；- 为标准输入",
                "The report: JSON, or the published text; - for standard "
                "input"})
      ->required();
  line->Option(
          command, "--agency", &options->agency, "CODE",
          {"机关的统一社会信用代码", "The agency's unified social credit code"})
      ->required();
  line->Option(command, "--year", &options->year, "YEAR",
               {"年度（默认为报告所载）", "The year (default: the report's)"})
      ->check(Year(line->language()));
  line->Flag(command, "--regional", &options->regional,
             {"口径为汇总（本地区或本系统），而非本机关",
              "The report covers the whole region, not the organ itself"});
  line->Option(command, "--reason", &options->reason, "TEXT",
               {"理由，记入账本", "Why, for the record"})
      ->required();
  line->Option(command, "--ack", &options->acknowledgements, "RULE=REASON",
               {"说明一项警告为何成立；可多次使用",
                "Acknowledges a warning and says why; may be repeated"})
      ->allow_extra_args(false);
  line->Option(command, "--request-id", &options->request_id, "UUID",
               {"重复一次结果不明的提交", "Repeats a submission"});
  line->Option(command, "--receipt", &options->receipt, "FILE",
               {"把回执写入 FILE（C2SP tlog-proof）、FILE.leaf、FILE.salt、"
                "FILE.content；须已固定公钥或给出 --key",
                "Write the receipt to FILE (C2SP tlog-proof), FILE.leaf, "
                "FILE.salt and FILE.content; needs a pinned key or --key"});
  line->Flag(command, "--force", &options->force,
             {"覆盖已有的回执文件", "Overwrite receipt files"});
  line->Flag(command, "--allow-doubtful", &options->allow_doubtful,
             {"文本有存疑之处时仍按所读提交（缺失处留空）",
              "Submit a text as it was read though places are in doubt"});
}

absl::StatusOr<Submission> PrepareSubmission(const SubmissionOptions& options,
                                             Session* session) {
  Submission submission;
  ASSIGN_OR_RETURN(const report::AgencyName agency,
                   AgencyArgument(options.agency));
  for (const std::string& text : options.acknowledgements) {
    ASSIGN_OR_RETURN(*submission.request.add_acknowledgements(),
                     ParseAcknowledgement(text));
  }
  ASSIGN_OR_RETURN(LoadedReport loaded, LoadReport(options.file, session));
  if (!options.allow_doubtful) {
    RETURN_IF_ERROR(RequireCertain(loaded, options.file));
  }
  *submission.request.mutable_report() = std::move(loaded.report);
  v1::Report* report = submission.request.mutable_report();
  if (options.regional) report->set_scope(v1::SCOPE_REGIONAL);
  const int year = options.year != 0 ? options.year : report->year();
  if (year == 0) {
    return UsageError({"报告未载明年度，请用 --year 给出",
                       "the report names no year; give --year"});
  }
  submission.name = {agency.code, year,
                     report->scope() == v1::SCOPE_REGIONAL ? v1::SCOPE_REGIONAL
                                                           : v1::SCOPE_ORGAN};
  submission.request.set_name(submission.name.ToString());
  submission.request.set_reason(options.reason);
  submission.request.set_request_id(options.request_id.empty()
                                        ? NewUuid(session->random())
                                        : options.request_id);
  return submission;
}

absl::StatusOr<LedgerTrust> TrustForSubmission(const SubmissionOptions& options,
                                               Session* session) {
  if (options.receipt.empty()) return LedgerTrust::Establish(session);
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Required(session));
  RETURN_IF_ERROR(RequireWritable(
      options.receipt, options.force ? Overwrite::kYes : Overwrite::kNo));
  RETURN_IF_ERROR(trust.Check());
  return trust;
}

absl::StatusOr<ExitCode> CheckAndSubmit(const Submission& submission,
                                        const SubmissionOptions& options,
                                        Session* session, LedgerTrust* trust) {
  const v1::SubmitRevisionRequest& request = submission.request;
  Connection& connection = session->connection();
  v1::CheckReportRequest check_request;
  check_request.set_name(request.name());
  *check_request.mutable_report() = request.report();
  ASSIGN_OR_RETURN(
      const v1::CheckReportResponse checked,
      connection.Call(connection.reports(),
                      &v1::ReportService::Stub::CheckReport, check_request));
  ASSIGN_OR_RETURN(const ExitCode verdict,
                   Judge(request, checked.check(), session));
  if (verdict != ExitCode::kOk) return verdict;
  const auto response = connection.Call(
      connection.reports(), &v1::ReportService::Stub::SubmitRevision, request);
  if (!response.ok()) {
    if (IsUnknownOutcome(response.status())) TellHowToRepeat(request, session);
    return response.status();
  }
  if (session->json()) {
    RETURN_IF_ERROR(session->PrintJson(*response));
  } else {
    PrintRecorded(response->revision(), session);
  }
  const std::string name = response->revision().name();
  if (options.receipt.empty()) {
    RETURN_IF_ERROR(ConfirmRecorded(name, request, session, trust));
    return ExitCode::kOk;
  }
  const absl::Status saved =
      SaveReceiptOf(name, request, options, session, trust);
  if (saved.ok()) return ExitCode::kOk;
  session->Tell(
      {absl::StrCat(
           "服务器称修订已记录，但回执没有写成；可再取：annals receipt ",
           PrintableLine(name), " -o FILE"),
       absl::StrCat("The server says that the revision is recorded, but there "
                    "is no receipt; to try again: annals receipt ",
                    PrintableLine(name), " -o FILE")});
  return saved;
}

}  // namespace annals::client
