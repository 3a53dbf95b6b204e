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

absl::Status Forked(const ledger::Checkpoint& earlier,
                    const ledger::Checkpoint& later) {
  return VerificationFailure(
      kForkedReason,
      {absl::StrCat("账本已分叉：服务器给出的 ", later.size, " 个条目（根哈希 ",
                    HexOf(later.root), "）不是此前核验过的 ", earlier.size,
                    " 个条目（根哈希 ", HexOf(earlier.root), "）的延续"),
       absl::StrCat("the ledger was forked: the ",
                    Counted(later.size, "entry", "entries"),
                    " that the server shows (root hash ", HexOf(later.root),
                    ") are no continuation of the ", earlier.size,
                    " that were verified before (root hash ",
                    HexOf(earlier.root), ")")});
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

absl::Status CauseOrUnavailable(const ledger::Checkpoint& earlier,
                                const ledger::Checkpoint& later,
                                const absl::Status& status) {
  if (ExitCodeFor(status) == ExitCode::kUnavailable) return status;
  return NotProved(earlier, later,
                   {ErrorTextZh(status), std::string(status.message())});
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
  v1::GetConsistencyProofRequest request;
  request.set_old_size(earlier.size);
  request.set_new_size(later.size);
  const auto answer =
      connection->Call(connection->stubs().ledger,
                       &v1::LedgerService::Stub::GetConsistencyProof, request);
  if (!answer.ok()) {
    return CauseOrUnavailable(earlier, later, answer.status());
  }
  for (const std::string& hash : answer->hashes()) {
    if (hash.size() != ledger::kHashBytes ||
        answer->hashes_size() > static_cast<int>(ledger::kProofHashesMax)) {
      return NotProved(earlier, later,
                       {"证明的格式不对", "the proof is malformed"});
    }
    proof->push_back(ledger::HashFromBytes(hash));
  }
  const absl::Status consistent = ledger::VerifyConsistency(
      {earlier.size, later.size}, earlier.root, later.root, *proof);
  return consistent.ok() ? consistent : Forked(earlier, later);
}

}  // namespace annals::client
