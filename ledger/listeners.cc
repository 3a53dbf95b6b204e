#include "ledger/listeners.h"

#include <utility>

namespace annals::ledger {

Ledger::ListenerId Listeners::Add(Listener listener) {
  MutexLock lock(&mutex_);
  listeners_.emplace(++last_id_, std::move(listener));
  return last_id_;
}

void Listeners::Remove(Ledger::ListenerId id) {
  MutexLock lock(&mutex_);
  while (being_called_ == id) call_ended_.Wait(&mutex_);
  listeners_.erase(id);
}

const Listeners::Listener* Listeners::BeginCallAfter(Ledger::ListenerId id) {
  MutexLock lock(&mutex_);
  const auto next = listeners_.upper_bound(id);
  const bool found = next != listeners_.end();
  being_called_ = found ? next->first : 0;
  call_ended_.SignalAll();
  return found ? &next->second : nullptr;
}

void Listeners::Notify(uint64_t size) {
  Ledger::ListenerId id = 0;
  while (const Listener* listener = BeginCallAfter(id)) {
    (*listener)(size);
    MutexLock lock(&mutex_);
    id = being_called_;
  }
}

}  // namespace annals::ledger
