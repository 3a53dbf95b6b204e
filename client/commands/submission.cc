#include "client/commands/submission.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/commands/arguments.h"
#include "client/commands/recorded.h"
#include "client/render/findings.h"
#include "client/render/printable.h"
#include "client/report_source.h"
#include "client/stubs.h"
#include "client/uuid.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/check.h"

namespace annals::client {
namespace {

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

void AddSigningOptions(CommandLine* line, CLI::App* command,
                       SigningOptions* options) {
  line->Option(
      command, "--sign", &options->key, "KEYFILE|URI",
      {"以机关自己的密钥签名：密钥文件（annals key generate --agency），或 "
       "OpenSSL 能打开的 URI（如 pkcs11:object=annals）；须已固定账本公钥或给"
       "出 --key",
       "Sign with the agency's own key: a key file (annals key generate "
       "--agency), or a URI that OpenSSL opens, such as pkcs11:object=annals; "
       "needs a pinned ledger or --key"});
  line->Option(command, "--openssl-provider", &options->openssl_provider,
               "NAME",
               {"打开 URI 所需的 OpenSSL provider，如 pkcs11",
                "The provider of OpenSSL to load for a URI, such as pkcs11"});
}

void AddSubmissionOptions(CommandLine* line, CLI::App* command,
                          SubmissionOptions* options) {
  line->Option(command, "FILE", &options->file, "FILE",
               {"报告文件：JSON，或公开发布的文本；- 为标准输入",
                "The report: JSON, or the published text; - for standard "
                "input"})
      ->Required();
  line->Option(
          command, "--agency", &options->agency, "CODE",
          {"机关的统一社会信用代码", "The agency's unified social credit code"})
      ->Required();
  line->Option(command, "--year", &options->year, "YEAR",
               {"年度（默认为报告所载）", "The year (default: the report's)"})
      ->Check(Year(line->language()));
  line->Flag(command, "--regional", &options->regional,
             {"口径为汇总（本地区或本系统），而非本机关",
              "The report covers the whole region, not the organ itself"});
  line->Option(command, "--reason", &options->reason, "TEXT",
               {"理由，记入账本", "Why, for the record"})
      ->Required();
  line->Option(command, "--ack", &options->acknowledgements, "RULE=REASON",
               {"说明一项警告为何成立；可多次使用",
                "Acknowledges a warning and says why; may be repeated"})
      ->OneValueEach();
  line->Option(command, "--request-id", &options->request_id, "UUID",
               {"重复一次结果不明的提交", "Repeats a submission"});
  line->Option(command, "--receipt", &options->receipt, "FILE",
               {"把回执写入 FILE（C2SP tlog-proof）、FILE.leaf、FILE.salt、"
                "FILE.content；须已固定公钥或给出 --key",
                "Write the receipt to FILE (C2SP tlog-proof), FILE.leaf, "
                "FILE.salt and FILE.content; needs a pinned key or --key"});
  line->Flag(command, "--force", &options->force,
             {"覆盖已有的回执文件", "Overwrite receipt files"});
  AddSigningOptions(line, command, &options->signing);
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
  if (options.receipt.empty() && options.signing.key.empty()) {
    return LedgerTrust::Establish(session);
  }
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Required(session));
  if (!options.receipt.empty()) {
    RETURN_IF_ERROR(RequireWritable(
        options.receipt, options.force ? Overwrite::kYes : Overwrite::kNo));
  }
  RETURN_IF_ERROR(trust.Check());
  return trust;
}

namespace {

// Signs for the ledger whose checkpoint was verified.
absl::Status Sign(const SigningOptions& options, Submission* submission,
                  Session* session, const LedgerTrust& trust) {
  if (options.key.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto signer,
                   LoadAgencyKey(options, submission->name.agency_code));
  RETURN_IF_ERROR(SignRequest(*signer, trust.keys().origin(), session->random(),
                              &submission->request));
  session->Tell(SignatureText(submission->request.signature()));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ExitCode> CheckAndSubmit(Submission submission,
                                        const SubmissionOptions& options,
                                        Session* session, LedgerTrust* trust) {
  const v1::SubmitRevisionRequest& request = submission.request;
  Connection& connection = session->connection();
  RETURN_IF_ERROR(
      TellIfOtherAgency(request.report(), submission.name, session));
  v1::CheckReportRequest check_request;
  check_request.set_name(request.name());
  *check_request.mutable_report() = request.report();
  ASSIGN_OR_RETURN(
      const v1::CheckReportResponse checked,
      connection.Call(connection.stubs().reports,
                      &v1::ReportService::Stub::CheckReport, check_request));
  ASSIGN_OR_RETURN(const ExitCode verdict,
                   Judge(request, checked.check(), session));
  if (verdict != ExitCode::kOk) return verdict;
  RETURN_IF_ERROR(Sign(options.signing, &submission, session, *trust));
  const auto response =
      connection.Call(connection.stubs().reports,
                      &v1::ReportService::Stub::SubmitRevision, request);
  if (!response.ok()) {
    if (IsUnknownOutcome(response.status())) TellHowToRepeat(request, session);
    return response.status();
  }
  RETURN_IF_ERROR(PrintRecorded(*response, session));
  const std::string name = response->revision().name();
  if (options.receipt.empty()) {
    RETURN_IF_ERROR(ConfirmRecorded(name, SentBy(request), session, trust));
    return ExitCode::kOk;
  }
  const absl::Status saved = SaveReceiptOf(
      name, SentBy(request), options.receipt,
      options.force ? Overwrite::kYes : Overwrite::kNo, session, trust);
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
