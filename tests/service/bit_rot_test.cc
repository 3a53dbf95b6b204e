// One flipped bit anywhere in a data directory: the daemon refuses, naming the
// file and what to do, or serves what was recorded, all of it. What it can't
// read it says of that entry; it never serves anything else, and never fewer
// entries than it signed. Each flip is opened as annalsd opens it, in a process
// of its own, because a crash would be a failure too.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/clock.h"
#include "ledger/error.h"
#include "ledger/ledger.h"
#include "ledger/published_mark.h"
#include "ledger/rocksdb_store.h"
#include "ledger/status_macros.h"
#include "service/data_dir.h"
#include "service/fsck.h"
#include "tests/support/forked.h"
#include "tests/support/ledger_harness.h"
#include "tests/support/matchers.h"
#include "tests/support/result_box.h"
#include "tests/support/simple_leaf.h"
#include "tests/support/small_disk.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wanted_count.h"

namespace annals {
namespace {

using ::testing::HasSubstr;

constexpr char kOrigin[] = "rot.example/annals";
// In tables, and in the write-ahead log's tail.
constexpr uint64_t kFlushed = 300;
constexpr uint64_t kEntries = 360;
constexpr uint64_t kBatch = 20;

// What Daemon::Start opens, in its order, with leaves that a number makes.
struct OpenedDirectory {
  std::unique_ptr<DataDir> dir;
  std::unique_ptr<ledger::DatabaseStore> store;
  std::unique_ptr<ledger::PublishedMark> mark;
  ledger::SimpleLeafDecoder decoder;
  std::unique_ptr<ledger::Ledger> ledger;

  absl::Status Open(const std::string& path) {
    ASSIGN_OR_RETURN(dir, DataDir::Open(path, kOrigin));
    ASSIGN_OR_RETURN(store, ledger::OpenRocksDbStore(dir->database_path(), {}));
    mark = std::make_unique<ledger::PublishedMarkFile>(dir->mark_path());
    ledger::LedgerOptions options;
    options.origin = dir->origin();
    ledger::LedgerParts parts;
    parts.store = store.get();
    parts.mark = mark.get();
    parts.signer = dir->signer();
    parts.decoder = &decoder;
    parts.clock = ledger::Clock::System();
    parts.random = ledger::RandomSource::System();
    ASSIGN_OR_RETURN(ledger, ledger::Ledger::Open(std::move(options), parts));
    RETURN_IF_ERROR(dir->Complete());
    return ledger->PurgeErased();
  }

  absl::Status Append(uint64_t seed) {
    ResultBox<absl::StatusOr<ledger::AppendResult>> box;
    ledger->Append(ledger::TestRequest(seed),
                   [&box](absl::StatusOr<ledger::AppendResult> result) {
                     box.Put(std::move(result));
                   });
    return box.Take().status();
  }

  absl::Status AppendAll(uint64_t begin, uint64_t end) {
    for (uint64_t seed = begin; seed < end; ++seed) {
      RETURN_IF_ERROR(Append(seed));
    }
    return absl::OkStatus();
  }
};

// What a daemon that was killed has left, and the leaves that it recorded, a
// line each.
std::string Build(const std::string& data, const std::string& image) {
  {
    OpenedDirectory opened;
    absl::Status status = opened.Open(data);
    if (status.ok()) status = opened.AppendAll(0, kFlushed);
    if (!status.ok()) return std::string(status.message());
  }
  OpenedDirectory opened;
  absl::Status status = opened.Open(data);
  if (status.ok()) status = opened.AppendAll(kFlushed, kEntries);
  if (!status.ok()) return std::string(status.message());
  std::string leaves;
  for (uint64_t index = 0; index < kEntries; ++index) {
    const auto entry = opened.ledger->ReadEntry(index, false);
    if (!entry.ok()) return std::string(entry.status().message());
    absl::StrAppend(&leaves, absl::BytesToHexString(entry->leaf), "\n");
  }
  CopyAll(data, image);
  return leaves;
}

std::string ToText(const absl::Status& status) {
  return absl::StrCat(ErrorReason(status), ": ",
                      absl::CHexEscape(status.message()), "\n");
}

// Whether an entry that was read is the one that was recorded.
bool IsRight(const ledger::ProvenEntry& proven, const ledger::Checkpoint& tree,
             const std::string& leaf) {
  const ledger::LedgerEntryBytes& entry = proven.entry;
  const uint64_t index = entry.index;
  const bool has_content = index % 4 != 3;
  return absl::BytesToHexString(entry.leaf) == leaf &&
         entry.content.has_value() == has_content &&
         (!has_content ||
          entry.content->content == ledger::TestContent(index)) &&
         ledger::VerifyInclusion({index, tree.size},
                                 ledger::LeafHash(entry.leaf),
                                 proven.inclusion_proof, tree.root)
             .ok();
}

// Reads everything; a line for what is wrong, for what can't be read, or for
// why it does not open.
std::string Examine(const std::string& data,
                    const std::vector<std::string>& leaves) {
  // Whatever it says of leaves that are not the service's, it does not crash.
  CheckDataDir({data, {}}).status().IgnoreError();
  OpenedDirectory opened;
  if (const absl::Status status = opened.Open(data); !status.ok()) {
    return absl::StrCat("refused ", ToText(status));
  }
  ledger::Ledger& ledger = *opened.ledger;
  const ledger::Checkpoint tree = ledger.checkpoint()->checkpoint;
  if (tree.size < kEntries) {
    return absl::StrCat("wrong: only ", tree.size, " entries\n");
  }
  std::string found;
  const auto judge = [&found](const absl::Status& status, bool is_right,
                              absl::string_view what, uint64_t index) {
    if (!status.ok()) {
      absl::StrAppend(&found, "unreadable ", ToText(status));
    } else if (!is_right) {
      absl::StrAppend(&found, "wrong: ", what, " ", index, "\n");
    }
  };
  for (uint64_t index = 0; index < kEntries; ++index) {
    const auto proven = ledger.ReadProvenEntry({index, tree.size}, true);
    judge(proven.status(), proven.ok() && IsRight(*proven, tree, leaves[index]),
          "entry", index);
    const auto length = ledger.LengthOf(absl::StrCat("stream-", index));
    judge(length.status(), length.ok() && *length == 1, "stream", index);
    // A request that is not found would be recorded again.
    const ledger::AppendRequest request = ledger::TestRequest(index);
    const auto answer = ledger.FindRequest(request.caller, request.request_id,
                                           request.request_digest);
    judge(answer.status(),
          answer.ok() && answer->has_value() && (*answer)->index == index,
          "request", index);
  }
  const auto rows = ledger.ScanIndex({.prefix = "caller-", .limit = 1000});
  judge(rows.status(), rows.ok() && rows->size() == tree.size, "rows", 0);
  // One more may be recorded, or be refused.
  opened.Append(kEntries).IgnoreError();
  return found;
}

class BitRotTest : public ::testing::Test {
 protected:
  // In memory where that can be had: each trial syncs some ten times.
  BitRotTest() : memory_(dir_.Path("memory"), uint64_t{64} << 20) {}

  void SetUp() override {
    const ForkedOutcome built =
        RunForked([this] { return Build(dir_.Path("memory/data"), image_); });
    ASSERT_EQ(built.crash, "");
    leaves_ = absl::StrSplit(built.text, '\n', absl::SkipEmpty());
    ASSERT_EQ(leaves_.size(), kEntries) << built.text;
    ASSERT_EQ(ExamineWith("", ""), "");
  }

  // The files whose names begin and end so, from the data directory.
  std::vector<std::string> Files(absl::string_view begin,
                                 absl::string_view end = "") const {
    std::vector<std::string> files;
    for (const auto& file :
         std::filesystem::recursive_directory_iterator(image_)) {
      const std::string name = file.path().filename().string();
      if (file.is_regular_file() && file.file_size() > 0 &&
          absl::StartsWith(name, begin) && absl::EndsWith(name, end)) {
        files.push_back(std::filesystem::relative(file.path(), image_));
      }
    }
    std::sort(files.begin(), files.end());
    EXPECT_FALSE(files.empty()) << begin << "*" << end;
    return files;
  }

  // Examines a copy in which `file` has these bytes.
  std::string ExamineWith(const std::string& file, const std::string& bytes) {
    const std::string data = dir_.Path("memory/trial");
    CopyAll(image_, data);
    if (!file.empty()) WriteFile(data + "/" + file, bytes);
    const ForkedOutcome outcome =
        RunForked([&] { return Examine(data, leaves_); });
    return outcome.crash.empty() ? outcome.text
                                 : absl::StrCat("crash: ", outcome.crash);
  }

  // ANNALS_ROT_DENSITY times as many in a longer run.
  static size_t Density() { return WantedCount("ANNALS_ROT_DENSITY", 1); }

  // Bits at about `places` places of each file, spread over it, and in each of
  // its last `tail` bytes.
  void FlipBits(const std::vector<std::string>& files, size_t places,
                size_t tail = 0) {
    places *= Density();
    std::mt19937_64 random(7);
    for (const std::string& file : files) {
      const std::string bytes = ReadFile(image_ + "/" + file);
      std::vector<size_t> offsets;
      const size_t step = std::max<size_t>(1, bytes.size() / places);
      for (size_t at = 0; at < bytes.size(); at += step) {
        offsets.push_back(std::min(at + random() % step, bytes.size() - 1));
      }
      for (size_t i = 1; i <= std::min(tail, bytes.size()); ++i) {
        offsets.push_back(bytes.size() - i);
      }
      for (const size_t at : offsets) {
        std::string flipped = bytes;
        const int bit = static_cast<int>(random() % 8);
        flipped[at] ^= static_cast<char>(1 << bit);
        SCOPED_TRACE(absl::StrCat(file, " of ", bytes.size(), " bytes, byte ",
                                  at, ", bit ", bit));
        Judge(file, ExamineWith(file, flipped));
      }
    }
  }

  void Judge(const std::string& file, const std::string& found) {
    ++flips_;
    if (found.empty()) ++served_;
    if (absl::StartsWith(found, "refused")) ++refused_;
    const std::string name = std::filesystem::path(file).filename();
    for (absl::string_view line :
         absl::StrSplit(found, '\n', absl::SkipEmpty())) {
      EXPECT_FALSE(absl::StartsWith(line, "crash")) << line;
      EXPECT_FALSE(absl::StartsWith(line, "wrong")) << line;
      EXPECT_TRUE(absl::StrContains(line, name)) << line;
      EXPECT_TRUE(SaysWhatToDo(line)) << line;
    }
  }

  static bool SaysWhatToDo(absl::string_view line) {
    for (const char* words : {"restore", "--rebuild_indexes", "Put it back"}) {
      if (absl::StrContains(line, words)) return true;
    }
    return false;
  }

  void TearDown() override {
    std::printf("%d flips: %d served whole, %d refused, %d in part\n", flips_,
                served_, refused_, flips_ - served_ - refused_);
  }

  TempDir dir_;
  const SmallDisk memory_;
  const std::string image_ = dir_.Path("memory/image");
  std::vector<std::string> leaves_;
  int flips_ = 0;
  int served_ = 0;
  int refused_ = 0;
};

TEST_F(BitRotTest, InATable) { FlipBits(Files("", ".sst"), 14, 30); }

TEST_F(BitRotTest, InTheLog) { FlipBits(Files("", ".log"), 80, 20); }

TEST_F(BitRotTest, InTheManifest) { FlipBits(Files("MANIFEST-"), 70, 10); }

TEST_F(BitRotTest, InCurrent) { FlipBits(Files("CURRENT"), 100); }

TEST_F(BitRotTest, InOptionsIdentityAndTexts) {
  FlipBits(Files("OPTIONS-"), 8);
  FlipBits(Files("IDENTITY"), 6);
  FlipBits(Files("LOG"), 6);
}

// RocksDB would begin an empty database, and remove what it does not know.
TEST_F(BitRotTest, AMissingCurrentIsNoFirstStart) {
  const std::string data = dir_.Path("memory/trial");
  CopyAll(image_, data);
  std::filesystem::remove(data + "/db/CURRENT");
  const ForkedOutcome outcome =
      RunForked([&] { return Examine(data, leaves_); });
  EXPECT_EQ(outcome.crash, "");
  EXPECT_THAT(outcome.text, HasSubstr("refused STORE_DAMAGED"));
  EXPECT_THAT(outcome.text, HasSubstr("/db/CURRENT is missing"));
  for (const std::string& file : Files("", ".sst")) {
    EXPECT_TRUE(std::filesystem::exists(data + "/" + file)) << file;
  }
}

TEST_F(BitRotTest, InTheMark) { FlipBits(Files("published_checkpoint"), 40); }

TEST_F(BitRotTest, InTheKeys) {
  FlipBits(Files("signing_key.pem"), 50);
  FlipBits(Files("verifier_key"), 30);
}

}  // namespace
}  // namespace annals
