// The ledger beyond the checkpoint that is audited: what was recorded while the
// audit was under way is proved there.

#ifndef ANNALS_CLIENT_AUDIT_NEWER_TREE_H_
#define ANNALS_CLIENT_AUDIT_NEWER_TREE_H_

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/audit/entry_facts.h"
#include "client/entry_stream.h"
#include "client/session.h"
#include "client/stop_signal.h"
#include "client/trust/ledger_trust.h"

namespace annals::client {

// What a server says of a content that is not there.
struct ErasureClaim {
  // The entry whose content is missing.
  uint64_t index = 0;
  // The entry that is said to have erased it.
  std::optional<uint64_t> eraser;
  // What the erasure must name.
  ErasableKey key = {};
};

// Not thread-safe.
class NewerTree {
 public:
  // Not owned: stop, session and trust, which must outlive this.
  // REQUIRES: trust->verifies().
  NewerTree(CheckedCheckpoint audited, StopSignal* stop, Session* session,
            LedgerTrust* trust)
      : audited_(std::move(audited)),
        stop_(*stop),
        session_(*session),
        trust_(*trust) {}

  // Fetches the latest checkpoint, which must extend the audited one: its size.
  // What a server shows is there before witnesses have seen it, so the ledger's
  // own signature is enough; it commits it.
  absl::StatusOr<uint64_t> FetchSize();

  // Whether the claimed entry, beyond the audited checkpoint, erased the
  // content: proved under a newer one. False as well if no signed checkpoint
  // has that entry, though it was asked for more than once.
  absl::StatusOr<bool> IsErased(const ErasureClaim& claim);

  // Passes the time before something is asked again, counted from 0. CANCELLED
  // if a signal came.
  absl::Status Wait(int attempt);

 private:
  absl::StatusOr<ledger::Checkpoint> Fetch();

  const CheckedCheckpoint audited_;
  StopSignal& stop_;
  Session& session_;
  LedgerTrust& trust_;
  std::optional<ledger::Checkpoint> latest_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_AUDIT_NEWER_TREE_H_
