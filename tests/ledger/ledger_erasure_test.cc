// Erasing contents: what the ledger still says and proves, and what is left in
// the files of a store on RocksDB.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/hash.h"
#include "ledger/keys.h"
#include "ledger/ledger.h"
#include "ledger/rocksdb_store.h"
#include "ledger/store_check.h"
#include "tests/support/faulty_store.h"
#include "tests/support/ledger_harness.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_store.h"
#include "tests/support/simple_leaf.h"
#include "tests/support/temp_dir.h"

namespace annals::ledger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Optional;

constexpr char kSecret[] = "the-content-that-must-be-withheld-5f1c9a";

// An append that erases the content of entry `index`. Without content itself.
AppendRequest Erasing(uint64_t index) {
  AppendRequest request =
      TestRequest(4 * (1000 + index) + 3, {absl::StrCat("erase-", index), 0});
  request.erases = index;
  return request;
}

AppendRequest WithSecret(uint64_t seed) {
  AppendRequest request = TestRequest(seed);
  request.content = absl::StrCat(std::string(3000, 'x'), kSecret);
  return request;
}

StoreCheckResult CheckAll(Store* store, PublishedMark* mark) {
  const SimpleLeafDecoder decoder;
  const auto verifier =
      NoteVerifier::Create(kTestOrigin, TestSigner('s')->public_key());
  EXPECT_OK(verifier);
  auto result = CheckStore({store, mark, &*verifier, &decoder}, {});
  EXPECT_OK(result);
  return *std::move(result);
}

std::string FirstFault(const StoreCheckResult& result) {
  return result.faults.count() == 0 ? "" : result.faults.kept().front().en;
}

class LedgerErasureTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(harness_.Open());
    harness_.AppendSeeds(0, 3, 3);
    ASSERT_OK(harness_.Append(WithSecret(400)));  // Entry 3.
  }
  Ledger& ledger() { return harness_.ledger(); }

  MemoryStore store_;
  MemoryMark mark_;
  LedgerHarness harness_{&store_, &mark_};
};

TEST_F(LedgerErasureTest, TheEntryStaysAndSaysWhoErasedIt) {
  ASSERT_OK_AND_ASSIGN(const LedgerEntryBytes before,
                       ledger().ReadEntry(3, true));
  ASSERT_TRUE(before.content.has_value());
  EXPECT_EQ(before.erased_by, std::nullopt);
  ASSERT_OK_AND_ASSIGN(const AppendResult erasure, harness_.Append(Erasing(3)));
  EXPECT_EQ(erasure.index, 4u);

  for (bool with_content : {false, true}) {
    ASSERT_OK_AND_ASSIGN(const LedgerEntryBytes after,
                         ledger().ReadEntry(3, with_content));
    EXPECT_EQ(after.leaf, before.leaf);
    EXPECT_FALSE(after.content.has_value());
    EXPECT_EQ(after.erased_by, 4u);
    ASSERT_OK_AND_ASSIGN(const ProvenEntry proven,
                         ledger().ReadProvenEntry({3, 5}, with_content));
    EXPECT_EQ(proven.entry.erased_by, 4u);
  }
  EXPECT_THAT(store_.ReadContent(3), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_OK(ledger().WriteStatus());
  // Its neighbours keep theirs.
  ASSERT_OK_AND_ASSIGN(const LedgerEntryBytes other,
                       ledger().ReadEntry(2, true));
  EXPECT_EQ(other.content->content, TestContent(2));
}

TEST_F(LedgerErasureTest, IsForGoodAndOnce) {
  ASSERT_OK(harness_.Append(Erasing(3)));
  ASSERT_OK_AND_ASSIGN(const AppendResult again, harness_.Append(Erasing(3)));
  EXPECT_TRUE(again.replayed);
  AppendRequest other = Erasing(3);
  other.request_id = "another";
  other.stream = {"erase-3", 1};
  other.make_leaf = [caller = other.caller](const LeafContext& context) {
    return MakeSimpleLeaf(context, "erase-3", caller, "another");
  };
  EXPECT_THAT(
      harness_.Append(std::move(other)),
      StatusHasReason(absl::StatusCode::kFailedPrecondition, "CONTENT_ERASED"));
  EXPECT_EQ(ledger().checkpoint()->checkpoint.size, 5u);
}

TEST_F(LedgerErasureTest, ALeafThatErasesWhatWasNotAskedForIsRefused) {
  AppendRequest request = Erasing(3);
  request.erases = std::nullopt;
  EXPECT_THAT(harness_.Append(std::move(request)),
              StatusHasReason(absl::StatusCode::kInternal, "LEAF_MISMATCH"));
  EXPECT_THAT(harness_.Append(Erasing(4)),  // Itself.
              StatusHasReason(absl::StatusCode::kInternal, "LEAF_MISMATCH"));
  ASSERT_OK_AND_ASSIGN(const LedgerEntryBytes entry,
                       ledger().ReadEntry(3, true));
  EXPECT_TRUE(entry.content.has_value());
}

TEST_F(LedgerErasureTest, ErasesAContentOfTheSameBatch) {
  std::vector<AppendRequest> requests;
  requests.push_back(WithSecret(404));  // Entry 4.
  requests.push_back(Erasing(4));
  for (const auto& result : harness_.AppendTogether(std::move(requests))) {
    ASSERT_OK(result);
  }
  ASSERT_OK_AND_ASSIGN(const LedgerEntryBytes entry,
                       ledger().ReadEntry(4, true));
  EXPECT_EQ(entry.erased_by, 5u);
}

TEST_F(LedgerErasureTest, ARepeatedRequestGetsItsFirstAnswer) {
  ASSERT_OK(harness_.Append(Erasing(3)));
  ASSERT_OK_AND_ASSIGN(const AppendResult again,
                       harness_.Append(WithSecret(400)));
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.index, 3u);
  const AppendRequest request = WithSecret(400);
  const auto found = ledger().FindRequest(request.caller, request.request_id,
                                          request.request_digest);
  ASSERT_OK(found);
  EXPECT_TRUE(found->has_value() && (*found)->index == 3);
}

TEST_F(LedgerErasureTest, AMissingContentIsDamageUnlessAnEntryErasedIt) {
  store_.LoseContent(2);
  EXPECT_THAT(ledger().ReadEntry(2, true),
              StatusHasReason(absl::StatusCode::kDataLoss, "ENTRY_DAMAGED"));
  EXPECT_FALSE(ledger().WriteStatus().ok());
}

TEST_F(LedgerErasureTest, ARowThatNamesAnotherEntryIsNotBelieved) {
  store_.LoseContent(2);
  ASSERT_OK(store_.WriteIndexes({{ErasureKey(2), ErasureValue(3)}}));
  EXPECT_THAT(ledger().ReadEntry(2, true),
              StatusHasReason(absl::StatusCode::kDataLoss, "INDEX_DAMAGED"));
}

TEST_F(LedgerErasureTest, RowsAreMadeAgainFromTheLeaves) {
  ASSERT_OK(harness_.Append(Erasing(3)));
  const auto rows = store_.index_rows();
  ASSERT_OK(store_.ClearIndexes());
  ASSERT_OK(harness_.Open());
  EXPECT_EQ(store_.index_rows(), rows);
  EXPECT_THAT(store_.ReadIndex(ErasureKey(3)),
              IsOkAndHolds(Optional(ErasureValue(4))));
  ASSERT_OK_AND_ASSIGN(const LedgerEntryBytes entry,
                       ledger().ReadEntry(3, true));
  EXPECT_EQ(entry.erased_by, 4u);
}

TEST_F(LedgerErasureTest, TheCheckTellsErasedFromLost) {
  ASSERT_OK(harness_.Append(Erasing(3)));
  harness_.Close();
  const StoreCheckResult whole = CheckAll(&store_, &mark_);
  EXPECT_EQ(FirstFault(whole), "");
  EXPECT_THAT(whole.erased, ElementsAre(ErasedEntry{3, 4}));
  store_.LoseContent(1);
  EXPECT_THAT(FirstFault(CheckAll(&store_, &mark_)),
              HasSubstr("entry 1: its content is missing"));
}

TEST_F(LedgerErasureTest, TheCheckFindsAContentThatCameBack) {
  ASSERT_OK(harness_.Append(Erasing(3)));
  harness_.Close();
  store_.PutContentBack(3);
  EXPECT_THAT(
      FirstFault(CheckAll(&store_, &mark_)),
      HasSubstr("entry 3: entry 4 erased its content, and it is still"));
}

// On RocksDB, with all of its files.
class ErasedFilesTest : public ::testing::Test {
 protected:
  void OpenAll() {
    auto store = OpenRocksDbStore(directory_.Path("db"), RocksDbOptions());
    ASSERT_OK(store);
    store_ = *std::move(store);
    harness_ = std::make_unique<LedgerHarness>(store_.get(), &mark_);
    ASSERT_OK(harness_->Open());
  }
  void CloseAll() {
    harness_.reset();
    store_.reset();
  }

  // Appends around an entry with the secret, whose index and salt are kept.
  void AppendSecret(uint64_t first_seed) {
    harness_->AppendSeeds(first_seed, first_seed + 5, 5);
    ASSERT_OK_AND_ASSIGN(const AppendResult result,
                         harness_->Append(WithSecret(4 * first_seed + 4000)));
    index_ = result.index;
    ASSERT_OK_AND_ASSIGN(const LedgerEntryBytes entry,
                         harness_->ledger().ReadEntry(index_, true));
    // With the content behind it: a harness that is opened anew draws the same
    // salts again, for other entries.
    salt_ = std::string(entry.content->salt.begin(), entry.content->salt.end());
    salt_ += 'x';
    harness_->AppendSeeds(first_seed + 5, first_seed + 10, 5);
  }

  // Their names.
  std::vector<std::string> FilesHolding(absl::string_view needle) {
    std::vector<std::string> names;
    for (const auto& file :
         std::filesystem::recursive_directory_iterator(directory_.Path("db"))) {
      if (!file.is_regular_file()) continue;
      std::ifstream stream(file.path(), std::ios::binary);
      const std::string bytes((std::istreambuf_iterator<char>(stream)), {});
      if (absl::StrContains(bytes, needle)) {
        names.push_back(file.path().filename());
      }
    }
    return names;
  }

  void ExpectGone() {
    EXPECT_THAT(FilesHolding(kSecret), IsEmpty());
    EXPECT_THAT(FilesHolding(salt_), IsEmpty());
    // The search finds what is there.
    EXPECT_THAT(FilesHolding(TestContent(2)), Not(IsEmpty()));
  }

  TempDir directory_;
  MemoryMark mark_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<LedgerHarness> harness_;
  uint64_t index_ = 0;
  std::string salt_;
};

TEST_F(ErasedFilesTest, NothingIsLeftOfWhatOnlyTheLogHeld) {
  OpenAll();
  AppendSecret(0);
  ASSERT_THAT(FilesHolding(kSecret), ElementsAre(HasSubstr(".log")));
  ASSERT_THAT(FilesHolding(salt_), ElementsAre(HasSubstr(".log")));
  ASSERT_OK(harness_->Append(Erasing(index_)));
  ASSERT_THAT(FilesHolding(kSecret), Not(IsEmpty()));
  ASSERT_OK(harness_->ledger().PurgeErased());
  ExpectGone();
}

TEST_F(ErasedFilesTest, NothingIsLeftOfWhatLayInTables) {
  OpenAll();
  AppendSecret(0);
  CloseAll();
  // Several tables, the one with the secret in the middle.
  OpenAll();
  harness_->AppendSeeds(10, 20, 10);
  CloseAll();
  OpenAll();
  harness_->AppendSeeds(20, 30, 10);
  ASSERT_THAT(FilesHolding(kSecret), ElementsAre(HasSubstr(".sst")));
  ASSERT_OK(harness_->Append(Erasing(index_)));
  ASSERT_OK(harness_->ledger().PurgeErased());
  ExpectGone();
  CloseAll();
  ExpectGone();
  EXPECT_EQ(FirstFault([this] {
              OpenAll();
              return CheckAll(store_.get(), &mark_);
            }()),
            "");
  for (uint64_t seed : {uint64_t{0}, uint64_t{12}, uint64_t{28}}) {
    const AppendRequest request = TestRequest(seed);
    EXPECT_OK(harness_->ledger().FindRequest(request.caller, request.request_id,
                                             request.request_digest));
  }
}

TEST_F(ErasedFilesTest, APurgeThatWasCutOffIsDoneAtTheNextOpening) {
  OpenAll();
  AppendSecret(0);
  CloseAll();
  OpenAll();
  ASSERT_OK(harness_->Append(Erasing(index_)));
  CloseAll();  // Before it was purged.
  ASSERT_THAT(FilesHolding(kSecret), Not(IsEmpty()));
  OpenAll();
  ASSERT_OK(harness_->ledger().PurgeErased());
  ExpectGone();
  // Nothing is left to do.
  ASSERT_OK(harness_->ledger().PurgeErased());
}

TEST_F(ErasedFilesTest, AppendsGoOnMeanwhile) {
  OpenAll();
  AppendSecret(0);
  ASSERT_OK(harness_->Append(Erasing(index_)));
  std::thread purge([this] { EXPECT_OK(harness_->ledger().PurgeErased()); });
  harness_->AppendSeeds(10, 200, 20);
  purge.join();
  ExpectGone();
}

TEST_F(LedgerErasureTest, AFailedBatchErasesNothing) {
  harness_.Close();
  // The first write is the new epoch.
  FaultPlan append_fails(2, FaultFlavour::kNotDone);
  FaultyStore faulty(&store_, &append_fails);
  LedgerHarness harness(&faulty, &mark_);
  ASSERT_OK(harness.Open());
  EXPECT_FALSE(harness.Append(Erasing(3)).ok());
  EXPECT_OK(store_.ReadContent(3));
}

}  // namespace
}  // namespace annals::ledger
