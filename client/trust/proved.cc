#include "client/trust/proved.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/counted.h"
#include "client/erasable_name.h"
#include "client/erasure_text.h"
#include "client/fetch.h"
#include "client/published_view.h"
#include "client/retry.h"
#include "client/times.h"
#include "client/trust/agency_pin.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/content_signature.h"

namespace annals::client {
namespace {

absl::Status Broken(int number, const Text& what) {
  return VerificationFailure(
      kHistoryBrokenReason,
      {absl::StrCat("修订历史在修订 ", number, " 处不成链：", what.zh),
       absl::StrCat("the history is no chain at revision ", number, ": ",
                    what.en)});
}

void TellProved(const v1::Revision& revision, bool asked_by_number,
                const LedgerTrust& trust) {
  const Text which =
      asked_by_number
          ? Text{"", ""}
          : Text{"；应是这一次而非另一次修订，是服务器的说法",
                 "; that it is this one and no other is the server's word"};
  trust.TellVerified(
      {absl::StrCat("修订 ", revision.number(), " 的条目、存在性证明和报告内容",
                    which.zh),
       absl::StrCat("entry, inclusion proof and content of revision ",
                    revision.number(), which.en)});
}

constexpr absl::string_view kErasedReason = "CONTENT_ERASED";
constexpr absl::string_view kWithdrawnReason = "CONTENT_WITHDRAWN";
// A server may show an erasure a moment before the checkpoint that has it.
constexpr int kAttemptsMax = 4;
constexpr absl::Duration kWaitForCheckpoint = absl::Seconds(2);

absl::Status NoSuchErasure(uint64_t eraser, const v1::LedgerEntry& erased,
                           uint64_t size) {
  const std::string name = ErasableName(erased);
  return VerificationFailure(
      kAnswerMismatchReason,
      {absl::StrCat("服务器称条目 ", erased.index(), "（", name,
                    "）的内容由条目 ", eraser, " 删除，但账本签名的检查点只有 ",
                    size, " 个条目：并无此事"),
       absl::StrCat("the server says that entry ", eraser,
                    " erased the content of entry ", erased.index(), " (", name,
                    "), but the checkpoint that the ledger signed has only ",
                    Counted(size, "entry", "entries"), ": that is false")});
}

// A checkpoint that has the entry which is said to have erased `erased`.
absl::StatusOr<ledger::Checkpoint> CoveringErasure(
    uint64_t eraser, const v1::LedgerEntry& erased, Session* session,
    LedgerTrust* trust) {
  RetryPolicy policy = session->connection().retry();
  policy.attempts_max = kAttemptsMax;
  policy.budget = std::min(policy.budget, kWaitForCheckpoint);
  ledger::Checkpoint covering;
  RETURN_IF_ERROR(CallWithRetry(
      policy, session->clock(), Sleeper::System(), [&](absl::Duration) {
        auto checkpoint = trust->Covering(eraser);
        if (!checkpoint.ok()) return Attempt{checkpoint.status(), false, {}};
        covering = *std::move(checkpoint);
        if (eraser < covering.size) return Attempt{};
        return Attempt{NoSuchErasure(eraser, erased, covering.size), true, {}};
      }));
  return covering;
}

// What the server says of a revision whose content it refuses as erased or
// withdrawn.
v1::Revision RefusedRevision(const absl::Status& refusal) {
  v1::Revision revision;
  for (const auto& [key, value] : ErrorMetadata(refusal)) {
    uint64_t index = 0;
    if (key == "name") revision.set_name(value);
    if ((key == "erasedIndex" || key == "index") &&
        absl::SimpleAtoi(value, &index)) {
      revision.set_entry_index(index);
    }
  }
  return revision;
}

absl::Status ErasedContent(const v1::Erasure& erasure) {
  const Text how = ErasureText(erasure);
  absl::Status status =
      MakeError(absl::StatusCode::kFailedPrecondition, kErasedReason,
                {absl::StrCat(erasure.name(), ": ", how.en),
                 absl::StrCat(erasure.name(), "：", how.zh)});
  AddErrorMetadata("name", erasure.name(), &status);
  AddErrorMetadata("erasedIndex", absl::StrCat(erasure.erased_index()),
                   &status);
  AddErrorMetadata("entryIndex", absl::StrCat(erasure.entry_index()), &status);
  return status;
}

absl::Status WithdrawnContent(const v1::Revision& revision) {
  const Text how = WithdrawnText(revision.withdrawn_by());
  return MakeError(absl::StatusCode::kFailedPrecondition, kWithdrawnReason,
                   {absl::StrCat(revision.name(), ": ", how.en),
                    absl::StrCat(revision.name(), "：", how.zh)});
}

absl::Status NotRefused(const v1::Revision& revision) {
  return VerificationFailure(
      kAnswerMismatchReason,
      {absl::StrCat("服务器称 ", revision.name(), "（条目 ",
                    revision.entry_index(), "）的内容已删除或撤回，但并无此事"),
       absl::StrCat("the server says that the content of ", revision.name(),
                    " (entry ", revision.entry_index(),
                    ") was erased or withdrawn, which is false")});
}

// The revision `found`, with which the server answers a question for `asked`, a
// report or one of its revisions.
absl::StatusOr<report::RevisionName> ExpectedOf(const std::string& found,
                                                const std::string& asked) {
  auto revision = report::ParseRevisionName(found);
  if (revision.ok() &&
      (found == asked || revision->report.ToString() == asked)) {
    return revision;
  }
  return VerificationFailure(
      kAnswerMismatchReason,
      {absl::StrCat("服务器答非所问：应为 ", asked, "，实为 ",
                    found.empty() ? "-" : found),
       absl::StrCat("the server answered another question: expected ", asked,
                    ", found ", found.empty() ? "-" : found)});
}

absl::StatusOr<v1::Entry> FetchEntryOf(uint64_t index,
                                       const ledger::Checkpoint& checkpoint,
                                       Session* session) {
  ASSIGN_OR_RETURN(v1::Entry entry,
                   FetchEntry(&session->connection(), index, checkpoint.size));
  if (entry.index() != index) {
    return VerificationFailure(
        kAnswerMismatchReason,
        {absl::StrCat("服务器答非所问：应为条目 ", index, "，实为 ",
                      entry.index()),
         absl::StrCat("the server answered another question: expected entry ",
                      index, ", found ", entry.index())});
  }
  return entry;
}

absl::StatusOr<v1::LifecycleStep> ProveWithdrawal(
    uint64_t step, const v1::LedgerEntry& withdrawn, Session* session,
    LedgerTrust* trust) {
  ASSIGN_OR_RETURN(const ledger::Checkpoint checkpoint, trust->Covering(step));
  ASSIGN_OR_RETURN(const v1::Entry entry,
                   FetchEntryOf(step, checkpoint, session));
  return VerifyWithdrawal(entry, withdrawn, checkpoint);
}

absl::Status ProveAgencyKey(const v1::LedgerEntry& revision, Session* session,
                            LedgerTrust* trust) {
  RETURN_IF_ERROR(RequirePinnedAgencyKey(revision, trust->keys().agency_keys));
  const v1::RevisionRecorded& event = revision.revision_recorded();
  if (!event.has_signature()) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const v1::LedgerEntry state,
      ProveEntry(event.signature().register_entry(), session, trust));
  return report::RequireRegisteredKey(state, revision);
}

}  // namespace

absl::StatusOr<VerifiedRevision> ProveRevision(
    uint64_t index, const report::RevisionName& expected, Session* session,
    LedgerTrust* trust) {
  ASSIGN_OR_RETURN(const ledger::Checkpoint checkpoint, trust->Covering(index));
  ASSIGN_OR_RETURN(const v1::Entry entry,
                   FetchEntryOf(index, checkpoint, session));
  ASSIGN_OR_RETURN(VerifiedRevision verified,
                   VerifyRevision(entry, expected, checkpoint));
  if (verified.claimed_withdrawer.has_value()) {
    ASSIGN_OR_RETURN(verified.withdrawal,
                     ProveWithdrawal(*verified.claimed_withdrawer,
                                     verified.entry, session, trust));
  }
  RETURN_IF_ERROR(ProveAgencyKey(verified.entry, session, trust));
  if (!verified.claimed_eraser.has_value()) return verified;
  ASSIGN_OR_RETURN(
      verified.erasure,
      ProveErasure(*verified.claimed_eraser, verified.entry, session, trust));
  return verified;
}

absl::StatusOr<v1::LedgerEntry> ProveEntry(uint64_t index, Session* session,
                                           LedgerTrust* trust) {
  ASSIGN_OR_RETURN(const ledger::Checkpoint checkpoint, trust->Covering(index));
  ASSIGN_OR_RETURN(const v1::Entry entry,
                   FetchEntryOf(index, checkpoint, session));
  return VerifyEntry(entry, checkpoint);
}

absl::StatusOr<v1::Erasure> ProveErasure(uint64_t eraser,
                                         const v1::LedgerEntry& erased,
                                         Session* session, LedgerTrust* trust) {
  ASSIGN_OR_RETURN(const ledger::Checkpoint checkpoint,
                   CoveringErasure(eraser, erased, session, trust));
  ASSIGN_OR_RETURN(const v1::Entry entry,
                   FetchEntryOf(eraser, checkpoint, session));
  return VerifyErasure(entry, erased, checkpoint);
}

absl::StatusOr<v1::Revision> ReadRevision(const std::string& name,
                                          const AsOf& as_of, Session* session,
                                          LedgerTrust* trust) {
  // Says where to look; what is found there is then proved.
  auto fetched = FetchRevision(&session->connection(), name, as_of);
  if (!trust->verifies()) return fetched;
  const std::string reason = ErrorReason(fetched.status());
  const bool is_refused = reason == kErasedReason || reason == kWithdrawnReason;
  if (!is_refused) RETURN_IF_ERROR(fetched.status());
  v1::Revision revision =
      is_refused ? RefusedRevision(fetched.status()) : *std::move(fetched);
  ASSIGN_OR_RETURN(const report::RevisionName expected,
                   is_refused ? ExpectedOf(revision.name(), name)
                              : report::ParseRevisionName(revision.name()));
  ASSIGN_OR_RETURN(
      const VerifiedRevision verified,
      ProveRevision(revision.entry_index(), expected, session, trust));
  const bool published_only = revision.published_only();
  revision = RevisionOf(verified);
  RETURN_IF_ERROR(RequireRecordedBy(revision, as_of));
  if (verified.erasure.has_value()) return ErasedContent(*verified.erasure);
  if (verified.withdrawal.has_value()) return WithdrawnContent(revision);
  if (is_refused) return NotRefused(revision);
  revision.set_published_only(published_only);
  TellProved(revision, name == revision.name(), *trust);
  return revision;
}

absl::Status RevisionChain::RequireBefore(const Link& link,
                                          const std::string& etag) const {
  const bool is_next = link.number == last_->number - 1;
  if (!is_next && !(allows_gaps_ && link.number < last_->number)) {
    return Broken(last_->number, {absl::StrCat("其前一次是修订 ", link.number),
                                  absl::StrCat("the one before it is revision ",
                                               link.number)});
  }
  if (link.index >= last_->index || link.recorded_at >= last_->recorded_at) {
    return Broken(last_->number, {"其记录不晚于前一次修订",
                                  "it is not recorded after the one before"});
  }
  if (is_next && last_->base_etag != etag) {
    return Broken(last_->number,
                  {absl::StrCat("它所依据的是 ", last_->base_etag,
                                "，而前一次修订是 ", etag),
                   absl::StrCat("it is based on ", last_->base_etag,
                                ", but the one before is ", etag)});
  }
  return absl::OkStatus();
}

absl::Status RevisionChain::Add(const VerifiedRevision& revision) {
  const v1::RevisionRecorded& event = revision.entry.revision_recorded();
  const Link link = {event.number(), revision.entry.index(),
                     FromTimestamp(revision.entry.recorded_at()),
                     event.base_etag()};
  if (last_.has_value()) {
    RETURN_IF_ERROR(RequireBefore(link, EtagOf(revision.leaf_hash)));
  }
  if (link.number == 1 && !link.base_etag.empty()) {
    return Broken(1, {"首次提交却另有依据", "the first one has a base"});
  }
  last_ = link;
  return absl::OkStatus();
}

absl::Status RevisionChain::End() const {
  if (allows_gaps_ || (last_.has_value() && last_->number == 1)) {
    return absl::OkStatus();
  }
  const int number = last_.has_value() ? last_->number : 0;
  return Broken(number, {"更早的修订没有给出", "the earlier ones are missing"});
}

}  // namespace annals::client
