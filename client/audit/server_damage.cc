#include "client/audit/server_damage.h"

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "client/audit/entry_facts.h"
#include "client/audit/fault_locator.h"
#include "client/stubs.h"
#include "client/trust/evidence.h"
#include "client/verify.h"
#include "ledger/error.h"

namespace annals::client {
namespace {

// What the server says in the place of the bytes.
FaultValue Unreadable(const absl::Status& said) {
  const std::string zh = ErrorTextZh(said);
  const std::string en(said.message());
  return Text{absl::StrCat("服务器读不出（", zh.empty() ? en : zh, "）"),
              absl::StrCat("the server can't read it (", en, ")")};
}

// The leaf, proved to be the entry's; empty if the server can't show it.
std::string ReadLeaf(uint64_t index, const ledger::Checkpoint& checkpoint,
                     Connection* connection) {
  v1::GetEntryRequest request;
  request.set_index(index);
  request.set_tree_size(checkpoint.size);
  const auto entry = connection->Call(
      connection->stubs().ledger, &v1::LedgerService::Stub::GetEntry, request);
  const bool is_proved = entry.ok() && entry->index() == index &&
                         VerifyEntry(*entry, checkpoint).ok();
  return is_proved ? entry->leaf() : "";
}

}  // namespace

bool IsServerDamage(const absl::Status& status) {
  return absl::IsDataLoss(status) && !IsVerificationFailure(status) &&
         !IsTrustFailure(status);
}

absl::Status DamagedEntry(uint64_t index, const absl::Status& said,
                          const ledger::Checkpoint& checkpoint,
                          Connection* connection) {
  const std::string leaf = ReadLeaf(index, checkpoint, connection);
  v1::LedgerEntry entry;
  if (leaf.empty() || !entry.ParseFromString(leaf)) {
    return AuditFault(kEntryDamagedReason, index, "", {"叶哈希", "leaf hash"},
                      SignedLeafHash(index, checkpoint, connection),
                      Unreadable(said));
  }
  return AuditFault(
      kEntryDamagedReason, index, leaf, {"内容摘要", "content hash"},
      absl::BytesToHexString(entry.content_hash()), Unreadable(said));
}

absl::Status DamagedIndex(const Text& resource, const absl::Status& said) {
  const FaultValue unreadable = Unreadable(said);
  return VerificationFailure(
      kIndexDamagedReason,
      {absl::StrCat(resource.zh, "：服务器的索引与账本不符，",
                    unreadable.text.zh),
       absl::StrCat(resource.en,
                    ": the server's index is not that of the "
                    "entries, ",
                    unreadable.text.en)});
}

}  // namespace annals::client
