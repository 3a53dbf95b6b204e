#include "service/answer_cache.h"

namespace annals {

SharedBytes AnswerCache::Find(uint64_t entry_index) {
  Shard& shard = ShardOf(entry_index);
  MutexLock lock(&shard.mutex);
  const auto place = shard.places.find(entry_index);
  if (place == shard.places.end()) return nullptr;
  shard.answers.splice(shard.answers.begin(), shard.answers, place->second);
  return place->second->second;
}

void AnswerCache::Add(uint64_t entry_index, SharedBytes answer) {
  if (answer->size() > shard_bytes_max_) return;
  Shard& shard = ShardOf(entry_index);
  MutexLock lock(&shard.mutex);
  if (shard.places.contains(entry_index)) return;
  if (shard.dropped.contains(entry_index)) return;
  shard.bytes += answer->size();
  shard.answers.emplace_front(entry_index, std::move(answer));
  shard.places.emplace(entry_index, shard.answers.begin());
  while (shard.bytes > shard_bytes_max_) {
    const auto& [index, oldest] = shard.answers.back();
    shard.bytes -= oldest->size();
    shard.places.erase(index);
    shard.answers.pop_back();
  }
}

void AnswerCache::Drop(uint64_t entry_index) {
  Shard& shard = ShardOf(entry_index);
  MutexLock lock(&shard.mutex);
  shard.dropped.insert(entry_index);
  const auto place = shard.places.find(entry_index);
  if (place == shard.places.end()) return;
  shard.bytes -= place->second->second->size();
  shard.answers.erase(place->second);
  shard.places.erase(place);
}

}  // namespace annals
