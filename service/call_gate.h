// Which calls are under way, and whether more may come.
//
// gRPC's Server::Shutdown cancels what arrives while a client does not know of
// it yet, without a reason that the client could act on. So a drain closes the
// gate first: what comes is told that the server is shutting down, until
// nothing comes any more.

#ifndef ANNALS_SERVICE_CALL_GATE_H_
#define ANNALS_SERVICE_CALL_GATE_H_

#include <cstdint>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/mutex.h"

namespace annals {

// Thread-safe.
class CallGate {
 public:
  // A call under way, as long as it lives. It must not outlive the gate, so it
  // is given back before its call is finished.
  class Pass {
   public:
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Pass& operator=(Pass&& other) noexcept {
      std::swap(gate_, other.gate_);
      return *this;
    }
    ~Pass() {
      if (gate_ != nullptr) gate_->Leave();
    }

   private:
    friend class CallGate;
    explicit Pass(CallGate* gate) : gate_(gate) {}
    CallGate* gate_;
  };

  // UNAVAILABLE with reason SHUTTING_DOWN once the gate is closed.
  absl::StatusOr<Pass> Enter();

  void Close();

  // Returns when no call was under way and none came for a while, when none was
  // under way for longer, though some came, or after `timeout`. REQUIRES: the
  // gate is closed.
  void WaitUntilQuiet(absl::Duration timeout);

 private:
  void Leave();

  Mutex mutex_;
  CondVar never_signalled_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t under_way_ ABSL_GUARDED_BY(mutex_) = 0;
  // Rises with each call that comes or ends.
  uint64_t events_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_CALL_GATE_H_
