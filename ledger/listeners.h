// Those who want to know of each published checkpoint.

#ifndef ANNALS_LEDGER_LISTENERS_H_
#define ANNALS_LEDGER_LISTENERS_H_

#include <cstdint>
#include <functional>
#include <map>

#include "ledger/ledger.h"
#include "ledger/mutex.h"

namespace annals::ledger {

// Thread-safe, but Notify is for one thread at a time.
class Listeners {
 public:
  using Listener = std::function<void(uint64_t size)>;

  Ledger::ListenerId Add(Listener listener);

  // Returns when no call of the listener is under way. Not to be called by a
  // listener.
  void Remove(Ledger::ListenerId id);

  // Calls every listener, outside of any lock.
  void Notify(uint64_t size);

 private:
  // The first after `id`; nullptr if there is none. Marks it as being called.
  const Listener* BeginCallAfter(Ledger::ListenerId id);

  Mutex mutex_;
  CondVar call_ended_;
  // Ids are from 1. A map, so that a listener stays in its place.
  std::map<Ledger::ListenerId, Listener> listeners_ ABSL_GUARDED_BY(mutex_);
  Ledger::ListenerId last_id_ ABSL_GUARDED_BY(mutex_) = 0;
  // Whose call is under way; 0 if nobody's.
  Ledger::ListenerId being_called_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_LISTENERS_H_
