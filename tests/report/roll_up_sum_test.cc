#include "service/report/roll_up_sum.h"

#include <algorithm>
#include <limits>
#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/report/covered_regions.h"
#include "tests/report/finding_support.h"
#include "tests/support/report_maker.h"

namespace annals::report {
namespace {

using ::testing::IsEmpty;
using ::testing::Pointee;

constexpr char kNew[] = "t3.new_received.total";
constexpr char kFees[] = "t2.fees.amount_wan_yuan";

v1::Report Blank(v1::Edition edition = v1::EDITION_2021) {
  v1::Report report;
  report.mutable_t2()->set_edition(edition);
  report.mutable_t3()->set_edition(edition);
  report.mutable_t4()->set_edition(edition);
  return report;
}

v1::Report With(const char* id, int64_t value) {
  v1::Report report = Blank();
  SetCell(CellOf(id), value, &report);
  return report;
}

std::string Name(int n) {
  return absl::StrCat("agencies/", n, "/reports/2024/revisions/1");
}

class RollUpSumTest : public ::testing::Test {
 protected:
  void Add(const v1::Report& report) {
    Figures figures = FiguresOf(report);
    figures.agency_name = absl::StrCat("机关", ++count_);
    sum_.Add(Name(count_), figures);
  }

  v1::RollUpCell CellNamed(const std::string& id,
                           const std::vector<CellIndex>& chosen = {}) const {
    for (v1::RollUpCell& cell : sum_.Build(chosen)) {
      if (cell.cell() == id) return cell;
    }
    return v1::RollUpCell();
  }

  RollUpSum sum_{3};
  int count_ = 0;
};

TEST_F(RollUpSumTest, ABlankIsNoZero) {
  Add(Blank());
  Add(Blank());
  EXPECT_FALSE(CellNamed(kNew).has_sum());
  EXPECT_EQ(CellNamed(kNew).blank_count(), 2);
  Add(With(kNew, 0));
  const v1::RollUpCell cell = CellNamed(kNew);
  ASSERT_TRUE(cell.has_sum());
  EXPECT_EQ(cell.sum(), 0);
  EXPECT_EQ(cell.contribution_count(), 1);
  EXPECT_EQ(cell.blank_count(), 2);
  EXPECT_FALSE(cell.has_regional());
}

TEST_F(RollUpSumTest, ASumBeyond64BitsIsAbsent) {
  Add(With(kNew, std::numeric_limits<int64_t>::max()));
  EXPECT_EQ(CellNamed(kNew).sum(), std::numeric_limits<int64_t>::max());
  Add(With(kNew, 1));
  const v1::RollUpCell cell = CellNamed(kNew, {CellOf(kNew)});
  EXPECT_FALSE(cell.has_sum());
  EXPECT_EQ(cell.contribution_count(), 2);
  EXPECT_EQ(cell.contributions_size(), 2);
}

TEST_F(RollUpSumTest, MoneyIsExact) {
  // 1000 times 0.01 yuan, and figures whose doubles would be rounded.
  for (int i = 0; i < 1000; ++i) Add(With(kFees, 1));
  Add(With(kFees, 900'719'925'474'099'3));
  Add(With(kFees, 592'372'449));
  EXPECT_EQ(CellNamed(kFees).sum(), 900'719'925'474'099'3 + 592'372'449 + 1000);
}

TEST_F(RollUpSumTest, TheLargestContributionsComeFirstThenBlanks) {
  for (const int64_t value : {5, 9, 1, 9, 7}) Add(With(kNew, value));
  Add(Blank());
  v1::RollUpCell cell = CellNamed(kNew, {CellOf(kNew)});
  ASSERT_EQ(cell.contributions_size(), 3);
  EXPECT_EQ(cell.contributions(0).revision(), Name(2));
  EXPECT_EQ(cell.contributions(1).revision(), Name(4));
  EXPECT_EQ(cell.contributions(2).value(), 7);
  EXPECT_EQ(cell.contributions(2).display_name(), "机关5");
  EXPECT_EQ(cell.contribution_count(), 5);
  cell = CellNamed("t3.granted.total", {CellOf("t3.granted.total")});
  ASSERT_EQ(cell.contributions_size(), 3);
  EXPECT_FALSE(cell.contributions(0).has_value());
}

TEST_F(RollUpSumTest, OnlyWhatDiffersHasContributionsUnlessChosen) {
  Add(With(kNew, 3));
  Add(With(kFees, 7));
  EXPECT_THAT(CellNamed(kNew).contributions(), IsEmpty());
  v1::Report regional = With(kNew, 3);
  SetCell(CellOf(kFees), 8, &regional);
  SetCell(CellOf("t3.granted.total"), 0, &regional);
  sum_.SetRegional(FiguresOf(regional));
  EXPECT_FALSE(DiffersFromRegional(CellNamed(kNew)));
  EXPECT_THAT(CellNamed(kNew).contributions(), IsEmpty());
  EXPECT_TRUE(DiffersFromRegional(CellNamed(kFees)));
  EXPECT_EQ(CellNamed(kFees).regional(), 8);
  EXPECT_EQ(CellNamed(kFees).contributions_size(), 2);
  // Zero is said of nothing.
  EXPECT_TRUE(DiffersFromRegional(CellNamed("t3.granted.total")));
  EXPECT_FALSE(DiffersFromRegional(CellNamed("t3.carried_over_in.total")));
  EXPECT_THAT(CellNamed(kFees, {CellOf(kNew)}).contributions(), IsEmpty());
  EXPECT_EQ(CellNamed(kNew, {CellOf(kNew)}).contributions_size(), 2);
}

TEST_F(RollUpSumTest, ACellOfAnotherEditionIsBlank) {
  v1::Report old = Blank(v1::EDITION_2019);
  const auto cell = std::find_if(
      Schema::Get().cells().begin(), Schema::Get().cells().end(),
      [](const CellInfo& info) { return info.in_2019 && !info.in_2021; });
  ASSERT_NE(cell, Schema::Get().cells().end());
  Add(Blank());
  EXPECT_EQ(CellNamed(cell->id).cell(), "");
  SetCell(CellOf(cell->id), 4, &old);
  Add(old);
  EXPECT_EQ(CellNamed(cell->id).sum(), 4);
  EXPECT_EQ(CellNamed(cell->id).blank_count(), 1);
  v1::Report wrong = Blank();
  SetCell(CellOf(cell->id), 100, &wrong);
  Add(wrong);
  EXPECT_EQ(CellNamed(cell->id).sum(), 4);
  // Nor does a draft of the present form have it.
  EXPECT_EQ(ReadCells(sum_.Draft(2024))[static_cast<size_t>(CellOf(cell->id))],
            std::nullopt);
}

TEST_F(RollUpSumTest, ADraftHasTheSumsAndBlanks) {
  Add(With(kNew, 3));
  Add(With(kNew, 4));
  const v1::Report draft = sum_.Draft(2024);
  EXPECT_EQ(draft.scope(), v1::SCOPE_REGIONAL);
  EXPECT_EQ(draft.year(), 2024);
  EXPECT_EQ(draft.t3().edition(), v1::EDITION_2021);
  EXPECT_EQ(sum_.Draft(2020).t3().edition(), v1::EDITION_2019);
  EXPECT_EQ(Figure(draft, kNew), 7);
  EXPECT_EQ(Figure(draft, kFees), std::nullopt);
}

// Against sums made the plain way, of reports with holes.
TEST(RollUpSumPropertyTest, IsTheSumOfEachCell) {
  std::mt19937_64 random(7);
  const auto& infos = Schema::Get().cells();
  for (int round = 0; round < 20; ++round) {
    RollUpSum sum(1000);
    std::map<std::string, std::vector<int64_t>> figures;
    const int reports = 1 + static_cast<int>(random() % 40);
    for (int n = 0; n < reports; ++n) {
      v1::Report report = MakeReport(random());
      for (size_t i = 0; i < infos.size(); ++i) {
        if (random() % 4 == 0) {
          SetCell(static_cast<CellIndex>(i), std::nullopt, &report);
        }
      }
      const Cells cells = ReadCells(report);
      for (size_t i = 0; i < infos.size(); ++i) {
        if (infos[i].in_2021 && cells[i].has_value()) {
          figures[infos[i].id].push_back(*cells[i]);
        }
      }
      sum.Add(Name(n), FiguresOf(report));
    }
    std::vector<CellIndex> all;
    for (size_t i = 0; i < infos.size(); ++i) {
      if (infos[i].in_2021) all.push_back(static_cast<CellIndex>(i));
    }
    const std::vector<v1::RollUpCell> cells = sum.Build(all);
    ASSERT_EQ(cells.size(), all.size());
    for (const v1::RollUpCell& cell : cells) {
      std::vector<int64_t>& expected = figures[cell.cell()];
      std::sort(expected.rbegin(), expected.rend());
      int64_t total = 0;
      for (const int64_t figure : expected) total += figure;
      EXPECT_EQ(cell.has_sum(), !expected.empty());
      EXPECT_EQ(cell.sum(), total) << cell.cell();
      const int count = static_cast<int>(expected.size());
      EXPECT_EQ(cell.contribution_count(), count);
      EXPECT_EQ(cell.blank_count(), reports - count);
      ASSERT_EQ(cell.contributions_size(), reports);
      for (int i = 0; i < count; ++i) {
        EXPECT_EQ(cell.contributions(i).value(),
                  expected[static_cast<size_t>(i)]);
      }
    }
  }
}

TEST(FiguresTest, AreThoseThatProtobufReads) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const v1::Report report = MakeReport(seed);
    Figures figures;
    ASSERT_TRUE(ReadFigures(report.SerializeAsString(), &figures));
    EXPECT_EQ(figures.cells, ReadCells(report));
    EXPECT_EQ(figures.agency_name, report.agency_name());
    for (const int table : {2, 3, 4}) {
      EXPECT_EQ(figures.editions[static_cast<size_t>(table)],
                EditionOf(report, table));
    }
  }
}

TEST(FiguresTest, BytesCutOffAreMalformedOrAShorterReport) {
  v1::Report whole = MakeReport(1);
  // Protobuf says of each cut text that it is no UTF-8.
  whole.clear_s1_overview();
  whole.clear_s5_problems();
  const std::string bytes = whole.SerializeAsString();
  int malformed = 0;
  for (size_t size = 0; size < bytes.size(); ++size) {
    const absl::string_view cut = absl::string_view(bytes).substr(0, size);
    Figures figures;
    v1::Report report;
    const bool is_report =
        report.ParseFromArray(cut.data(), static_cast<int>(cut.size()));
    if (!ReadFigures(cut, &figures)) {
      EXPECT_FALSE(is_report);
      ++malformed;
    } else if (is_report) {
      EXPECT_EQ(figures.cells, ReadCells(report));
    }
  }
  EXPECT_GT(malformed, 500);
}

constexpr v1::AgencyKind kAnyKind = v1::AGENCY_KIND_UNSPECIFIED;

TEST(CoveredRegionsTest, ARegionCoversWhatLiesInIt) {
  CoveredRegions regions("410300");
  regions.Add("410303", v1::AGENCY_KIND_GOVERNMENT_OFFICE, "district");
  regions.Add("410300", kAnyKind, "own");
  regions.Add("", kAnyKind, "nowhere");
  EXPECT_THAT(regions.Find("410303", kAnyKind, v1::SCOPE_ORGAN),
              Pointee(std::string("district")));
  EXPECT_THAT(regions.Find("410303001", kAnyKind, v1::SCOPE_ORGAN),
              Pointee(std::string("district")));
  EXPECT_EQ(regions.Find("410303", kAnyKind, v1::SCOPE_REGIONAL), nullptr);
  EXPECT_EQ(regions.Find("410304", kAnyKind, v1::SCOPE_ORGAN), nullptr);
  EXPECT_EQ(regions.Find("410300", kAnyKind, v1::SCOPE_ORGAN), nullptr);
  EXPECT_EQ(regions.Find("", kAnyKind, v1::SCOPE_ORGAN), nullptr);
}

// A city, and one of its districts registered beside it.
TEST(CoveredRegionsTest, ARegionCoversRegionsInIt) {
  CoveredRegions regions("410000");
  regions.Add("410300", kAnyKind, "city");
  regions.Add("410303", v1::AGENCY_KIND_GOVERNMENT_OFFICE, "district");
  EXPECT_THAT(regions.Find("410303", kAnyKind, v1::SCOPE_REGIONAL),
              Pointee(std::string("city")));
  EXPECT_EQ(regions.Find("410300", kAnyKind, v1::SCOPE_REGIONAL), nullptr);
  EXPECT_THAT(regions.Find("410300", kAnyKind, v1::SCOPE_ORGAN),
              Pointee(std::string("city")));
}

// A bureau that adds up what is below it, in a district with others beside it.
TEST(CoveredRegionsTest, ADepartmentCoversNotItsDivision) {
  constexpr v1::AgencyKind kBureau = v1::AGENCY_KIND_DEPARTMENT;
  CoveredRegions regions("410300");
  regions.Add("410303", kBureau, "bureau");
  EXPECT_EQ(regions.Find("410303", kAnyKind, v1::SCOPE_ORGAN), nullptr);
  regions.Add("410303", v1::AGENCY_KIND_GOVERNMENT, "district");
  for (const v1::Scope scope : {v1::SCOPE_ORGAN, v1::SCOPE_REGIONAL}) {
    EXPECT_THAT(regions.Find("410303", kBureau, scope),
                Pointee(std::string("district")));
  }
  EXPECT_EQ(
      regions.Find("410303", v1::AGENCY_KIND_GOVERNMENT, v1::SCOPE_REGIONAL),
      nullptr);
}

}  // namespace
}  // namespace annals::report
