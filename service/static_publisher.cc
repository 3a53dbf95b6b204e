#include "service/static_publisher.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/leaf_codec.h"
#include "spdlog/spdlog.h"

namespace annals {
namespace {

absl::Status DirectoryAhead(const std::string& directory, uint64_t published,
                            uint64_t size) {
  return MakeError(
      absl::StatusCode::kDataLoss, "PUBLISHED_AHEAD",
      {absl::StrCat(directory, " holds a signed checkpoint of ", published,
                    " entries, the ledger has ", size,
                    ": the ledger was rolled back, or the directory is of "
                    "another copy of it"),
       absl::StrCat(directory, " 中的签名检查点有 ", published,
                    " 个条目，账本只有 ", size,
                    " 个：账本被回退，或该目录属于账本的另一副本")});
}

// An entry is seen a moment before the checkpoint that has it.
constexpr absl::Duration kMoment = absl::Milliseconds(1);

absl::Status Stopped() { return absl::CancelledError("stopped"); }

}  // namespace

StaticPublisher::StaticPublisher(ledger::Ledger* ledger,
                                 std::vector<ledger::NoteVerifier> verifiers,
                                 PublishOptions options)
    : ledger_(ledger),
      verifiers_(std::move(verifiers)),
      options_(std::move(options)) {
  listener_ = ledger_->AddListener([this](uint64_t size) {
    MutexLock lock(&mutex_);
    wanted_ = std::max(wanted_, size);
    grown_or_stopped_.Signal();
  });
}

void StaticPublisher::Start() {
  thread_ = std::thread([this] { Run(); });
}

StaticPublisher::~StaticPublisher() {
  ledger_->RemoveListener(listener_);
  {
    MutexLock lock(&mutex_);
    stopped_ = true;
    grown_or_stopped_.Signal();
    stopping_.Signal();
  }
  if (thread_.joinable()) thread_.join();
}

void StaticPublisher::TakeWitnessed(
    std::shared_ptr<const ledger::SignedCheckpoint> witnessed) {
  MutexLock lock(&mutex_);
  witnessed_ = std::move(witnessed);
  grown_or_stopped_.Signal();
}

bool StaticPublisher::WaitUntilPublished(uint64_t size,
                                         absl::Duration timeout) {
  MutexLock lock(&mutex_);
  unwitnessed_ = std::max(unwitnessed_, size);
  grown_or_stopped_.Signal();
  while (!last_try_failed_ && (!has_published_ || published_ < size)) {
    if (put_there_.WaitFor(&mutex_, timeout)) break;
  }
  return has_published_ && published_ >= size;
}

void StaticPublisher::Finish(uint64_t size, absl::Duration timeout) {
  MutexLock lock(&mutex_);
  wanted_ = std::max(wanted_, size);
  grown_or_stopped_.Signal();
  while (!last_try_failed_ && HasWork()) {
    if (put_there_.WaitFor(&mutex_, timeout)) return;
  }
}

void StaticPublisher::Run() {
  TellIfAwaiting();
  absl::Duration retry = options_.retry;
  while (WaitForGrowth()) {
    const absl::Status status = PublishLatest();
    if (absl::IsCancelled(status)) return;
    if (status.ok()) {
      retry = options_.retry;
      if (!Pause(options_.interval)) return;
      continue;
    }
    TellFailed(status, retry);
    writer_.reset();
    if (!Pause(retry)) return;
    retry = std::min(2 * retry, options_.retry_max);
  }
}

void StaticPublisher::TellFailed(const absl::Status& status,
                                 absl::Duration retry) {
  spdlog::error("publishing to {} failed, next try in {}: {}",
                options_.directory, absl::FormatDuration(retry),
                std::string(status.message()));
  MutexLock lock(&mutex_);
  last_try_failed_ = true;
  put_there_.SignalAll();
}

bool StaticPublisher::WaitForGrowth() {
  MutexLock lock(&mutex_);
  while (!stopped_ && !HasWork()) grown_or_stopped_.Wait(&mutex_);
  return !stopped_;
}

void StaticPublisher::TellIfAwaiting() {
  MutexLock lock(&mutex_);
  if (!AwaitsWitnesses()) return;
  spdlog::info(
      "publishing to {} waits for the first checkpoint that enough witnesses "
      "cosign",
      options_.directory);
}

bool StaticPublisher::Pause(absl::Duration duration) {
  MutexLock lock(&mutex_);
  bool is_over = duration <= absl::ZeroDuration();
  while (!stopped_ && !is_over) {
    is_over = stopping_.WaitFor(&mutex_, duration);
  }
  return !stopped_;
}

bool StaticPublisher::stopped() {
  MutexLock lock(&mutex_);
  return stopped_;
}

bool StaticPublisher::AwaitsWitnesses() const {
  return options_.awaits_witnesses && witnessed_ == nullptr &&
         unwitnessed_ == 0;
}

bool StaticPublisher::HasWork() const {
  return !AwaitsWitnesses() && (!has_published_ || IsDue());
}

bool StaticPublisher::IsDue() const {
  if (witnessed_ == nullptr) {
    return (options_.awaits_witnesses ? unwitnessed_ : wanted_) > published_;
  }
  const uint64_t size = witnessed_->checkpoint.size;
  return unwitnessed_ > published_ || size > published_ ||
         (size == published_ && witnessed_->note != published_note_);
}

std::shared_ptr<const ledger::SignedCheckpoint> StaticPublisher::Target() {
  {
    MutexLock lock(&mutex_);
    if (witnessed_ != nullptr &&
        witnessed_->checkpoint.size >= std::max(unwitnessed_, published_)) {
      return witnessed_;
    }
  }
  return ledger_->checkpoint();
}

absl::Status StaticPublisher::PublishLatest() {
  auto target = Target();
  if (writer_ == nullptr) {
    ASSIGN_OR_RETURN(writer_, ledger::StaticTreeWriter::Open(options_.directory,
                                                             verifiers_));
  }
  const uint64_t ledger_size = ledger_->checkpoint()->checkpoint.size;
  if (writer_->size() > ledger_size) {
    return DirectoryAhead(options_.directory, writer_->size(), ledger_size);
  }
  // Otherwise the directory is ahead of the witnesses.
  std::string note = writer_->published_note();
  if (writer_->size() <= target->checkpoint.size) {
    RETURN_IF_ERROR(WriteEntries(&target));
    RETURN_IF_ERROR(writer_->Publish(target->note));
    note = target->note;
  }
  NotePublished(std::move(note));
  return absl::OkStatus();
}

void StaticPublisher::NotePublished(std::string note) {
  MutexLock lock(&mutex_);
  published_ = writer_->published().size;
  published_note_ = std::move(note);
  has_published_ = true;
  last_try_failed_ = false;
  put_there_.SignalAll();
}

absl::Status StaticPublisher::WriteEntries(
    std::shared_ptr<const ledger::SignedCheckpoint>* target) {
  std::vector<uint64_t> erased;
  while (writer_->size() < (*target)->checkpoint.size) {
    if (stopped()) return Stopped();
    ASSIGN_OR_RETURN(
        const ledger::LedgerEntryBytes entry,
        ledger_->ReadEntry(writer_->size(), options_.with_contents));
    ledger::StaticEntry written{entry.leaf};
    if (entry.content.has_value()) {
      written.salt = &entry.content->salt;
      written.content = entry.content->content;
    }
    RETURN_IF_ERROR(writer_->Append(written));
    // Erased since: the checkpoint that is put there must cover that as well,
    // or nobody could tell it from damage.
    while (entry.erased_by.has_value() &&
           *entry.erased_by >= (*target)->checkpoint.size) {
      if (!Pause(kMoment)) return Stopped();
      *target = ledger_->checkpoint();
    }
    ASSIGN_OR_RETURN(const v1::LedgerEntry decoded,
                     DecodeLeaf(entry.index, entry.leaf));
    if (decoded.has_content_erased()) {
      erased.push_back(decoded.content_erased().erased_index());
    }
  }
  // Also what was put there before, or beyond the checkpoint by a run that was
  // cut short. Just before the checkpoint that tells of it, and not after it: a
  // run that is cut short between the two does it again.
  for (const uint64_t index : erased) {
    RETURN_IF_ERROR(writer_->RemoveContent(index));
  }
  return absl::OkStatus();
}

}  // namespace annals
