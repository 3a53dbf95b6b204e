// A space guard that says what a test tells it to say.

#ifndef ANNALS_TESTS_SUPPORT_TOLD_SPACE_H_
#define ANNALS_TESTS_SUPPORT_TOLD_SPACE_H_

#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "ledger/mutex.h"
#include "ledger/space_guard.h"

namespace annals::ledger {

class ToldSpace final : public SpaceGuard {
 public:
  void Say(absl::Status status) {
    MutexLock lock(&mutex_);
    status_ = std::move(status);
  }

  absl::Status Check() const override {
    MutexLock lock(&mutex_);
    return status_;
  }

 private:
  mutable Mutex mutex_;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals::ledger

#endif  // ANNALS_TESTS_SUPPORT_TOLD_SPACE_H_
