#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "service/report/schema.h"

namespace annals::report {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();

TEST(FormatFenTest, PrintsAsTheFormDoes) {
  EXPECT_EQ(FormatFen(592372449, v1::UNIT_WAN_YUAN), "592.372449");
  EXPECT_EQ(FormatFen(72701257800, v1::UNIT_WAN_YUAN), "72701.2578");
  EXPECT_EQ(FormatFen(0, v1::UNIT_WAN_YUAN), "0");
  EXPECT_EQ(FormatFen(1, v1::UNIT_WAN_YUAN), "0.000001");
  EXPECT_EQ(FormatFen(7730280000, v1::UNIT_WAN_YUAN), "7730.28");
  EXPECT_EQ(FormatFen(100000000, v1::UNIT_WAN_YUAN), "100");
  EXPECT_EQ(FormatFen(25100000, v1::UNIT_AS_PRINTED), "251000");
  EXPECT_EQ(FormatFen(5, v1::UNIT_UNSPECIFIED), "0.05");
  EXPECT_EQ(FormatFen(50, v1::UNIT_UNSPECIFIED), "0.5");
  EXPECT_EQ(FormatFen(-1250, v1::UNIT_UNSPECIFIED), "-12.5");
  EXPECT_EQ(FormatFen(kMax, v1::UNIT_WAN_YUAN), "9223372036854.775807");
  EXPECT_EQ(FormatFen(kMin, v1::UNIT_UNSPECIFIED), "-92233720368547758.08");
}

TEST(FormatFigureTest, TakesTheUnitOfTheCell) {
  v1::Report report;
  const Schema& schema = Schema::Get();
  const CellInfo& count = schema.cells()[*schema.Find("t3.granted.total")];
  const CellInfo& fees =
      schema.cells()[*schema.Find("t2.fees.amount_wan_yuan")];
  const CellInfo& amount =
      schema.cells()[*schema.Find("t2.procurement.amount")];
  EXPECT_EQ(FormatFigure(11398889, count, report), "11398889");
  EXPECT_EQ(FormatFigure(1500000, fees, report), "1.5");
  EXPECT_EQ(FormatFigure(1500000, amount, report), "15000");
  report.mutable_t2()->set_procurement_amount_unit(v1::UNIT_WAN_YUAN);
  EXPECT_EQ(FormatFigure(1500000, amount, report), "1.5");
}

TEST(ParseFenTest, ReadsPrintedAmountsExactly) {
  EXPECT_EQ(*ParseFen("59237.2449", v1::UNIT_WAN_YUAN), 59237244900);
  EXPECT_EQ(*ParseFen("0", v1::UNIT_WAN_YUAN), 0);
  EXPECT_EQ(*ParseFen("0.000001", v1::UNIT_WAN_YUAN), 1);
  EXPECT_EQ(*ParseFen("1.50000000", v1::UNIT_WAN_YUAN), 1500000);
  EXPECT_EQ(*ParseFen("251000", v1::UNIT_UNSPECIFIED), 25100000);
  EXPECT_EQ(*ParseFen("-0.01", v1::UNIT_UNSPECIFIED), -1);
  EXPECT_EQ(*ParseFen("9223372036854.775807", v1::UNIT_WAN_YUAN), kMax);
}

TEST(ParseFenTest, RefusesWhatIsNoAmount) {
  for (const char* text :
       {"", "-", ".", "1.", ".5", "1e3", "+1", "1,000", " 1", "1 ", "１",
        "1.2.3", "--1", "0x10", "NaN", "9223372036854.775808",
        "99999999999999999999", "0.0000001"}) {
    const auto parsed = ParseFen(text, v1::UNIT_WAN_YUAN);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ErrorReason(parsed.status()), "INVALID_AMOUNT") << text;
    EXPECT_FALSE(ErrorTextZh(parsed.status()).empty());
  }
  EXPECT_FALSE(ParseFen("0.001", v1::UNIT_UNSPECIFIED).ok());
}

TEST(ParseFenTest, ReadsBackEveryPrintedAmount) {
  std::mt19937_64 random(20240131);
  for (int i = 0; i < 20000; ++i) {
    const int64_t fen = static_cast<int64_t>(random()) >> (random() % 64);
    for (v1::Unit unit : {v1::UNIT_WAN_YUAN, v1::UNIT_UNSPECIFIED}) {
      const auto parsed = ParseFen(FormatFen(fen, unit), unit);
      ASSERT_TRUE(parsed.ok()) << parsed.status();
      ASSERT_EQ(*parsed, fen);
    }
  }
}

}  // namespace
}  // namespace annals::report
