#include "client/audit/entry_source.h"

#include <algorithm>
#include <map>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "ledger/mutex.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

// Chunks that wait for their turn, so that memory is bounded.
constexpr size_t kChunksPerThread = 2;

class Pipeline {
 public:
  Pipeline(EntrySource* source, int threads)
      : source_(*source),
        chunks_max_(kChunksPerThread * static_cast<size_t>(threads)),
        readers_(threads) {
    for (int i = 0; i < threads; ++i) {
      threads_.emplace_back([this] { Read(); });
    }
  }

  ~Pipeline() {
    {
      MutexLock lock(&mutex_);
      stopped_ = true;
      changed_.SignalAll();
    }
    for (std::thread& thread : threads_) thread.join();
  }

  // The next chunk in order; false if there is none.
  bool Take(FactsChunk* chunk) {
    MutexLock lock(&mutex_);
    while (ready_.count(next_) == 0 && readers_ > 0) changed_.Wait(&mutex_);
    const auto found = ready_.find(next_);
    if (found == ready_.end()) return false;
    *chunk = std::move(found->second);
    ready_.erase(found);
    ++next_;
    --chunks_;
    changed_.SignalAll();
    return true;
  }

 private:
  void Read() {
    while (MayRead()) {
      FactsChunk chunk;
      const bool is_chunk = source_.Next(&chunk);
      MutexLock lock(&mutex_);
      if (!is_chunk) break;
      ready_.emplace(chunk.number, std::move(chunk));
      changed_.SignalAll();
    }
    MutexLock lock(&mutex_);
    --readers_;
    changed_.SignalAll();
  }

  bool MayRead() {
    MutexLock lock(&mutex_);
    while (!stopped_ && chunks_ >= chunks_max_) changed_.Wait(&mutex_);
    if (stopped_) return false;
    ++chunks_;
    return true;
  }

  EntrySource& source_;
  const size_t chunks_max_;
  Mutex mutex_;
  CondVar changed_;
  std::map<uint64_t, FactsChunk> ready_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_ ABSL_GUARDED_BY(mutex_) = 0;
  // Being read or waiting.
  size_t chunks_ ABSL_GUARDED_BY(mutex_) = 0;
  int readers_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace

absl::Status ReadInOrder(
    EntrySource* source, int threads,
    const std::function<absl::Status(const FactsChunk&)>& take) {
  Pipeline pipeline(source, threads);
  FactsChunk chunk;
  while (pipeline.Take(&chunk)) {
    RETURN_IF_ERROR(take(chunk));
    RETURN_IF_ERROR(chunk.fault);
  }
  return absl::OkStatus();
}

int AuditThreads() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace annals::client
