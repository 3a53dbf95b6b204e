// The daemon's data directory.
//
//   lock                  held while a daemon runs
//   signing_key.pem       the Ed25519 key, mode 0600
//   db/                   the database
//   published_checkpoint  the published mark
//   verifier_key          the public key as a vkey, its name the origin
//   witnessed_checkpoint  the latest checkpoint that enough witnesses cosigned,
//                         if any are asked; a copy that may be lost
//
// They are made in this order on the first start, but for the last, the
// verifier key when all else is there. So a first start that was cut short is
// taken up again, while anything missing beside a verifier key, or beside a
// key's database, was lost later and is refused.

#ifndef ANNALS_SERVICE_DATA_DIR_H_
#define ANNALS_SERVICE_DATA_DIR_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/note.h"
#include "ledger/signer.h"

namespace annals {

class DataDir {
 public:
  // Creates the directory (mode 0700) and what is missing of a first start, or
  // opens it. `origin` is required on the first start; later it may be empty.
  //   INVALID_ARGUMENT, ORIGIN_REQUIRED or INVALID_ORIGIN;
  //   FAILED_PRECONDITION, DATA_DIR_IN_USE: another daemon runs on it;
  //   FAILED_PRECONDITION, ORIGIN_MISMATCH: the ledger has another origin;
  //   FAILED_PRECONDITION, SIGNING_KEY_MISSING or VERIFIER_KEY_MISMATCH;
  //   DATA_LOSS, LEDGER_FILES_MISSING: the database or the mark is gone;
  //   UNAVAILABLE, DATA_DIR_UNUSABLE: the system refuses, and why.
  static absl::StatusOr<std::unique_ptr<DataDir>> Open(
      const std::string& path, const std::string& origin);

  // Releases the lock.
  ~DataDir();
  DataDir(const DataDir&) = delete;
  DataDir& operator=(const DataDir&) = delete;

  // Says that the ledger is there: writes the verifier key if it is not.
  absl::Status Complete();

  ledger::Ed25519Signer* signer() { return signer_.get(); }
  const ledger::NoteVerifier& verifier() const { return *verifier_; }
  const std::string& origin() const { return verifier_->name(); }
  std::string database_path() const { return path_ + "/db"; }
  std::string mark_path() const { return path_ + "/published_checkpoint"; }
  std::string witnessed_path() const { return path_ + "/witnessed_checkpoint"; }

 private:
  explicit DataDir(std::string path) : path_(std::move(path)) {}

  absl::Status Create();
  absl::Status Lock();
  absl::Status RequireFiles() const;
  absl::Status OpenKey();
  absl::Status OpenVerifier(const std::string& origin);
  // The origin that the directory knows; empty if it knows none.
  absl::StatusOr<std::string> KnownOrigin() const;
  absl::StatusOr<std::string> OriginOfMark() const;

  std::string key_path() const { return path_ + "/signing_key.pem"; }
  std::string verifier_path() const { return path_ + "/verifier_key"; }

  const std::string path_;
  int lock_fd_ = -1;
  std::unique_ptr<ledger::Ed25519Signer> signer_;
  std::unique_ptr<ledger::NoteVerifier> verifier_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_DATA_DIR_H_
