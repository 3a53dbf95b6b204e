#include "client/entry_stream.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/counted.h"
#include "client/published_view.h"
#include "client/rpc_status.h"
#include "client/stubs.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/proof.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

absl::Status Interrupted() {
  return MakeError(absl::StatusCode::kCancelled, "INTERRUPTED",
                   {"interrupted by a signal", "被信号中断"});
}

absl::Status WrongEntry(uint64_t expected, const std::string& found) {
  return VerificationFailure(
      kAnswerMismatchReason,
      {absl::StrCat("应收到条目 ", expected, "，服务器发来的是 ", found),
       absl::StrCat("expected entry ", expected, ", the server sent ", found)});
}

absl::Status NotAHash(size_t bytes) {
  return VerificationFailure(
      "CONSISTENCY_NOT_PROVED",
      {absl::StrCat("一致性证明中有一个哈希为 ", bytes, " 字节"),
       absl::StrCat("a hash of the consistency proof has ", bytes, " bytes")});
}

// Streams without an entry after which the server is given up: a router may
// have dropped the first.
constexpr int kSilencesMax = 2;

absl::Status Silent(const Connection& connection, uint64_t entry) {
  const std::string limit = absl::FormatDuration(connection.retry().budget);
  return MakeError(
      absl::StatusCode::kDeadlineExceeded, "SERVER_SILENT",
      {absl::StrCat("the server ", connection.server(), " did not send entry ",
                    entry, " within ", limit, ", and again not when asked ",
                    "again; try later, or with a longer --timeout"),
       absl::StrCat("服务器 ", connection.server(), " 在 ", limit,
                    " 内没有发来条目 ", entry,
                    "，重新请求后仍然没有；请稍后再试，或延长 --timeout")});
}

// A server cancels a stream whose reader took nothing for long.
bool MayResume(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsResourceExhausted(status) ||
         absl::IsAborted(status) || absl::IsCancelled(status);
}

}  // namespace

absl::Status RequireConsistent(Connection* connection,
                               const ledger::Checkpoint& older,
                               const ledger::Checkpoint& newer) {
  if (newer.size < older.size) {
    return VerificationFailure(
        "LEDGER_ROLLED_BACK",
        {absl::StrCat("账本曾有 ", older.size, " 个条目，现在只有 ", newer.size,
                      " 个：账本被回退"),
         absl::StrCat("the ledger had ",
                      Counted(older.size, "entry", "entries"), " and now has ",
                      newer.size, ": it was rolled back")});
  }
  std::vector<ledger::Hash> hashes;
  if (older.size == 0) return absl::OkStatus();
  v1::GetConsistencyProofRequest request;
  request.set_old_size(older.size);
  request.set_new_size(newer.size);
  ASSIGN_OR_RETURN(
      const v1::ConsistencyProof proof,
      connection->Call(connection->stubs().ledger,
                       &v1::LedgerService::Stub::GetConsistencyProof, request));
  for (const std::string& hash : proof.hashes()) {
    if (hash.size() != ledger::kHashBytes) return NotAHash(hash.size());
    hashes.push_back(ledger::HashFromBytes(hash));
  }
  const absl::Status consistent = ledger::VerifyConsistency(
      {older.size, newer.size}, older.root, newer.root, hashes);
  if (consistent.ok()) return consistent;
  return VerificationFailure(
      "CONSISTENCY_NOT_PROVED",
      {absl::StrCat("前 ", older.size, " 个条目不再是账本（现有 ", newer.size,
                    " 个条目）的开头：历史被改写（", ErrorTextZh(consistent),
                    "）"),
       absl::StrCat("the first ", older.size,
                    " entries are no longer the beginning of the ledger of ",
                    newer.size, ": history was rewritten (",
                    consistent.message(), ")")});
}

EntryStream::~EntryStream() {
  if (reader_ != nullptr) {
    context_->TryCancel();
    Close();
  }
}

void EntryStream::Open() {
  context_ = std::make_unique<grpc::ClientContext>();
  connection_.Prepare(context_.get());
  v1::WatchEntriesRequest request;
  request.set_start_index(next_);
  request.set_end_index(range_.end);
  request.set_include_content(range_.include_content);
  reader_ = connection_.stubs().ledger->WatchEntries(context_.get(), request);
  stop_.SetCallback([context = context_.get()] { context->TryCancel(); });
}

Attempt EntryStream::Close() {
  const grpc::Status status = reader_->Finish();
  stop_.SetCallback(nullptr);
  reader_.reset();
  return FromGrpcAttempt(status, connection_.server());
}

absl::StatusOr<std::optional<v1::WatchEntriesResponse>> EntryStream::Next() {
  while (next_ < range_.end) {
    if (stop_.stopped()) return Interrupted();
    if (reader_ == nullptr) Open();
    v1::WatchEntriesResponse response;
    watchdog_.Begin(context_.get());
    const bool is_read = reader_->Read(&response);
    watchdog_.End();
    if (is_read) {
      if (response.published_only()) return NeedsEveryEntry();
      if (response.index() != next_) {
        return WrongEntry(next_, absl::StrCat(response.index()));
      }
      ++next_;
      attempts_ = 0;
      silences_ = 0;
      return response;
    }
    RETURN_IF_ERROR(Recover(Close()));
  }
  return std::nullopt;
}

// OK if reading may go on on another stream.
absl::Status EntryStream::Recover(const Attempt& end) {
  const absl::Status& status = end.status;
  if (stop_.stopped()) return Interrupted();
  if (watchdog_.TakeCancelled() && absl::IsCancelled(status)) {
    return RecoverFromSilence();
  }
  if (status.ok()) return WrongEntry(next_, "the end");
  if (!MayResume(status)) return status;
  const RetryPolicy& retry = connection_.retry();
  if (++attempts_ >= retry.attempts_max) return status;
  stop_.Wait(std::max(Backoff(retry, attempts_ - 1),
                      end.retry_delay.value_or(absl::ZeroDuration())));
  return absl::OkStatus();
}

absl::Status EntryStream::RecoverFromSilence() {
  if (++silences_ < kSilencesMax) return absl::OkStatus();
  return Silent(connection_, next_);
}

}  // namespace annals::client
