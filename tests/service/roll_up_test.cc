// What reports add up to, on a ledger in memory.

#include "service/roll_up.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/roll_up_members.h"
#include "tests/support/report_register.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kNew[] = "t3.new_received.total";

class RollUpServiceTest : public ::testing::Test {
 protected:
  void SetUp() override { entries().At("2025-01-10 00:00:00"); }

  EntryLedger& entries() { return register_.entries(); }

  static v1::RollUpRequest Ask(int n, uint64_t size = 0) {
    v1::RollUpRequest request;
    request.set_agency(ReportRegister::Name(n));
    request.set_year(2024);
    request.set_as_of_size(size);
    return request;
  }

  absl::StatusOr<v1::RollUpResponse> TryAnswer(
      const v1::RollUpRequest& request) {
    return RollUp(&entries().ledger(), &entries().clock(), &publications_)
        .Answer(request);
  }

  v1::RollUpResponse Answer(const v1::RollUpRequest& request) {
    auto response = TryAnswer(request);
    EXPECT_OK(response);
    return response.ok() ? *response : v1::RollUpResponse();
  }

  static v1::RollUpCell NewOf(const v1::RollUpResponse& response) {
    for (const v1::RollUpCell& cell : response.cells()) {
      if (cell.cell() == kNew) return cell;
    }
    return v1::RollUpCell();
  }

  static std::vector<std::string> Counted(const v1::RollUpResponse& response) {
    std::vector<std::string> lines;
    for (const auto& counted : response.counted_elsewhere()) {
      lines.push_back(
          absl::StrCat(counted.report(), " < ", counted.included_in()));
    }
    return lines;
  }

  static std::vector<std::string> Missing(const v1::RollUpResponse& response) {
    std::vector<std::string> names;
    for (const v1::Agency& agency : response.missing()) {
      names.push_back(agency.display_name());
    }
    return names;
  }

  // An office with an organ below it, a district with two, and no reports.
  void AddCity(v1::AgencyKind district = v1::AGENCY_KIND_GOVERNMENT_OFFICE) {
    register_.Add(1, -1);
    register_.Add(2, 1);
    register_.Add(3, 1, "410303", district);
    register_.Add(4, 3, "410303");
    register_.Add(5, 3, "410303");
  }

  static std::string Revision(int n, int number = 1,
                              const std::string& suffix = "") {
    return ReportRegister::Revision(n, number, suffix);
  }
  static v1::Report Own(int n, int64_t count) {
    return ReportRegister::Applications(n, count);
  }
  static v1::Report Region(int n, int64_t count) {
    return ReportRegister::Applications(n, count, v1::SCOPE_REGIONAL);
  }

  ReportRegister register_;
  const LifeReader lives_{&register_.entries().ledger(),
                          &register_.entries().clock()};
  const Publications publications_{&register_.entries().ledger(), &lives_};
};

TEST_F(RollUpServiceTest, AddsUpTheOfficeAndAllBelowIt) {
  AddCity();
  register_.File(1, Own(1, 1));
  register_.File(3, Own(3, 100));
  register_.File(4, Own(4, 1000));
  register_.File(4, Own(4, 2000), 2);
  const v1::RollUpResponse response = Answer(Ask(1));
  EXPECT_EQ(NewOf(response).sum(), 2101);
  EXPECT_THAT(response.revisions(),
              ElementsAre(Revision(1), Revision(3), Revision(4, 2)));
  EXPECT_THAT(Missing(response), ElementsAre("机关2", "机关5"));
  EXPECT_THAT(response.counted_elsewhere(), IsEmpty());
  EXPECT_EQ(response.regional_revision(), "");
  EXPECT_FALSE(NewOf(response).has_regional());
  EXPECT_EQ(response.tree_size(), entries().size());
  EXPECT_EQ(response.revision_entries_size(), 3);
  const auto draft = report::ReadCells(response.draft());
  EXPECT_EQ(draft[static_cast<size_t>(*report::Schema::Get().Find(kNew))],
            2101);
  EXPECT_EQ(response.draft().agency_name(), "机关1");
}

// What an agency withdrew is for the offices that it stands below now.
TEST_F(RollUpServiceTest, OfWhoHasLeftWhatIsWithdrawnIsNotAddedUp) {
  AddCity();
  register_.Add(6, -1);
  register_.File(1, Own(1, 1));
  register_.File(2, Own(2, 10));
  const uint64_t size = entries().size();
  v1::LedgerEntry withdrawal;
  v1::StepTaken* const event = withdrawal.mutable_step_taken();
  event->set_report(ReportRegister::Report(2));
  event->set_number(1);
  event->set_step(v1::STEP_WITHDRAWN);
  event->set_position(1);
  register_.entries().Append(std::move(withdrawal));
  v1::Agency moved;
  moved.set_name(absl::StrCat("agencies/", MakeAgencyCode(2)));
  moved.set_supervisor(absl::StrCat("agencies/", MakeAgencyCode(6)));
  register_.Change(std::move(moved), 2, absl::CivilDay(2025, 1, 1));
  const std::string office = absl::StrCat("agencies/", MakeAgencyCode(1));
  const auto sum_for = [&](std::optional<Subtree> viewer) {
    const auto response = RollUp(&entries().ledger(),
                                 &register_.entries().clock(), &publications_)
                              .Answer(Ask(1, size), std::move(viewer));
    EXPECT_OK(response);
    return response.ok() ? NewOf(*response).sum() : -1;
  };
  EXPECT_EQ(sum_for(std::nullopt), 11);
  EXPECT_EQ(sum_for(Subtree(office, lives_.Now(), &entries().ledger())), 1);
}

TEST_F(RollUpServiceTest, ADraftIsAddedUpNowhereAndHidesNothing) {
  AddCity();
  register_.File(1, Own(1, 1));
  register_.File(3, Own(3, 100));
  register_.File(4, Own(4, 1000));
  const std::string before = Answer(Ask(1)).SerializeAsString();
  const uint64_t size = entries().size();
  register_.DemandSigningOff(1);
  register_.File(2, Own(2, 7));
  register_.File(4, Own(4, 2000), 2);
  register_.File(3, Region(3, 5));
  v1::RollUpResponse response = Answer(Ask(1));
  response.set_tree_size(size);
  EXPECT_EQ(response.SerializeAsString(), before);
  register_.SignOff(4, 2);
  response = Answer(Ask(1));
  EXPECT_EQ(NewOf(response).sum(), 1 + 100 + 2000);
  EXPECT_THAT(response.revisions(),
              ElementsAre(Revision(1), Revision(3), Revision(4, 2)));
  // As of then, for good.
  EXPECT_EQ(Answer(Ask(1, size)).SerializeAsString(), before);
}

TEST_F(RollUpServiceTest, ARegionalReportBelowCoversItsOffice) {
  AddCity();
  for (const int n : {1, 2, 3, 4, 5}) register_.File(n, Own(n, 1));
  register_.File(3, Region(3, 50));
  register_.File(4, Region(4, 7));
  v1::RollUpResponse response = Answer(Ask(1));
  EXPECT_EQ(NewOf(response).sum(), 1 + 1 + 50);
  EXPECT_THAT(response.revisions(), ElementsAre(Revision(1), Revision(2),
                                                Revision(3, 1, "-regional")));
  const std::string cover = " < " + ReportRegister::Report(3, "-regional");
  EXPECT_THAT(Counted(response),
              ElementsAre(ReportRegister::Report(3) + cover,
                          ReportRegister::Report(4) + cover,
                          ReportRegister::Report(4, "-regional") + cover,
                          ReportRegister::Report(5) + cover));
  EXPECT_THAT(Missing(response), IsEmpty());
  // Asked for itself, the district adds up what is below it.
  response = Answer(Ask(3));
  EXPECT_EQ(NewOf(response).sum(), 1 + 7 + 1);
  EXPECT_EQ(NewOf(response).regional(), 50);
  EXPECT_EQ(response.regional_revision(), Revision(3, 1, "-regional"));
}

// A bureau of the district that is registered directly under the city.
TEST_F(RollUpServiceTest, ARegionalReportCoversWhatLiesInItsRegion) {
  AddCity();
  register_.Add(6, 1, "410303");
  register_.Add(7, 1, "410303001");
  for (const int n : {1, 2, 6}) register_.File(n, Own(n, 1));
  register_.File(3, Region(3, 50));
  const v1::RollUpResponse response = Answer(Ask(1));
  EXPECT_EQ(NewOf(response).sum(), 52);
  EXPECT_THAT(Counted(response),
              ElementsAre(ReportRegister::Report(6) + " < " +
                          ReportRegister::Report(3, "-regional")));
  // What another report speaks of is not missing.
  EXPECT_THAT(Missing(response), IsEmpty());
}

// Both speak of the same region.
TEST_F(RollUpServiceTest, OfAGovernmentAndItsOfficeOneRegionalReportCounts) {
  AddCity();
  register_.Add(6, 1, "410304", v1::AGENCY_KIND_GOVERNMENT);
  register_.Add(7, 1, "410304", v1::AGENCY_KIND_GOVERNMENT_OFFICE);
  register_.Add(8, 1, "410304", v1::AGENCY_KIND_GOVERNMENT);
  for (const int n : {6, 7, 8}) register_.File(n, Region(n, 50));
  const v1::RollUpResponse response = Answer(Ask(1));
  EXPECT_EQ(NewOf(response).sum(), 100);
  EXPECT_THAT(Counted(response),
              ElementsAre(ReportRegister::Report(7, "-regional") + " < " +
                          ReportRegister::Report(6, "-regional")));
}

// What a bureau adds up below it says nothing of its neighbours.
TEST_F(RollUpServiceTest, ADepartmentsRegionalReportCoversWhatIsBelowIt) {
  AddCity(v1::AGENCY_KIND_DEPARTMENT);
  register_.Add(6, 1, "410303");
  register_.Add(7, 1, "410303");
  for (const int n : {4, 6}) register_.File(n, Own(n, 1));
  register_.File(3, Region(3, 50));
  const v1::RollUpResponse response = Answer(Ask(1));
  EXPECT_EQ(NewOf(response).sum(), 51);
  EXPECT_THAT(Counted(response),
              ElementsAre(ReportRegister::Report(4) + " < " +
                          ReportRegister::Report(3, "-regional")));
  EXPECT_THAT(Missing(response), ElementsAre("机关1", "机关2", "机关7"));
}

TEST_F(RollUpServiceTest, ComparesWithTheOfficesOwnRegionalReport) {
  AddCity();
  for (const int n : {1, 2, 3, 4, 5}) register_.File(n, Own(n, n));
  v1::Report regional = Region(1, 14);
  for (const report::CellInfo& cell : report::Schema::Get().cells()) {
    if (!cell.in_2021 || cell.id == kNew) continue;
    const auto i = *report::Schema::Get().Find(cell.id);
    const auto value = report::ReadCells(regional)[static_cast<size_t>(i)];
    if (value.has_value()) report::SetCell(i, *value * 5, &regional);
  }
  register_.File(1, regional);
  v1::RollUpRequest request = Ask(1);
  request.set_contributions_max(2);
  const v1::RollUpResponse response = Answer(request);
  int with_contributions = 0;
  for (const v1::RollUpCell& cell : response.cells()) {
    if (cell.contributions_size() > 0) ++with_contributions;
  }
  EXPECT_EQ(with_contributions, 1);
  const v1::RollUpCell cell = NewOf(response);
  EXPECT_EQ(cell.sum(), 15);
  EXPECT_EQ(cell.regional(), 14);
  ASSERT_EQ(cell.contributions_size(), 2);
  EXPECT_EQ(cell.contributions(0).revision(), Revision(5));
  EXPECT_EQ(cell.contributions(0).display_name(), "机关5");
  EXPECT_EQ(cell.contributions(0).value(), 5);
  EXPECT_EQ(cell.contribution_count(), 5);
}

TEST_F(RollUpServiceTest, WhatWasErasedIsNamedAndNotMissing) {
  AddCity();
  register_.File(1, Own(1, 1));
  const uint64_t index = register_.File(2, Own(2, 10));
  const uint64_t region = register_.File(3, Region(3, 50));
  register_.File(4, Own(4, 4));
  register_.Erase(index, Revision(2));
  v1::RollUpResponse response = Answer(Ask(1));
  EXPECT_EQ(NewOf(response).sum(), 51);
  EXPECT_THAT(response.erased(), ElementsAre(Revision(2)));
  EXPECT_THAT(Missing(response), IsEmpty());
  // What the district's regional report spoke of is added up itself then.
  register_.Erase(region, Revision(3, 1, "-regional"));
  response = Answer(Ask(1));
  EXPECT_EQ(NewOf(response).sum(), 1 + 4);
  EXPECT_THAT(response.erased(),
              ElementsAre(Revision(2), Revision(3, 1, "-regional")));
  EXPECT_THAT(Missing(response), ElementsAre("机关3", "机关5"));
  EXPECT_THAT(Counted(response), IsEmpty());
}

TEST_F(RollUpServiceTest, AnAnswerAsOfASizeIsTheSameForGood) {
  AddCity();
  for (const int n : {1, 2, 4}) register_.File(n, Own(n, n));
  const uint64_t size = entries().size();
  const v1::RollUpResponse before = Answer(Ask(1, size));
  register_.File(3, Region(3, 50));
  register_.File(2, Own(2, 99), 2);
  register_.File(1, Region(1, 1));
  register_.Add(8, 1);
  register_.Change(ReportRegister::Agency(4, -1), 2,
                   absl::CivilDay(2024, 1, 1));
  EXPECT_EQ(Answer(Ask(1, size)).SerializeAsString(),
            before.SerializeAsString());
  EXPECT_NE(Answer(Ask(1)).SerializeAsString(), before.SerializeAsString());
  EXPECT_EQ(NewOf(before).sum(), 7);
}

// Offices move and end: the tree is that of the year's last day.
TEST_F(RollUpServiceTest, TheRegisterIsThatOfTheYearsEnd) {
  AddCity();
  for (const int n : {1, 2, 3, 4, 5}) register_.File(n, Own(n, 1));
  v1::Agency moved = ReportRegister::Agency(5, 2);
  register_.Change(moved, 2, absl::CivilDay(2024, 12, 31));
  EXPECT_EQ(NewOf(Answer(Ask(2))).sum(), 2);
  EXPECT_EQ(NewOf(Answer(Ask(3))).sum(), 2);
  v1::Agency ended = ReportRegister::Agency(3, 1, "410303");
  *ended.mutable_dissolved_on() = report::DateOf(absl::CivilDay(2024, 7, 1));
  register_.Change(ended, 2, absl::CivilDay(2024, 7, 1));
  const v1::RollUpResponse response = Answer(Ask(1));
  // What stands below the office that ended is not lost; nor is it missing.
  EXPECT_EQ(NewOf(response).sum(), 4);
  EXPECT_THAT(Missing(response), IsEmpty());
  EXPECT_THAT(response.of_dissolved_agencies(),
              ElementsAre(ReportRegister::Name(3) + "/reports/2024"));
  // Asked for itself, its own report still counts.
  EXPECT_EQ(NewOf(Answer(Ask(3))).sum(), 2);
}

TEST_F(RollUpServiceTest, RefusesWhatItCanNotAnswer) {
  AddCity();
  const auto status = [this](const v1::RollUpRequest& request) {
    return TryAnswer(request).status();
  };
  EXPECT_THAT(status(Ask(9)),
              StatusHasReason(StatusCode::kNotFound, "AGENCY_NOT_FOUND"));
  v1::RollUpRequest request = Ask(1);
  request.set_year(0);
  EXPECT_THAT(status(request),
              StatusHasReason(StatusCode::kInvalidArgument, "INVALID_VALUE"));
  request = Ask(1);
  request.add_cells("t3.nothing");
  EXPECT_THAT(status(request),
              StatusHasReason(StatusCode::kInvalidArgument, "FIELD_NOT_FOUND"));
  for (const int count : {-1, 10001}) {
    request = Ask(1);
    request.set_contributions_max(count);
    EXPECT_THAT(status(request),
                StatusHasReason(StatusCode::kInvalidArgument, "INVALID_VALUE"));
  }
  request = Ask(1);
  request.set_agency("agencies/-");
  EXPECT_THAT(status(request), StatusHasReason(StatusCode::kInvalidArgument,
                                               "INVALID_AGENCY_CODE"));
}

// Who is asked for members alone does not look below a regional report.
TEST_F(RollUpServiceTest, MembersAreTheSameWithoutWhatTheySpeakOf) {
  AddCity();
  register_.Add(6, 5);
  register_.Add(7, 1);
  for (const int n : {1, 4, 6, 7}) register_.File(n, Own(n, n));
  register_.File(3, Region(3, 50));
  register_.File(7, Region(7, 50));
  RollUpQuestion question{MakeAgencyCode(1), 2024, entries().size(), 7};
  const auto members = [&] {
    std::vector<std::string> names;
    const auto found =
        FindRollUpMembers(question, publications_, &entries().ledger());
    EXPECT_OK(found);
    if (!found.ok() || !found->is_complete) return names;
    EXPECT_EQ(found->spoken_for.empty(), !question.names_spoken_for);
    for (const RollUpMember& member : found->members) {
      names.push_back(member.report.ToString());
    }
    return names;
  };
  question.names_spoken_for = true;
  const std::vector<std::string> named = members();
  EXPECT_THAT(named,
              ElementsAre(ReportRegister::Report(1), ReportRegister::Report(2),
                          ReportRegister::Report(3, "-regional"),
                          ReportRegister::Report(7, "-regional")));
  question.names_spoken_for = false;
  EXPECT_EQ(members(), named);
  question.agencies_max = 4;
  EXPECT_EQ(members(), named);
  question.agencies_max = 3;
  EXPECT_THAT(members(), IsEmpty());
}

// Nobody has filed: an answer all the same.
TEST_F(RollUpServiceTest, NoReportsAddUpToNothing) {
  AddCity();
  const v1::RollUpResponse response = Answer(Ask(1));
  EXPECT_THAT(response.cells(), IsEmpty());
  EXPECT_EQ(response.missing_size(), 5);
}

}  // namespace
}  // namespace annals
