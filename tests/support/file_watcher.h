// What a process does to its files, told one action at a time: by RocksDB
// through WatchedFileSystem, by the ledger's own code through WatchedCalls. A
// test watches it, lets it fail, or ends the process in the middle.

#ifndef ANNALS_TESTS_SUPPORT_FILE_WATCHER_H_
#define ANNALS_TESTS_SUPPORT_FILE_WATCHER_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"

namespace annals {

enum class FileAction {
  kCreate,  // An empty file, or one that is emptied.
  kWrite,
  kTruncate,
  kSync,
  kRename,
  kLink,
  kRemove,
  kMakeDirectory,
  kSyncDirectory,  // The names in it.
};

struct FileEvent {
  FileAction action = FileAction::kWrite;
  std::string path;
  std::string target;       // The new name, of kRename and kLink.
  uint64_t offset = 0;      // Of kWrite; the new size of kTruncate.
  absl::string_view bytes;  // Of kWrite.
};

// Thread-safe.
class FileWatcher {
 public:
  virtual ~FileWatcher() = default;

  // Lets `act` do what `event` says, or not. Both return a value of errno, 0 if
  // all went well.
  virtual int Run(const FileEvent& event, absl::FunctionRef<int()> act) = 0;
};

// What the event is to a ledger, such as "log sync" or "mark write": the kind
// of file by its name, and the action.
std::string StepName(const FileEvent& event);

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_FILE_WATCHER_H_
