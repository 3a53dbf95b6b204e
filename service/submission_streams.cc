#include "service/submission_streams.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "annals/v1/report_service.pb.h"
#include "ledger/check.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/grpc_status.h"
#include "service/raw_message.h"
#include "service/request.h"
#include "service/responder.h"
#include "service/wire_format.h"
#include "service/write_timer.h"

namespace annals {
namespace {

absl::Status TooManyBatches(size_t streams_max) {
  return MakeError(
      absl::StatusCode::kResourceExhausted, "TOO_MANY_STREAMS",
      {absl::StrCat("The server takes ", streams_max,
                    " batches already; try again later."),
       absl::StrCat("服务端已在接收 ", streams_max, " 个批次，请稍后重试。")});
}

absl::Status BatchStalled() {
  return MakeError(
      absl::StatusCode::kResourceExhausted, "STREAM_STALLED",
      {"Nothing that could be recorded came in the batch for longer than "
       "--stream_stall_timeout; begin another one when there is something to "
       "submit.",
       "批次在 --stream_stall_timeout 之内没有收到任何可以记录的内容；有内容要"
       "提交时请另开一个批次。"});
}

absl::Status BatchCancelled() {
  return MakeError(absl::StatusCode::kCancelled, "CANCELLED",
                   {"The caller ended the batch.", "提交方结束了批次。"});
}

// Before the caller had said all: it went away, or gRPC has refused an item
// that is longer than any message may be.
absl::Status BatchCutOff() {
  return MakeError(absl::StatusCode::kCancelled, "CANCELLED",
                   {"The batch was cut off.", "批次被中断。"});
}

// As the item has it; empty if it has none that is one.
std::string RequestIdOf(absl::string_view item) {
  std::string id =
      MessageField(item, v1::SubmitRevisionRequest::kRequestIdFieldNumber);
  return NormalizeRequestId(id).ok() ? id : std::string();
}

// Of the items of a batch that were accepted and are not settled; no more are
// read beyond it. Common reports, as many as may be under way, are far below.
constexpr size_t kItemBytesMax = size_t{8} << 20;

// The bytes of a v1::SubmitRevisionsResponse.
std::string ResultBytes(v1::SubmitRevisionsResponse head,
                        const absl::StatusOr<std::string>& result) {
  using Response = v1::SubmitRevisionsResponse;
  if (!result.ok()) *head.mutable_refused() = ToRpcStatus(result.status());
  std::string bytes = head.SerializeAsString();
  if (result.ok()) {
    AppendField(Response::kRecordedFieldNumber, *result, &bytes);
  }
  return bytes;
}

}  // namespace

// The duty to give an item its result, exactly once: one that is dropped gives
// INTERNAL. Not thread-safe; usable on any thread.
class ItemResponder {
 public:
  ItemResponder(std::shared_ptr<SubmissionStream> stream, int64_t item,
                size_t bytes)
      : stream_(std::move(stream)), item_(item), bytes_(bytes) {}
  ItemResponder(ItemResponder&&) = default;
  ItemResponder& operator=(ItemResponder&&) = delete;
  ~ItemResponder();

  // Takes from the item's bytes what its result and its record tell.
  void Describe(absl::string_view item);
  void Finish(const absl::StatusOr<std::string>& result) &&;

 private:
  std::shared_ptr<SubmissionStream> stream_;
  int64_t item_;
  size_t bytes_;
  std::string request_id_;
  std::string resource_;
  std::chrono::steady_clock::time_point start_ =
      std::chrono::steady_clock::now();
};

class SubmissionStream final
    : public SubmissionStreams::Reactor,
      public std::enable_shared_from_this<SubmissionStream> {
 public:
  SubmissionStream(SubmissionStreams* streams,
                   grpc::CallbackServerContext* context)
      : streams_(streams),
        context_(context),
        call_(streams->parts_.call.recorder,
              RecordedMethod("annals.v1.ReportService/SubmitRevisions"),
              context),
        moved_at_(streams->parts_.call.clock->Now()) {}

  // REQUIRES: called before Start.
  void SetCaller(const CallerIdentity& caller) {
    MutexLock lock(&mutex_);
    // A server that stops may have ended it meanwhile.
    if (!finished_) call_.SetCaller(caller);
  }

  // Of an item that was accepted, before it is settled.
  void RecordItem(CallRecord item) {
    MutexLock lock(&mutex_);
    call_.RecordItem(std::move(item));
  }

  // REQUIRES: called once, before anything else.
  void Start(absl::StatusOr<CallGate::Pass> pass,
             absl::StatusOr<StreamPlace> place, uint64_t lane) {
    const absl::Status end = pass.ok() ? place.status() : pass.status();
    {
      MutexLock lock(&mutex_);
      // A server that stops may have ended it meanwhile.
      if (finished_) return;
      if (pass.ok()) pass_ = *std::move(pass);
      if (place.ok()) place_ = *std::move(place);
      if (!end.ok()) call_.StopClock();
    }
    if (end.ok()) return ReadIfMay();
    streams_->parts_.call.refusals->Run(
        {lane, end},
        [self = shared_from_this(), end] { self->RequestEnd(end); });
  }

  // Accepts no further item, and ends with `status` once those that were
  // accepted have their results.
  void RequestEnd(const absl::Status& status) {
    {
      MutexLock lock(&mutex_);
      if (end_.ok() && !finished_) end_ = status;
    }
    FinishIfDone();
  }

  // Makes a write that the other side does not take fail.
  void Cancel() {
    MutexLock lock(&mutex_);
    // Until Finish is called, the context lives.
    if (!finished_) context_->TryCancel();
  }

  // True if it was ended, because its caller did nothing since `time`.
  bool Tend(absl::Time time) {
    ReadIfMay();
    if (write_.HasStalled(time)) {
      Cancel();
      return true;
    }
    {
      MutexLock lock(&mutex_);
      if (!reading_ || under_way_ > 0 || moved_at_ > time) return false;
    }
    RequestEnd(BatchStalled());
    return true;
  }

  void OnReadDone(bool ok) override {
    // As long as the read counts as under way, nobody else starts one.
    grpc::ByteBuffer item;
    item.Swap(&read_);
    std::optional<int64_t> number;
    {
      MutexLock lock(&mutex_);
      reading_ = false;
      if (!ok) said_all_ = true;
      // What comes after the end was asked for was not accepted.
      if (ok && end_.ok()) {
        call_.AddRequestBytes(item.Length());
        bytes_under_way_ += item.Length();
        number = next_item_++;
        ++under_way_;
      }
    }
    if (number.has_value()) QueueItem(*number, std::move(item));
    ReadIfMay();
    FinishIfDone();
  }

  void OnWriteDone(bool ok) override {
    write_.End();
    const grpc::ByteBuffer* next = nullptr;
    {
      MutexLock lock(&mutex_);
      if (ok) call_.AddResponseBytes(results_.front().Length());
      results_.pop_front();
      --under_way_;
      if (!ok) GiveUpResults();
      if (!results_.empty()) next = &results_.front();
      writing_ = next != nullptr;
    }
    if (next != nullptr) Write(next);
    ReadIfMay();
    FinishIfDone();
  }

  void OnCancel() override {
    {
      MutexLock lock(&mutex_);
      is_gone_ = true;
    }
    RequestEnd(BatchCancelled());
  }

  // Destroys this, unless somebody else still holds it.
  void OnDone() override {
    {
      MutexLock lock(&mutex_);
      if (end_.ok()) call_.End(context_->IsCancelled() ? BatchCutOff() : end_);
    }
    streams_->Remove(this);
  }

  // Of an item that was accepted, once. `is_recorded`: now, or before under the
  // same request_id. `bytes`: of the item.
  void Settle(std::string result, bool is_recorded, size_t bytes) {
    const grpc::ByteBuffer* next = nullptr;
    {
      MutexLock lock(&mutex_);
      if (is_recorded) moved_at_ = streams_->parts_.call.clock->Now();
      bytes_under_way_ -= bytes;
      if (is_gone_) {
        --under_way_;
      } else {
        results_.push_back(ToByteBuffer(
            std::make_shared<const std::string>(std::move(result))));
        if (!writing_) next = &results_.front();
        writing_ = true;
      }
    }
    if (next != nullptr) Write(next);
    FinishIfDone();
  }

  WriteMonitor* monitor() const { return streams_->parts_.monitor; }

 private:
  // The caller reads no more.
  void GiveUpResults() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    is_gone_ = true;
    if (end_.ok()) end_ = BatchCancelled();
    under_way_ -= results_.size();
    results_.clear();
  }

  void Write(const grpc::ByteBuffer* result) {
    write_.Begin(streams_->parts_.call.clock->Now());
    StartWrite(result);
  }

  void ReadIfMay() {
    {
      MutexLock lock(&mutex_);
      if (reading_ || said_all_ || !end_.ok() || finished_ ||
          !place_.has_value() || under_way_ >= streams_->limits_.items_max ||
          bytes_under_way_ >= kItemBytesMax || !place_->pass.TakeCall()) {
        return;
      }
      reading_ = true;
    }
    StartRead(&read_);
  }

  // Not refused by a full queue: the window is what holds a batch up.
  void QueueItem(int64_t number, grpc::ByteBuffer item) {
    ItemResponder responder(shared_from_this(), number, item.Length());
    const absl::Status fits =
        RequireSize(item.Length(), streams_->limits_.message);
    if (!fits.ok()) return std::move(responder).Finish(fits);
    streams_->parts_.call.workers->PostContinuation(
        [this, item = std::move(item),
         responder = std::move(responder)](const absl::Status& status) mutable {
          if (!status.ok()) return std::move(responder).Finish(status);
          try {
            File(item, std::move(responder));
          } catch (const std::exception& exception) {
            // The responder, dropped on the way here, has given the result.
            LogException(exception);
          }
        });
  }

  void File(const grpc::ByteBuffer& item, ItemResponder responder) {
    const RawRequest request(item);
    responder.Describe(request.bytes());
    if (context_->IsCancelled()) {
      return std::move(responder).Finish(CallCancelled());
    }
    // Judged for each item: a batch may outlive a certificate.
    const CallParts& call = streams_->parts_.call;
    const auto caller = call.identities->Identify(*context_);
    absl::Status status = caller.status();
    if (status.ok()) {
      status = call.authorizer->CheckBytes(
          *caller, *v1::SubmitRevisionRequest::descriptor(), request.bytes());
    }
    if (!status.ok()) return std::move(responder).Finish(status);
    streams_->parts_.filing->Submit(
        *caller, request.bytes(),
        [responder =
             std::move(responder)](absl::StatusOr<std::string> result) mutable {
          std::move(responder).Finish(result);
        });
  }

  void FinishIfDone() {
    absl::Status status;
    std::optional<CallGate::Pass> pass;
    std::optional<StreamPlace> place;
    {
      MutexLock lock(&mutex_);
      const bool is_last = said_all_ || !end_.ok();
      if (finished_ || !is_last || under_way_ > 0 || writing_) return;
      finished_ = true;
      status = end_;
      pass = std::exchange(pass_, std::nullopt);
      // Whether a batch that the caller seems to have said to its end was not
      // cut off, gRPC knows only when it is done.
      if (!status.ok()) call_.End(status);
      place = std::exchange(place_, std::nullopt);
    }
    // Before Finish: a drain waits for calls that are not finished, and after
    // the last of them limiter and slots may be gone. What is left to send
    // takes no room.
    place.reset();
    pass.reset();
    Finish(ToGrpcStatus(status));
  }

  SubmissionStreams* const streams_;  // Not owned; outlives every stream.
  grpc::CallbackServerContext* const context_;  // Lives until OnDone.
  grpc::ByteBuffer read_;                       // Of the read.
  WriteTimer write_;
  Mutex mutex_;
  RecordedCall call_ ABSL_GUARDED_BY(mutex_);
  std::optional<CallGate::Pass> pass_ ABSL_GUARDED_BY(mutex_);
  // Of a stream that was let in, until it is finished.
  std::optional<StreamPlace> place_ ABSL_GUARDED_BY(mutex_);
  // A read is under way.
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  // When an item was last recorded, or the stream began.
  absl::Time moved_at_ ABSL_GUARDED_BY(mutex_);
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  // The caller has said all; the caller is gone, and gets no results.
  bool said_all_ ABSL_GUARDED_BY(mutex_) = false;
  bool is_gone_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  // Why the stream is to end before the caller has said all; OK while it is
  // not.
  absl::Status end_ ABSL_GUARDED_BY(mutex_);
  int64_t next_item_ ABSL_GUARDED_BY(mutex_) = 0;
  // Items that were accepted and whose result is not sent; and the results of
  // those that have one, the first of which is being written.
  size_t under_way_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t bytes_under_way_ ABSL_GUARDED_BY(mutex_) = 0;  // Of their items.
  std::deque<grpc::ByteBuffer> results_ ABSL_GUARDED_BY(mutex_);
};

ItemResponder::~ItemResponder() {
  if (stream_ == nullptr) return;
  std::move(*this).Finish(
      absl::InternalError("The server dropped the item without a result."));
}

void ItemResponder::Describe(absl::string_view item) {
  request_id_ = RequestIdOf(item);
  resource_ = MessageField(item, v1::SubmitRevisionRequest::kNameFieldNumber);
}

void ItemResponder::Finish(const absl::StatusOr<std::string>& result) && {
  LogServerFault(result.status());
  if (!result.ok()) stream_->monitor()->OnRefusal(result.status());
  CallRecord record;
  record.item = item_;
  record.code = result.status().code();
  record.reason = ReasonOf(result.status());
  record.latency = absl::FromChrono(std::chrono::steady_clock::now() - start_);
  record.resource = std::move(resource_);
  record.request_id = request_id_;
  stream_->RecordItem(std::move(record));
  v1::SubmitRevisionsResponse head;
  head.set_request_id(std::move(request_id_));
  head.set_item(item_);
  const std::shared_ptr<SubmissionStream> stream = std::move(stream_);
  stream->Settle(ResultBytes(std::move(head), result), result.ok(), bytes_);
}

SubmissionStreams::SubmissionStreams(const Parts& parts,
                                     const SubmissionStreamLimits& limits)
    : parts_(parts), limits_(limits), slots_(limits.slots, &TooManyBatches) {}

SubmissionStreams::~SubmissionStreams() {
  MutexLock lock(&mutex_);
  ANNALS_CHECK(streams_.empty());
}

SubmissionStreams::Reactor* SubmissionStreams::Run(
    grpc::CallbackServerContext* context) {
  const auto stream = std::make_shared<SubmissionStream>(this, context);
  Admission admission = parts_.call.admission->Admit(
      *context, CallKind::kStream, 0,
      [&stream](const CallerIdentity& caller) { stream->SetCaller(caller); });
  const uint64_t lane = admission.lane;
  absl::StatusOr<StreamPlace> place = TakePlace(std::move(admission));
  const absl::Status kept = Keep(stream);
  if (place.ok() && !kept.ok()) place = kept;
  stream->Start(parts_.call.gate->Enter(), std::move(place), lane);
  return stream.get();
}

// Who may submit nothing gets none.
absl::StatusOr<StreamPlace> SubmissionStreams::TakePlace(Admission admission) {
  if (admission.caller.ok()) {
    // Undecided: it depends on the item.
    const auto allowed = Authorizer::CheckRole(
        admission.caller->identity, *v1::SubmitRevisionRequest::descriptor());
    if (allowed.has_value() && !allowed->ok()) return *allowed;
  }
  return annals::TakePlace(std::move(admission), &slots_);
}

absl::Status SubmissionStreams::Keep(
    const std::shared_ptr<SubmissionStream>& stream) {
  MutexLock lock(&mutex_);
  streams_.emplace(stream.get(), stream);
  return stopped_ ? ShuttingDown() : absl::OkStatus();
}

void SubmissionStreams::Remove(SubmissionStream* stream) {
  std::shared_ptr<SubmissionStream> last;
  MutexLock lock(&mutex_);
  const auto found = streams_.find(stream);
  last = std::move(found->second);
  streams_.erase(found);
}

bool SubmissionStreams::IsIdle() {
  MutexLock lock(&mutex_);
  return streams_.empty();
}

std::vector<std::shared_ptr<SubmissionStream>> SubmissionStreams::Streams() {
  std::vector<std::shared_ptr<SubmissionStream>> streams;
  MutexLock lock(&mutex_);
  streams.reserve(streams_.size());
  for (const auto& [key, stream] : streams_) streams.push_back(stream);
  return streams;
}

void SubmissionStreams::Stop() {
  {
    MutexLock lock(&mutex_);
    stopped_ = true;
  }
  for (const auto& stream : Streams()) stream->RequestEnd(ShuttingDown());
}

void SubmissionStreams::CancelAll() {
  for (const auto& stream : Streams()) stream->Cancel();
}

void SubmissionStreams::Tend(absl::Time time) {
  for (const auto& stream : Streams()) {
    if (stream->Tend(time)) parts_.call.counters->Count(Limit::kStreamStall);
  }
}

}  // namespace annals
