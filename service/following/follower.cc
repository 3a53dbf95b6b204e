#include "service/following/follower.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/evidence.h"
#include "ledger/status_macros.h"
#include "service/key_change.h"
#include "service/leaf_codec.h"
#include "spdlog/spdlog.h"

namespace annals {
namespace {

// How often a long copy says how far it is.
constexpr absl::Duration kProgressInterval = absl::Seconds(10);
constexpr absl::Duration kWaitSlice = absl::Milliseconds(50);
constexpr int kDoublingsMax = 16;

absl::Status Interrupted() {
  return MakeError(absl::StatusCode::kCancelled, kFollowInterrupted,
                   {"stopped before the first copy was complete; the next "
                    "start goes on with it",
                    "在首次复制完成之前被停止；下次启动将继续"});
}

absl::Status Refused(const std::string& primary, const absl::Status& refusal) {
  return MakeError(
      absl::StatusCode::kUnavailable, "FOLLOWER_REFUSED",
      {absl::StrCat("no longer follows ", primary, ": ", refusal.message(),
                    ". What was verified before is still served"),
       absl::StrCat("不再跟随 ", primary, "：", ErrorTextZh(refusal),
                    "。此前已核验的内容继续提供")});
}

double UnixSeconds(absl::Time time) {
  return absl::ToDoubleSeconds(time - absl::UnixEpoch());
}

}  // namespace

const ledger::NoteVerifier* SignerOf(
    const std::string& note, const std::vector<ledger::NoteVerifier>& keys) {
  for (const ledger::NoteVerifier& key : keys) {
    if (ledger::OpenCheckpoint(note, key).ok()) return &key;
  }
  return nullptr;
}

Follower::Follower(FollowOptions options, Parts parts)
    : options_(std::move(options)),
      parts_(std::move(parts)),
      heard_(UnixSeconds(parts_.clock->Now())) {}

Follower::~Follower() { Stop(); }

bool Follower::stopping() const {
  MutexLock lock(&mutex_);
  return stopping_;
}

bool Follower::EndsFirst() const {
  return parts_.replica->has_checkpoint() ||
         (options_.is_interrupted != nullptr && options_.is_interrupted());
}

absl::Status Follower::CopyFirst() {
  const auto ends = [this] { return EndsFirst(); };
  while (!ends()) {
    absl::Status status = RunPass(ends);
    if (status.ok()) continue;
    RETURN_IF_ERROR(parts_.ledger->WriteStatus());
    if (!absl::IsUnavailable(status)) return status;
    WaitToRetry(status, ends);
  }
  return parts_.replica->has_checkpoint() ? absl::OkStatus() : Interrupted();
}

void Follower::Start(FollowHooks hooks) {
  hooks_ = std::move(hooks);
  thread_ = std::thread([this] { Run(); });
}

void Follower::Stop() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
    if (primary_ != nullptr) primary_->Cancel();
    changed_.SignalAll();
  }
  if (thread_.joinable()) thread_.join();
}

void Follower::Run() {
  const auto ends = [this] { return stopping(); };
  TellKeyChanges();
  NoteSigner();
  while (!ends()) {
    const absl::Status status = RunPass(ends);
    if (ends()) return;
    if (ledger::IsReplicaRefusal(status)) return Refuse(status);
    if (const absl::Status stopped = parts_.ledger->WriteStatus();
        !stopped.ok()) {
      return;  // The ledger has told why.
    }
    if (!WaitToRetry(status, ends)) return;
  }
}

absl::Status Follower::RunPass(const std::function<bool()>& ends) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Primary> primary,
                   Primary::Open(options_.primary));
  {
    MutexLock lock(&mutex_);
    if (stopping_) return absl::OkStatus();
    primary_ = primary.get();
  }
  CopyPass pass({primary.get(), parts_.ledger, parts_.replica}, options_.limits,
                MakeEvents(ends));
  absl::Status status = pass.Run();
  {
    MutexLock lock(&mutex_);
    primary_ = nullptr;
  }
  if (pass.took_any()) failures_ = 0;
  if (!ledger::IsReplicaRefusal(status)) return status;
  return KeepEvidence(status, pass);
}

CopyEvents Follower::MakeEvents(std::function<bool()> ends) {
  CopyEvents events;
  events.heard = [this](const ledger::Checkpoint& checkpoint) {
    primary_size_ = std::max<uint64_t>(primary_size_, checkpoint.size);
    heard_ = UnixSeconds(parts_.clock->Now());
  };
  events.stored = [this](const std::vector<uint64_t>& erased) {
    if (!erased.empty()) must_purge_ = true;
    if (hooks_.erased != nullptr) {
      for (const uint64_t index : erased) hooks_.erased(index);
    }
    TellProgress();
  };
  events.published = [this] {
    if (must_purge_) Purge();
    TellKeyChanges();
    NoteSigner();
  };
  events.ends = std::move(ends);
  return events;
}

void Follower::TellProgress() {
  const absl::Time now = parts_.clock->Now();
  const bool is_first = told_ == absl::InfinitePast();
  if (!is_first && now - told_ < kProgressInterval) return;
  told_ = now;
  if (is_first) return;
  const uint64_t stored = parts_.replica->stored_size();
  if (stored + options_.limits.entries_max < primary_size_) {
    spdlog::info("copied {} of the {} entries of {}", stored,
                 primary_size_.load(), options_.primary.address);
  }
}

// The operator must pin the new key, as whoever else pins the old one.
void Follower::TellKeyChanges() {
  const absl::StatusOr<uint64_t> length = parts_.ledger->LengthOf(kKeyStream);
  if (!length.ok() || *length == known_key_changes_) return;
  const auto changes = RecordedKeyChanges(parts_.ledger);
  if (!changes.ok()) return;
  for (size_t i = known_key_changes_; i < changes->size(); ++i) {
    const std::string& vkey = (*changes)[i].new_vkey();
    const bool is_known = std::any_of(
        options_.keys.begin(), options_.keys.end(),
        [&vkey](const auto& key) { return key.ToString() == vkey; });
    if (is_known || IsRetired(vkey, *changes)) continue;
    spdlog::error(
        "the ledger records that its key {} is replaced by {}, which is not in "
        "--follow_key: if that is right, add it and restart, or what the new "
        "key alone signs will be refused",
        (*changes)[i].old_vkey(), vkey);
  }
  known_key_changes_ = *length;
}

void Follower::NoteSigner() {
  const std::string& note = parts_.ledger->checkpoint()->note;
  if (signer_ != nullptr && ledger::OpenCheckpoint(note, *signer_).ok()) return;
  signer_ = SignerOf(note, options_.keys);
  if (signer_ != nullptr && hooks_.signed_by != nullptr) {
    hooks_.signed_by(*signer_);
  }
}

void Follower::Purge() {
  const absl::Status purged = parts_.ledger->PurgeErased();
  must_purge_ = !purged.ok();
  if (purged.ok()) return;
  spdlog::error(
      "files of the store may still hold erased contents; this is tried again "
      "with the next checkpoint, and at the next start: {}",
      std::string(purged.message()));
}

absl::Status Follower::KeepEvidence(const absl::Status& refusal,
                                    const CopyPass& pass) {
  const ledger::Evidence evidence = {
      ErrorReason(refusal),
      {std::string(refusal.message()), ErrorTextZh(refusal)},
      options_.primary.address,
      parts_.clock->Now(),
      pass.verified(),
      pass.shown(),
      pass.proof()};
  const absl::StatusOr<std::string> path =
      ledger::KeepEvidence(evidence, parts_.directory);
  if (!path.ok()) {
    spdlog::error("no evidence file was written: {}\n{}",
                  std::string(path.status().message()),
                  ledger::EvidenceNotes(evidence));
    return refusal;
  }
  return MakeError(
      refusal.code(), ErrorReason(refusal),
      {absl::StrCat(refusal.message(), ". Both checkpoints are kept in ",
                    *path),
       absl::StrCat(ErrorTextZh(refusal), "。两份检查点已保存在 ", *path)});
}

void Follower::Refuse(const absl::Status& refusal) {
  is_refused_ = true;
  const absl::Status why = Refused(options_.primary.address, refusal);
  spdlog::critical("{}: {}", ErrorReason(refusal), std::string(why.message()));
  parts_.replica->Refuse(why);
}

bool Follower::WaitToRetry(const absl::Status& status,
                           const std::function<bool()>& ends) {
  const absl::Duration wait =
      std::min(options_.retry_max,
               options_.retry * (1 << std::min(failures_, kDoublingsMax)));
  // Said ever more seldom: the alert says the rest.
  ++failures_;
  if ((failures_ & (failures_ - 1)) == 0) {
    spdlog::warn("following {} was interrupted, goes on in {}: {}",
                 options_.primary.address, absl::FormatDuration(wait),
                 std::string(status.message()));
  }
  for (absl::Duration left = wait; left > absl::ZeroDuration();
       left -= kWaitSlice) {
    if (ends()) return false;
    MutexLock lock(&mutex_);
    if (!stopping_) changed_.WaitFor(&mutex_, std::min(left, kWaitSlice));
  }
  return !ends();
}

void Follower::CollectMetrics(MetricWriter* metrics) const {
  const uint64_t size = parts_.ledger->checkpoint()->checkpoint.size;
  const uint64_t primary = std::max<uint64_t>(primary_size_, size);
  metrics->Add(Metric::kFollowerLag, static_cast<double>(primary - size));
  metrics->Add(Metric::kFollowerHeard, heard_);
  metrics->Add(Metric::kFollowerRefused, is_refused_ ? 1 : 0);
}

}  // namespace annals
