#include "ledger/tile_path.h"

#include <limits>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"

namespace annals::ledger {
namespace {

constexpr uint64_t kUint64Max = std::numeric_limits<uint64_t>::max();

const auto kMalformedPath =
    StatusHasReason(absl::StatusCode::kInvalidArgument, "TILE_PATH_MALFORMED");
const auto kMalformedTile =
    StatusHasReason(absl::StatusCode::kInvalidArgument, "TILE_MALFORMED");
const auto kMalformedBundle = StatusHasReason(
    absl::StatusCode::kInvalidArgument, "ENTRY_BUNDLE_MALFORMED");

struct Example {
  TileAddress address;
  const char* path;
};

TEST(TilePathTest, WritesAndReadsEveryForm) {
  for (const Example& example : std::vector<Example>{
           // The index of the C2SP tlog-tiles document.
           {{TileKind::kHashes, {0, 1234067}, 256}, "tile/0/x001/x234/067"},
           {{TileKind::kHashes, {0, 1234067}, 8}, "tile/0/x001/x234/067.p/8"},
           {{TileKind::kEntries, {0, 1234067}, 256},
            "tile/entries/x001/x234/067"},
           {{TileKind::kEntries, {0, 0}, 1}, "tile/entries/000.p/1"},
           {{TileKind::kHashes, {0, 0}, 256}, "tile/0/000"},
           {{TileKind::kHashes, {1, 999}, 255}, "tile/1/999.p/255"},
           {{TileKind::kHashes, {7, 1000}, 256}, "tile/7/x001/000"},
           {{TileKind::kHashes, {63, 1000000}, 17},
            "tile/63/x001/x000/000.p/17"},
           {{TileKind::kEntries, {0, kUint64Max}, 255},
            "tile/entries/x018/x446/x744/x073/x709/x551/615.p/255"}}) {
    EXPECT_EQ(TilePath(example.address), example.path);
    EXPECT_THAT(ParseTilePath(example.path), IsOkAndHolds(example.address));
  }
}

// "A tree of size 70,000 will be represented by 273 full level 0 tiles, one
// partial level 0 tile of width 112, one full level 1 tile, one partial level 1
// tile of width 17, and one partial level 2 tile of width 1."
TEST(TilePathTest, NamesTheTilesOfTheExampleOfTheSpecification) {
  constexpr uint64_t kSize = 70000;
  std::vector<std::string> partial;
  std::vector<uint64_t> full;
  for (int level = 0; level <= 3; ++level) {
    uint64_t index = 0;
    while (TileEntries({level, index}, kSize) == kTileWidth) ++index;
    full.push_back(index);
    const uint64_t width = TileEntries({level, index}, kSize);
    if (width > 0) {
      partial.push_back(TilePath({TileKind::kHashes, {level, index}, width}));
    }
  }
  EXPECT_THAT(full, ::testing::ElementsAre(273, 1, 0, 0));
  EXPECT_THAT(partial,
              ::testing::ElementsAre("tile/0/273.p/112", "tile/1/001.p/17",
                                     "tile/2/000.p/1"));
}

TEST(TilePathTest, GoesThereAndBack) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; ++i) {
    TileAddress address;
    const bool of_entries = random() % 2 == 0;
    address.kind = of_entries ? TileKind::kEntries : TileKind::kHashes;
    if (!of_entries) address.id.tile_level = static_cast<int>(random() % 64);
    address.id.tile_index = random() >> (random() % 64);
    address.width = 1 + random() % 256;
    ASSERT_THAT(ParseTilePath(TilePath(address)), IsOkAndHolds(address));
  }
}

TEST(TilePathTest, RefusesEverythingElse) {
  for (const std::string& path : std::vector<std::string>{
           "", "tile", "tile/", "tile/0", "tile/0/", "/tile/0/000", "tile//000",
           "tiles/0/000", "TILE/0/000", "tile/0/000/", "tile/0//000",
           "tile/0/00", "tile/0/0", "tile/0/0000", "tile/0/x000", "tile/0/x001",
           "tile/0/001/000", "tile/0/x001/x000", "tile/0/x000/000",
           "tile/0/x000/x001/000", "tile/0/X001/000", "tile/0/x01/000",
           "tile/0/xx01/000", "tile/0/x001/-01", "tile/0/x001/+01",
           "tile/0/ 01", "tile/0/00a", "tile/00/000", "tile/01/000",
           "tile/64/000", "tile/-1/000", "tile/+1/000", "tile/a/000",
           "tile/entry/000", "tile/Entries/000", "tile/data/000",
           "tile/0/entries/000", "tile/0/000.p", "tile/0/000.p/",
           "tile/0/000.p/0", "tile/0/000.p/01", "tile/0/000.p/256",
           "tile/0/000.p/257", "tile/0/000.p/-1", "tile/0/000.p/a",
           "tile/0/000.p/8/", "tile/0/000.p/8.p/8", "tile/0/000/8",
           "tile/0/000.P/8", "tile/0/000p/8", "tile/0/.p/8", "tile/0.p/8",
           "tile/entries.p/8", "tile/0/x001.p/000", "tile/0/000.p/x08",
           "tile/0/../000", "tile/0/000\n", "tile/0/000 ", "tile/0/000?a=b",
           "tile/0/０００", "checkpoint", "checkpoint/0/000",
           // One above the largest index, and one group more.
           "tile/0/x018/x446/x744/x073/x709/x551/616",
           "tile/0/x001/x000/x000/x000/x000/x000/x000/000",
           std::string("tile/0/000\0", 11), "tile/0/" + std::string(999, '0'),
           "tile/\xFF/000"}) {
    EXPECT_THAT(ParseTilePath(path), kMalformedPath) << path;
  }
}

TEST(HashTileTest, GoesThereAndBack) {
  for (uint64_t width : {1, 2, 255, 256}) {
    std::vector<Hash> hashes;
    for (uint64_t i = 0; i < width; ++i) {
      hashes.push_back(Sha256(std::to_string(i)));
    }
    const std::string bytes = EncodeHashTile(hashes);
    EXPECT_EQ(bytes.size(), width * 32);
    EXPECT_EQ(bytes.substr(0, 32), HashBytes(hashes[0]));
    EXPECT_THAT(DecodeHashTile(bytes, width), IsOkAndHolds(hashes));
    EXPECT_THAT(DecodeHashTile(bytes, width + 1), kMalformedTile);
    EXPECT_THAT(DecodeHashTile(bytes, width - 1), kMalformedTile);
    EXPECT_THAT(DecodeHashTile(bytes.substr(1), width), kMalformedTile);
    EXPECT_THAT(DecodeHashTile(bytes + "x", width), kMalformedTile);
  }
  EXPECT_THAT(DecodeHashTile(std::string(257 * 32, 'x'), 257), kMalformedTile);
  // 32 times this width is 0 in 64 bits.
  EXPECT_THAT(DecodeHashTile("", uint64_t{1} << 59), kMalformedTile);
}

TEST(EntryBundleTest, HasBigEndianLengths) {
  EXPECT_THAT(
      EncodeEntryBundle({"ab", "", std::string(258, 'x')}),
      IsOkAndHolds(std::string("\0\2ab\0\0\1\2", 8) + std::string(258, 'x')));
}

TEST(EntryBundleTest, GoesThereAndBack) {
  std::mt19937_64 random(2);
  for (size_t width : {0, 1, 2, 100, 256}) {
    std::vector<std::string> leaves;
    for (size_t i = 0; i < width; ++i) {
      leaves.emplace_back(random() % 1000, static_cast<char>(random()));
    }
    if (width == 2) leaves[1] = std::string(kBundleLeafBytesMax, 'm');
    ASSERT_OK_AND_ASSIGN(const std::string bytes, EncodeEntryBundle(leaves));
    EXPECT_THAT(DecodeEntryBundle(bytes, width), IsOkAndHolds(leaves));
    EXPECT_THAT(DecodeEntryBundle(bytes, width + 1), kMalformedBundle);
    EXPECT_THAT(DecodeEntryBundle(bytes + '\0', width), kMalformedBundle);
    if (width == 0) continue;
    EXPECT_THAT(DecodeEntryBundle(bytes, width - 1), kMalformedBundle);
  }
}

TEST(EntryBundleTest, RefusesEveryCut) {
  ASSERT_OK_AND_ASSIGN(const std::string bytes,
                       EncodeEntryBundle({"first", "", "third"}));
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_THAT(DecodeEntryBundle(bytes.substr(0, length), 3), kMalformedBundle)
        << length;
  }
  EXPECT_THAT(DecodeEntryBundle(std::string("\xFF\xFF", 2), 1),
              kMalformedBundle);
  EXPECT_THAT(DecodeEntryBundle("", kUint64Max), kMalformedBundle);
}

TEST(EntryBundleTest, RefusesALeafTooLong) {
  EXPECT_THAT(
      EncodeEntryBundle({"a", std::string(kBundleLeafBytesMax + 1, 'x')}),
      StatusHasReason(absl::StatusCode::kInvalidArgument,
                      "BUNDLE_LEAF_TOO_LONG"));
}

}  // namespace
}  // namespace annals::ledger
