// A witness's state in a directory.
//
//   lock             held while a witness runs on it
//   ID.checkpoint    the checkpoint of a log that was cosigned last, as a note
//                    with the log's signatures and the witness's own
//   ID.known         that there is such a checkpoint, so that its loss is no
//   new
//                    beginning
//   ID.fork          the first checkpoint seen of a size cosigned last but with
//                    another root, as evidence; and
//   ID.fork-cosigned the one of that size that was cosigned
//
// ID is SHA-256 of the log's origin in hex.

#ifndef ANNALS_CLIENT_WITNESS_WITNESS_DIRECTORY_H_
#define ANNALS_CLIENT_WITNESS_WITNESS_DIRECTORY_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/witness/witness.h"
#include "ledger/file_io.h"

namespace annals::client {

class WitnessDirectory : public WitnessStore {
 public:
  // Creates the directory if it is not there, and holds its lock.
  // FAILED_PRECONDITION with reason FILE_LOCKED if another witness does.
  static absl::StatusOr<std::unique_ptr<WitnessDirectory>> Open(
      const std::string& path);

  // FAILED_PRECONDITION with reason WITNESS_STATE_MISSING if a checkpoint was
  // kept and is gone.
  absl::StatusOr<std::optional<std::string>> Read(
      absl::string_view origin) override;
  absl::Status Write(absl::string_view origin, absl::string_view note) override;
  absl::Status KeepFork(absl::string_view origin,
                        absl::string_view note) override;

  // The file that the origin's checkpoint is kept in.
  std::string PathOf(absl::string_view origin) const;

 private:
  WitnessDirectory(std::string path, ledger::FileLock lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}
  std::string Prefix(absl::string_view origin) const;

  const std::string path_;
  const ledger::FileLock lock_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_WITNESS_WITNESS_DIRECTORY_H_
