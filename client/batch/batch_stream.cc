#include "client/batch/batch_stream.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/entry_stream_watchdog.h"
#include "client/retry.h"
#include "client/rpc_status.h"
#include "client/stubs.h"
#include "client/verify.h"
#include "ledger/error.h"

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

// What one stream is told, and what it has not answered.
class Exchange {
 public:
  Exchange(absl::Span<const v1::SubmitRevisionRequest> requests,
           const std::set<size_t>& waiting, Connection* connection)
      : requests_(requests),
        places_(waiting.begin(), waiting.end()),
        open_(waiting),
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
    for (const size_t place : places_) {
      if (!stream_->Write(requests_[place])) return;
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
    const auto item = static_cast<size_t>(response.item());
    if (response.item() < 0 || item >= places_.size()) {
      return NotAResult(response);
    }
    const size_t place = places_[item];
    if (open_.erase(place) == 0 ||
        response.result_case() == v1::SubmitRevisionsResponse::RESULT_NOT_SET) {
      return NotAResult(response);
    }
    if (response.has_recorded()) {
      waiting->erase(place);
      return take(place, response.recorded());
    }
    const google::rpc::Status& refused = response.refused();
    Attempt attempt =
        FromGrpcAttempt({static_cast<grpc::StatusCode>(refused.code()),
                         refused.message(), refused.SerializeAsString()},
                        connection_.server());
    if (attempt.retryable) {
      retry_later_ = std::move(attempt);
      return absl::OkStatus();
    }
    waiting->erase(place);
    return take(place, attempt.status);
  }

  const absl::Span<const v1::SubmitRevisionRequest> requests_;
  // By the items of this stream.
  const std::vector<size_t> places_;
  std::set<size_t> open_;
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
