#include "ledger/sequencer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/index_builder.h"
#include "ledger/status_macros.h"
#include "ledger/step_timer.h"
#include "ledger/tree_growth.h"

namespace annals::ledger {
namespace {

// Some 10 MB.
constexpr size_t kStreamLengthsKept = 1 << 16;

absl::Status OutcomeUnknown(const absl::Status& cause) {
  return MakeError(
      absl::StatusCode::kUnavailable, "LEDGER_STOPPED",
      {absl::StrCat("outcome unknown; retry with the same request id after "
                    "restart: ",
                    cause.message()),
       absl::StrCat("结果未知；请在重启后用同一请求号重试：",
                    ErrorTextZh(cause))});
}

}  // namespace

Sequencer::Sequencer(const LedgerOptions& options, const LedgerParts& parts,
                     const RecorderPeers& peers, RecoveredState state)
    : parts_(parts),
      peers_(peers),
      queue_(options),
      head_(state.head),
      edge_(std::move(state.edge)),
      last_recorded_at_(state.last_recorded_at),
      lengths_(kStreamLengthsKept),
      thread_([this] { Run(); }) {}

Sequencer::~Sequencer() { Stop(); }

void Sequencer::Stop() {
  queue_.Close(RecordingShutDown());
  std::call_once(joined_, [this] { thread_.join(); });
}

void Sequencer::Append(AppendRequest request, AppendCallback callback) {
  PendingAppend append;
  append.salt = parts_.random->NewSalt();
  append.request_hash = RequestHash(append.salt, request.request_digest);
  if (request.content.has_value()) {
    append.content_hash = ContentHash(append.salt, *request.content);
  }
  append.request = std::move(request);
  append.callback = std::move(callback);
  const absl::Status status = queue_.Push(&append);
  if (!status.ok()) std::move(append.callback)(status);
}

void Sequencer::Run() {
  while (true) {
    std::vector<PendingAppend> appends = queue_.PopBatch();
    if (appends.empty()) return;
    if (queue_.abandoned()) {
      Refuse(std::move(appends));
    } else {
      Process(std::move(appends));
      EndBatch();
    }
  }
}

void Sequencer::Refuse(std::vector<PendingAppend> appends) const {
  Results refusals(appends.size(), queue_.status());
  Answer(std::move(appends), std::move(refusals));
}

void Sequencer::StopAtDamage(const absl::Status& status) {
  if (!absl::IsDataLoss(status)) return;
  if (parts_.observer != nullptr) parts_.observer->OnDamage(status);
  if (ErrorReason(status) == "INDEX_DAMAGED") return;
  Abandon(status);
}

void Sequencer::Abandon(const absl::Status& cause) {
  queue_.Abandon(RecordingStopped(cause));
  if (parts_.observer != nullptr) parts_.observer->OnStopped();
}

absl::Time Sequencer::BeginBatch() {
  MutexLock lock(&settle_mutex_);
  in_batch_ = true;
  return std::max(last_recorded_at_, settled_until_);
}

void Sequencer::EndBatch() {
  MutexLock lock(&settle_mutex_);
  in_batch_ = false;
  ++batches_ended_;
  batch_ended_.SignalAll();
}

// A batch that was begun may hold earlier entries; those begun later do not.
absl::Status Sequencer::SettleUntil(absl::Time time) {
  MutexLock lock(&settle_mutex_);
  settled_until_ = std::max(settled_until_, time);
  const uint64_t ended = batches_ended_;
  while (in_batch_ && batches_ended_ == ended) {
    batch_ended_.Wait(&settle_mutex_);
  }
  return absl::OkStatus();
}

void Sequencer::Process(std::vector<PendingAppend> appends) {
  BatchBuilder builder({head_.size, BeginBatch()},
                       {peers_.index, parts_.decoder, parts_.clock, &lengths_});
  Results results;
  results.reserve(appends.size());
  for (PendingAppend& append : appends) {
    results.push_back(builder.Add(&append));
    StopAtDamage(results.back().status());
  }
  // Damage may have been found here or by a reader meanwhile.
  if (queue_.abandoned()) return Refuse(std::move(appends));
  if (!builder.batch().entries.empty()) {
    if (const absl::Status space = CheckSpace(); !space.ok()) {
      return Answer(std::move(appends), RefuseNew(space, std::move(results)));
    }
    if (const absl::Status status = Commit(&builder); !status.ok()) {
      return Halt(status, std::move(appends));
    }
    peers_.listeners->Notify(head_.size);
  }
  Answer(std::move(appends), std::move(results));
}

absl::Status Sequencer::CheckSpace() const {
  return parts_.space == nullptr ? absl::OkStatus() : parts_.space->Check();
}

// What was recorded before is answered all the same.
Sequencer::Results Sequencer::RefuseNew(const absl::Status& status,
                                        Results results) const {
  for (absl::StatusOr<AppendResult>& result : results) {
    if (result.ok() && result->index >= head_.size) result = status;
  }
  return results;
}

// The order of effects. A crash anywhere before 7 leaves the callers without an
// answer: each retries with the same request id, and gets the first answer if
// its entry was stored. An error from 3 on stops the sequencer for good: what
// the store holds is then known only to the recovery, so nothing more may be
// stored or signed.
absl::Status Sequencer::Commit(BatchBuilder* builder) {
  // 1. Leaves. The builder has made each and decoded it again. A crash here
  //    leaves nothing.
  Batch& batch = builder->batch();
  RecordedBatch recorded{batch.entries.size()};

  // 2. Nodes: the tree grown by the leaves, in memory, and the tiles that this
  //    fills or lengthens. A crash here leaves nothing.
  const RightEdge grown = GrowTree(edge_, &batch);
  batch.index_rows.push_back(MarkerRow(grown.size(), *parts_.decoder));

  // 3. One atomic, synced write of leaves, contents, tiles and indexes. A crash
  //    here leaves all of it or, with a torn tail of the store's log that the
  //    store drops when it opens, nothing. If all, the store is ahead of the
  //    mark, and Recover verifies, signs and publishes it.
  StepTimer timer;
  RETURN_IF_ERROR(parts_.store->AppendBatch(head_, batch));
  recorded.store = timer.Lap();

  // 4. What is stored, not what was meant, must give the root: the leaves and
  //    tiles are read back and the root is made of them again. A crash here or
  //    in 5 leaves the store ahead of the mark, as above.
  RETURN_IF_ERROR(VerifyGrowth(edge_, grown, parts_.store));
  recorded.verify = timer.Lap();

  // 5. Sign. The signature is nobody's but ours until 6.
  ASSIGN_OR_RETURN(SignedCheckpoint checkpoint, peers_.publisher->Sign(grown));
  recorded.sign = timer.Lap();

  // 6. Publish the mark, synced. A crash here leaves the old mark, the store
  //    ahead of it as above, or the new one; a torn slot counts as the old one.
  //    From here on a store without these entries is refused.
  RETURN_IF_ERROR(peers_.publisher->WriteMark(checkpoint));
  recorded.mark = timer.Lap();

  // 7. Show the readers the new tree; the callers are answered after this. A
  //    crash here loses nothing.
  peers_.publisher->Show(std::move(checkpoint), grown);
  head_.size = grown.size();
  edge_ = grown;
  last_recorded_at_ = builder->last_recorded_at();
  builder->RememberLengths();
  if (parts_.observer != nullptr) parts_.observer->OnBatch(recorded);
  return absl::OkStatus();
}

void Sequencer::Halt(const absl::Status& cause,
                     std::vector<PendingAppend> appends) {
  if (absl::IsDataLoss(cause) && parts_.observer != nullptr) {
    parts_.observer->OnDamage(cause);
  }
  Abandon(cause);
  Results results(appends.size(), OutcomeUnknown(cause));
  Answer(std::move(appends), std::move(results));
}

void Sequencer::Answer(std::vector<PendingAppend> appends,
                       Results results) const {
  const std::shared_ptr<const SignedCheckpoint> checkpoint =
      peers_.publisher->snapshot()->checkpoint;
  for (size_t i = 0; i < appends.size(); ++i) {
    if (results[i].ok()) results[i]->checkpoint = checkpoint;
    std::move(appends[i].callback)(std::move(results[i]));
  }
}

}  // namespace annals::ledger
