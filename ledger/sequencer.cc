#include "ledger/sequencer.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/index_builder.h"
#include "ledger/status_macros.h"
#include "ledger/store_verifier.h"

namespace annals::ledger {
namespace {

// Some 10 MB.
constexpr size_t kStreamLengthsKept = 1 << 16;

absl::Status ShuttingDown() {
  return MakeError(absl::StatusCode::kUnavailable, "LEDGER_STOPPED",
                   {"the ledger is shutting down; nothing was recorded, retry "
                    "with the same request id after the restart",
                    "账本正在关闭；未作任何记录，请在重启后用同一请求号重试"});
}

absl::Status Stopped(const absl::Status& cause) {
  return MakeError(
      absl::StatusCode::kUnavailable, "LEDGER_STOPPED",
      {absl::StrCat("the ledger has stopped recording after a failure: ",
                    cause.message(),
                    "; nothing was recorded; mend the cause and restart"),
       absl::StrCat("账本因故障已停止记录：", ErrorTextZh(cause),
                    "；未作任何记录；请排除故障后重启")});
}

absl::Status OutcomeUnknown(const absl::Status& cause) {
  return MakeError(
      absl::StatusCode::kUnavailable, "LEDGER_STOPPED",
      {absl::StrCat("outcome unknown; retry with the same request id after "
                    "restart: ",
                    cause.message()),
       absl::StrCat("结果未知；请在重启后用同一请求号重试：",
                    ErrorTextZh(cause))});
}

// The time since it was made or last asked.
class StepTimer {
 public:
  absl::Duration Lap() {
    const auto now = std::chrono::steady_clock::now();
    return absl::FromChrono(now - std::exchange(last_, now));
  }

 private:
  std::chrono::steady_clock::time_point last_ =
      std::chrono::steady_clock::now();
};

absl::Status StoredRootDiffers(uint64_t size) {
  return MakeError(
      absl::StatusCode::kDataLoss, "STORED_ROOT_DIFFERS",
      {absl::StrCat("the leaves read back from the store do not give the root "
                    "of size ",
                    size, "; nothing was signed; check memory and disk"),
       absl::StrCat("从存储读回的条目与 ", size,
                    " 个条目的根哈希不一致；未签名；请检查内存和磁盘")});
}

}  // namespace

Sequencer::Sequencer(const LedgerOptions& options, const LedgerParts& parts,
                     const Peers& peers, RecoveredState state)
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
  queue_.Close(ShuttingDown());
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
  queue_.Abandon(Stopped(cause));
  if (parts_.observer != nullptr) parts_.observer->OnStopped();
}

void Sequencer::Process(std::vector<PendingAppend> appends) {
  BatchBuilder builder({head_.size, last_recorded_at_},
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
  const RightEdge grown = GrowTree(&batch);
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
  RETURN_IF_ERROR(VerifyStored(grown));
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

RightEdge Sequencer::GrowTree(Batch* batch) const {
  RightEdge grown = edge_;
  for (const StoredEntry& entry : batch->entries) {
    grown.Append(LeafHash(entry.leaf), &batch->tiles);
  }
  for (StoredTile& tile : grown.TilesGrownSince(edge_.size())) {
    batch->tiles.push_back(std::move(tile));
  }
  return grown;
}

absl::Status Sequencer::VerifyStored(const RightEdge& expected) const {
  RightEdge stored = edge_;
  RETURN_IF_ERROR(VerifyStoredLeaves(expected.size(), parts_.store, &stored));
  if (stored.Root() != expected.Root()) {
    return StoredRootDiffers(expected.size());
  }
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
