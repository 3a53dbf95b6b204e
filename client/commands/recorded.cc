#include "client/commands/recorded.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/fetch.h"
#include "client/receipt/fetch_receipt.h"
#include "client/render/findings.h"
#include "client/render/printable.h"
#include "client/signing.h"
#include "client/stubs.h"
#include "client/times.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/days.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

void PrintRevision(const v1::Revision& revision, Session* session) {
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
  if (revision.has_signature()) {
    line("signature", SignatureText(revision.signature()).In(language));
  }
}

bool SameAcknowledgements(const SentReport& sent,
                          const v1::RevisionContent& content) {
  return std::equal(sent.acknowledgements.begin(), sent.acknowledgements.end(),
                    content.acknowledgements().begin(),
                    content.acknowledgements().end(),
                    [](const auto& sent, const auto& recorded) {
                      return google::protobuf::util::MessageDifferencer::Equals(
                          sent, recorded);
                    });
}

// A repetition is answered with what was recorded first, which was signed by
// the same key; that it is of what is recorded has been verified.
bool SameSigner(const SentReport& sent, const v1::RevisionRecorded& event) {
  return sent.signature.has_value() == event.has_signature() &&
         (!event.has_signature() ||
          sent.signature->vkey() == event.signature().vkey());
}

// What is recorded must be this request and no other that the server may have
// put in its place: all of it is a statement in the submitter's name.
absl::Status RequireRecorded(const SentReport& sent, const std::string& actor,
                             const FetchedReceipt& fetched) {
  const VerifiedReceipt& verified = fetched.verified;
  const v1::LedgerEntry& entry = verified.entry;
  const v1::RevisionRecorded& event = entry.revision_recorded();
  v1::Report submitted = sent.report;
  submitted.clear_etag();
  const auto differs = [](const Text& what) {
    return VerificationFailure(
        kAnswerMismatchReason,
        {absl::StrCat("账本所记与提交的不同：", what.zh),
         absl::StrCat("the ledger recorded something else than what was "
                      "submitted: ",
                      what.en)});
  };
  if (!absl::EqualsIgnoreCase(entry.request_id(), sent.request_id)) {
    return differs({"请求号", "the request id"});
  }
  if (!SameActor(entry.actor(), actor)) return differs({"操作人", "the actor"});
  if (entry.reason() != sent.reason ||
      event.reason_code() != sent.reason_code) {
    return differs({"理由或更正原因", "the reason or its code"});
  }
  if (event.as_published() != sent.as_published ||
      event.document() != sent.document) {
    return differs({"是否按公开原样及来源文件",
                    "whether it is as published, or the source document"});
  }
  if (event.base_etag() != sent.report.etag()) {
    return differs({"所依据的修订", "the revision it is based on"});
  }
  if (!SameSigner(sent, event)) {
    return differs({"机关签名", "the agency's signature"});
  }
  // Erased in the meantime: there is nothing to compare any more.
  if (fetched.erasure.has_value()) return absl::OkStatus();
  if (!verified.revision_content.has_value() ||
      !google::protobuf::util::MessageDifferencer::Equals(
          verified.revision_content->report(), submitted)) {
    return differs({"报告内容", "the report"});
  }
  if (!SameAcknowledgements(sent, *verified.revision_content)) {
    return differs({"对警告的说明", "the acknowledgements"});
  }
  return absl::OkStatus();
}

// The receipt of what was just recorded, which must be what was submitted.
absl::StatusOr<FetchedReceipt> FetchReceiptOf(const std::string& revision,
                                              const SentReport& sent,
                                              Session* session,
                                              LedgerTrust* trust) {
  v1::GetReceiptRequest asked;
  asked.set_name(revision);
  asked.set_include_content(true);
  ASSIGN_OR_RETURN(FetchedReceipt fetched, FetchReceipt(asked, session, trust));
  RETURN_IF_ERROR(RequireRecorded(sent, session->options().actor, fetched));
  return fetched;
}

// What both requests have.
template <typename Request>
SentReport SentCommon(const Request& request) {
  SentReport sent;
  sent.request_id = request.request_id();
  sent.reason = request.reason();
  sent.reason_code = request.reason_code();
  sent.report = request.report();
  if (request.has_signature()) sent.signature = request.signature();
  return sent;
}

}  // namespace

bool SameActor(const v1::Actor& recorded, const std::string& actor) {
  return recorded.assurance() != v1::ASSURANCE_SELF_DECLARED || actor.empty() ||
         recorded.subject() == absl::StrCat("local:", actor);
}

SentReport SentBy(const v1::SubmitRevisionRequest& request) {
  SentReport sent = SentCommon(request);
  sent.acknowledgements = request.acknowledgements();
  return sent;
}

SentReport SentBy(const v1::ArchiveReportRequest& request) {
  SentReport sent = SentCommon(request);
  sent.as_published = true;
  sent.document = request.document();
  return sent;
}

absl::Status TellIfOtherAgency(const v1::Report& report,
                               const report::ReportName& name,
                               Session* session) {
  const std::string& printed = report.agency_name();
  if (printed.empty()) return absl::OkStatus();
  std::string registered;
  // A report may be printed under the name that the agency took after its year.
  for (const absl::CivilDay day :
       {report::DayInShanghai(session->clock()->Now()),
        absl::CivilDay(name.year, 12, 31)}) {
    const auto agency =
        FetchAgencyOn(&session->connection(),
                      report::AgencyName{name.agency_code}.ToString(), day);
    if (!agency.ok()) return absl::OkStatus();
    registered = agency->display_name();
    if (absl::EndsWith(registered, printed) ||
        absl::EndsWith(printed, registered)) {
      return absl::OkStatus();
    }
  }
  session->Tell(
      {absl::StrCat("注意：报告印的机关是“", PrintableLine(printed), "”，而 ",
                    name.agency_code, " 登记的是“", PrintableLine(registered),
                    "”；请核对是否归错了机关"),
       absl::StrCat("note: the report prints the agency \"",
                    PrintableLine(printed), "\", and ", name.agency_code,
                    " is registered as \"", PrintableLine(registered),
                    "\"; check that it is not another agency's")});
  return absl::OkStatus();
}

absl::Status PrintRecorded(const v1::SubmitRevisionResponse& response,
                           Session* session) {
  if (session->json()) return session->PrintJson(response);
  PrintRevision(response.revision(), session);
  if (response.has_following_year()) {
    session->err() << RenderReassessment(
        response.following_year(), session->language(), session->colors().err);
  }
  return absl::OkStatus();
}

absl::StatusOr<NotedCheckpoint> VerifyAnswered(
    const v1::SubmitRevisionResponse& answer, const SentReport& sent,
    const LedgerKeys& keys, const std::string& actor) {
  const Receipt receipt = ReceiptOf(answer.receipt());
  ASSIGN_OR_RETURN(const VerifiedReceipt verified,
                   VerifyReceipt(receipt, keys));
  RETURN_IF_ERROR(
      RequireRecorded(sent, actor, {receipt, verified, std::nullopt}));
  ASSIGN_OR_RETURN(const ledger::TlogProof proof, ReadProof(receipt.proof));
  return NotedCheckpoint{verified.opened.checkpoint, proof.checkpoint};
}

absl::Status SaveReceiptOf(const std::string& revision, const SentReport& sent,
                           const std::string& path, Overwrite overwrite,
                           Session* session, LedgerTrust* trust) {
  ASSIGN_OR_RETURN(const FetchedReceipt fetched,
                   FetchReceiptOf(revision, sent, session, trust));
  RETURN_IF_ERROR(SaveReceipt(fetched.receipt, path, overwrite, session));
  trust->TellVerified({"回执", "the receipt"});
  return absl::OkStatus();
}

absl::Status ConfirmRecorded(const std::string& revision,
                             const SentReport& sent, Session* session,
                             LedgerTrust* trust) {
  if (!trust->verifies()) return absl::OkStatus();
  const absl::Status status =
      FetchReceiptOf(revision, sent, session, trust).status();
  if (status.ok()) {
    trust->TellVerified(
        {"账本所记正是所提交的", "the ledger recorded what was submitted"});
    return absl::OkStatus();
  }
  if (ExitCodeFor(status) != ExitCode::kUnavailable) return status;
  session->Tell(
      {absl::StrCat("服务器称已记录，但尚未能核验；可稍后执行：annals verify ",
                    PrintableLine(revision)),
       absl::StrCat("The server says that it is recorded; that could not be "
                    "verified yet. Later: annals verify ",
                    PrintableLine(revision))});
  return absl::OkStatus();
}

}  // namespace annals::client
