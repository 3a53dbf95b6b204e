#include "client/receipt/fetch_receipt.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/fetch.h"
#include "client/published_view.h"
#include "client/retry.h"
#include "client/stubs.h"
#include "client/trust/proved.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "ledger/tlog_proof.h"
#include "service/report/names.h"

namespace annals::client {
namespace {

absl::Status OtherSubject(absl::string_view asked, absl::string_view found) {
  return VerificationFailure(
      kAnswerMismatchReason,
      {absl::StrCat("服务器给出的是另一回执：应为 ", asked, "，实为 ", found),
       absl::StrCat("the server sent another receipt: expected ", asked,
                    ", found ", found)});
}

// What the entry records, as a resource name where it has one.
std::string SubjectOf(const v1::LedgerEntry& entry) {
  if (!entry.has_revision_recorded()) {
    return absl::StrCat("entry ", entry.index());
  }
  const v1::RevisionRecorded& event = entry.revision_recorded();
  return absl::StrCat(event.report(), "/revisions/", event.number());
}

absl::Status RequireSubject(const v1::GetReceiptRequest& request,
                            const v1::LedgerEntry& entry) {
  if (request.subject_case() == v1::GetReceiptRequest::kIndex) {
    return entry.index() == request.index()
               ? absl::OkStatus()
               : OtherSubject(absl::StrCat("entry ", request.index()),
                              absl::StrCat("entry ", entry.index()));
  }
  const std::string found = SubjectOf(entry);
  const bool is_asked = found == request.name() ||
                        (entry.has_revision_recorded() &&
                         entry.revision_recorded().report() == request.name());
  return is_asked ? absl::OkStatus() : OtherSubject(request.name(), found);
}

absl::Status RequireContent(const v1::GetReceiptRequest& request,
                            const FetchedReceipt& fetched) {
  if (fetched.withdrawn_by.has_value() && request.include_content()) {
    const Text how = WithdrawnText(*fetched.withdrawn_by);
    return MakeError(absl::StatusCode::kFailedPrecondition, "CONTENT_WITHDRAWN",
                     {how.en, how.zh});
  }
  if (!request.include_content() || fetched.verified.has_content ||
      fetched.verified.entry.content_hash().empty() ||
      fetched.erasure.has_value()) {
    return absl::OkStatus();
  }
  return VerificationFailure(
      kAnswerMismatchReason,
      {"服务器没有给出所要的报告内容",
       "the server did not send the content that was asked for"});
}

absl::StatusOr<v1::Receipt> CallGetReceipt(const v1::GetReceiptRequest& request,
                                           Session* session) {
  return session->connection().Call(session->connection().stubs().ledger,
                                    &v1::LedgerService::Stub::GetReceipt,
                                    request);
}

// Witnesses cosign in the background, soon after an entry was recorded.
constexpr absl::Duration kWaitForWitnesses = absl::Seconds(5);

// Asks until the server has a receipt under a witnessed checkpoint.
absl::Status WaitUntilWitnessed(v1::GetReceiptRequest request,
                                Session* session) {
  request.set_include_content(false);
  RetryPolicy policy;
  policy.budget =
      std::min(kWaitForWitnesses, session->connection().retry().budget);
  policy.attempts_max = std::numeric_limits<int>::max();
  policy.backoff_initial = absl::Milliseconds(50);
  policy.backoff_max = absl::Milliseconds(500);
  return CallWithRetry(
      policy, session->clock(), Sleeper::System(),
      [&request, session](absl::Duration) {
        const absl::Status status = CallGetReceipt(request, session).status();
        const std::string reason = ErrorReason(status);
        return Attempt{status,
                       reason == kNotWitnessedYetReason ||
                           reason == kNoWitnessedCheckpointReason,
                       std::nullopt};
      });
}

}  // namespace

Receipt ReceiptOf(v1::Receipt message) {
  Receipt receipt;
  receipt.proof = std::move(*message.mutable_proof());
  receipt.leaf = std::move(*message.mutable_leaf());
  if (!message.salt().empty()) receipt.salt = message.salt();
  // With a salt there is content, if only of no bytes.
  if (!message.salt().empty() || !message.content().empty()) {
    receipt.content = std::move(*message.mutable_content());
  }
  return receipt;
}

absl::StatusOr<FetchedReceipt> FetchReceipt(v1::GetReceiptRequest request,
                                            Session* session,
                                            LedgerTrust* trust) {
  if (trust->keys().policy.has_value()) {
    request.set_witnessed(true);
    // Before the trust's lock is taken: nobody else is to wait for it.
    RETURN_IF_ERROR(WaitUntilWitnessed(request, session));
  }
  v1::Receipt message;
  const auto fetch = [&]() -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(message, CallGetReceipt(request, session));
    ASSIGN_OR_RETURN(ledger::TlogProof proof, ReadProof(message.proof()));
    return std::move(proof.checkpoint);
  };
  RETURN_IF_ERROR(trust->CheckNote(request.witnessed()
                                       ? LedgerTrust::Shown::kLatestWitnessed
                                       : LedgerTrust::Shown::kLatest,
                                   fetch));
  std::optional<uint64_t> eraser;
  if (message.has_erased_by()) eraser = message.erased_by();
  std::optional<uint64_t> withdrawn_by;
  if (message.has_withdrawn_by()) withdrawn_by = message.withdrawn_by();
  Receipt receipt = ReceiptOf(std::move(message));
  auto verified = VerifyReceipt(receipt, trust->keys());
  if (!verified.ok()) return verified.status();
  FetchedReceipt fetched{
      std::move(receipt), *std::move(verified), {}, withdrawn_by};
  RETURN_IF_ERROR(RequireSubject(request, fetched.verified.entry));
  if (eraser.has_value() && !fetched.verified.has_content) {
    ASSIGN_OR_RETURN(
        fetched.erasure,
        ProveErasure(*eraser, fetched.verified.entry, session, trust));
  }
  RETURN_IF_ERROR(RequireContent(request, fetched));
  return fetched;
}

absl::Status SaveReceipt(const Receipt& receipt, const std::string& path,
                         Overwrite overwrite, Session* session) {
  ASSIGN_OR_RETURN(const std::vector<std::string> written,
                   WriteReceipt(receipt, path, overwrite));
  const std::string files = absl::StrJoin(written, " ");
  session->Tell({absl::StrCat("回执已写入 ", files),
                 absl::StrCat("receipt written: ", files)});
  return absl::OkStatus();
}

}  // namespace annals::client
