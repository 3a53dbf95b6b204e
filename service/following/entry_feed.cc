#include "service/following/entry_feed.h"

#include <utility>

namespace annals {

EntryFeed::EntryFeed(v1::LedgerService::Stub* stub,
                     const v1::WatchEntriesRequest& request,
                     const std::string& actor)
    : request_(request) {
  context_.AddMetadata("annals-actor", actor);
  stub->async()->WatchEntries(&context_, &request_, this);
  AddHold();
  StartRead(&response_);
  StartCall();
}

EntryFeed::~EntryFeed() {
  context_.TryCancel();
  bool release = false;
  {
    MutexLock lock(&mutex_);
    closing_ = true;
    // A read under way gives the hold back itself when it ends, be it with a
    // message that came before the call was cancelled.
    if (!is_reading_) release = std::exchange(is_held_, false);
  }
  if (release) RemoveHold();
  MutexLock lock(&mutex_);
  while (!end_.has_value()) changed_.Wait(&mutex_);
}

EntryFeed::Next EntryFeed::Take(absl::Duration timeout) {
  Next next;
  {
    MutexLock lock(&mutex_);
    while (!is_ready_ && !end_.has_value()) {
      if (changed_.WaitFor(&mutex_, timeout)) break;
    }
    if (!is_ready_) {
      next.end = end_;
      return next;
    }
    next.response = std::move(response_);
    is_ready_ = false;
    is_reading_ = true;
  }
  response_.Clear();
  StartRead(&response_);
  return next;
}

void EntryFeed::OnReadDone(bool ok) {
  bool release = false;
  {
    MutexLock lock(&mutex_);
    is_reading_ = false;
    is_ready_ = ok;
    if (!ok || closing_) release = std::exchange(is_held_, false);
    changed_.SignalAll();
  }
  if (release) RemoveHold();
}

// The last that gRPC calls. Signalled under the lock: whoever waits for it may
// destroy this at once.
void EntryFeed::OnDone(const grpc::Status& status) {
  MutexLock lock(&mutex_);
  end_ = status;
  changed_.SignalAll();
}

}  // namespace annals
