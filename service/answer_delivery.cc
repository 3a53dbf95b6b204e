#include "service/answer_delivery.h"

#include "ledger/check.h"
#include "service/grpc_status.h"

namespace annals {

AnswerDeliveries::~AnswerDeliveries() {
  MutexLock lock(&mutex_);
  ANNALS_CHECK(under_way_.empty());
}

void AnswerDeliveries::Add(AnswerDelivery* delivery, size_t bytes) {
  const absl::Duration leaving =
      absl::Seconds(static_cast<double>(bytes) / kSlowestBytesPerSecond);
  const absl::Time from = clock_.Now() + leaving;
  MutexLock lock(&mutex_);
  under_way_.emplace(delivery, from);
}

void AnswerDeliveries::Remove(AnswerDelivery* delivery) {
  MutexLock lock(&mutex_);
  under_way_.erase(delivery);
}

void AnswerDeliveries::CancelStalled(absl::Time time) {
  MutexLock lock(&mutex_);
  for (auto& [delivery, from] : under_way_) {
    if (from > time) continue;
    from = absl::InfiniteFuture();
    // Until it is removed, the context lives.
    delivery->context_.TryCancel();
    counters_.Count(Limit::kStreamStall);
  }
}

bool AnswerDeliveries::IsIdle() {
  MutexLock lock(&mutex_);
  return under_way_.empty();
}

absl::Status AnswerDelivery::Charge(size_t bytes, bool may_refuse) {
  return pass_.has_value() ? pass_->Answer(bytes, may_refuse)
                           : absl::OkStatus();
}

void AnswerDelivery::Send(const absl::Status& status, size_t bytes) {
  deliveries_.Add(this, bytes);
  Finish(ToGrpcStatus(status));
}

void AnswerDelivery::OnDone() {
  deliveries_.Remove(this);
  delete this;
}

}  // namespace annals
