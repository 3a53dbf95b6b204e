#include "ledger/stream_lengths.h"

namespace annals::ledger {

std::optional<uint64_t> StreamLengths::Get(absl::string_view stream) {
  const auto found = by_stream_.find(stream);
  if (found == by_stream_.end()) return std::nullopt;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->second;
}

void StreamLengths::Set(absl::string_view stream, uint64_t length) {
  if (const auto found = by_stream_.find(stream); found != by_stream_.end()) {
    found->second->second = length;
    entries_.splice(entries_.begin(), entries_, found->second);
    return;
  }
  entries_.emplace_front(std::string(stream), length);
  by_stream_.emplace(entries_.front().first, entries_.begin());
  if (entries_.size() <= streams_max_) return;
  by_stream_.erase(entries_.back().first);
  entries_.pop_back();
}

}  // namespace annals::ledger
