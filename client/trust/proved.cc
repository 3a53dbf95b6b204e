#include "client/trust/proved.h"

#include "absl/strings/str_cat.h"
#include "client/fetch.h"
#include "client/times.h"
#include "ledger/status_macros.h"

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

}  // namespace

absl::StatusOr<VerifiedRevision> ProveRevision(
    uint64_t index, const report::RevisionName& expected, Session* session,
    LedgerTrust* trust) {
  ASSIGN_OR_RETURN(const ledger::Checkpoint checkpoint, trust->Covering(index));
  ASSIGN_OR_RETURN(const v1::Entry entry,
                   FetchEntryOf(index, checkpoint, session));
  ASSIGN_OR_RETURN(VerifiedRevision verified,
                   VerifyRevision(entry, expected, checkpoint));
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
                   trust->Covering(eraser));
  ASSIGN_OR_RETURN(const v1::Entry entry,
                   FetchEntryOf(eraser, checkpoint, session));
  return VerifyErasure(entry, erased, checkpoint);
}

absl::StatusOr<v1::Revision> ReadRevision(const std::string& name,
                                          const AsOf& as_of, Session* session,
                                          LedgerTrust* trust) {
  // Says where to look; what is found there is then proved.
  ASSIGN_OR_RETURN(v1::Revision revision,
                   FetchRevision(&session->connection(), name, as_of));
  if (!trust->verifies()) return revision;
  ASSIGN_OR_RETURN(const report::RevisionName expected,
                   report::ParseRevisionName(revision.name()));
  ASSIGN_OR_RETURN(
      const VerifiedRevision verified,
      ProveRevision(revision.entry_index(), expected, session, trust));
  revision = RevisionOf(verified);
  RETURN_IF_ERROR(RequireRecordedBy(revision, as_of));
  TellProved(revision, name == revision.name(), *trust);
  return revision;
}

absl::Status RevisionChain::Add(const VerifiedRevision& revision) {
  const v1::RevisionRecorded& event = revision.entry.revision_recorded();
  const Link link = {event.number(), revision.entry.index(),
                     FromTimestamp(revision.entry.recorded_at()),
                     event.base_etag()};
  if (last_.has_value()) {
    if (link.number != last_->number - 1) {
      return Broken(
          last_->number,
          {absl::StrCat("其前一次是修订 ", link.number),
           absl::StrCat("the one before it is revision ", link.number)});
    }
    if (link.index >= last_->index || link.recorded_at >= last_->recorded_at) {
      return Broken(last_->number, {"其记录不晚于前一次修订",
                                    "it is not recorded after the one before"});
    }
    if (last_->base_etag != EtagOf(revision.leaf_hash)) {
      return Broken(
          last_->number,
          {absl::StrCat("它所依据的是 ", last_->base_etag, "，而前一次修订是 ",
                        EtagOf(revision.leaf_hash)),
           absl::StrCat("it is based on ", last_->base_etag,
                        ", but the one before is ",
                        EtagOf(revision.leaf_hash))});
    }
  }
  if (link.number == 1 && !link.base_etag.empty()) {
    return Broken(1, {"首次提交却另有依据", "the first one has a base"});
  }
  last_ = link;
  return absl::OkStatus();
}

absl::Status RevisionChain::End() const {
  if (last_.has_value() && last_->number == 1) return absl::OkStatus();
  const int number = last_.has_value() ? last_->number : 0;
  return Broken(number, {"更早的修订没有给出", "the earlier ones are missing"});
}

}  // namespace annals::client
