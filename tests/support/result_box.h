// Hands a value from one thread to another.

#ifndef ANNALS_TESTS_SUPPORT_RESULT_BOX_H_
#define ANNALS_TESTS_SUPPORT_RESULT_BOX_H_

#include <optional>
#include <utility>

#include "ledger/mutex.h"

namespace annals {

template <typename T>
class ResultBox {
 public:
  // Must be called once.
  void Put(T value) {
    MutexLock lock(&mutex_);
    value_ = std::move(value);
    filled_.SignalAll();
  }

  // Waits for the value.
  T Take() {
    MutexLock lock(&mutex_);
    while (!value_.has_value()) filled_.Wait(&mutex_);
    return *std::move(value_);
  }

 private:
  Mutex mutex_;
  CondVar filled_;
  std::optional<T> value_ ABSL_GUARDED_BY(mutex_);
};

// Once it is open, it stays open.
class Gate {
 public:
  void Open() {
    MutexLock lock(&mutex_);
    open_ = true;
    opened_.SignalAll();
  }

  void Wait() {
    MutexLock lock(&mutex_);
    while (!open_) opened_.Wait(&mutex_);
  }

 private:
  Mutex mutex_;
  CondVar opened_;
  bool open_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_RESULT_BOX_H_
