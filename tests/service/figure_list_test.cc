// The figures of many reports, on a ledger in memory.

#include "service/figure_list.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/report_register.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FigureListTest : public ::testing::Test {
 protected:
  void SetUp() override { entries().At("2025-01-10 00:00:00"); }

  EntryLedger& entries() { return register_.entries(); }

  static v1::ListFiguresRequest Ask(const std::string& parent,
                                    uint64_t size = 0) {
    v1::ListFiguresRequest request;
    request.set_parent(parent);
    request.set_year(2024);
    request.set_as_of_size(size);
    return request;
  }

  std::vector<v1::ListFiguresResponse> Pages(
      const v1::ListFiguresRequest& request) {
    std::vector<v1::ListFiguresResponse> pages;
    auto list = FigureList::Start(&entries().ledger(), &entries().clock(),
                                  &publications_, request);
    EXPECT_OK(list);
    while (list.ok()) {
      auto page = (*list)->Next();
      EXPECT_OK(page);
      if (!page.ok() || *page == nullptr) break;
      pages.push_back(**page);
    }
    return pages;
  }

  std::vector<v1::FigureRow> Rows(const v1::ListFiguresRequest& request) {
    std::vector<v1::FigureRow> rows;
    for (const auto& page : Pages(request)) {
      rows.insert(rows.end(), page.rows().begin(), page.rows().end());
    }
    return rows;
  }

  std::vector<std::string> Names(const v1::ListFiguresRequest& request) {
    std::vector<std::string> names;
    for (const v1::FigureRow& row : Rows(request)) {
      names.push_back(row.revision());
    }
    return names;
  }

  static std::string Revision(int n, int number = 1,
                              const std::string& suffix = "") {
    return ReportRegister::Revision(n, number, suffix);
  }

  // The report that the row tells of, as far as it does.
  static report::Cells CellsOf(const v1::FigureRow& row) {
    report::Cells cells(static_cast<size_t>(row.values_size()));
    for (size_t i = 0; i < cells.size(); ++i) {
      const int value = row.values(static_cast<int>(i)) != 0;
      const bool has_figure =
          (static_cast<unsigned char>(row.present()[i / 8]) >> (i % 8) & 1) !=
          0;
      EXPECT_TRUE(has_figure || value == 0);
      if (has_figure) cells[i] = row.values(static_cast<int>(i));
    }
    return cells;
  }

  ReportRegister register_;
  const LifeReader lives_{&register_.entries().ledger(),
                          &register_.entries().clock()};
  const Publications publications_{&register_.entries().ledger(), &lives_};
};

TEST_F(FigureListTest, ARowHasTheFiguresAndBlanksOfTheLatestRevision) {
  register_.Add(1, -1);
  register_.File(1, MakeReport(1));
  v1::Report latest = MakeReport(2);
  for (size_t i = 0; i < report::Schema::Get().cells().size(); i += 3) {
    report::SetCell(static_cast<int>(i), std::nullopt, &latest);
  }
  register_.File(1, latest, 2);
  const auto pages = Pages(Ask("agencies/-"));
  ASSERT_FALSE(pages.empty());
  const auto& cells = report::Schema::Get().cells();
  ASSERT_EQ(static_cast<size_t>(pages[0].columns_size()), cells.size());
  for (size_t i = 0; i < cells.size(); ++i) {
    EXPECT_EQ(pages[0].columns(static_cast<int>(i)), cells[i].id);
  }
  const auto rows = Rows(Ask("agencies/-"));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].revision(), Revision(1, 2));
  EXPECT_EQ(rows[0].agency_name(), latest.agency_name());
  EXPECT_EQ(CellsOf(rows[0]), report::ReadCells(latest));
  EXPECT_THAT(
      rows[0].editions(),
      ElementsAre(v1::EDITION_2021, v1::EDITION_2021, v1::EDITION_2021));
  EXPECT_FALSE(rows[0].erased());
  EXPECT_GT(FromTimestamp(rows[0].recorded_at()),
            EntryLedger::Shanghai("2025-01-09 00:00:00"));
}

TEST_F(FigureListTest, RowsAreOrderedByNameAndOfTheScope) {
  register_.Add(3, -1);
  register_.Add(1, 3);
  register_.Add(2, 1);
  register_.Add(4, -1);
  for (const int n : {4, 3, 2, 1}) {
    register_.File(n, ReportRegister::Applications(n, n));
  }
  register_.File(1, ReportRegister::Applications(1, 9, v1::SCOPE_REGIONAL));
  EXPECT_THAT(Names(Ask("agencies/-")),
              ElementsAre(Revision(1), Revision(1, 1, "-regional"), Revision(2),
                          Revision(3), Revision(4)));
  EXPECT_THAT(Names(Ask(ReportRegister::Name(3))),
              ElementsAre(Revision(1), Revision(1, 1, "-regional"), Revision(2),
                          Revision(3)));
  EXPECT_THAT(Names(Ask(ReportRegister::Name(2))), ElementsAre(Revision(2)));
  for (const std::string& parent :
       {std::string("agencies/-"), ReportRegister::Name(1)}) {
    v1::ListFiguresRequest request = Ask(parent);
    request.set_scope(v1::SCOPE_REGIONAL);
    EXPECT_THAT(Names(request), ElementsAre(Revision(1, 1, "-regional")));
  }
  v1::ListFiguresRequest own = Ask(ReportRegister::Name(1));
  own.set_scope(v1::SCOPE_ORGAN);
  EXPECT_THAT(Names(own), ElementsAre(Revision(1), Revision(2)));
  v1::ListFiguresRequest before = Ask("agencies/-");
  before.set_year(2023);
  EXPECT_THAT(Names(before), IsEmpty());
  // The first page is one even if there is nothing to say.
  EXPECT_EQ(Pages(before).size(), 1u);
}

// As roll-ups do: the register of the year's last day counts.
TEST_F(FigureListTest, OfAnOfficeThoseThatAreThereAtTheYearsEnd) {
  for (const int n : {1, 2, 3}) register_.Add(n, n == 1 ? -1 : n - 1);
  for (const int n : {1, 2, 3}) {
    register_.File(n, ReportRegister::Applications(n, n));
  }
  v1::Agency ended = ReportRegister::Agency(2, 1);
  *ended.mutable_dissolved_on() = report::DateOf(absl::CivilDay(2024, 7, 1));
  register_.Change(ended, 2, absl::CivilDay(2024, 7, 1));
  EXPECT_THAT(Names(Ask(ReportRegister::Name(1))),
              ElementsAre(Revision(1), Revision(3)));
  EXPECT_THAT(Names(Ask("agencies/-")),
              ElementsAre(Revision(1), Revision(2), Revision(3)));
}

TEST_F(FigureListTest, AnErasedReportHasNoFigures) {
  register_.Add(1, -1);
  const uint64_t index = register_.File(1, MakeReport(1));
  register_.Erase(index, Revision(1));
  const auto rows = Rows(Ask("agencies/-"));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_TRUE(rows[0].erased());
  EXPECT_THAT(rows[0].values(), IsEmpty());
  EXPECT_EQ(rows[0].present(), "");
  EXPECT_EQ(rows[0].agency_name(), "");
}

TEST_F(FigureListTest, AnAnswerAsOfASizeIsTheSameForGood) {
  for (int n = 0; n < 450; ++n) register_.Add(n, n == 0 ? -1 : (n - 1) / 20);
  for (int n = 0; n < 450; n += 2) register_.File(n, MakeReport(7));
  const uint64_t size = entries().size();
  for (const std::string& parent :
       {std::string("agencies/-"), ReportRegister::Name(0)}) {
    SCOPED_TRACE(parent);
    const auto before = Pages(Ask(parent, size));
    EXPECT_EQ(Rows(Ask(parent, size)).size(), 225u);
    EXPECT_GT(before.size(), 1u);
    for (int n = 0; n < 450; n += 50) {
      const auto length =
          entries().ledger().LengthOf(ReportRegister::Report(n));
      ASSERT_OK(length);
      register_.File(n, MakeReport(8), static_cast<int>(*length) + 1);
    }
    const auto after = Pages(Ask(parent, size));
    ASSERT_EQ(before.size(), after.size());
    for (size_t i = 0; i < before.size(); ++i) {
      EXPECT_EQ(before[i].SerializeAsString(), after[i].SerializeAsString());
    }
  }
}

TEST_F(FigureListTest, RefusesWhatItCanNotAnswer) {
  const auto start = [this](const v1::ListFiguresRequest& request) {
    return FigureList::Start(&entries().ledger(), &entries().clock(),
                             &publications_, request)
        .status();
  };
  EXPECT_THAT(start(Ask(ReportRegister::Name(7))),
              StatusHasReason(StatusCode::kNotFound, "AGENCY_NOT_FOUND"));
  v1::ListFiguresRequest request = Ask("agencies/-");
  request.set_scope(static_cast<v1::Scope>(9));
  EXPECT_THAT(start(request),
              StatusHasReason(StatusCode::kInvalidArgument, "INVALID_VALUE"));
  request = Ask("agencies/-");
  request.clear_year();
  EXPECT_THAT(start(request),
              StatusHasReason(StatusCode::kInvalidArgument, "INVALID_VALUE"));
  EXPECT_THAT(
      start(Ask("agencies/-", 99)),
      StatusHasReason(StatusCode::kOutOfRange, "TREE_SIZE_NOT_REACHED"));
}

}  // namespace
}  // namespace annals
