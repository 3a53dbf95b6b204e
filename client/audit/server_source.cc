#include "client/audit/server_source.h"

#include <utility>

#include "google/protobuf/arena.h"
#include "ledger/tile_path.h"
#include "ledger/tree.h"

namespace annals::client {
namespace {

// A chunk ends with the entry that exceeds it, so that memory is bounded.
constexpr uint64_t kChunkBytesMax = 4 << 20;

EntryBytes BytesOf(const v1::WatchEntriesResponse& entry) {
  EntryBytes bytes{entry.index(), entry.leaf()};
  if (!entry.salt().empty() || !entry.content().empty()) {
    bytes.salt = entry.salt();
    bytes.content = entry.content();
  }
  if (entry.has_erased_by()) bytes.erased_by = entry.erased_by();
  return bytes;
}

}  // namespace

bool ServerSource::ReadChunk(std::vector<v1::WatchEntriesResponse>* entries,
                             FactsChunk* chunk) {
  MutexLock lock(&mutex_);
  if (ended_) return false;
  while (entries->size() < ledger::kTileWidth &&
         chunk->bytes < kChunkBytesMax) {
    auto entry = stream_.Next();
    if (!entry.ok()) chunk->fault = entry.status();
    if (!entry.ok() || !entry->has_value()) {
      ended_ = true;
      break;
    }
    chunk->bytes += (*entry)->leaf().size() + (*entry)->salt().size() +
                    (*entry)->content().size();
    entries->push_back(**std::move(entry));
  }
  if (entries->empty() && chunk->fault.ok()) return false;
  chunk->number = next_number_++;
  return true;
}

bool ServerSource::Next(FactsChunk* chunk) {
  std::vector<v1::WatchEntriesResponse> entries;
  if (!ReadChunk(&entries, chunk)) return false;
  google::protobuf::Arena arena;
  chunk->facts.reserve(entries.size());
  for (const v1::WatchEntriesResponse& entry : entries) {
    auto facts = ReadEntryFacts(BytesOf(entry), check_, &arena);
    if (facts.ok()) {
      const absl::Status added =
          ledger::AppendBundleEntry(entry.leaf(), &chunk->leaves);
      if (!added.ok()) facts = added;
    }
    if (!facts.ok()) {
      chunk->fault = facts.status();
      break;
    }
    chunk->facts.push_back(*std::move(facts));
  }
  return true;
}

}  // namespace annals::client
