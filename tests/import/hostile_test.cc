// Reports in prints that the importer was not written for: whatever it is sure
// of is right, and where labels tell the cells, it is sure of them.

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/import/hostile_text.h"

namespace annals::client {
namespace {

using ::testing::IsEmpty;

constexpr unsigned kSeeds = 60;

// How many of the cells, in percent, must be certain.
struct Recall {
  Twist twist;
  int floor;
};

class HostileTest : public testing::TestWithParam<Recall> {};

TEST_P(HostileTest, WhateverIsCertainIsRight) {
  const Twist twist = GetParam().twist;
  int certain = 0;
  int cells = 0;
  for (unsigned seed = 1; seed <= kSeeds; ++seed) {
    const HostileText hostile =
        MakeHostileText(1000 * static_cast<unsigned>(twist) + seed, twist);
    const auto result = ImportText(hostile.text);
    ASSERT_TRUE(result.ok()) << hostile.recipe << "\n" << hostile.text;
    ASSERT_THAT(WrongAndUnmarked(*result, hostile.truth), IsEmpty())
        << hostile.recipe << "\n"
        << hostile.text;
    certain += result->Count(Certainty::kCertain);
    cells += static_cast<int>(hostile.truth.size());
  }
  EXPECT_GE(certain * 100, GetParam().floor * cells)
      << certain << " of " << cells;
}

INSTANTIATE_TEST_SUITE_P(
    Twists, HostileTest,
    testing::Values(
        Recall{Twist::kNone, 94}, Recall{Twist::kRowDropped, 94},
        Recall{Twist::kRowAdded, 90}, Recall{Twist::kColumnAdded, 40},
        Recall{Twist::kColumnsSwapped, 20}, Recall{Twist::kTotalFirst, 15},
        Recall{Twist::kColumnsMerged, 20}, Recall{Twist::kTransposed, 5},
        Recall{Twist::kPrintedTwice, 90}, Recall{Twist::kPrintedOtherwise, 80},
        Recall{Twist::kLastYearBelow, 94}, Recall{Twist::kLastYearTables, 5},
        Recall{Twist::kYearsCompared, 10}, Recall{Twist::kHeadingsMissing, 90},
        Recall{Twist::kHeadingsTwice, 94}, Recall{Twist::kTablesFirst, 94},
        Recall{Twist::kProseLikeHeadings, 94}, Recall{Twist::kHeadMissing, 10},
        Recall{Twist::kTorn, 85}, Recall{Twist::kDigitsBroken, 80},
        Recall{Twist::kGlued, 80}, Recall{Twist::kYearsBeside, 10}),
    [](const auto& info) {
      std::string name = TwistName(info.param.twist);
      for (char& c : name) {
        if (c == ' ' || c == '\'') c = '_';
      }
      return name;
    });

}  // namespace
}  // namespace annals::client
