// The streams that follow the ledger.
//
// A stream is in one state at a time, under its mutex, and whoever takes it out
// of a state goes on with it:
//   reading   a worker reads its next page
//   writing   gRPC sends an entry of its page; OnWriteDone goes on
//   waiting   all is sent; the hub wakes it when the ledger grows
//   finished  Finish was called; only OnDone follows
// So Finish is called once, no write overtakes another, and a reader that is
// slow holds one page and no more. A heartbeat is a page of its own.

#ifndef ANNALS_SERVICE_WATCH_HUB_H_
#define ANNALS_SERVICE_WATCH_HUB_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "annals/v1/ledger_service.pb.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "ledger/clock.h"
#include "ledger/ledger.h"
#include "ledger/mutex.h"
#include "service/caller_limiter.h"
#include "service/limit_counters.h"
#include "service/publication.h"
#include "service/recorded_call.h"
#include "service/refusal_hold.h"
#include "service/stream_slots.h"
#include "service/view.h"
#include "service/watch_cursor.h"
#include "service/watch_filter.h"
#include "service/worker_pool.h"

namespace annals {

class WatchStream;

// What a watcher asks for.
struct WatchOrder {
  WatchRange range;
  WatchFilter filter;
  // Between two heartbeats; zero for none.
  absl::Duration heartbeat;
  // Asked before each page, on a worker's thread: how much may be seen; an
  // error ends the stream, as does less than before. Null: everything.
  std::function<absl::StatusOr<View>()> authorize;
  // Given back when the stream is done.
  std::optional<CallerLimiter::Pass> pass;
};

// Thread-safe.
class WatchHub {
 public:
  // What it works with. None is owned; all must outlive it.
  struct Parts {
    ledger::Ledger* ledger = nullptr;
    // Heartbeats are due by it.
    ledger::Clock* clock = nullptr;
    WorkerPool* workers = nullptr;
    LimitCounters* counters = nullptr;
    RefusalHold* refusals = nullptr;
    // Null if everybody sees all.
    const Publications* publications = nullptr;
  };

  WatchHub(const Parts& parts, const StreamSlotLimits& limits);
  // REQUIRES: every stream is done.
  ~WatchHub();

  // Follows the ledger as ordered, and records the call at its end. The stream
  // ends at once with the order's error if it is one; as
  // WatchCursor::CheckRange and NextPage; with RESOURCE_EXHAUSTED,
  // TOO_MANY_WATCHERS or TOO_MANY_CALLER_STREAMS if there are too many; with
  // UNAVAILABLE, SHUTTING_DOWN when the hub stops; with OK at the range's end.
  // `lane` is the caller's, let in or not, as Admission has it.
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Watch(
      grpc::CallbackServerContext* context, RecordedCall call,
      absl::StatusOr<WatchOrder> order, uint64_t lane, size_t request_bytes);

  // Ends every stream: those that wait at once, the others when what they are
  // at is done.
  void Stop();

  // Every stream is done.
  bool IsIdle();

  // Cancels what is left of them: streams whose reader does not read.
  void CancelAll();

  // Cancels the streams whose reader has taken nothing since `time`.
  void CancelStalled(absl::Time time);

 private:
  friend class WatchStream;

  // The ledger has grown.
  void OnGrowth();
  // A stream in the list may be done already, and then lets itself be called.
  std::vector<std::shared_ptr<WatchStream>> Streams();
  // Owns the stream from now on. UNAVAILABLE if the hub has stopped.
  absl::Status Keep(const std::shared_ptr<WatchStream>& stream);
  void Remove(WatchStream* stream);
  // Of the thread that heartbeats are due by: sends those that are.
  void RunTicks();
  // False if the hub ends.
  bool WaitForTick();

  const Parts parts_;
  StreamSlots slots_;
  // One wake-up is queued at a time.
  std::atomic<bool> wake_is_queued_ = false;
  Mutex mutex_;
  // Owns the streams, until gRPC is done with them: those that are refused too,
  // which have no slot.
  absl::flat_hash_map<WatchStream*, std::shared_ptr<WatchStream>> streams_
      ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  // Of the ticks: how many streams want them, and whether they end.
  size_t heartbeat_streams_ ABSL_GUARDED_BY(mutex_) = 0;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  CondVar ticks_changed_;
  ledger::Ledger::ListenerId listener_ = 0;
  // Last: it uses all of the above.
  std::thread ticker_;
};

// As ReadWatchFilter.
absl::StatusOr<WatchOrder> ReadWatchOrder(
    const v1::WatchEntriesRequest& request);

}  // namespace annals

#endif  // ANNALS_SERVICE_WATCH_HUB_H_
