// The daemon's data directory.
//
//   lock                  held while a daemon runs
//   first_start           there until a first start is complete
//   signing_key.pem       the Ed25519 key, mode 0600, unless one elsewhere is
//                         used
//   db/                   the database
//   published_checkpoint  the published mark
//   verifier_key          the public key as a vkey, its name the origin
//   restoring/            from the beginning of a restore until it has
//                         succeeded; nothing is served while it is there. It
//                         holds a file `moving` once what it holds is moved
//   restored/             what is left of it afterwards; of no use
//   following             in a follower's directory only: the origin of the
//                         ledger that is copied into it
//   evidence-*.txt        what a follower's primary was refused for
//   witnessed_checkpoint  the latest checkpoint that enough witnesses cosigned,
//                         if any are asked; a copy that may be lost
//
// They are made in this order on the first start, but for the last two, the
// verifier key when all else is there. So a first start that was cut short is
// taken up again, while anything missing beside a verifier key, or beside a
// key's database, was lost later and is refused. So is a key that stands alone
// without a first start: its ledger is elsewhere, or was to be restored, and an
// empty one in its place would contradict what that key has signed.

#ifndef ANNALS_SERVICE_DATA_DIR_H_
#define ANNALS_SERVICE_DATA_DIR_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/file_io.h"
#include "ledger/note.h"
#include "ledger/note_signer.h"
#include "ledger/signer.h"

namespace annals {

// Where the keys are that sign. By default the one in the directory.
//
// A change of keys goes in two steps, each a restart:
//   1. with `next_key` both keys sign each checkpoint, so that whoever pins the
//      old one and whoever pins the new one can verify;
//   2. with `signing_key` the new one and `previous_vkey` the old one's public
//      key only the new one signs; what the old one signed stays valid.
// The change itself is an entry of the ledger (key_change.h).
struct KeySources {
  // A path, or a URI as of ledger/provider_signer.h. Empty: signing_key.pem.
  std::string signing_key;
  std::string next_key;
  // A vkey of the ledger's origin.
  std::string previous_vkey;
  // An SM2 key that signs each checkpoint as well; as `signing_key`. Empty:
  // none.
  std::string sm2_key;
  // The provider of OpenSSL to load for URIs.
  std::string openssl_provider;
};

class DataDir {
 public:
  // Creates the directory (mode 0700) and what is missing of a first start, or
  // opens it. `origin` is required on the first start; later it may be empty.
  //   INVALID_ARGUMENT, ORIGIN_REQUIRED or INVALID_ORIGIN;
  //   FAILED_PRECONDITION, DATA_DIR_IN_USE: another daemon runs on it;
  //   FAILED_PRECONDITION, ORIGIN_MISMATCH: the ledger has another origin;
  //   FAILED_PRECONDITION, IS_A_FOLLOWER: it holds a copy of another daemon's;
  //   FAILED_PRECONDITION, SIGNING_KEY_MISSING or VERIFIER_KEY_MISMATCH;
  //   DATA_LOSS, VERIFIER_KEY_DAMAGED;
  //   FAILED_PRECONDITION, KEY_NAME_MISMATCH: a key file says another name;
  //   INVALID_ARGUMENT, SM2_KEY_REQUIRED: the second key is not of SM2;
  //   INVALID_ARGUMENT, KEY_CHANGE_INVALID: the next or previous key is the
  //     present one, or of another origin;
  //   DATA_LOSS, LEDGER_FILES_MISSING: the database or the mark is gone;
  //   FAILED_PRECONDITION, LEDGER_MISSING: a key, but no ledger beside it;
  //   FAILED_PRECONDITION, RESTORE_INCOMPLETE: a restore has not succeeded;
  //   UNAVAILABLE, DATA_DIR_UNUSABLE: the system refuses, and why.
  static absl::StatusOr<std::unique_ptr<DataDir>> Open(
      const std::string& path, const std::string& origin,
      const KeySources& keys = {});

  // Creates the directory of a follower, or opens it: without signing key,
  // under `key`, one of its primary's. Errors as of Open, and
  // FAILED_PRECONDITION with reason NOT_A_FOLLOWER (it holds a ledger, or a
  // signing key, of its own) or FOLLOWS_OTHER_LEDGER.
  static absl::StatusOr<std::unique_ptr<DataDir>> OpenToFollow(
      const std::string& path, const ledger::NoteVerifier& key);

  // Opens the directory of a stopped daemon to look at it, with the verifier
  // key it keeps and without its signing key. Errors as of Open, and
  // FAILED_PRECONDITION, NO_LEDGER if it holds none.
  static absl::StatusOr<std::unique_ptr<DataDir>> OpenToCheck(
      const std::string& path);

  // Creates the directory if it is not there, and opens it for a ledger that is
  // to be restored into it. Its signing key must be in it or named; neither a
  // database nor a mark may be, but for what a restore left that was cut short.
  // From here on until CompleteRestore the directory is refused by Open. Errors
  // as of Open, and FAILED_PRECONDITION, DATA_DIR_NOT_EMPTY.
  static absl::StatusOr<std::unique_ptr<DataDir>> OpenToRestore(
      const std::string& path, const std::string& origin,
      const KeySources& keys);

  DataDir(const DataDir&) = delete;
  DataDir& operator=(const DataDir&) = delete;

  // Says that the ledger is there, under its present key: writes the verifier
  // key if it is not there, or still the previous one.
  absl::Status Complete();
  // The same under the key that signed what was copied or restored: if it is
  // not the present one, the change of keys is still to come, or to come again.
  absl::Status CompleteUnder(const ledger::NoteVerifier& verifier);
  // Says that what was restored is in its place, under the key that signed it:
  // if it is not the present one, the change of keys is still to come, or to
  // come again. By its last step, one renaming, the directory becomes one that
  // Open takes.
  absl::Status CompleteRestore(const ledger::NoteVerifier& verifier);

  ledger::Signer* signer() { return signer_.get(); }
  const ledger::NoteVerifier& verifier() const { return *verifier_; }
  // Null unless there is a next key.
  ledger::Signer* next_signer() { return next_signer_.get(); }
  const ledger::NoteVerifier* next_verifier() const {
    return next_verifier_.get();
  }
  // Null unless an SM2 key was named.
  const ledger::NoteSigner* second_signer() const {
    return second_signer_.get();
  }
  // Null unless a previous key was named.
  const ledger::NoteVerifier* previous_verifier() const {
    return previous_verifier_.get();
  }
  // Whether a checkpoint was ever published here.
  bool was_complete() const { return was_complete_; }
  // True if the verifier key in the directory is still the previous one.
  bool is_key_changing() const { return is_key_changing_; }
  // The present one first.
  std::vector<ledger::NoteVerifier> AllVerifiers() const;
  const std::string& origin() const { return verifier_->name(); }
  const std::string& path() const { return path_; }
  std::string database_path() const { return path_ + "/db"; }
  std::string mark_path() const { return path_ + "/published_checkpoint"; }
  std::string restoring_path() const { return path_ + "/restoring"; }
  std::string moving_path() const { return restoring_path() + "/moving"; }
  std::string restored_path() const { return path_ + "/restored"; }
  std::string witnessed_path() const { return path_ + "/witnessed_checkpoint"; }

 private:
  DataDir(std::string path, KeySources keys)
      : path_(std::move(path)), keys_(std::move(keys)) {}

  absl::Status Create();
  absl::Status Lock();
  absl::Status RequireKey() const;
  absl::Status RequireFiles() const;
  absl::Status RequireNoCopy() const;
  absl::Status RequireCopyOf(const std::string& origin) const;
  absl::Status RequireRestorable() const;
  absl::Status BeginFirstStart();
  absl::Status MakeKey();
  absl::StatusOr<std::unique_ptr<ledger::Signer>> OpenKey(
      const std::string& source, const std::string& origin) const;
  absl::Status OpenSecondKey(const std::string& origin);
  absl::Status OpenKeys(const std::string& origin);
  absl::Status OpenOtherKeys(const std::string& origin);
  absl::Status OpenVerifier(const std::string& origin);
  // The origin that the directory knows; empty if it knows none.
  absl::StatusOr<std::string> KnownOrigin() const;
  absl::StatusOr<std::string> OriginOfMark() const;

  std::string first_start_path() const { return path_ + "/first_start"; }
  std::string following_path() const { return path_ + "/following"; }
  std::string key_path() const { return path_ + "/signing_key.pem"; }
  std::string verifier_path() const { return path_ + "/verifier_key"; }

  const std::string path_;
  const KeySources keys_;
  std::optional<ledger::FileLock> lock_;
  std::unique_ptr<ledger::Signer> signer_;
  std::unique_ptr<ledger::NoteVerifier> verifier_;
  std::unique_ptr<ledger::Signer> next_signer_;
  std::unique_ptr<ledger::NoteVerifier> next_verifier_;
  std::unique_ptr<ledger::NoteSigner> second_signer_;
  std::unique_ptr<ledger::NoteVerifier> previous_verifier_;
  bool is_key_changing_ = false;
  bool was_complete_ = false;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_DATA_DIR_H_
