#include "client/receipt/receipt.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "client/hex.h"
#include "client/text.h"
#include "client/trust/agency_pin.h"
#include "client/verify.h"
#include "ledger/checkpoint.h"
#include "ledger/error.h"
#include "ledger/proof.h"
#include "ledger/status_macros.h"
#include "ledger/tlog_proof.h"
#include "service/report/content_signature.h"
#include "service/report/names.h"

namespace annals::client {
namespace {

// `what`, and why.
absl::Status False(absl::string_view reason, const Text& what,
                   const absl::Status& cause) {
  const std::string zh = ErrorTextZh(cause);
  return VerificationFailure(
      reason, {absl::StrCat(what.zh, "：",
                            zh.empty() ? std::string(cause.message()) : zh),
               absl::StrCat(what.en, ": ", cause.message())});
}

absl::Status CheckpointFalse(const absl::Status& cause) {
  if (absl::IsNotFound(cause)) {
    return False("RECEIPT_NOT_SIGNED_BY_KEY",
                 {"回执的检查点不是由给出的公钥签名",
                  "the receipt's checkpoint is not signed by the given key"},
                 cause);
  }
  if (ErrorReason(cause) == "CHECKPOINT_ORIGIN_MISMATCH") {
    return False("RECEIPT_ORIGIN_MISMATCH",
                 {"回执属于另一账本", "the receipt is of another ledger"},
                 cause);
  }
  if (IsPolicyFailure(cause)) {
    return False("RECEIPT_NOT_WITNESSED",
                 {"回执的检查点没有达到所要求的见证策略（由 --policy 给出，或为"
                  "该账本固定）",
                  "the receipt's checkpoint does not satisfy the witness "
                  "policy that is demanded (given with --policy, or pinned "
                  "for its ledger)"},
                 cause);
  }
  return False("RECEIPT_SIGNATURE_FALSE",
               {"回执检查点的签名是假的",
                "a signature of the receipt's checkpoint is false"},
               cause);
}

absl::Status VerifyLeaf(const ledger::TlogProof& proof,
                        const ledger::Checkpoint& checkpoint,
                        const ledger::Hash& leaf_hash) {
  const absl::Status included = ledger::VerifyInclusion(
      {proof.index, checkpoint.size}, leaf_hash, proof.hashes, checkpoint.root);
  if (included.ok()) return included;
  return False(
      "RECEIPT_LEAF_NOT_RECORDED",
      {absl::StrCat("这个条目（叶哈希 ", HexOf(leaf_hash), "）不是账本的第 ",
                    proof.index, " 号条目；条目文件或证明被改动"),
       absl::StrCat("this entry (leaf hash ", HexOf(leaf_hash),
                    ") is not entry ", proof.index,
                    " of the ledger; leaf or proof were altered")},
      included);
}

absl::StatusOr<v1::LedgerEntry> ReadLeaf(const std::string& leaf,
                                         uint64_t index) {
  v1::LedgerEntry entry;
  if (!entry.ParseFromString(leaf)) {
    return VerificationFailure(
        "RECEIPT_LEAF_UNREADABLE",
        {"条目已记录，但不是 LedgerEntry 的编码",
         "the entry is recorded, but its bytes are no LedgerEntry"});
  }
  if (entry.index() == index) return entry;
  return VerificationFailure(
      "RECEIPT_INDEX_MISMATCH",
      {absl::StrCat("账本第 ", index, " 号条目自称第 ", entry.index(), " 号"),
       absl::StrCat("entry ", index, " of the ledger says that it is entry ",
                    entry.index())});
}

absl::Status VerifyContentHash(const std::string& salt,
                               const std::string& content,
                               const v1::LedgerEntry& entry) {
  if (entry.content_hash().empty()) {
    return VerificationFailure(
        "RECEIPT_CONTENT_NOT_COMMITTED",
        {"这个条目没有内容，回执却附有内容文件",
         "the entry has no content, but the receipt brings one"});
  }
  std::string found = absl::StrCat("salt[", salt.size(), "]");
  if (salt.size() == ledger::kSaltBytes) {
    const ledger::Hash hash =
        ledger::ContentHash(ledger::HashFromBytes(salt), content);
    if (ledger::HashBytes(hash) == entry.content_hash()) {
      return absl::OkStatus();
    }
    found = HexOf(hash);
  }
  const std::string expected = absl::BytesToHexString(entry.content_hash());
  return VerificationFailure(
      "RECEIPT_CONTENT_MISMATCH",
      {absl::StrCat("内容或盐被改动，不是条目所记的内容：内容摘要应为 ",
                    expected, "，实为 ", found),
       absl::StrCat("content or salt were altered, they are not what the entry "
                    "commits to: expected content hash ",
                    expected, ", found ", found)});
}

// The report within must be of the year and scope that the entry names.
absl::StatusOr<v1::RevisionContent> ReadContent(
    const std::string& bytes, const v1::RevisionRecorded& event) {
  v1::RevisionContent content;
  if (!content.ParseFromString(bytes)) {
    return VerificationFailure(
        "RECEIPT_CONTENT_UNREADABLE",
        {"内容与条目一致，但不是 RevisionContent 的编码",
         "the content is what the entry commits to, but no RevisionContent"});
  }
  const auto name = report::ParseReportName(event.report());
  const bool regional = content.report().scope() == v1::SCOPE_REGIONAL;
  if (name.ok() && content.report().year() == name->year &&
      regional == (name->scope == v1::SCOPE_REGIONAL)) {
    return content;
  }
  return VerificationFailure(
      "RECEIPT_CONTENT_OF_OTHER_REPORT",
      {absl::StrCat("条目记录的是 ", event.report(), "，内容却是 ",
                    content.report().year(), " 年的另一报告"),
       absl::StrCat("the entry records ", event.report(),
                    ", but the content is another report, of ",
                    content.report().year())});
}

absl::Status VerifyContent(const Receipt& receipt, VerifiedReceipt* verified) {
  if (receipt.salt.has_value() != receipt.content.has_value()) {
    return VerificationFailure(
        "RECEIPT_CONTENT_INCOMPLETE",
        {receipt.salt.has_value() ? "回执有盐而没有内容"
                                  : "回执有内容而没有盐，无从核验",
         receipt.salt.has_value()
             ? "the receipt has a salt, but no content"
             : "the receipt has content, but no salt to verify it with"});
  }
  if (!receipt.content.has_value()) return absl::OkStatus();
  RETURN_IF_ERROR(
      VerifyContentHash(*receipt.salt, *receipt.content, verified->entry));
  verified->has_content = true;
  verified->content_bytes = receipt.content->size();
  if (!verified->entry.has_revision_recorded()) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      verified->revision_content,
      ReadContent(*receipt.content, verified->entry.revision_recorded()));
  return report::VerifyRecordedSignature(verified->entry, *receipt.content,
                                         verified->opened.checkpoint.origin);
}

}  // namespace

absl::StatusOr<ledger::TlogProof> ReadProof(const std::string& proof) {
  auto parsed = ledger::ParseTlogProof(proof);
  if (parsed.ok()) return parsed;
  return False("RECEIPT_MALFORMED",
               {"回执不是 tlog-proof 证明文件", "the receipt is no tlog-proof"},
               parsed.status());
}

absl::StatusOr<VerifiedReceipt> VerifyReceipt(const Receipt& receipt,
                                              const LedgerKeys& keys) {
  ASSIGN_OR_RETURN(const ledger::TlogProof proof, ReadProof(receipt.proof));
  auto opened = OpenCheckpoint(proof.checkpoint, keys);
  if (!opened.ok()) return CheckpointFalse(opened.status());
  VerifiedReceipt verified{*std::move(opened), keys.policy.has_value()};
  verified.leaf_hash = ledger::LeafHash(receipt.leaf);
  RETURN_IF_ERROR(
      VerifyLeaf(proof, verified.opened.checkpoint, verified.leaf_hash));
  verified.proof_hashes = proof.hashes.size();
  ASSIGN_OR_RETURN(verified.entry, ReadLeaf(receipt.leaf, proof.index));
  RETURN_IF_ERROR(VerifyContent(receipt, &verified));
  RETURN_IF_ERROR(RequirePinnedAgencyKey(verified.entry, keys.agency_keys));
  verified.signer = PinnedSignerOf(verified.entry, keys.agency_keys);
  return verified;
}

absl::StatusOr<std::string> ClaimedOrigin(const std::string& proof) {
  ASSIGN_OR_RETURN(const ledger::TlogProof parsed, ReadProof(proof));
  ASSIGN_OR_RETURN(const ledger::ParsedNote note,
                   ledger::ParseNote(parsed.checkpoint));
  ASSIGN_OR_RETURN(const ledger::Checkpoint checkpoint,
                   ledger::ParseCheckpointText(note.text));
  return checkpoint.origin;
}

}  // namespace annals::client
