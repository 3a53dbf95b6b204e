// Answers about entries that were read and verified lately, so that a report
// that many ask for is answered from memory. What an entry says never changes,
// so an answer about one is good for as long as the entry's content may be
// shown.

#ifndef ANNALS_SERVICE_ANSWER_CACHE_H_
#define ANNALS_SERVICE_ANSWER_CACHE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "ledger/mutex.h"

namespace annals {

// The bytes of an answer, shared with the calls that send them.
using SharedBytes = std::shared_ptr<const std::string>;

inline constexpr size_t kDefaultAnswerCacheBytes = size_t{64} << 20;

// Keeps those used last. Thread-safe; never waits for long.
class AnswerCache {
 public:
  // `bytes_max`: of all answers together; 0 keeps none.
  explicit AnswerCache(size_t bytes_max)
      : shard_bytes_max_(bytes_max / kShards) {}

  // Null if there is none about the entry.
  SharedBytes Find(uint64_t entry_index);

  // Does nothing for an entry that was dropped.
  void Add(uint64_t entry_index, SharedBytes answer);

  // Keeps nothing about the entry from now on, as its content was erased.
  void Drop(uint64_t entry_index);

 private:
  // Threads seldom meet in one of so many.
  static constexpr size_t kShards = 16;

  struct Shard {
    using Answers = std::list<std::pair<uint64_t, SharedBytes>>;
    Mutex mutex;
    // Used last first.
    Answers answers ABSL_GUARDED_BY(mutex);
    absl::flat_hash_map<uint64_t, Answers::iterator> places
        ABSL_GUARDED_BY(mutex);
    // Someone may have read the content before it was erased, and come late.
    absl::flat_hash_set<uint64_t> dropped ABSL_GUARDED_BY(mutex);
    size_t bytes ABSL_GUARDED_BY(mutex) = 0;
  };

  Shard& ShardOf(uint64_t entry_index) {
    return shards_[entry_index % kShards];
  }

  const size_t shard_bytes_max_;
  std::array<Shard, kShards> shards_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_ANSWER_CACHE_H_
