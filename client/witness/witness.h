// A witness (C2SP tlog-witness): cosigns the checkpoints of the logs that it
// knows, if each extends the one before. What it has cosigned it never
// contradicts, also after a crash: the new checkpoint is stored before the
// cosignature leaves. No HTTP here: bytes in, an answer out.

#ifndef ANNALS_CLIENT_WITNESS_WITNESS_H_
#define ANNALS_CLIENT_WITNESS_WITNESS_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/text.h"
#include "ledger/add_checkpoint.h"
#include "ledger/checkpoint.h"
#include "ledger/clock.h"
#include "ledger/cosignature.h"
#include "ledger/mutex.h"
#include "ledger/note.h"
#include "ledger/signer.h"

namespace annals::client {

// Where the last cosigned checkpoint of each log is kept. Calls for different
// origins may come at the same time.
class WitnessStore {
 public:
  virtual ~WitnessStore() = default;
  // The note last written for the origin; nothing if none was.
  virtual absl::StatusOr<std::optional<std::string>> Read(
      absl::string_view origin) = 0;
  // Replaces the note, durably and atomically.
  virtual absl::Status Write(absl::string_view origin,
                             absl::string_view note) = 0;
  // Keeps a signed checkpoint that contradicts the one last written.
  virtual absl::Status KeepFork(absl::string_view origin,
                                absl::string_view note) = 0;
};

struct HttpAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
};

// What a witness works with. Signer, store and clock are not owned and must
// outlive it.
struct WitnessParts {
  std::vector<ledger::NoteVerifier> logs;  // One or more keys for an origin.
  ledger::Signer* signer = nullptr;
  WitnessStore* store = nullptr;
  ledger::Clock* clock = nullptr;
  // What the operator should know, a line each. Called by one thread at a time.
  std::function<void(const Text&)> tell;
};

// Thread-safe.
class Witness {
 public:
  // Reads what was cosigned for each log. INVALID_ARGUMENT if the signer is not
  // the verifier's; DATA_LOSS with reason WITNESS_STATE_DAMAGED if what is
  // stored for a log is no checkpoint that one of its keys signed.
  static absl::StatusOr<std::unique_ptr<Witness>> Create(
      const ledger::CosignatureVerifier& verifier, WitnessParts parts);

  // The answer to the body of an add-checkpoint request:
  //   200  cosigned; the body is the cosignature's line;
  //   400  malformed, or the old size is above the checkpoint's;
  //   403  no known key of the origin signed it, or a signature is false;
  //   404  the origin is unknown;
  //   409  the old size is not that of the checkpoint cosigned last, or the
  //        checkpoint is a fork of it; the body is the size of that one;
  //   422  the consistency proof does not hold;
  //   500  the checkpoint could not be stored, so nothing was cosigned.
  // Requests for one log are answered one after the other.
  HttpAnswer Answer(absl::string_view body);

 private:
  struct Log {
    std::string origin;
    std::vector<ledger::NoteVerifier> keys;
    Mutex mutex;
    // Of the checkpoint cosigned last; of the empty tree if there is none.
    ledger::Checkpoint latest ABSL_GUARDED_BY(mutex);
  };
  struct Submission {
    ledger::AddCheckpointRequest request;
    ledger::ParsedNote note;
    ledger::Checkpoint checkpoint;
  };

  Witness(const ledger::CosignatureVerifier& verifier, WitnessParts parts);
  absl::Status ReadState(Log* log);
  absl::StatusOr<Submission> Parse(absl::string_view body) const;
  HttpAnswer Decide(const Submission& submission, Log* log)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(log->mutex);
  HttpAnswer Cosign(const Submission& submission, Log* log)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(log->mutex);
  HttpAnswer RefuseFork(const Submission& submission, Log* log)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(log->mutex);
  HttpAnswer ConflictWith(const Log& log) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(log.mutex);
  void Tell(const Text& text);

  const ledger::CosignatureVerifier verifier_;
  const WitnessParts parts_;
  std::map<std::string, std::unique_ptr<Log>> logs_;  // By origin.
  Mutex tell_mutex_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_WITNESS_WITNESS_H_
