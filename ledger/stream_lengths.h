// The lengths of the streams that were used last, so that the sequencer need
// not ask the store for each append.

#ifndef ANNALS_LEDGER_STREAM_LENGTHS_H_
#define ANNALS_LEDGER_STREAM_LENGTHS_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace annals::ledger {

// Keeps at most `streams_max` streams, and forgets the one longest unused. Not
// thread-safe.
class StreamLengths {
 public:
  explicit StreamLengths(size_t streams_max) : streams_max_(streams_max) {}

  StreamLengths(const StreamLengths&) = delete;
  StreamLengths& operator=(const StreamLengths&) = delete;

  std::optional<uint64_t> Get(absl::string_view stream);
  void Set(absl::string_view stream, uint64_t length);

 private:
  using Entries = std::list<std::pair<std::string, uint64_t>>;

  const size_t streams_max_;
  Entries entries_;  // The last used first.
  // The keys are those in entries_.
  absl::flat_hash_map<absl::string_view, Entries::iterator> by_stream_;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_STREAM_LENGTHS_H_
