#include "service/fair_queue.h"

#include <utility>

namespace annals {

void FairQueue::Push(uint64_t lane, Task task) {
  std::deque<Task>& tasks = lanes_[lane];
  if (tasks.empty()) turns_.push_back(lane);
  tasks.push_back(std::move(task));
  ++size_;
}

void FairQueue::PushContinuation(Task task) {
  continuations_.push_back(std::move(task));
  ++size_;
}

FairQueue::Task FairQueue::Pop() {
  --size_;
  if (continuations_.empty() || (lanes_are_next_ && !turns_.empty())) {
    lanes_are_next_ = false;
    return PopFromLanes();
  }
  lanes_are_next_ = true;
  Task task = std::move(continuations_.front());
  continuations_.pop_front();
  return task;
}

FairQueue::Task FairQueue::PopFromLanes() {
  const uint64_t lane = turns_.front();
  turns_.pop_front();
  const auto found = lanes_.find(lane);
  Task task = std::move(found->second.front());
  found->second.pop_front();
  if (found->second.empty()) {
    lanes_.erase(found);
  } else {
    turns_.push_back(lane);
  }
  return task;
}

}  // namespace annals
