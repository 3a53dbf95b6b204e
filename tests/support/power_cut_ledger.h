// A ledger on RocksDB and files, on a disk whose power is cut, with what its
// callers were told. Verbs for tests; what is appended is a function of a seed.

#ifndef ANNALS_TESTS_SUPPORT_POWER_CUT_LEDGER_H_
#define ANNALS_TESTS_SUPPORT_POWER_CUT_LEDGER_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "ledger/hash.h"
#include "ledger/ledger.h"
#include "ledger/published_mark.h"
#include "ledger/rocksdb_store.h"
#include "rocksdb/env.h"
#include "tests/support/ledger_harness.h"
#include "tests/support/power_cut_disk.h"
#include "tests/support/temp_dir.h"
#include "tests/support/watched_calls.h"

namespace annals::ledger {

class PowerCutLedger {
 public:
  PowerCutLedger();
  ~PowerCutLedger() { Close(); }

  PowerCutDisk& disk() { return disk_; }
  // REQUIRES: it is open.
  LedgerHarness& harness() { return *harness_; }

  // For the next Open; not owned.
  void UseNextSigner(Signer* signer) { next_signer_ = signer; }

  absl::Status Open();
  void Close();
  // Closes what is open, without power if it was cut.
  void Restore(const PowerLoss& loss, uint64_t seed);

  // Opens, and appends from several threads at once, some entries that erase
  // contents among them, until the power is cut or each has appended so many.
  void OpenAndAppend(uint64_t appends, uint64_t seed);

  // REQUIRES: it is open. Appends so many entries and one that erases the first
  // content of them, and does not purge.
  void AppendAndErase(uint64_t appends);

  // Appends again what was not answered.
  void RepeatUnanswered();

  // Verifies the open ledger from outside. All that was acknowledged is there,
  // at its place and under a root that extends every acknowledged checkpoint;
  // no index is left out and no request is recorded twice; the store has no
  // fault.
  void CheckNothingIsLost();

  // Purges what an acknowledged entry erased: no file holds it then.
  void CheckErasedIsGone();

  // The entries of the greatest acknowledged checkpoint.
  uint64_t acknowledged_size() const {
    return checkpoints_.empty() ? 0 : checkpoints_.rbegin()->first;
  }
  size_t acknowledged() const { return leaves_.size(); }

 private:
  // What one thread appends, and what came of it.
  struct Caller {
    std::mt19937_64 random;
    std::vector<AppendRequest> unanswered;
    std::vector<AppendResult> answers;
    std::vector<uint64_t> erasable;  // Entries with a content.
  };

  AppendRequest NextRequest(Caller* caller);
  void Run(uint64_t appends, Caller* caller);
  void TakeAnswers(Caller* caller);
  void CheckAcknowledged(const Checkpoint& latest);
  void CheckEntries(const Checkpoint& latest);
  void CheckStoreAndMark();

  TempDir directory_;  // In memory, if the system has such a place.
  const std::string root_ = directory_.Path("data");
  PowerCutDisk disk_;
  WatchedCalls calls_;
  const std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<DatabaseStore> store_;
  std::unique_ptr<PublishedMark> mark_;
  std::unique_ptr<LedgerHarness> harness_;
  Signer* next_signer_ = nullptr;
  std::atomic<uint64_t> next_seed_ = 0;
  std::vector<AppendRequest> unanswered_;
  // What was acknowledged: leaves by their index, roots by their size.
  std::map<uint64_t, std::string> leaves_;
  std::map<uint64_t, Hash> checkpoints_;
};

}  // namespace annals::ledger

#endif  // ANNALS_TESTS_SUPPORT_POWER_CUT_LEDGER_H_
