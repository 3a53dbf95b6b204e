// Faults on the way to the store, the mark and the signer.
//
// The fault model: the k-th write fails, either before it took effect or after
// it (the caller can't tell), and all later ones succeed; bytes that are read
// may have a flipped bit.

#ifndef ANNALS_TESTS_SUPPORT_FAULTY_STORE_H_
#define ANNALS_TESTS_SUPPORT_FAULTY_STORE_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "ledger/mutex.h"
#include "ledger/published_mark.h"
#include "ledger/signer.h"
#include "ledger/store.h"
#include "ledger/store_error.h"

namespace annals::ledger {

enum class FaultFlavour { kNotDone, kDone };

// Counts writes, and lets one fail. Thread-safe.
class FaultPlan {
 public:
  // No fault.
  FaultPlan() = default;
  // The k-th write fails, counted from 1.
  FaultPlan(int k, FaultFlavour flavour) : k_(k), flavour_(flavour) {}

  template <typename Operation>
  absl::Status Run(Operation operation) {
    if (!IsDue()) return operation();
    if (flavour_ == FaultFlavour::kDone) operation().IgnoreError();
    return StoreError(absl::StatusCode::kUnavailable, "STORE_IO_ERROR",
                      "injected fault");
  }

  bool happened() {
    MutexLock lock(&mutex_);
    return k_ > 0 && count_ >= k_;
  }

 private:
  bool IsDue() {
    MutexLock lock(&mutex_);
    return ++count_ == k_;
  }

  const int k_ = 0;
  const FaultFlavour flavour_ = FaultFlavour::kNotDone;
  Mutex mutex_;
  int count_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Passes all on to another store.
class FaultyStore : public Store {
 public:
  // Not owned; both must outlive this.
  FaultyStore(Store* store, FaultPlan* writes)
      : store_(store), writes_(writes) {}

  // From now on the leaf, content or tile is read with its first bit flipped.
  void DamageLeaf(uint64_t index) {
    MutexLock lock(&mutex_);
    damaged_leaf_ = index;
  }
  void DamageContent(uint64_t index) {
    MutexLock lock(&mutex_);
    damaged_content_ = index;
  }
  // A block of the store that holds the contents of these entries, those that
  // are gone as well.
  void LoseContents(uint64_t first, uint64_t last) {
    MutexLock lock(&mutex_);
    lost_contents_ = {first, last};
  }
  void LoseLeaves(uint64_t first, uint64_t last) {
    MutexLock lock(&mutex_);
    lost_leaves_ = {first, last};
  }
  void DamageTile(const TileId& id) {
    MutexLock lock(&mutex_);
    damaged_tile_ = id;
  }
  // From now on nothing can be read at all.
  void FailReads() {
    MutexLock lock(&mutex_);
    reads_fail_ = true;
  }

  absl::StatusOr<StoreHead> Head() override { return store_->Head(); }

  absl::StatusOr<StoreHead> BeginEpoch() override {
    absl::StatusOr<StoreHead> head;
    const absl::Status status = writes_->Run([this, &head] {
      head = store_->BeginEpoch();
      return head.status();
    });
    if (!status.ok()) return status;
    return head;
  }

  absl::Status AppendBatch(const StoreHead& condition,
                           const Batch& batch) override {
    return writes_->Run([this, &condition, &batch] {
      return store_->AppendBatch(condition, batch);
    });
  }

  absl::StatusOr<std::string> ReadLeaf(uint64_t index) override {
    absl::StatusOr<std::string> leaf = store_->ReadLeaf(index);
    MutexLock lock(&mutex_);
    if (reads_fail_) return Unreadable();
    if (lost_leaves_.Holds(index)) return StoreDamaged("bad block");
    if (leaf.ok() && damaged_leaf_ == index) leaf->front() ^= 0x80;
    return leaf;
  }

  absl::StatusOr<StoredContent> ReadContent(uint64_t index) override {
    absl::StatusOr<StoredContent> content = store_->ReadContent(index);
    MutexLock lock(&mutex_);
    if (reads_fail_) return Unreadable();
    if (lost_contents_.Holds(index)) return StoreDamaged("bad block");
    if (content.ok() && damaged_content_ == index) {
      content->content.front() ^= 0x80;
    }
    return content;
  }

  absl::Status PurgeErased() override {
    return writes_->Run([this] { return store_->PurgeErased(); });
  }

  absl::StatusOr<std::string> ReadTile(const TileId& id) override {
    absl::StatusOr<std::string> tile = store_->ReadTile(id);
    MutexLock lock(&mutex_);
    if (reads_fail_) return Unreadable();
    if (tile.ok() && damaged_tile_ == id) tile->front() ^= 0x80;
    return tile;
  }

  absl::StatusOr<std::optional<std::string>> ReadIndex(
      absl::string_view key) override {
    {
      MutexLock lock(&mutex_);
      if (reads_fail_) return Unreadable();
    }
    return store_->ReadIndex(key);
  }

  absl::StatusOr<std::vector<std::optional<std::string>>> ReadIndexes(
      const std::vector<std::string>& keys) override {
    {
      MutexLock lock(&mutex_);
      if (reads_fail_) return Unreadable();
    }
    return store_->ReadIndexes(keys);
  }

  absl::StatusOr<std::optional<std::string>> PeekIndex(
      absl::string_view key) override {
    {
      MutexLock lock(&mutex_);
      if (reads_fail_) return Unreadable();
    }
    return store_->PeekIndex(key);
  }

  absl::StatusOr<std::vector<IndexRow>> ScanIndex(
      const IndexScan& scan) override {
    return store_->ScanIndex(scan);
  }

  absl::Status ClearIndexes() override {
    return writes_->Run([this] { return store_->ClearIndexes(); });
  }

  absl::Status WriteIndexes(const std::vector<IndexRow>& rows) override {
    return writes_->Run([this, &rows] { return store_->WriteIndexes(rows); });
  }

 private:
  // None if `last` is before `first`.
  struct Range {
    uint64_t first = 1;
    uint64_t last = 0;
    bool Holds(uint64_t index) const { return first <= index && index <= last; }
  };

  static absl::Status Unreadable() {
    return StoreError(absl::StatusCode::kUnavailable, "STORE_IO_ERROR",
                      "injected read fault");
  }

  Store* const store_;
  FaultPlan* const writes_;
  Mutex mutex_;
  std::optional<uint64_t> damaged_leaf_ ABSL_GUARDED_BY(mutex_);
  std::optional<uint64_t> damaged_content_ ABSL_GUARDED_BY(mutex_);
  Range lost_contents_ ABSL_GUARDED_BY(mutex_);
  Range lost_leaves_ ABSL_GUARDED_BY(mutex_);
  std::optional<TileId> damaged_tile_ ABSL_GUARDED_BY(mutex_);
  bool reads_fail_ ABSL_GUARDED_BY(mutex_) = false;
};

class FaultyMark : public PublishedMark {
 public:
  // Not owned; both must outlive this.
  FaultyMark(PublishedMark* mark, FaultPlan* writes)
      : mark_(mark), writes_(writes) {}

  absl::StatusOr<std::optional<std::string>> Read() override {
    return mark_->Read();
  }

  absl::Status Write(absl::string_view note) override {
    return writes_->Run([this, note] { return mark_->Write(note); });
  }

  absl::Status Replace(absl::string_view note) override {
    return writes_->Run([this, note] { return mark_->Replace(note); });
  }

 private:
  PublishedMark* const mark_;
  FaultPlan* const writes_;
};

class FaultySigner : public Signer {
 public:
  // Not owned; both must outlive this. A fault of the flavour kDone gives a
  // false signature instead of an error.
  FaultySigner(Signer* signer, FaultPlan* signings, FaultFlavour flavour)
      : signer_(signer), signings_(signings), flavour_(flavour) {}

  absl::StatusOr<std::string> Sign(absl::string_view message) override {
    absl::StatusOr<std::string> signature = signer_->Sign(message);
    const absl::Status status = signings_->Run([] { return absl::OkStatus(); });
    if (status.ok()) return signature;
    if (flavour_ == FaultFlavour::kNotDone) return status;
    signature->front() ^= 0x01;
    return signature;
  }

  const Ed25519PublicKey& public_key() const override {
    return signer_->public_key();
  }

 private:
  Signer* const signer_;
  FaultPlan* const signings_;
  const FaultFlavour flavour_;
};

}  // namespace annals::ledger

#endif  // ANNALS_TESTS_SUPPORT_FAULTY_STORE_H_
