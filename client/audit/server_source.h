// The entries of an audit as a server streams them.

#ifndef ANNALS_CLIENT_AUDIT_SERVER_SOURCE_H_
#define ANNALS_CLIENT_AUDIT_SERVER_SOURCE_H_

#include <cstdint>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "client/audit/entry_facts.h"
#include "client/audit/entry_source.h"
#include "client/entry_stream.h"
#include "ledger/mutex.h"

namespace annals::client {

class ServerSource : public EntrySource {
 public:
  // Not owned; must outlive this, as what `check` views. Nobody else reads the
  // stream.
  ServerSource(EntryStream* stream, const EntryCheck& check)
      : check_(check), stream_(*stream) {}

  bool Next(FactsChunk* chunk) override;

 private:
  // One thread at a time reads the stream; all check what they have read.
  bool ReadChunk(std::vector<v1::WatchEntriesResponse>* entries,
                 FactsChunk* chunk);

  const EntryCheck check_;
  Mutex mutex_;
  EntryStream& stream_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_number_ ABSL_GUARDED_BY(mutex_) = 0;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_AUDIT_SERVER_SOURCE_H_
