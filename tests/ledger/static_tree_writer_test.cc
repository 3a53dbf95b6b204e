#include "ledger/static_tree_writer.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/proof.h"
#include "ledger/signer.h"
#include "tests/support/matchers.h"
#include "tests/support/rfc6962_reference.h"
#include "tests/support/temp_dir.h"

namespace annals::ledger {
namespace {

constexpr char kOrigin[] = "test.example/ledger";

std::string Leaf(uint64_t index) {
  return absl::StrCat("leaf ", index, std::string(index % 7, 'x'));
}

bool HasContent(uint64_t index) { return index % 3 != 0; }

std::string Content(uint64_t index) { return absl::StrCat("content ", index); }

Salt SaltOf(uint64_t index) {
  Salt salt;
  salt.fill(static_cast<uint8_t>(index));
  return salt;
}

Hash ReferenceRoot(uint64_t size) {
  std::vector<std::string> leaves;
  for (uint64_t i = 0; i < size; ++i) leaves.push_back(Leaf(i));
  return HashFromBytes(Rfc6962Reference(leaves).Mth(0, size));
}

// Reads nodes from the directory's tiles, as a client of a web server would.
class DirectoryReader : public HashReader {
 public:
  DirectoryReader(std::string directory, uint64_t size)
      : directory_(std::move(directory)), size_(size) {}

  absl::StatusOr<std::vector<Hash>> ReadHashes(
      absl::Span<const NodeId> ids) override {
    std::vector<Hash> hashes;
    for (const NodeId& id : ids) {
      const TileId tile = TileOf(id);
      const uint64_t width = TileEntries(tile, size_);
      auto row =
          DecodeHashTile(ReadFile(directory_ + "/" +
                                  TilePath({TileKind::kHashes, tile, width})),
                         width);
      if (!row.ok()) return row.status();
      const int height = id.level % kTileHeight;
      const uint64_t first = (id.index << height) % kTileWidth;
      Frontier subtree;
      for (uint64_t i = 0; i < (uint64_t{1} << height); ++i) {
        subtree.Append((*row)[first + i], [](const NodeId&, const Hash&) {});
      }
      hashes.push_back(subtree.Root());
    }
    return hashes;
  }

 private:
  const std::string directory_;
  const uint64_t size_;
};

class StaticTreeWriterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto signer = Ed25519Signer::FromSeed(std::string(32, 'k'));
    ASSERT_OK(signer);
    signer_ = *std::move(signer);
    auto key = NoteVerifier::Create(kOrigin, signer_->public_key());
    ASSERT_OK(key);
    key_ = *std::move(key);
    Open();
  }

  void Open() {
    writer_.reset();
    auto writer = StaticTreeWriter::Open(directory_, {*key_});
    ASSERT_OK(writer);
    writer_ = *std::move(writer);
  }

  void AppendUpTo(uint64_t size) {
    while (writer_->size() < size) {
      const uint64_t index = writer_->size();
      const Salt salt = SaltOf(index);
      const std::string leaf = Leaf(index);
      const std::string content = Content(index);
      ASSERT_OK(writer_->Append(
          {leaf, HasContent(index) ? &salt : nullptr, content}));
    }
  }

  std::string Note(const Checkpoint& checkpoint) {
    auto note = SignNote(CheckpointText(checkpoint), *key_, signer_.get());
    EXPECT_OK(note);
    return *note;
  }

  std::string NoteOf(uint64_t size) {
    return Note({kOrigin, size, ReferenceRoot(size)});
  }

  void PublishUpTo(uint64_t size) {
    AppendUpTo(size);
    ASSERT_OK(writer_->Publish(NoteOf(size)));
  }

  std::string Path(const std::string& name) const {
    return directory_ + "/" + name;
  }

  bool Exists(const std::string& name) const {
    return std::filesystem::exists(Path(name));
  }

  // Everything that the checkpoint of `size` entries demands is there.
  void CheckDirectory(uint64_t size) {
    ASSERT_OK_AND_ASSIGN(const Checkpoint checkpoint,
                         OpenCheckpoint(ReadFile(Path("checkpoint")), *key_));
    ASSERT_EQ(checkpoint.size, size);
    DirectoryReader reader(directory_, size);
    ASSERT_OK_AND_ASSIGN(const Hash root, ReadRoot(size, &reader));
    EXPECT_EQ(root, checkpoint.root);
    EXPECT_EQ(root, ReferenceRoot(size));
    for (uint64_t index = 0; index < size; ++index) {
      CheckEntry(index, size, checkpoint.root, &reader);
    }
  }

  void CheckEntry(uint64_t index, uint64_t size, const Hash& root,
                  DirectoryReader* reader) {
    const TileId tile{0, index / kTileWidth};
    const uint64_t width = TileEntries(tile, size);
    ASSERT_OK_AND_ASSIGN(
        const std::vector<std::string> leaves,
        DecodeEntryBundle(
            ReadFile(Path(TilePath({TileKind::kEntries, tile, width}))),
            width));
    const std::string& leaf = leaves[index % kTileWidth];
    EXPECT_EQ(leaf, Leaf(index));
    ASSERT_EQ(Exists(ContentPath(index)), HasContent(index));
    if (HasContent(index)) {
      EXPECT_EQ(ReadFile(Path(ContentPath(index))),
                HashBytes(SaltOf(index)) + Content(index));
    }
    if (index % 97 != 0) return;
    ASSERT_OK_AND_ASSIGN(const std::vector<Hash> proof,
                         ProveInclusion({index, size}, reader));
    EXPECT_OK(VerifyInclusion({index, size}, LeafHash(leaf), proof, root));
  }

  TempDir dir_;
  std::string directory_ = dir_.Path("static");
  std::unique_ptr<Ed25519Signer> signer_;
  std::optional<NoteVerifier> key_;
  std::unique_ptr<StaticTreeWriter> writer_;
};

TEST_F(StaticTreeWriterTest, TheEmptyLedgerIsACheckpoint) {
  PublishUpTo(0);
  EXPECT_OK(OpenCheckpoint(ReadFile(Path("checkpoint")), *key_));
  EXPECT_FALSE(Exists("tile"));
  Open();
  EXPECT_EQ(writer_->size(), 0u);
}

// Sizes around the widths of tiles, and the C2SP document's example in small:
// 256 entries are a full tile and a partial one of width 1 above it.
TEST_F(StaticTreeWriterTest, EverySizeIsWhole) {
  for (const uint64_t size : {1, 2, 255, 256, 257, 300, 512, 700}) {
    SCOPED_TRACE(size);
    PublishUpTo(size);
    CheckDirectory(size);
  }
  EXPECT_TRUE(Exists("tile/0/001"));
  EXPECT_TRUE(Exists("tile/1/000.p/2"));
}

// C2SP tlog-tiles: partial tiles of published checkpoints stay until the tile
// is full.
TEST_F(StaticTreeWriterTest, PartialTilesStayUntilTheTileIsFull) {
  PublishUpTo(3);
  PublishUpTo(5);
  EXPECT_TRUE(Exists("tile/0/000.p/3"));
  EXPECT_TRUE(Exists("tile/entries/000.p/3"));
  PublishUpTo(256);
  EXPECT_FALSE(Exists("tile/0/000.p"));
  EXPECT_FALSE(Exists("tile/entries/000.p"));
}

TEST_F(StaticTreeWriterTest, ResumesAtItsCheckpoint) {
  for (const uint64_t size : {7, 256, 300, 600, 1025}) {
    SCOPED_TRACE(size);
    PublishUpTo(size);
    Open();
    ASSERT_EQ(writer_->size(), size);
    ASSERT_EQ(writer_->Root(), ReferenceRoot(size));
  }
  CheckDirectory(1025);
}

// What a run that was cut short left beyond the checkpoint is made anew.
TEST_F(StaticTreeWriterTest, WritesAgainWhatWasNotPublished) {
  PublishUpTo(200);
  AppendUpTo(600);
  WriteFile(Path("tile/0/001"), "half");
  Open();
  EXPECT_EQ(writer_->size(), 200u);
  PublishUpTo(600);
  CheckDirectory(600);
}

TEST_F(StaticTreeWriterTest, LeavesWhatIsPublishedAlone) {
  PublishUpTo(600);
  const auto written = [this](const std::string& name) {
    return std::filesystem::last_write_time(Path(name));
  };
  const auto tile = written("tile/0/000");
  const auto bundle = written("tile/entries/001");
  const auto content = written("content/001");
  Open();
  PublishUpTo(900);
  EXPECT_EQ(written("tile/0/000"), tile);
  EXPECT_EQ(written("tile/entries/001"), bundle);
  EXPECT_EQ(written("content/001"), content);
}

TEST_F(StaticTreeWriterTest, AddsContentsThatWereLeftOut) {
  while (writer_->size() < 300) {
    ASSERT_OK(writer_->Append({Leaf(writer_->size())}));
  }
  ASSERT_OK(writer_->Publish(NoteOf(300)));
  Open();
  for (uint64_t index = 0; index < 300; ++index) {
    const Salt salt = SaltOf(index);
    const std::string leaf = Leaf(index);
    const std::string content = Content(index);
    ASSERT_OK(writer_->AddContent(
        index, {leaf, HasContent(index) ? &salt : nullptr, content}));
  }
  CheckDirectory(300);
  const Salt salt = SaltOf(299);
  EXPECT_THAT(
      writer_->AddContent(299, {"another leaf", &salt, "content"}),
      StatusHasReason(absl::StatusCode::kDataLoss, "STATIC_TREE_DAMAGED"));
}

// A content may be erased before the next run.
TEST_F(StaticTreeWriterTest, RemovesWhatAKilledRunLeft) {
  PublishUpTo(3);
  WriteFile(Path(".draft"), "half a content");
  Open();
  EXPECT_FALSE(Exists(".draft"));
  PublishUpTo(5);
  EXPECT_FALSE(Exists(".draft"));
}

TEST_F(StaticTreeWriterTest, NamesAContentThatWasAltered) {
  PublishUpTo(300);
  Open();
  const Salt salt = SaltOf(2);
  const std::string leaf = Leaf(2);
  const std::string content = Content(2);
  ASSERT_TRUE(HasContent(2));
  ASSERT_OK(writer_->AddContent(2, {leaf, &salt, content}));
  const std::string path = Path("content/002");
  const std::string whole = ReadFile(path);
  for (const std::string& altered :
       {whole.substr(1), whole + "x", std::string(whole.size(), 'x')}) {
    WriteFile(path, altered);
    EXPECT_THAT(
        writer_->AddContent(2, {leaf, &salt, content}),
        StatusHasReason(absl::StatusCode::kDataLoss, "STATIC_TREE_DAMAGED"));
    EXPECT_EQ(ReadFile(path), altered);
  }
}

TEST_F(StaticTreeWriterTest, PublishesNoCheckpointOfOtherEntries) {
  PublishUpTo(4);
  const std::string before = ReadFile(Path("checkpoint"));
  AppendUpTo(6);
  Checkpoint other{kOrigin, 6, ReferenceRoot(6)};
  other.root[0] ^= 1;
  EXPECT_THAT(
      writer_->Publish(Note(other)),
      StatusHasReason(absl::StatusCode::kDataLoss, "CHECKPOINT_DIVERGED"));
  EXPECT_THAT(
      writer_->Publish(NoteOf(5)),
      StatusHasReason(absl::StatusCode::kDataLoss, "CHECKPOINT_DIVERGED"));
  EXPECT_FALSE(writer_->Publish("no note").ok());
  EXPECT_EQ(ReadFile(Path("checkpoint")), before);
}

TEST_F(StaticTreeWriterTest, IsForOneWriterAtATime) {
  EXPECT_THAT(StaticTreeWriter::Open(directory_, {*key_}).status(),
              StatusHasReason(absl::StatusCode::kFailedPrecondition,
                              "STATIC_TREE_IN_USE"));
}

TEST_F(StaticTreeWriterTest, DoesNotContinueAnotherLedger) {
  PublishUpTo(3);
  writer_.reset();
  auto other = Ed25519Signer::FromSeed(std::string(32, 'o'));
  ASSERT_OK(other);
  ASSERT_OK_AND_ASSIGN(const NoteVerifier key,
                       NoteVerifier::Create(kOrigin, (*other)->public_key()));
  EXPECT_THAT(StaticTreeWriter::Open(directory_, {key}).status(),
              StatusHasReason(absl::StatusCode::kFailedPrecondition,
                              "STATIC_TREE_FOREIGN"));
}

// Each file of the right edge, damaged in each way.
TEST_F(StaticTreeWriterTest, DoesNotContinueADamagedDirectory) {
  PublishUpTo(300);
  writer_.reset();
  for (const std::string name :
       {"tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44"}) {
    SCOPED_TRACE(name);
    const std::string whole = ReadFile(Path(name));
    std::string flipped = whole;
    flipped[whole.size() / 2] ^= 4;
    for (const std::string& damaged :
         {flipped, whole.substr(0, whole.size() - 1), std::string()}) {
      WriteFile(Path(name), damaged);
      EXPECT_THAT(
          StaticTreeWriter::Open(directory_, {*key_}).status(),
          StatusHasReason(absl::StatusCode::kDataLoss, "STATIC_TREE_DAMAGED"));
    }
    std::filesystem::remove(Path(name));
    EXPECT_THAT(
        StaticTreeWriter::Open(directory_, {*key_}).status(),
        StatusHasReason(absl::StatusCode::kDataLoss, "STATIC_TREE_DAMAGED"));
    WriteFile(Path(name), whole);
  }
  EXPECT_OK(StaticTreeWriter::Open(directory_, {*key_}));
}

TEST_F(StaticTreeWriterTest, ALeafMustFitIntoABundle) {
  EXPECT_FALSE(
      writer_->Append({std::string(kBundleLeafBytesMax + 1, 'x')}).ok());
}

TEST_F(StaticTreeWriterTest, SaysWhenTheDirectoryCannotBeUsed) {
  WriteFile(dir_.Path("file"), "");
  EXPECT_THAT(
      StaticTreeWriter::Open(dir_.Path("file") + "/sub", {*key_}).status(),
      StatusHasReason(absl::StatusCode::kInvalidArgument, "FILE_NOT_WRITABLE"));
}

}  // namespace
}  // namespace annals::ledger
