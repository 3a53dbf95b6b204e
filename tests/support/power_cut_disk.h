// A disk whose power can be cut. What was written and not synced may then be
// lost, and so may names whose directory was not synced.
//
// The files are real ones below a directory; beside them the disk remembers
// what of each a power cut leaves for sure. The fault model:
//   - Bytes are safe when a sync of their file has returned. Of bytes that were
//     not synced none, all, or some remain: a part of them up to any byte
//     (torn); or the file has its new length and some of its blocks of 4 KiB,
//     with what was there before, zeros at its end, in place of the others; or
//     the same with sectors of 512 bytes, and garbage as well.
//   - Names (made, renamed, linked, removed) are safe when a sync of their
//     directory has returned; syncing a file does not save its name. Of changes
//     that were not synced the first few remain, none to all: they are
//     journaled in their order.
//   - Each action happens at one moment, before or after the cut.
// Syncs are not passed on to the system, whose memory the test does not lose.

#ifndef ANNALS_TESTS_SUPPORT_POWER_CUT_DISK_H_
#define ANNALS_TESTS_SUPPORT_POWER_CUT_DISK_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "ledger/mutex.h"
#include "tests/support/file_watcher.h"

namespace annals {

// What remains of that which was not synced.
enum class UnsyncedBytes { kLost, kKept, kTorn, kZeros, kGarbage };
enum class UnsyncedNames { kLost, kKept, kSome };

struct PowerLoss {
  UnsyncedBytes bytes = UnsyncedBytes::kLost;
  UnsyncedNames names = UnsyncedNames::kLost;
};

// When the power is cut.
struct PowerCut {
  // At the `pass`-th passing, counted from 1, of the step (see StepName), or of
  // any step if it is empty.
  std::string step;
  uint64_t pass = 1;
  // Before the step, or after it.
  bool is_after = false;
};

// Thread-safe but for Restore.
class PowerCutDisk : public FileWatcher {
 public:
  // An empty directory that is there.
  explicit PowerCutDisk(std::string root) : root_(std::move(root)) {}

  int Run(const FileEvent& event, absl::FunctionRef<int()> act) override;

  // From now on. Nothing is done to the disk after the cut: it is an error.
  void CutAt(const PowerCut& cut);
  void CutNow();

  // A disk that says that the step was done and does nothing.
  void LieAbout(const std::string& step);

  bool is_off();
  // The step at which the power was cut, such as "before log sync"; empty if it
  // was not.
  std::string cut_at();
  // How often each step was passed since the disk was made.
  std::map<std::string, uint64_t> steps();

  // Cuts the power if it is on, and turns it on again: the files are then what
  // the loss leaves. No file may be open.
  void Restore(const PowerLoss& loss, uint64_t seed);

 private:
  struct Write {
    bool is_truncation = false;
    uint64_t offset = 0;  // Or the new size.
    std::string bytes;
  };
  struct File {
    bool is_directory = false;
    std::string safe;
    std::vector<Write> unsynced;
  };
  using Files = std::map<std::string, std::shared_ptr<File>>;
  // Names of one directory and what they are from now on; null: nothing.
  struct NameChange {
    std::string directory;
    std::vector<std::pair<std::string, std::shared_ptr<File>>> names;
  };

  bool IsCut(const FileEvent& event, bool is_after)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Record(const FileEvent& event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ChangeNames(NameChange change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SyncDirectory(const std::string& path)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The file of that name; null if it is none that the disk has heard of.
  std::shared_ptr<File> Find(const std::string& path)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Writes the safe files out.
  void WriteOut() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  static void Apply(const Write& write, std::string* bytes);
  static void Apply(const NameChange& change, Files* files);
  static std::string Remains(const File& file, UnsyncedBytes unsynced,
                             std::mt19937_64* random);

  const std::string root_;
  Mutex mutex_;
  Files files_ ABSL_GUARDED_BY(mutex_);  // By path, as they are.
  Files safe_ ABSL_GUARDED_BY(mutex_);   // As a cut leaves them for sure.
  std::vector<NameChange> unsynced_names_ ABSL_GUARDED_BY(mutex_);
  std::optional<PowerCut> cut_ ABSL_GUARDED_BY(mutex_);
  uint64_t passes_ ABSL_GUARDED_BY(mutex_) = 0;  // Of the step to cut at.
  bool is_off_ ABSL_GUARDED_BY(mutex_) = false;
  std::string cut_at_ ABSL_GUARDED_BY(mutex_);
  std::string lie_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, uint64_t> steps_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_POWER_CUT_DISK_H_
