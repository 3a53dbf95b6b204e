// The daemon's side of the witness protocol (C2SP tlog-witness), with one
// witness.

#ifndef ANNALS_SERVICE_WITNESSING_WITNESS_CLIENT_H_
#define ANNALS_SERVICE_WITNESSING_WITNESS_CLIENT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "ledger/clock.h"
#include "ledger/cosignature.h"
#include "ledger/ledger.h"
#include "ledger/note.h"
#include "service/witnessing/witness_connection.h"

namespace annals {

// Cosign is for one thread at a time; Cancel is thread-safe.
class WitnessClient {
 public:
  // Ledger and clock are not owned and must outlive this.
  WitnessClient(const ledger::CosignatureVerifier& verifier,
                std::unique_ptr<WitnessConnection> connection,
                ledger::Ledger* ledger, ledger::Clock* clock)
      : verifier_(verifier),
        connection_(std::move(connection)),
        ledger_(ledger),
        clock_(clock) {}

  // The witness's cosignature of the checkpoint, verified. The consistency
  // proof begins at the size that the witness accepted last, which its answer
  // 409 tells. The errors:
  //   UNAVAILABLE, WITNESS_UNREACHABLE;
  //   FAILED_PRECONDITION, WITNESS_REFUSED: an answer that the protocol has
  //     not, or no cosignature is in it, or a false one;
  //   DATA_LOSS, WITNESS_AHEAD: the witness has cosigned a larger tree than
  //     this ledger has: the ledger was rolled back, or the witness lies;
  //   DATA_LOSS, WITNESS_SAW_FORK: the witness has cosigned another tree.
  absl::StatusOr<ledger::NoteSignature> Cosign(
      const ledger::SignedCheckpoint& checkpoint);

  void Cancel() { connection_->Cancel(); }
  const std::string& name() const { return verifier_.name(); }

 private:
  absl::StatusOr<std::string> RequestBody(
      const ledger::SignedCheckpoint& checkpoint);
  absl::StatusOr<ledger::NoteSignature> ReadCosignature(
      const ledger::SignedCheckpoint& checkpoint, const std::string& body);
  absl::Status LearnSize(const ledger::Checkpoint& checkpoint,
                         const std::string& body);

  const ledger::CosignatureVerifier verifier_;
  const std::unique_ptr<WitnessConnection> connection_;
  ledger::Ledger* const ledger_;
  ledger::Clock* const clock_;
  // Of the checkpoint that the witness accepted last, as far as is known.
  uint64_t accepted_size_ = 0;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_WITNESSING_WITNESS_CLIENT_H_
