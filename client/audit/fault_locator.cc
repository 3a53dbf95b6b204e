#include "client/audit/fault_locator.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/entry_stream.h"
#include "client/stubs.h"
#include "client/verify.h"
#include "ledger/proof.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

// None if one of them is no hash: then nothing is proved.
std::vector<ledger::Hash> HashesOf(const v1::InclusionProof& proof) {
  std::vector<ledger::Hash> hashes;
  for (const std::string& hash : proof.hashes()) {
    if (hash.size() != ledger::kHashBytes) return {};
    hashes.push_back(ledger::HashFromBytes(hash));
  }
  return hashes;
}

class Locator {
 public:
  Locator(const ledger::Checkpoint& checkpoint, Connection* connection,
          StopSignal* stop)
      : checkpoint_(checkpoint), connection_(*connection), stop_(*stop) {}

  // The place of the last honest prefix; an error if there are no proofs.
  absl::StatusOr<size_t> LastHonest(const std::vector<Prefix>& prefixes) {
    size_t honest = 0;
    size_t bad = prefixes.size() - 1;
    while (bad - honest > 1) {
      const size_t middle = honest + (bad - honest) / 2;
      const Prefix& prefix = prefixes[middle];
      const absl::Status consistent = RequireConsistent(
          &connection_, {checkpoint_.origin, prefix.size, prefix.root},
          checkpoint_);
      if (!consistent.ok() && !IsVerificationFailure(consistent)) {
        return consistent;
      }
      (consistent.ok() ? honest : bad) = middle;
    }
    return honest;
  }

  // The fault of the first entry of the range without an inclusion proof; OK
  // if all have one.
  absl::Status FirstBad(const EntryRange& range) {
    EntryStream stream(&connection_, &stop_, range);
    for (;;) {
      ASSIGN_OR_RETURN(const auto entry, stream.Next());
      if (!entry.has_value()) return absl::OkStatus();
      const ledger::Hash hash = ledger::LeafHash(entry->leaf());
      ASSIGN_OR_RETURN(const bool included, IsIncluded(entry->index(), hash));
      if (included) continue;
      return AuditFault(
          "AUDIT_LEAF_MISMATCH", entry->index(), entry->leaf(),
          {"叶哈希", "leaf hash"},
          SignedLeafHash(entry->index(), checkpoint_, &connection_),
          HexOf(hash));
    }
  }

 private:
  absl::StatusOr<bool> IsIncluded(uint64_t index, const ledger::Hash& hash) {
    v1::GetInclusionProofRequest request;
    request.set_index(index);
    request.set_tree_size(checkpoint_.size);
    ASSIGN_OR_RETURN(
        const v1::InclusionProof message,
        connection_.Call(connection_.stubs().ledger,
                         &v1::LedgerService::Stub::GetInclusionProof, request));
    const std::vector<ledger::Hash> proof = HashesOf(message);
    return ledger::VerifyInclusion({index, checkpoint_.size}, hash, proof,
                                   checkpoint_.root)
        .ok();
  }

  const ledger::Checkpoint checkpoint_;
  Connection& connection_;
  StopSignal& stop_;
};

}  // namespace

// The proof of its sibling begins with it.
std::string SignedLeafHash(uint64_t index, const ledger::Checkpoint& checkpoint,
                           Connection* connection) {
  const uint64_t sibling = index ^ 1;
  v1::GetEntryRequest request;
  request.set_index(sibling);
  request.set_tree_size(checkpoint.size);
  if (sibling >= checkpoint.size) return "?";
  const auto entry = connection->Call(
      connection->stubs().ledger, &v1::LedgerService::Stub::GetEntry, request);
  if (!entry.ok()) return "?";
  const std::vector<ledger::Hash> proof = HashesOf(entry->proof());
  const bool is_proved =
      !proof.empty() && ledger::VerifyInclusion({sibling, checkpoint.size},
                                                ledger::LeafHash(entry->leaf()),
                                                proof, checkpoint.root)
                            .ok();
  return is_proved ? HexOf(proof.front()) : "?";
}

absl::Status LocateMismatch(const ledger::Checkpoint& checkpoint,
                            const std::vector<Prefix>& prefixes,
                            const absl::Status& mismatch,
                            Connection* connection, StopSignal* stop) {
  if (prefixes.size() < 2) return mismatch;
  Locator locator(checkpoint, connection, stop);
  const auto honest = locator.LastHonest(prefixes);
  if (!honest.ok()) return mismatch;
  const absl::Status fault = locator.FirstBad(
      {prefixes[*honest].size, prefixes[*honest + 1].size, false});
  return IsVerificationFailure(fault) ? fault : mismatch;
}

}  // namespace annals::client
