#include "ledger/keys.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals::ledger {
namespace {

using ::testing::Optional;

constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
const std::vector<uint64_t>& Numbers() {
  static const auto* numbers = new std::vector<uint64_t>{
      0,     1,     127,        128,        255,      256,
      65535, 65536, 1ull << 31, 1ull << 32, kMax - 1, kMax};
  return *numbers;
}

TEST(KeysTest, TheBytesAreFixed) {
  EXPECT_EQ(EntryKey(0x0102030405060708), std::string("\1\2\3\4\5\6\7\x08", 8));
  EXPECT_EQ(TileKey({2, 3}), std::string("\2\0\0\0\0\0\0\0\3", 9));
  EXPECT_EQ(StreamRowKey("ab", 1),
            std::string("\1\0\0\0\2ab\0\0\0\0\0\0\0\1", 15));
  EXPECT_EQ(StreamHeadKey("ab"), std::string("\2ab"));
  EXPECT_EQ(RequestKey("ab", "c"), std::string("\3\0\0\0\2abc", 8));
  EXPECT_EQ(IndexMarkerKey(), std::string("\4"));
  EXPECT_EQ(OwnerRowKey("ab"), std::string("\x10"
                                           "ab"));
}

TEST(KeysTest, KeysSortAsTheirNumbers) {
  for (size_t i = 1; i < Numbers().size(); ++i) {
    const uint64_t low = Numbers()[i - 1];
    const uint64_t high = Numbers()[i];
    EXPECT_LT(EntryKey(low), EntryKey(high));
    EXPECT_LT(TileKey({1, low}), TileKey({1, high}));
    EXPECT_LT(TileKey({0, kMax}), TileKey({1, low}));
    EXPECT_LT(StreamRowKey("s", low), StreamRowKey("s", high));
  }
}

TEST(KeysTest, NoTwoKeysRunIntoEachOther) {
  const std::vector<std::string> names = {
      "", "a", "b", "ab", "abc", "bc", "c", std::string("a\0", 2)};
  std::set<std::string> keys;
  size_t count = 0;
  for (const std::string& first : names) {
    keys.insert(StreamHeadKey(first));
    keys.insert(OwnerRowKey(first));
    count += 2;
    for (const std::string& second : names) {
      keys.insert(RequestKey(first, second));
      ++count;
    }
    for (uint64_t position : Numbers()) {
      keys.insert(StreamRowKey(first, position));
      ++count;
    }
  }
  EXPECT_EQ(keys.size(), count);
}

TEST(KeysTest, AStreamsPrefixIsNoOtherStreams) {
  EXPECT_TRUE(absl::StartsWith(StreamRowKey("a", 7), StreamRowPrefix("a")));
  EXPECT_FALSE(absl::StartsWith(StreamRowKey("ab", 7), StreamRowPrefix("a")));
}

TEST(KeysTest, ValuesRoundTrip) {
  for (uint64_t number : Numbers()) {
    EXPECT_THAT(StreamRowPosition(StreamRowKey("s", number)), Optional(number));
    EXPECT_THAT(ParseRequestValue(RequestValue(number)), Optional(number));
    const StreamHead head{number, number / 2};
    EXPECT_THAT(ParseStreamHead(StreamHeadValue(head)), Optional(head));
    const IndexMarker marker{number, static_cast<uint32_t>(number), 7};
    EXPECT_THAT(ParseIndexMarker(IndexMarkerValue(marker)), Optional(marker));
  }
  for (int64_t micros : {-1, 0, 1, 1'738'339'200}) {
    const StreamRow row{5, absl::FromUnixMicros(micros * 1'000'001)};
    EXPECT_THAT(ParseStreamRow(StreamRowValue(row)), Optional(row));
  }
  EXPECT_EQ(OwnerPart(OwnerRowKey("key")), "key");
}

TEST(KeysTest, ValuesOfAnotherLengthAreRefused) {
  const std::string row = StreamRowValue({1, absl::UnixEpoch()});
  const std::string head = StreamHeadValue({1, 1});
  const std::string marker = IndexMarkerValue({1, 1, 1});
  const std::string request = RequestValue(1);
  for (size_t size = 0; size < 24; ++size) {
    std::string bytes(size, 'x');
    EXPECT_EQ(ParseStreamRow(bytes).has_value(), size == row.size());
    EXPECT_EQ(ParseStreamHead(bytes).has_value(), size == head.size());
    EXPECT_EQ(ParseIndexMarker(bytes).has_value(), size == marker.size());
    EXPECT_EQ(ParseRequestValue(bytes).has_value(), size == request.size());
    EXPECT_EQ(StreamRowPosition(bytes).has_value(), size >= 8);
  }
}

}  // namespace
}  // namespace annals::ledger
