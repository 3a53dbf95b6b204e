#include "tests/support/power_cut_ledger.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "ledger/note.h"
#include "ledger/proof.h"
#include "ledger/recovery.h"
#include "ledger/store_check.h"
#include "ledger/tree.h"
#include "tests/support/matchers.h"
#include "tests/support/watched_file_system.h"

namespace annals::ledger {
namespace {

using ::testing::Optional;

constexpr int kCallers = 3;
constexpr uint64_t kContentBytesMax = 8000;
// RocksDB's least, so that memtables are flushed and files compacted on the
// way.
constexpr size_t kWriteBufferBytes = size_t{64} << 10;
// One append of so many erases a content.
constexpr uint64_t kErasureEvery = 8;

// What a content begins with, so that it can be found in a file.
std::string ContentLabel(absl::string_view request_id) {
  return absl::StrCat("{content of ", request_id, "}");
}

AppendRequest ErasureOf(uint64_t index, uint64_t seed) {
  AppendRequest request = TestRequest(seed, {absl::StrCat("erase-", index), 0});
  request.content.reset();
  request.erases = index;
  return request;
}

std::string FastDirectory() {
  const std::string in_memory = "/dev/shm/";
  return access(in_memory.c_str(), W_OK) == 0 ? in_memory
                                              : ::testing::TempDir();
}

std::string MakeDirectoryAt(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directory(path, error);
  EXPECT_FALSE(error) << path << ": " << error.message();
  return path;
}

}  // namespace

PowerCutLedger::PowerCutLedger()
    : directory_(FastDirectory()),
      disk_(MakeDirectoryAt(root_)),
      calls_(root_, &disk_),
      env_(NewWatchedEnv(&disk_)) {}

absl::Status PowerCutLedger::Open() {
  Close();
  RocksDbOptions options;
  options.write_buffer_bytes = kWriteBufferBytes;
  options.block_cache_bytes = size_t{1} << 20;
  options.env = env_.get();
  options.holds_all_published = [this](uint64_t entries) {
    return HoldsAllPublished(entries, mark_.get());
  };
  mark_ = std::make_unique<PublishedMarkFile>(root_ + "/published_checkpoint");
  ASSIGN_OR_RETURN(store_, OpenRocksDbStore(root_ + "/db", options));
  harness_ = std::make_unique<LedgerHarness>(store_.get(), mark_.get());
  harness_->UseNextSigner(next_signer_);
  return harness_->Open();
}

void PowerCutLedger::Close() {
  harness_.reset();
  mark_.reset();
  store_.reset();
}

void PowerCutLedger::Restore(const PowerLoss& loss, uint64_t seed) {
  disk_.CutNow();
  Close();
  disk_.Restore(loss, seed);
}

AppendRequest PowerCutLedger::NextRequest(Caller* caller) {
  const uint64_t seed = next_seed_++;
  if (!caller->erasable.empty() && caller->random() % kErasureEvery == 0) {
    const uint64_t erased = caller->erasable.back();
    caller->erasable.pop_back();
    return ErasureOf(erased, seed);
  }
  AppendRequest request = TestRequest(seed);
  if (request.content.has_value()) {
    request.content = ContentLabel(request.request_id);
    request.content->append(caller->random() % kContentBytesMax, 'x');
  }
  return request;
}

void PowerCutLedger::Run(uint64_t appends, Caller* caller) {
  for (uint64_t i = 0; i < appends; ++i) {
    const AppendRequest request = NextRequest(caller);
    absl::StatusOr<AppendResult> result = harness_->Append(request);
    if (!result.ok()) {
      EXPECT_EQ(ErrorReason(result.status()), "LEDGER_STOPPED")
          << result.status();
      caller->unanswered.push_back(request);
      return;
    }
    if (request.content.has_value()) caller->erasable.push_back(result->index);
    if (request.erases.has_value()) {
      harness_->ledger().PurgeErased().IgnoreError();
    }
    caller->answers.push_back(*std::move(result));
  }
}

void PowerCutLedger::OpenAndAppend(uint64_t appends, uint64_t seed) {
  const absl::Status opened = Open();
  if (!opened.ok()) {
    ASSERT_TRUE(disk_.is_off()) << opened;
    return;
  }
  std::vector<Caller> callers(kCallers);
  std::vector<std::thread> threads;
  for (Caller& caller : callers) {
    caller.random.seed(seed++);
    threads.emplace_back([this, appends, &caller] { Run(appends, &caller); });
  }
  for (std::thread& thread : threads) thread.join();
  for (Caller& caller : callers) TakeAnswers(&caller);
}

void PowerCutLedger::TakeAnswers(Caller* caller) {
  for (AppendRequest& request : caller->unanswered) {
    unanswered_.push_back(std::move(request));
  }
  for (AppendResult& result : caller->answers) {
    const bool is_new =
        leaves_.emplace(result.index, std::move(result.leaf)).second;
    EXPECT_TRUE(is_new) << "entry " << result.index << " was answered before";
    const Checkpoint& checkpoint = result.checkpoint->checkpoint;
    EXPECT_GT(checkpoint.size, result.index);
    const auto known =
        checkpoints_.emplace(checkpoint.size, checkpoint.root).first;
    EXPECT_EQ(known->second, checkpoint.root);
  }
}

void PowerCutLedger::AppendAndErase(uint64_t appends) {
  Caller caller;
  for (uint64_t i = 0; i < appends; ++i) {
    AppendRequest request = TestRequest(next_seed_++);
    request.content = ContentLabel(request.request_id);
    ASSERT_OK_AND_ASSIGN(AppendResult result, harness_->Append(request));
    caller.answers.push_back(std::move(result));
  }
  ASSERT_OK_AND_ASSIGN(
      AppendResult erasure,
      harness_->Append(ErasureOf(caller.answers.front().index, next_seed_++)));
  caller.answers.push_back(std::move(erasure));
  TakeAnswers(&caller);
}

void PowerCutLedger::RepeatUnanswered() {
  Caller caller;
  for (const AppendRequest& request : unanswered_) {
    ASSERT_OK_AND_ASSIGN(AppendResult result, harness_->Append(request));
    caller.answers.push_back(std::move(result));
  }
  unanswered_.clear();
  TakeAnswers(&caller);
}

void PowerCutLedger::CheckNothingIsLost() {
  const Checkpoint latest = harness_->ledger().checkpoint()->checkpoint;
  CheckAcknowledged(latest);
  CheckEntries(latest);
  CheckStoreAndMark();
}

void PowerCutLedger::CheckAcknowledged(const Checkpoint& latest) {
  Ledger& ledger = harness_->ledger();
  ASSERT_GE(latest.size, acknowledged_size());
  for (const auto& [index, leaf] : leaves_) {
    ASSERT_OK_AND_ASSIGN(const LedgerEntryBytes entry,
                         ledger.ReadEntry(index, true));
    ASSERT_EQ(entry.leaf, leaf);
    ASSERT_OK_AND_ASSIGN(const std::vector<Hash> proof,
                         ledger.InclusionProof({index, latest.size}));
    ASSERT_OK(VerifyInclusion({index, latest.size}, LeafHash(leaf), proof,
                              latest.root));
  }
  for (const auto& [size, root] : checkpoints_) {
    ASSERT_OK_AND_ASSIGN(const std::vector<Hash> proof,
                         ledger.ConsistencyProof({size, latest.size}));
    ASSERT_OK(VerifyConsistency({size, latest.size}, root, latest.root, proof));
  }
}

void PowerCutLedger::CheckEntries(const Checkpoint& latest) {
  const SimpleLeafDecoder decoder;
  Frontier tree;
  absl::Time last = absl::InfinitePast();
  std::set<std::pair<std::string, std::string>> requests;
  for (uint64_t index = 0; index < latest.size; ++index) {
    ASSERT_OK_AND_ASSIGN(const LedgerEntryBytes entry,
                         harness_->ledger().ReadEntry(index, false));
    ASSERT_OK_AND_ASSIGN(const LeafFacts facts,
                         decoder.Decode(index, entry.leaf));
    ASSERT_GT(facts.recorded_at, last);
    last = facts.recorded_at;
    ASSERT_TRUE(requests.emplace(facts.caller, facts.request_id).second)
        << facts.request_id << " is recorded twice";
    tree.Append(LeafHash(entry.leaf), [](const NodeId&, const Hash&) {});
  }
  ASSERT_EQ(tree.Root(), latest.root);
}

void PowerCutLedger::CheckStoreAndMark() {
  EXPECT_THAT(mark_->Read(),
              IsOkAndHolds(Optional(harness_->ledger().checkpoint()->note)));
  const SimpleLeafDecoder decoder;
  ASSERT_OK_AND_ASSIGN(
      const NoteVerifier verifier,
      NoteVerifier::Create(kTestOrigin, TestSigner('s')->public_key()));
  ASSERT_OK_AND_ASSIGN(
      const StoreCheckResult result,
      CheckStore({store_.get(), mark_.get(), &verifier, &decoder}, {}));
  EXPECT_EQ(result.faults.count(), 0u)
      << (result.faults.kept().empty() ? "" : result.faults.kept()[0].en);
}

// A cut may bring files back that a purge had deleted, or come before it.
void PowerCutLedger::CheckErasedIsGone() {
  const SimpleLeafDecoder decoder;
  std::vector<std::string> erased;
  for (const auto& [index, leaf] : leaves_) {
    ASSERT_OK_AND_ASSIGN(const LeafFacts facts, decoder.Decode(index, leaf));
    if (!facts.erases.has_value()) continue;
    ASSERT_OK_AND_ASSIGN(const LeafFacts of,
                         decoder.Decode(*facts.erases, leaves_[*facts.erases]));
    erased.push_back(ContentLabel(of.request_id));
  }
  ASSERT_OK(harness_->ledger().PurgeErased());
  std::error_code error;
  for (const auto& file :
       std::filesystem::directory_iterator(root_ + "/db", error)) {
    // A compaction may delete it meanwhile.
    std::ifstream in(file.path(), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    for (const std::string& label : erased) {
      EXPECT_FALSE(absl::StrContains(bytes, label))
          << label << " is in " << file.path();
    }
  }
}

}  // namespace annals::ledger
