// The client's configuration directory: the pins, their policies, the
// checkpoint verified last of each, and evidence against servers.
//
//   trust                        the pins (pin.h)
//   policy-SERVER.txt            a pin's tlog-policy
//   checkpoint-SERVER.txt        the signed note verified last
//   evidence-HASH.txt            two checkpoints that contradict each other
//   lock                         locked while any of it is changed
//
// SERVER is percent-encoded. The directory is the user's own, mode 0700.

#ifndef ANNALS_CLIENT_TRUST_TRUST_STORE_H_
#define ANNALS_CLIENT_TRUST_TRUST_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/language.h"
#include "client/trust/ledger_keys.h"
#include "client/trust/pin.h"
#include "ledger/file_io.h"

namespace annals::client {

// Where the configuration lives: $ANNALS_CONFIG_DIR, else
// $XDG_CONFIG_HOME/annals, else $HOME/.config/annals; empty if none is set.
std::string DefaultConfigDirectory(const Environment& environment);

inline constexpr size_t kEvidenceFilesMax = 100;

class TrustStore {
 public:
  // Nothing is made before something is to be written. FAILED_PRECONDITION
  // (CONFIG_DIRECTORY_UNKNOWN) if `directory` is empty; DIRECTORY_NOT_PRIVATE
  // if others can write into it.
  static absl::StatusOr<TrustStore> Open(std::string directory);

  const std::string& directory() const { return directory_; }

  // Held while something is read in order to be changed. Makes the directory.
  absl::StatusOr<ledger::FileLock> Lock() const;

  // As ParsePins; none if there is no file.
  absl::StatusOr<std::vector<Pin>> ReadPins() const;
  absl::StatusOr<std::optional<Pin>> FindPin(const std::string& server) const;

  // The keys of a pin, with its policy. INVALID_ARGUMENT, naming the file, if
  // that is malformed; NOT_FOUND if it is gone.
  absl::StatusOr<LedgerKeys> KeysOf(const Pin& pin) const;

  // The signed note verified last; nullopt if there is none.
  absl::StatusOr<std::optional<std::string>> ReadCheckpoint(
      const std::string& server) const;

  // REQUIRES, of these: the lock is held.
  absl::Status WritePins(const std::vector<Pin>& pins) const;
  absl::Status WriteCheckpoint(const std::string& server,
                               absl::string_view note) const;
  // The name of the file that the policy was written to.
  absl::StatusOr<std::string> WritePolicy(const std::string& server,
                                          absl::string_view policy) const;
  // Forgets what goes with a pin: its policy and its checkpoint.
  absl::Status RemoveFilesOf(const std::string& server) const;

  std::string CheckpointPath(const std::string& server) const;

  // Keeps a text for good: the path of its file. `digest` names it; what is
  // there under that name stays as it is. FAILED_PRECONDITION with reason
  // EVIDENCE_DIRECTORY_FULL beyond kEvidenceFilesMax: the first ones are
  // enough, and a hostile server must not fill the disk. The lock may be held
  // or not.
  absl::StatusOr<std::string> KeepEvidence(absl::string_view digest,
                                           absl::string_view text) const;

 private:
  explicit TrustStore(std::string directory)
      : directory_(std::move(directory)) {}
  std::string Path(absl::string_view name) const;
  std::string PolicyName(const std::string& server) const;

  std::string directory_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_TRUST_TRUST_STORE_H_
