// The system calls by which the ledger's own code changes files, under the eyes
// of a FileWatcher. The linker leads them here (--wrap, which the
// library watched_files asks for), so that the code has no seam for it, and a
// sync that it forgets is one that the watcher never hears of. RocksDB is a
// library of its own and is not led here; see watched_file_system.h.

#ifndef ANNALS_TESTS_SUPPORT_WATCHED_CALLS_H_
#define ANNALS_TESTS_SUPPORT_WATCHED_CALLS_H_

#include <string>

#include "tests/support/file_watcher.h"

namespace annals {

// While it lives, what is done to files below the directory `root` is told to
// `watcher`. One at a time. Not owned; must outlive this, and so must every
// file that is opened meanwhile.
class WatchedCalls {
 public:
  WatchedCalls(std::string root, FileWatcher* watcher);
  ~WatchedCalls();
  WatchedCalls(const WatchedCalls&) = delete;
  WatchedCalls& operator=(const WatchedCalls&) = delete;
};

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_WATCHED_CALLS_H_
