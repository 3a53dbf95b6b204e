// What a command goes by when it believes a server: the keys that the user
// pinned, or gave with --key, and the checkpoint that was verified last.

#ifndef ANNALS_CLIENT_TRUST_LEDGER_TRUST_H_
#define ANNALS_CLIENT_TRUST_LEDGER_TRUST_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/session.h"
#include "client/text.h"
#include "client/trust/ledger_keys.h"
#include "client/trust/trust_store.h"

namespace annals::client {

// Asks the server for a checkpoint: the signed note.
using NoteSource = std::function<absl::StatusOr<std::string>()>;

class LedgerTrust {
 public:
  // What --no-verify, --key and the pin of --server say. Tells the user if
  // nothing will be verified. `session` is not owned and must outlive this.
  static absl::StatusOr<LedgerTrust> For(Session* session);

  // The same for a command that does nothing but verify: a usage error if there
  // is no key, or --no-verify.
  static absl::StatusOr<LedgerTrust> Required(Session* session);

  // As Required, for a command that asks no server: a key that is given counts
  // alone if the server's pin is of another ledger.
  static absl::StatusOr<LedgerTrust> RequiredOffline(Session* session);

  // As Required, under `policy` instead of the pin's. Without --key and pin the
  // logs that the policy names are the keys.
  static absl::StatusOr<LedgerTrust> RequiredUnder(ledger::WitnessPolicy policy,
                                                   Session* session);

  // As For, and Check.
  static absl::StatusOr<LedgerTrust> Establish(Session* session);

  // False if there is no key, or --no-verify.
  bool verifies() const { return keys_.has_value(); }
  // REQUIRES: verifies().
  const LedgerKeys& keys() const { return *keys_; }

  // Which checkpoint a server was asked for. The witnessed one may be older
  // than the latest.
  enum class Shown { kLatest, kLatestWitnessed };

  // Fetches the latest checkpoint, the latest witnessed one if there is a
  // policy, and verifies that the keys signed it and that it extends the one
  // verified last, and those of other servers pinned to the same ledger unless
  // they are ahead; then remembers it, if the server is
  // pinned. If not, DATA_LOSS with a reason of evidence.h, and both are kept as
  // evidence; for a key that is only given, CHECKPOINT_NOT_SIGNED if it did not
  // sign. A witnessed one may be older than the one verified last: the server
  // must prove that it is the beginning of that, which stays remembered. OK if
  // nothing is verified.
  absl::Status Check();

  // The same for the checkpoint from `fetch`, which may be called more than
  // once: whenever another process remembers a checkpoint meanwhile.
  absl::Status CheckNote(Shown which, const NoteSource& fetch);

  // Check, after something was recorded, so that it can't be rolled back
  // unnoticed. OK also if the server can't be reached any more.
  absl::Status CheckAfterWriting();

  // The checkpoint checked last. REQUIRES: verifies(), and a check succeeded.
  const OpenedCheckpoint& latest() const { return *latest_; }
  // As the server sent it.
  const std::string& note() const { return note_; }

  // OK if the checkpoint checked last extends `earlier`, which `note` carries
  // and the caller verified at another time; otherwise an error as Check's.
  // Under a policy also OK if it is the beginning of `earlier`.
  absl::Status RequireExtensionOf(const ledger::Checkpoint& earlier,
                                  const std::string& note) const;

  // The checkpoint checked last, or a newer one if it has no entry `index`.
  // ENTRY_NOT_WITNESSED if only a checkpoint that the policy does not accept
  // can have it: that may change soon.
  absl::StatusOr<ledger::Checkpoint> Covering(uint64_t index);
  // The same for the first `size` entries; there may be none.
  absl::Status RequireCovered(uint64_t size);

  // Says on the error stream what was verified, of which ledger, by which key.
  void TellVerified(const Text& what) const;

 private:
  struct Remembered {
    std::string note;  // Empty if there is none.
    std::optional<ledger::Checkpoint> checkpoint;
  };
  // What a server answered with.
  struct ShownCheckpoint {
    const OpenedCheckpoint& opened;
    const std::string& note;
    Shown which = Shown::kLatest;
  };

  explicit LedgerTrust(Session* session) : session_(session) {}
  // By --key and the pin, saying nothing.
  enum class Asks { kServer, kNoServer };
  static absl::StatusOr<LedgerTrust> FromKeys(Asks asks, Session* session);
  static absl::StatusOr<LedgerTrust> Require(Asks asks, Session* session);
  absl::Status AddPin(const TrustStore& store, const Pin& pin);
  absl::StatusOr<Remembered> Recall() const;
  absl::StatusOr<OpenedCheckpoint> Open(const std::string& note,
                                        const std::string& remembered) const;
  // By the policy.
  Shown Asked() const;
  absl::Status RequireExtension(const Remembered& remembered,
                                const ShownCheckpoint& shown) const;
  static bool IsNews(const ledger::Checkpoint& checkpoint,
                     const Remembered& remembered);
  absl::Status RequireOneLedger(const OpenedCheckpoint& opened,
                                const std::string& note) const;
  absl::Status Accuse(const absl::Status& failure,
                      const std::string& remembered, const std::string& shown,
                      std::vector<ledger::Hash> proof) const;
  void TellNothingIsVerified() const;

  Session* session_;
  std::optional<LedgerKeys> keys_;
  // Only of a pinned server: what is remembered, signed by one of these.
  std::optional<TrustStore> store_;
  std::optional<LedgerKeys> pinned_;
  // The other servers that are pinned to the same ledger.
  std::vector<Pin> siblings_;
  std::optional<OpenedCheckpoint> latest_;
  std::string note_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_TRUST_LEDGER_TRUST_H_
