// Where an audit's entries come from, and the threads that read and check them.

#ifndef ANNALS_CLIENT_AUDIT_ENTRY_SOURCE_H_
#define ANNALS_CLIENT_AUDIT_ENTRY_SOURCE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/audit/entry_facts.h"

namespace annals::client {

// Consecutive entries, each checked on its own.
struct FactsChunk {
  uint64_t number = 0;  // Of the chunk, from 0.
  std::vector<EntryFacts> facts;
  // The leaves of `facts`, as an entry bundle (C2SP tlog-tiles).
  std::string leaves;
  // What is wrong with the entry after `facts`, or with the source; OK if
  // nothing is.
  absl::Status fault;
  // Of leaves, salts and contents.
  uint64_t bytes = 0;
};

// Thread-safe.
class EntrySource {
 public:
  virtual ~EntrySource() = default;
  // Reads and checks the next chunk. False, and no chunk, behind the last one.
  virtual bool Next(FactsChunk* chunk) = 0;
};

// Reads all chunks of `source` on `threads` threads and calls `take` with each,
// in their order, on the caller's thread. Ends with the first error: a chunk's
// fault, after its facts were taken, or that of `take`.
absl::Status ReadInOrder(
    EntrySource* source, int threads,
    const std::function<absl::Status(const FactsChunk&)>& take);

// One per processor.
int AuditThreads();

}  // namespace annals::client

#endif  // ANNALS_CLIENT_AUDIT_ENTRY_SOURCE_H_
