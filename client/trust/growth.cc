#include "client/trust/growth.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "client/counted.h"
#include "client/exit_code.h"
#include "client/hex.h"
#include "client/stubs.h"
#include "client/text.h"
#include "client/trust/evidence.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/proof.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

absl::Status RolledBack(const ledger::Checkpoint& earlier,
                        const ledger::Checkpoint& later) {
  return VerificationFailure(
      kRolledBackReason,
      {absl::StrCat("账本被回滚：此前核验过 ", earlier.size,
                    " 个条目，服务器现在只给出 ", later.size, " 个"),
       absl::StrCat("the ledger was rolled back: ",
                    Counted(earlier.size, "entry", "entries"),
                    " were verified before, the server now shows ",
                    later.size)});
}

// What the server shows may be older than what was verified (RequirePrefix).
absl::Status Forked(const ledger::Checkpoint& verified,
                    const ledger::Checkpoint& shown) {
  const bool is_older = shown.size < verified.size;
  return VerificationFailure(
      kForkedReason,
      {absl::StrCat("账本已分叉：服务器给出的 ", shown.size, " 个条目（根哈希 ",
                    HexOf(shown.root), "）不是此前核验过的 ", verified.size,
                    " 个条目（根哈希 ", HexOf(verified.root), "）的",
                    is_older ? "开头部分" : "延续"),
       absl::StrCat("the ledger was forked: the ",
                    Counted(shown.size, "entry", "entries"),
                    " that the server shows (root hash ", HexOf(shown.root),
                    is_older ? ") are not the first of the "
                             : ") are no continuation of the ",
                    verified.size, " that were verified before (root hash ",
                    HexOf(verified.root), ")")});
}

absl::Status NotProved(const ledger::Checkpoint& earlier,
                       const ledger::Checkpoint& later, const Text& cause) {
  return VerificationFailure(
      kGrowthNotProvedReason,
      {absl::StrCat("服务器没有证明账本从 ", earlier.size, " 个条目增长到 ",
                    later.size, " 个：", cause.zh),
       absl::StrCat("the server did not prove that the ledger grew from ",
                    earlier.size, " to ",
                    Counted(later.size, "entry", "entries"), ": ", cause.en)});
}

// What the server shows as the latest that is witnessed may be older than what
// was verified, but it must have all of that.
absl::Status LostSince(const ledger::Checkpoint& shown,
                       const ledger::Checkpoint& verified, const Text& cause) {
  return VerificationFailure(
      kRolledBackReason,
      {absl::StrCat("账本被回滚：此前核验过 ", verified.size,
                    " 个条目，服务器现在给出有见证的 ", shown.size,
                    " 个，且未能证明它们是同一账本：", cause.zh),
       absl::StrCat("the ledger was rolled back: ",
                    Counted(verified.size, "entry", "entries"),
                    " were verified before, the server now shows ", shown.size,
                    " as witnessed and does not prove that they are of the "
                    "same ledger: ",
                    cause.en)});
}

// What the server answers when it is asked for the proof that `earlier` is a
// part of `later`.
absl::Status FetchProof(const ledger::Checkpoint& earlier,
                        const ledger::Checkpoint& later, Connection* connection,
                        std::vector<ledger::Hash>* proof) {
  v1::GetConsistencyProofRequest request;
  request.set_old_size(earlier.size);
  request.set_new_size(later.size);
  ASSIGN_OR_RETURN(
      const v1::ConsistencyProof answer,
      connection->Call(connection->stubs().ledger,
                       &v1::LedgerService::Stub::GetConsistencyProof, request));
  for (const std::string& hash : answer.hashes()) {
    if (hash.size() != ledger::kHashBytes ||
        answer.hashes_size() > static_cast<int>(ledger::kProofHashesMax)) {
      return VerificationFailure(kGrowthNotProvedReason,
                                 {"证明的格式不对", "the proof is malformed"});
    }
    proof->push_back(ledger::HashFromBytes(hash));
  }
  return absl::OkStatus();
}

Text CauseOf(const absl::Status& status) {
  return {ErrorTextZh(status), std::string(status.message())};
}

}  // namespace

absl::Status RequireGrowth(const ledger::Checkpoint& earlier,
                           const ledger::Checkpoint& later,
                           Connection* connection,
                           std::vector<ledger::Hash>* proof) {
  if (later.size < earlier.size) return RolledBack(earlier, later);
  if (later.size == earlier.size) {
    return later.root == earlier.root ? absl::OkStatus()
                                      : Forked(earlier, later);
  }
  if (earlier.size == 0) {
    return earlier.root == ledger::EmptyRoot() ? absl::OkStatus()
                                               : Forked(earlier, later);
  }
  const absl::Status fetched = FetchProof(earlier, later, connection, proof);
  if (ExitCodeFor(fetched) == ExitCode::kUnavailable) return fetched;
  if (!fetched.ok()) return NotProved(earlier, later, CauseOf(fetched));
  const absl::Status consistent = ledger::VerifyConsistency(
      {earlier.size, later.size}, earlier.root, later.root, *proof);
  return consistent.ok() ? consistent : Forked(earlier, later);
}

absl::Status RequirePrefix(const ledger::Checkpoint& shown,
                           const ledger::Checkpoint& verified,
                           Connection* connection,
                           std::vector<ledger::Hash>* proof) {
  if (shown.size == 0) {
    return shown.root == ledger::EmptyRoot() ? absl::OkStatus()
                                             : Forked(verified, shown);
  }
  const absl::Status fetched = FetchProof(shown, verified, connection, proof);
  if (ExitCodeFor(fetched) == ExitCode::kUnavailable) return fetched;
  if (!fetched.ok()) return LostSince(shown, verified, CauseOf(fetched));
  const absl::Status consistent = ledger::VerifyConsistency(
      {shown.size, verified.size}, shown.root, verified.root, *proof);
  return consistent.ok() ? consistent : Forked(verified, shown);
}

}  // namespace annals::client
