#include "client/batch/batch_stream.h"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "client/entry_stream_watchdog.h"
#include "client/retry.h"
#include "client/rpc_status.h"
#include "client/stubs.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/mutex.h"

namespace annals::client {
namespace {

using Stream = grpc::ClientReaderWriter<v1::SubmitRevisionRequest,
                                        v1::SubmitRevisionsResponse>;

absl::Status NotAResult(const v1::SubmitRevisionsResponse& response) {
  return VerificationFailure(
      kAnswerMismatchReason,
      {absl::StrCat("服务器给出的第 ", response.item(),
                    " 项结果不对应任何待答的提交"),
       absl::StrCat("the server sent a result for item ", response.item(),
                    ", which waits for none")});
}

absl::Status NotAnswered(size_t waiting, const Connection& connection) {
  return MakeError(absl::StatusCode::kUnavailable, "BATCH_NOT_ANSWERED",
                   {absl::StrCat("the server ", connection.server(),
                                 " gave no result for items of the batch: ",
                                 waiting, "; submit it again"),
                    absl::StrCat("服务器 ", connection.server(), " 有 ",
                                 waiting, " 项没有给出结果；请再提交一次")});
}

// `agencies/{code}`; all of a name that names no report.
std::string AgencyOf(const v1::SubmitRevisionRequest& request) {
  return request.name().substr(0, request.name().find("/reports/"));
}

// What one stream may be told: of each agency one request after the other, for
// what is recorded of a year is checked against the year before. Thread-safe.
class Turns {
 public:
  Turns(absl::Span<const v1::SubmitRevisionRequest> requests,
        const std::set<size_t>& waiting)
      : requests_(requests) {
    for (const size_t place : waiting) {
      queues_[AgencyOf(requests[place])].push_back(place);
    }
    left_ = waiting.size();
    for (const size_t place : waiting) {
      if (queues_[AgencyOf(requests[place])].front() == place) {
        ready_.push_back(place);
      }
    }
  }

  // The next one to be sent. Waits for results that let another one go; nullopt
  // if there is none left, or the stream has ended.
  std::optional<size_t> Next() {
    MutexLock lock(&mutex_);
    while (ready_.empty() && left_ > 0 && !ended_) changed_.Wait(&mutex_);
    if (ready_.empty() || ended_) return std::nullopt;
    const size_t place = ready_.front();
    ready_.pop_front();
    --left_;
    sent_.push_back(place);
    open_.insert(place);
    return place;
  }

  // Which one was sent as this item of the stream; nullopt if it waits for no
  // result.
  std::optional<size_t> Find(int64_t item) {
    MutexLock lock(&mutex_);
    if (item < 0 || static_cast<size_t>(item) >= sent_.size()) {
      return std::nullopt;
    }
    const size_t place = sent_[static_cast<size_t>(item)];
    if (!open_.contains(place)) return std::nullopt;
    return place;
  }

  // It has its result. If that is not final, its agency's others have to wait
  // until it was sent again.
  void Settle(size_t place, bool is_final) {
    MutexLock lock(&mutex_);
    open_.erase(place);
    std::deque<size_t>& queue = queues_[AgencyOf(requests_[place])];
    queue.pop_front();
    if (!is_final) {
      left_ -= queue.size();
    } else if (!queue.empty()) {
      ready_.push_back(queue.front());
    }
    changed_.Signal();
  }

  // Nothing more is to be sent.
  void End() {
    MutexLock lock(&mutex_);
    ended_ = true;
    changed_.Signal();
  }

 private:
  const absl::Span<const v1::SubmitRevisionRequest> requests_;
  Mutex mutex_;
  CondVar changed_;
  // By agency; the first of each may be sent, or is.
  std::map<std::string, std::deque<size_t>> queues_ ABSL_GUARDED_BY(mutex_);
  std::deque<size_t> ready_ ABSL_GUARDED_BY(mutex_);
  // Not sent, and not held up until another stream.
  size_t left_ ABSL_GUARDED_BY(mutex_) = 0;
  // By the items of the stream.
  std::vector<size_t> sent_ ABSL_GUARDED_BY(mutex_);
  // Sent, and without a result.
  std::set<size_t> open_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

// What one stream is told, and what it has not answered.
class Exchange {
 public:
  Exchange(absl::Span<const v1::SubmitRevisionRequest> requests,
           const std::set<size_t>& waiting, Connection* connection)
      : requests_(requests),
        turns_(requests, waiting),
        connection_(*connection),
        watchdog_(connection->retry().budget) {}

  // Why it ended. What `take` got is no longer in `waiting`; if nothing is
  // left there, the rest does not count.
  Attempt Run(TakeResult take, std::set<size_t>* waiting) {
    connection_.Prepare(&context_);
    stream_ = connection_.stubs().reports->SubmitRevisions(&context_);
    std::thread writer([this] { WriteAll(); });
    absl::Status status;
    v1::SubmitRevisionsResponse response;
    while (status.ok() && Read(&response)) {
      status = Take(response, take, waiting);
    }
    // Makes a write that waits fail.
    if (!status.ok()) context_.TryCancel();
    turns_.End();
    writer.join();
    const grpc::Status end = stream_->Finish();
    if (!status.ok()) return {status, /*retryable=*/false, std::nullopt};
    if (watchdog_.TakeCancelled()) {
      return {NotAnswered(waiting->size(), connection_), /*retryable=*/true,
              std::nullopt};
    }
    Attempt attempt = FromGrpcAttempt(end, connection_.server());
    if (!attempt.status.ok()) return attempt;
    if (retry_later_.has_value()) return *std::move(retry_later_);
    return {NotAnswered(waiting->size(), connection_), /*retryable=*/true,
            std::nullopt};
  }

 private:
  void WriteAll() {
    while (const std::optional<size_t> place = turns_.Next()) {
      if (!stream_->Write(requests_[*place])) return;
    }
    stream_->WritesDone();
  }

  bool Read(v1::SubmitRevisionsResponse* response) {
    watchdog_.Begin(&context_);
    const bool is_read = stream_->Read(response);
    watchdog_.End();
    return is_read;
  }

  absl::Status Take(const v1::SubmitRevisionsResponse& response,
                    TakeResult take, std::set<size_t>* waiting) {
    const std::optional<size_t> found = turns_.Find(response.item());
    if (!found.has_value() ||
        response.result_case() == v1::SubmitRevisionsResponse::RESULT_NOT_SET) {
      return NotAResult(response);
    }
    const size_t place = *found;
    if (response.has_recorded()) {
      Settle(place, waiting);
      return take(place, response.recorded());
    }
    const google::rpc::Status& refused = response.refused();
    Attempt attempt =
        FromGrpcAttempt({static_cast<grpc::StatusCode>(refused.code()),
                         refused.message(), refused.SerializeAsString()},
                        connection_.server());
    if (attempt.retryable) {
      retry_later_ = std::move(attempt);
      turns_.Settle(place, /*is_final=*/false);
      return absl::OkStatus();
    }
    Settle(place, waiting);
    return take(place, attempt.status);
  }

  void Settle(size_t place, std::set<size_t>* waiting) {
    waiting->erase(place);
    turns_.Settle(place, /*is_final=*/true);
  }

  const absl::Span<const v1::SubmitRevisionRequest> requests_;
  Turns turns_;
  Connection& connection_;
  EntryStreamWatchdog watchdog_;
  grpc::ClientContext context_;
  std::unique_ptr<Stream> stream_;
  std::optional<Attempt> retry_later_;
};

}  // namespace

absl::Status SubmitBatch(absl::Span<const v1::SubmitRevisionRequest> requests,
                         TakeResult take, Connection* connection) {
  std::set<size_t> waiting;
  for (size_t place = 0; place < requests.size(); ++place) {
    waiting.insert(place);
  }
  const RetryPolicy& retry = connection->retry();
  // In a row that settled nothing.
  int failures = 0;
  while (!waiting.empty()) {
    const size_t before = waiting.size();
    const Attempt attempt =
        Exchange(requests, waiting, connection).Run(take, &waiting);
    if (!attempt.status.ok() && !attempt.retryable) return attempt.status;
    failures = waiting.size() < before ? 0 : failures + 1;
    if (failures >= retry.attempts_max) return attempt.status;
    if (waiting.empty()) break;
    Sleeper::System()->Sleep(
        std::max(Backoff(retry, failures),
                 attempt.retry_delay.value_or(absl::ZeroDuration())));
  }
  return absl::OkStatus();
}

}  // namespace annals::client
