#include "client/verify.h"

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/erasable_name.h"
#include "client/hex.h"
#include "client/trust/agency_pin.h"
#include "ledger/error.h"
#include "ledger/proof.h"
#include "ledger/status_macros.h"
#include "service/report/content_signature.h"

namespace annals::client {
namespace {

using ledger::Hash;

constexpr char kNotSigned[] = "CHECKPOINT_NOT_SIGNED";
constexpr char kCheckpointMismatch[] = "CHECKPOINT_MISMATCH";
constexpr char kLeafMismatch[] = "LEAF_MISMATCH";
constexpr char kNotIncluded[] = "INCLUSION_NOT_PROVED";
constexpr char kContentMismatch[] = "CONTENT_MISMATCH";
constexpr size_t kEtagBytes = 16;

Text ExpectedFound(const Text& what, absl::string_view expected,
                   absl::string_view found) {
  return {absl::StrCat(what.zh, "：应为 ", expected, "，实为 ", found),
          absl::StrCat(what.en, ": expected ", expected, ", found ", found)};
}

absl::Status RequireTree(const v1::Entry& entry,
                         const ledger::Checkpoint& checkpoint) {
  if (entry.proof().tree_size() == checkpoint.size) return absl::OkStatus();
  return VerificationFailure(
      kCheckpointMismatch,
      ExpectedFound({"第一步 检查点：存在性证明所对应的条目总数",
                     "step 1, checkpoint: size of the proof's tree"},
                    absl::StrCat(checkpoint.size),
                    absl::StrCat(entry.proof().tree_size())));
}

absl::Status LeafMismatch(const Text& what, absl::string_view expected,
                          absl::string_view found) {
  return VerificationFailure(
      kLeafMismatch, ExpectedFound({absl::StrCat("第二步 条目内容，", what.zh),
                                    absl::StrCat("step 2, leaf, ", what.en)},
                                   expected, found));
}

absl::StatusOr<v1::LedgerEntry> ReadLeaf(const v1::Entry& entry,
                                         const report::RevisionName& expected) {
  v1::LedgerEntry leaf;
  if (!leaf.ParseFromString(entry.leaf())) {
    return VerificationFailure(kLeafMismatch,
                               {"第二步 条目内容：不是 LedgerEntry 的编码",
                                "step 2, leaf: the bytes are no LedgerEntry"});
  }
  if (leaf.index() != entry.index() || entry.proof().index() != entry.index()) {
    return LeafMismatch(
        {"条目序号", "index"}, absl::StrCat(entry.index()),
        absl::StrCat(leaf.index(), " / ", entry.proof().index()));
  }
  if (!leaf.has_revision_recorded()) {
    return LeafMismatch({"事件", "event"}, "revision_recorded", "-");
  }
  const v1::RevisionRecorded& event = leaf.revision_recorded();
  if (event.report() != expected.report.ToString()) {
    return LeafMismatch({"报告", "report"}, expected.report.ToString(),
                        event.report());
  }
  if (event.number() != expected.number) {
    return LeafMismatch({"修订号", "revision"}, absl::StrCat(expected.number),
                        absl::StrCat(event.number()));
  }
  return leaf;
}

absl::StatusOr<Hash> VerifyContent(const v1::Entry& entry,
                                   const v1::LedgerEntry& leaf) {
  if (entry.salt().size() != ledger::kSaltBytes) {
    return VerificationFailure(
        kContentMismatch,
        ExpectedFound({"第四步 内容摘要，盐的字节数",
                       "step 4, content hash, bytes of the salt"},
                      absl::StrCat(ledger::kSaltBytes),
                      absl::StrCat(entry.salt().size())));
  }
  const Hash hash =
      ledger::ContentHash(ledger::HashFromBytes(entry.salt()), entry.content());
  if (ledger::HashBytes(hash) != leaf.content_hash()) {
    return VerificationFailure(
        kContentMismatch,
        ExpectedFound({"第四步 内容摘要", "step 4, content hash"},
                      absl::BytesToHexString(leaf.content_hash()),
                      HexOf(hash)));
  }
  return hash;
}

absl::StatusOr<v1::RevisionContent> ReadContent(
    const v1::Entry& entry, const report::ReportName& expected) {
  v1::RevisionContent content;
  if (!content.ParseFromString(entry.content())) {
    return VerificationFailure(
        kContentMismatch,
        {"第五步 报告：不是 RevisionContent 的编码",
         "step 5, report: the content is no RevisionContent"});
  }
  if (content.report().year() != expected.year) {
    return VerificationFailure(
        kContentMismatch,
        ExpectedFound({"第五步 报告，年度", "step 5, report, year"},
                      absl::StrCat(expected.year),
                      absl::StrCat(content.report().year())));
  }
  const bool regional = content.report().scope() == v1::SCOPE_REGIONAL;
  if (regional != (expected.scope == v1::SCOPE_REGIONAL)) {
    return VerificationFailure(
        kContentMismatch,
        ExpectedFound({"第五步 报告，口径", "step 5, report, scope"},
                      v1::Scope_Name(expected.scope),
                      v1::Scope_Name(content.report().scope())));
  }
  return content;
}

// Of the proof of an entry, among the steps.
ProvedLeaf ThirdStep(const v1::Entry& entry, const Hash& leaf_hash) {
  return {{"第三步 存在性证明", "step 3, inclusion proof"},
          entry.index(),
          leaf_hash};
}

// Of what concerns the ledger as a whole: its growth, an audit, an export.
bool IsLedgerWideFailure(absl::string_view reason) {
  return reason == "LEDGER_ROLLED_BACK" || reason == "CONSISTENCY_NOT_PROVED" ||
         reason == "CHECKPOINT_DIVERGED" || reason == "STATIC_TREE_DAMAGED" ||
         absl::StartsWith(reason, kAuditReasonPrefix);
}

}  // namespace

absl::Status VerificationFailure(absl::string_view reason, const Text& what) {
  return MakeError(absl::StatusCode::kDataLoss, reason, {what.en, what.zh});
}

absl::Status VerifyInclusionOf(const v1::InclusionProof& proof,
                               const ProvedLeaf& leaf,
                               const ledger::Checkpoint& checkpoint) {
  std::vector<Hash> hashes;
  const Text& step = leaf.step;
  if (proof.hashes_size() > static_cast<int>(ledger::kProofHashesMax)) {
    return VerificationFailure(
        kNotIncluded, ExpectedFound({absl::StrCat(step.zh, "的哈希个数"),
                                     absl::StrCat(step.en, ", hashes")},
                                    absl::StrCat("≤ ", ledger::kProofHashesMax),
                                    absl::StrCat(proof.hashes_size())));
  }
  for (const std::string& hash : proof.hashes()) {
    if (hash.size() != ledger::kHashBytes) {
      return VerificationFailure(
          kNotIncluded,
          ExpectedFound({absl::StrCat(step.zh, "中一个哈希的字节数"),
                         absl::StrCat(step.en, ", bytes of a hash")},
                        absl::StrCat(ledger::kHashBytes),
                        absl::StrCat(hash.size())));
    }
    hashes.push_back(ledger::HashFromBytes(hash));
  }
  const absl::Status included = ledger::VerifyInclusion(
      {leaf.index, checkpoint.size}, leaf.hash, hashes, checkpoint.root);
  if (included.ok()) return included;
  const std::string zh = ErrorTextZh(included);
  return VerificationFailure(
      kNotIncluded,
      {absl::StrCat(step.zh, "，条目 ", leaf.index, "，根哈希 ",
                    HexOf(checkpoint.root), "：",
                    zh.empty() ? std::string(included.message()) : zh),
       absl::StrCat(step.en, ", entry ", leaf.index, ", root hash ",
                    HexOf(checkpoint.root), ": ", included.message())});
}

bool IsVerificationFailure(const absl::Status& status) {
  if (status.code() != absl::StatusCode::kDataLoss) return false;
  const std::string reason = ErrorReason(status);
  return reason == kNotSigned || reason == kCheckpointMismatch ||
         reason == kLeafMismatch || reason == kNotIncluded ||
         reason == kContentMismatch || reason == kAnswerMismatchReason ||
         reason == kHistoryBrokenReason || reason == kRollUpMismatchReason ||
         reason == kQuorumNotMetReason || reason == kPolicyNotMetReason ||
         reason == kAgencyKeyNotPinnedReason ||
         reason == "CONTENT_SIGNATURE_FALSE" ||
         reason == "SIGNING_KEY_NOT_REGISTERED" ||
         absl::StartsWith(reason, kReceiptReasonPrefix) ||
         IsLedgerWideFailure(reason);
}

absl::StatusOr<OpenedCheckpoint> OpenSignedCheckpoint(const std::string& note,
                                                      const LedgerKeys& keys) {
  if (note.empty()) {
    return VerificationFailure(
        kCheckpointMismatch,
        {"第一步 检查点签名：服务器没有给出检查点",
         "step 1, checkpoint signature: the server sent no checkpoint"});
  }
  auto opened = OpenCheckpoint(note, keys);
  if (opened.ok()) return opened;
  const std::string en(opened.status().message());
  const std::string zh = ErrorTextZh(opened.status());
  if (IsPolicyFailure(opened.status())) {
    return VerificationFailure(
        ErrorReason(opened.status()),
        {absl::StrCat("第一步 见证策略：", zh.empty() ? en : zh),
         absl::StrCat("step 1, witness policy: ", en)});
  }
  return VerificationFailure(
      kNotSigned, {absl::StrCat("第一步 检查点签名，密钥 ", keys.origin(), "：",
                                zh.empty() ? en : zh),
                   absl::StrCat("step 1, checkpoint signature, key ",
                                keys.origin(), ": ", en)});
}

std::string ErasableName(const v1::LedgerEntry& entry) {
  if (entry.has_document_recorded()) {
    return entry.document_recorded().document();
  }
  if (!entry.has_revision_recorded()) return "";
  const v1::RevisionRecorded& event = entry.revision_recorded();
  return absl::StrCat(event.report(), "/revisions/", event.number());
}

absl::StatusOr<v1::LedgerEntry> VerifyEntry(
    const v1::Entry& entry, const ledger::Checkpoint& checkpoint) {
  RETURN_IF_ERROR(RequireTree(entry, checkpoint));
  v1::LedgerEntry leaf;
  if (!leaf.ParseFromString(entry.leaf()) || leaf.index() != entry.index() ||
      entry.proof().index() != entry.index()) {
    return LeafMismatch({"条目序号", "index"}, absl::StrCat(entry.index()),
                        absl::StrCat(leaf.index()));
  }
  RETURN_IF_ERROR(VerifyInclusionOf(
      entry.proof(), ThirdStep(entry, ledger::LeafHash(entry.leaf())),
      checkpoint));
  return leaf;
}

absl::StatusOr<v1::Erasure> VerifyErasure(
    const v1::Entry& entry, const v1::LedgerEntry& erased,
    const ledger::Checkpoint& checkpoint) {
  ASSIGN_OR_RETURN(const v1::LedgerEntry leaf, VerifyEntry(entry, checkpoint));
  const v1::ContentErased& event = leaf.content_erased();
  if (!leaf.has_content_erased() || event.erased_index() != erased.index() ||
      event.content_hash() != erased.content_hash() ||
      event.name() != ErasableName(erased)) {
    return LeafMismatch(
        {absl::StrCat("条目 ", erased.index(), " 内容的删除"),
         absl::StrCat("erasure of the content of entry ", erased.index())},
        absl::StrCat("content_erased ", erased.index()),
        leaf.has_content_erased()
            ? absl::StrCat("content_erased ", event.erased_index())
            : "-");
  }
  v1::Erasure erasure;
  *erasure.mutable_recorded_at() = leaf.recorded_at();
  *erasure.mutable_actor() = leaf.actor();
  erasure.set_reason(leaf.reason());
  erasure.set_legal_basis(event.legal_basis());
  erasure.set_entry_index(leaf.index());
  erasure.set_name(event.name());
  erasure.set_erased_index(event.erased_index());
  return erasure;
}

absl::StatusOr<v1::LifecycleStep> VerifyWithdrawal(
    const v1::Entry& entry, const v1::LedgerEntry& withdrawn,
    const ledger::Checkpoint& checkpoint) {
  ASSIGN_OR_RETURN(const v1::LedgerEntry leaf, VerifyEntry(entry, checkpoint));
  const v1::StepTaken& step = leaf.step_taken();
  const v1::RevisionRecorded& revision = withdrawn.revision_recorded();
  const bool withdraws =
      step.step() == v1::STEP_WITHDRAWN && step.report() == revision.report() &&
      step.number() == revision.number() && leaf.index() > withdrawn.index();
  if (withdraws) return StepOf(leaf);
  return LeafMismatch(
      {absl::StrCat("条目 ", withdrawn.index(), " 所记修订的撤回"),
       absl::StrCat("withdrawal of the revision of entry ", withdrawn.index())},
      absl::StrCat("withdrawn ", revision.number()),
      leaf.has_step_taken() ? absl::StrCat(v1::Step_Name(step.step()), " ",
                                           step.report(), " ", step.number())
                            : "-");
}

absl::StatusOr<VerifiedRevision> VerifyRevision(
    const v1::Entry& entry, const report::RevisionName& expected,
    const ledger::Checkpoint& checkpoint) {
  VerifiedRevision verified;
  verified.checkpoint = checkpoint;
  RETURN_IF_ERROR(RequireTree(entry, checkpoint));
  ASSIGN_OR_RETURN(verified.entry, ReadLeaf(entry, expected));
  verified.leaf_hash = ledger::LeafHash(entry.leaf());
  RETURN_IF_ERROR(VerifyInclusionOf(entry.proof(),
                                    ThirdStep(entry, verified.leaf_hash),
                                    verified.checkpoint));
  if ((entry.has_erased_by() || entry.has_withdrawn_by()) &&
      entry.salt().empty() && entry.content().empty() &&
      verified.entry.content_hash().size() == ledger::kHashBytes) {
    if (entry.has_erased_by()) {
      verified.claimed_eraser = entry.erased_by();
    } else {
      verified.claimed_withdrawer = entry.withdrawn_by();
    }
    verified.content_hash =
        ledger::HashFromBytes(verified.entry.content_hash());
  } else {
    ASSIGN_OR_RETURN(verified.content_hash,
                     VerifyContent(entry, verified.entry));
    ASSIGN_OR_RETURN(verified.content, ReadContent(entry, expected.report));
    RETURN_IF_ERROR(report::VerifyRecordedSignature(
        verified.entry, entry.content(), checkpoint.origin));
  }
  verified.leaf_bytes = entry.leaf().size();
  verified.content_bytes = entry.content().size();
  verified.proof_hashes = static_cast<size_t>(entry.proof().hashes_size());
  return verified;
}

std::string EtagOf(const ledger::Hash& leaf_hash) {
  return absl::BytesToHexString(
      ledger::AsStringView(leaf_hash).substr(0, kEtagBytes));
}

v1::Revision RevisionOf(const VerifiedRevision& verified) {
  const v1::LedgerEntry& entry = verified.entry;
  const v1::RevisionRecorded& event = entry.revision_recorded();
  v1::Revision revision;
  revision.set_name(
      absl::StrCat(event.report(), "/revisions/", event.number()));
  revision.set_number(event.number());
  revision.set_etag(EtagOf(verified.leaf_hash));
  *revision.mutable_recorded_at() = entry.recorded_at();
  *revision.mutable_actor() = entry.actor();
  revision.set_reason(entry.reason());
  revision.set_reason_code(event.reason_code());
  revision.set_entry_index(entry.index());
  revision.set_rule_set_version(event.rule_set_version());
  revision.set_changed_cell_count(event.changed_cell_count());
  revision.set_changed_text_count(event.changed_text_count());
  revision.set_acknowledged_warning_count(event.acknowledged_warning_count());
  revision.set_as_published(event.as_published());
  revision.set_document(event.document());
  revision.set_error_count(event.error_count());
  revision.set_unacknowledged_warning_count(
      event.unacknowledged_warning_count());
  if (event.has_signature()) {
    *revision.mutable_signature() = event.signature();
  }
  if (verified.erasure.has_value()) {
    *revision.mutable_erasure() = *verified.erasure;
  } else if (verified.withdrawal.has_value()) {
    revision.set_withdrawn_by(verified.withdrawal->entry_index());
  } else {
    *revision.mutable_content() = verified.content;
  }
  return revision;
}

v1::LifecycleStep StepOf(const v1::LedgerEntry& entry) {
  v1::LifecycleStep step;
  *step.mutable_step() = entry.step_taken();
  *step.mutable_actor() = entry.actor();
  step.set_reason(entry.reason());
  *step.mutable_recorded_at() = entry.recorded_at();
  step.set_entry_index(entry.index());
  return step;
}

v1::Policy PolicyOf(const v1::LedgerEntry& entry) {
  v1::Policy policy;
  policy.set_agency(entry.policy_set().agency());
  *policy.mutable_policy() = entry.policy_set().policy();
  *policy.mutable_recorded_at() = entry.recorded_at();
  policy.set_entry_index(entry.index());
  return policy;
}

}  // namespace annals::client
