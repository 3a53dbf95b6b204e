// RocksDB's files under the eyes of a FileWatcher.

#ifndef ANNALS_TESTS_SUPPORT_WATCHED_FILE_SYSTEM_H_
#define ANNALS_TESTS_SUPPORT_WATCHED_FILE_SYSTEM_H_

#include <memory>

#include "rocksdb/env.h"
#include "tests/support/file_watcher.h"

namespace annals {

// The system's Env, with every change of a file told to `watcher`, which is not
// owned and must outlive it. RocksDB's trace (LOG) is not told of, nor is what
// only reads. What the store has no use for, such as direct I/O, is refused, so
// that nothing goes past the watcher.
std::unique_ptr<rocksdb::Env> NewWatchedEnv(FileWatcher* watcher);

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_WATCHED_FILE_SYSTEM_H_
