// Who has filed, on a ledger in memory.

#include "service/filing_list.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/report/days.h"
#include "service/report/names.h"
#include "tests/support/agency_code.h"
#include "tests/support/entry_ledger.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FilingListTest : public ::testing::Test {
 protected:
  void SetUp() override { entries_.At("2025-01-01 00:00:00"); }

  static std::string Name(int n) { return "agencies/" + MakeAgencyCode(n); }

  static v1::Agency Agency(int n, int supervisor,
                           v1::AgencyKind kind = v1::AGENCY_KIND_DEPARTMENT) {
    v1::Agency agency;
    agency.set_name(Name(n));
    agency.set_display_name(absl::StrCat("机关", n));
    agency.set_division_code("410303");
    agency.set_kind(kind);
    if (supervisor >= 0) agency.set_supervisor(Name(supervisor));
    return agency;
  }

  void Change(v1::Agency agency, int number, absl::CivilDay first) {
    *agency.mutable_valid_from() = report::DateOf(first);
    v1::LedgerEntry entry;
    entry.mutable_agency_changed()->set_number(number);
    *entry.mutable_agency_changed()->mutable_agency() = std::move(agency);
    entries_.Append(std::move(entry));
  }

  void File(int n, int number = 1, const std::string& suffix = "") {
    v1::LedgerEntry entry;
    v1::RevisionRecorded* event = entry.mutable_revision_recorded();
    event->set_report(absl::StrCat(Name(n), "/reports/2024", suffix));
    event->set_number(number);
    event->set_acknowledged_warning_count(2);
    event->set_unacknowledged_warning_count(1);
    entries_.Append(std::move(entry), "content");
  }

  void Archive(int n, int number, absl::CivilDay published) {
    v1::LedgerEntry entry;
    v1::RevisionRecorded* event = entry.mutable_revision_recorded();
    event->set_report(Name(n) + "/reports/2024");
    event->set_number(number);
    event->set_as_published(true);
    v1::RevisionContent content;
    if (published != absl::CivilDay()) {
      *content.mutable_report()->mutable_publication()->mutable_date() =
          report::DateOf(published);
    }
    entries_.Append(std::move(entry), content.SerializeAsString());
  }

  void Take(int n, int number, v1::Step step, int position) {
    v1::LedgerEntry entry;
    v1::StepTaken* event = entry.mutable_step_taken();
    event->set_report(Name(n) + "/reports/2024");
    event->set_number(number);
    event->set_step(step);
    event->set_position(position);
    entries_.Append(std::move(entry));
  }

  void SetPolicy(int n, int month, int day, int number = 1) {
    v1::LedgerEntry entry;
    v1::PolicySet* event = entry.mutable_policy_set();
    event->set_agency(Name(n));
    event->set_number(number);
    if (month > 0) {
      v1::Deadline* deadline = event->mutable_policy()->add_deadlines();
      deadline->set_month(month);
      deadline->set_day(day);
    }
    entries_.Append(std::move(entry));
  }

  static v1::ListFilingsRequest Ask(const std::string& parent,
                                    uint64_t size = 0) {
    v1::ListFilingsRequest request;
    request.set_parent(parent);
    request.set_year(2024);
    request.set_as_of_size(size);
    return request;
  }

  // The agencies below the office now; all see all if there is none.
  std::optional<Subtree> Of(const std::string& office) {
    if (office.empty()) return std::nullopt;
    return Subtree(office, lives_.Now(), &entries_.ledger());
  }

  std::vector<v1::ListFilingsResponse> Pages(
      const v1::ListFilingsRequest& request, const std::string& viewer = "") {
    std::vector<v1::ListFilingsResponse> pages;
    auto list = FilingList::Start(&entries_.ledger(), &entries_.clock(),
                                  &publications_, request, Of(viewer));
    EXPECT_OK(list);
    while (list.ok()) {
      auto page = (*list)->Next();
      EXPECT_OK(page);
      if (!page.ok() || !page->has_value()) break;
      pages.push_back(**std::move(page));
    }
    return pages;
  }

  // Such as "1 LATE", the depth before it.
  std::vector<std::string> List(const v1::ListFilingsRequest& request) {
    std::vector<std::string> lines;
    for (const auto& page : Pages(request)) {
      for (const v1::Filing& filing : page.filings()) {
        lines.push_back(absl::StrCat(
            std::string(static_cast<size_t>(filing.depth()), '.'),
            absl::StripPrefix(filing.agency().display_name(), "机关"), " ",
            absl::StripPrefix(v1::FilingState_Name(filing.state()),
                              "FILING_STATE_")));
      }
    }
    return lines;
  }

  std::string DeadlineOf(int n, int year) {
    v1::ListFilingsRequest request = Ask(Name(n));
    request.set_year(year);
    return absl::FormatCivilTime(report::DayInShanghai(
        FromTimestamp(Pages(request)[0].filings(0).deadline())));
  }

  EntryLedger entries_;
  const LifeReader lives_{&entries_.ledger(), &entries_.clock()};
  const Publications publications_{&entries_.ledger(), &lives_};
};

// What it drafts is for the offices that it stands below now.
TEST_F(FilingListTest, OfWhoHasLeftWhatIsPublishedIsShown) {
  entries_.At("2025-01-10 00:00:00");
  for (const auto& [office, above] : {std::pair(3, -1), {0, 3}, {2, 3}}) {
    entries_.AppendAgency(
        Agency(office, above, v1::AGENCY_KIND_GOVERNMENT_OFFICE));
  }
  entries_.AppendAgency(Agency(1, 0));
  File(1);
  v1::LedgerEntry entry;
  entry.mutable_policy_set()->set_agency(Name(3));
  entry.mutable_policy_set()->set_number(1);
  entry.mutable_policy_set()->mutable_policy()->set_effective_after(
      v1::STEP_SIGNED_OFF);
  entries_.Append(std::move(entry));
  Change(Agency(1, 2), 2, absl::CivilDay(2025, 6, 1));
  File(1, 2);
  File(1, 1, "-regional");
  const auto last = [this](int parent, const std::string& viewer,
                           uint64_t size = 0) {
    const auto page = Pages(Ask(Name(parent), size), viewer)[0];
    return page.filings(page.filings_size() - 1);
  };
  // It has not left yet.
  EXPECT_EQ(last(0, Name(0)).revision().number(), 2);
  entries_.At("2025-07-01 00:00:00");
  const v1::Filing left = last(0, Name(0));
  EXPECT_EQ(left.revision().number(), 1);
  EXPECT_EQ(left.state(), v1::FILING_STATE_ON_TIME);
  EXPECT_EQ(left.regional_revision(), 0);
  // Nor does it see by an earlier moment what it saw then.
  EXPECT_EQ(last(0, Name(0), entries_.size()).revision().number(), 1);
  // It is still below the office above both; and some see all.
  for (const std::string& viewer : {Name(3), std::string()}) {
    const v1::Filing seen = last(0, viewer);
    EXPECT_EQ(seen.revision().number(), 2);
    EXPECT_EQ(seen.regional_revision(), 1);
  }
  EXPECT_EQ(last(1, Name(2)).revision().number(), 2);
}

TEST_F(FilingListTest, AnOfficeStandsBeforeTheAgenciesBelowIt) {
  entries_.AppendAgency(Agency(1, -1, v1::AGENCY_KIND_GOVERNMENT_OFFICE));
  entries_.AppendAgency(Agency(2, 1, v1::AGENCY_KIND_GOVERNMENT_OFFICE));
  entries_.AppendAgency(Agency(3, 1));
  entries_.AppendAgency(Agency(4, 2));
  entries_.AppendAgency(Agency(5, -1));
  entries_.At("2025-02-01 00:00:00");
  File(4);
  EXPECT_THAT(List(Ask(Name(1))),
              ElementsAre("1 DUE", ".2 DUE", "..4 LATE", ".3 MISSING"));
  EXPECT_THAT(List(Ask(Name(2))), ElementsAre("2 DUE", ".4 LATE"));
  EXPECT_THAT(
      List(Ask("agencies/-")),
      ElementsAre("1 DUE", ".2 DUE", "..4 LATE", ".3 MISSING", "5 MISSING"));
  v1::ListFilingsRequest some = Ask("agencies/-");
  some.add_states(v1::FILING_STATE_MISSING);
  EXPECT_THAT(List(some), ElementsAre(".3 MISSING", "5 MISSING"));
}

TEST_F(FilingListTest, StatutoryDeadlinesAreJudgedToTheSecond) {
  entries_.AppendAgency(Agency(1, -1, v1::AGENCY_KIND_GOVERNMENT));
  entries_.AppendAgency(Agency(2, 1));
  entries_.AppendAgency(Agency(3, 1));
  entries_.AppendAgency(Agency(4, 1));
  entries_.At("2025-01-31 23:59:59");
  EXPECT_THAT(List(Ask(Name(1))),
              ElementsAre("1 DUE", ".2 DUE", ".3 DUE", ".4 DUE"));
  File(2);
  entries_.At("2025-02-01 00:00:00");
  File(3);
  EXPECT_THAT(List(Ask(Name(1))),
              ElementsAre("1 DUE", ".2 ON_TIME", ".3 LATE", ".4 MISSING"));
  entries_.At("2025-03-31 23:59:59.999");
  EXPECT_THAT(List(Ask(Name(1)))[0], "1 DUE");
  entries_.At("2025-04-01 00:00:00");
  EXPECT_THAT(List(Ask(Name(1)))[0], "1 MISSING");
  const auto pages = Pages(Ask(Name(2)));
  EXPECT_EQ(
      FromTimestamp(pages[0].filings(0).deadline()),
      EntryLedger::Shanghai("2025-02-01 00:00:00") - absl::Nanoseconds(1));
}

TEST_F(FilingListTest, AFilingTellsItsRevisions) {
  entries_.AppendAgency(Agency(1, -1));
  entries_.At("2025-01-20 08:00:00");
  File(1);
  entries_.At("2025-02-20 08:00:00");
  File(1, 2);
  File(1, 1, "-regional");
  const v1::Filing filing = Pages(Ask(Name(1)))[0].filings(0);
  EXPECT_EQ(filing.state(), v1::FILING_STATE_ON_TIME);
  EXPECT_EQ(FromTimestamp(filing.filed_at()),
            EntryLedger::Shanghai("2025-01-20 08:00:00"));
  EXPECT_EQ(filing.revision().number(), 2);
  EXPECT_FALSE(filing.revision().has_content());
  EXPECT_EQ(filing.open_warning_count(), 6);
  EXPECT_EQ(filing.regional_revision(), 1);
}

TEST_F(FilingListTest, WhatWasReturnedIsReturnedUntilAnotherRevisionComes) {
  entries_.AppendAgency(Agency(1, -1));
  entries_.At("2025-01-20 08:00:00");
  File(1);
  Take(1, 1, v1::STEP_COMPILED, 1);
  EXPECT_THAT(List(Ask(Name(1))), ElementsAre("1 ON_TIME"));
  Take(1, 1, v1::STEP_RETURNED, 2);
  EXPECT_THAT(List(Ask(Name(1))), ElementsAre("1 RETURNED"));
  Take(1, 1, v1::STEP_COMPILED, 3);
  EXPECT_THAT(List(Ask(Name(1))), ElementsAre("1 RETURNED"));
  File(1, 2);
  EXPECT_THAT(List(Ask(Name(1))), ElementsAre("1 ON_TIME"));
}

TEST_F(FilingListTest, WhatTookEffectAfterItWasReturnedIsReturnedNoMore) {
  entries_.AppendAgency(Agency(1, -1));
  v1::LedgerEntry entry;
  entry.mutable_policy_set()->set_agency(Name(1));
  entry.mutable_policy_set()->set_number(1);
  entry.mutable_policy_set()->mutable_policy()->set_effective_after(
      v1::STEP_PUBLISHED);
  entries_.Append(std::move(entry));
  File(1);
  Take(1, 1, v1::STEP_RETURNED, 1);
  Take(1, 1, v1::STEP_PUBLISHED, 2);
  EXPECT_THAT(List(Ask(Name(1))), ElementsAre("1 ON_TIME"));
}

TEST_F(FilingListTest, WhatIsAcceptedAfterItWasReturnedIsReturnedNoMore) {
  entries_.AppendAgency(Agency(1, -1));
  File(1);
  int position = 0;
  for (const v1::Step step : {v1::STEP_ACCEPTED, v1::STEP_PUBLISHED}) {
    Take(1, 1, v1::STEP_RETURNED, ++position);
    Take(1, 1, v1::STEP_COMPILED, ++position);
    EXPECT_THAT(List(Ask(Name(1))), ElementsAre("1 RETURNED"));
    Take(1, 1, step, ++position);
    EXPECT_THAT(List(Ask(Name(1))), ElementsAre("1 ON_TIME"));
  }
}

TEST_F(FilingListTest, WhatIsWithdrawnIsSoUntilSomethingIsInEffect) {
  entries_.AppendAgency(Agency(1, -1));
  File(1);
  Take(1, 1, v1::STEP_WITHDRAWN, 1);
  EXPECT_THAT(List(Ask(Name(1))), ElementsAre("1 WITHDRAWN"));
  v1::ListFilingsRequest some = Ask(Name(1));
  some.add_states(v1::FILING_STATE_WITHDRAWN);
  EXPECT_THAT(List(some), ElementsAre("1 WITHDRAWN"));
  const uint64_t size = entries_.size();
  Take(1, 1, v1::STEP_RESTORED, 2);
  EXPECT_THAT(List(Ask(Name(1))), ElementsAre("1 ON_TIME"));
  EXPECT_THAT(List(Ask(Name(1), size)), ElementsAre("1 WITHDRAWN"));
  Take(1, 1, v1::STEP_RETURNED, 3);
  Take(1, 1, v1::STEP_WITHDRAWN, 4);
  EXPECT_THAT(List(Ask(Name(1))), ElementsAre("1 RETURNED"));
  File(1, 2);
  EXPECT_THAT(List(Ask(Name(1))), ElementsAre("1 ON_TIME"));
}

TEST_F(FilingListTest, AnArchivedReportIsJudgedByTheDayThatItStates) {
  for (int n = 1; n <= 4; ++n) entries_.AppendAgency(Agency(n, -1));
  entries_.At("2028-12-01 00:00:00");
  Archive(1, 1, absl::CivilDay(2025, 1, 31));
  Archive(2, 1, absl::CivilDay(2025, 2, 1));
  Archive(3, 1, absl::CivilDay());
  // The first one tells.
  Archive(4, 1, absl::CivilDay(2025, 1, 20));
  Archive(4, 2, absl::CivilDay(2025, 3, 1));
  EXPECT_THAT(List(Ask("agencies/-")),
              ElementsAre("1 ON_TIME", "2 LATE", "3 LATE", "4 ON_TIME"));
  const auto pages = Pages(Ask("agencies/-"));
  const auto& filings = pages[0].filings();
  EXPECT_EQ(report::CivilDayOf(filings[0].published_on()),
            absl::CivilDay(2025, 1, 31));
  EXPECT_EQ(FromTimestamp(filings[0].filed_at()),
            EntryLedger::Shanghai("2028-12-01 00:00:00"));
  EXPECT_FALSE(filings[2].has_published_on());
}

TEST_F(FilingListTest, TheNearestPolicyUpwardsSetsTheDeadline) {
  entries_.AppendAgency(Agency(1, -1));
  entries_.AppendAgency(Agency(2, 1));
  entries_.AppendAgency(Agency(3, 2));
  SetPolicy(1, 1, 10);
  SetPolicy(2, 2, 31);
  entries_.At("2025-02-28 23:59:59");
  EXPECT_THAT(List(Ask(Name(1))),
              ElementsAre("1 MISSING", ".2 DUE", "..3 DUE"));
  EXPECT_THAT(List(Ask(Name(3))), ElementsAre("3 DUE"));
  entries_.At("2025-03-01 00:00:00");
  EXPECT_THAT(List(Ask(Name(3))), ElementsAre("3 MISSING"));
  // From now on the one above holds again, but for years that are over.
  SetPolicy(2, 0, 0, 2);
  EXPECT_EQ(DeadlineOf(3, 2024), "2025-02-28");
  EXPECT_EQ(DeadlineOf(3, 2025), "2026-01-10");
}

TEST_F(FilingListTest, APolicyLeavesTheYearsThatAreOver) {
  entries_.AppendAgency(Agency(1, -1));
  entries_.At("2025-02-10 00:00:00");
  File(1);
  EXPECT_THAT(List(Ask(Name(1))), ElementsAre("1 LATE"));
  SetPolicy(1, 12, 15);
  EXPECT_THAT(List(Ask(Name(1))), ElementsAre("1 LATE"));
  EXPECT_EQ(DeadlineOf(1, 2024), "2025-01-31");
  EXPECT_EQ(DeadlineOf(1, 2025), "2026-12-15");
  // What was set before the deadline moves it, until it has passed.
  entries_.At("2026-12-15 23:59:59");
  SetPolicy(1, 12, 20, 2);
  EXPECT_EQ(DeadlineOf(1, 2025), "2026-12-20");
  entries_.At("2026-12-21 00:00:00");
  SetPolicy(1, 12, 31, 3);
  EXPECT_EQ(DeadlineOf(1, 2025), "2026-12-20");
  EXPECT_EQ(DeadlineOf(1, 2026), "2027-12-31");
}

// Nobody becomes late by what is asked for afterwards.
TEST_F(FilingListTest, ADeadlineThatHasPassedAlreadyIsNone) {
  entries_.AppendAgency(Agency(1, -1));
  entries_.At("2025-01-15 00:00:00");
  File(1);
  entries_.At("2025-01-25 00:00:00");
  SetPolicy(1, 1, 10);
  EXPECT_EQ(DeadlineOf(1, 2024), "2025-01-31");
  EXPECT_EQ(DeadlineOf(1, 2025), "2026-01-10");
  EXPECT_THAT(List(Ask(Name(1))), ElementsAre("1 ON_TIME"));
  SetPolicy(1, 2, 5, 2);
  EXPECT_EQ(DeadlineOf(1, 2024), "2025-02-05");
}

// The office above sets another deadline while the own policy is removed.
TEST_F(FilingListTest, PoliciesOfAllOfficesCountInTheirOrder) {
  entries_.AppendAgency(Agency(1, -1));
  entries_.AppendAgency(Agency(2, 1));
  SetPolicy(2, 2, 10);
  SetPolicy(1, 2, 20);
  EXPECT_EQ(DeadlineOf(2, 2024), "2025-02-10");
  entries_.At("2025-02-05 00:00:00");
  SetPolicy(2, 0, 0, 2);
  EXPECT_EQ(DeadlineOf(2, 2024), "2025-02-20");
  entries_.At("2025-02-21 00:00:00");
  SetPolicy(2, 3, 1, 3);
  SetPolicy(1, 3, 2, 2);
  EXPECT_EQ(DeadlineOf(2, 2024), "2025-02-20");
  EXPECT_EQ(DeadlineOf(2, 2025), "2026-03-01");
}

// A county office is renamed, then moved to another city, then dissolved.
TEST_F(FilingListTest, TheRegisterIsThatOfTheYearsEnd) {
  entries_.AppendAgency(Agency(1, -1));
  entries_.AppendAgency(Agency(2, -1));
  entries_.AppendAgency(Agency(3, 1));
  entries_.AppendAgency(Agency(4, 3));
  entries_.At("2025-02-10 00:00:00");
  const uint64_t before = entries_.size();
  v1::Agency county = Agency(3, 1);
  county.set_display_name("机关3改");
  Change(county, 2, absl::CivilDay(2024, 3, 1));
  county.set_supervisor(Name(2));
  Change(county, 3, absl::CivilDay(2024, 12, 31));
  EXPECT_THAT(List(Ask(Name(1))), ElementsAre("1 MISSING"));
  EXPECT_THAT(List(Ask(Name(2))),
              ElementsAre("2 MISSING", ".3改 MISSING", "..4 MISSING"));
  *county.mutable_dissolved_on() = report::DateOf(absl::CivilDay(2025, 1, 1));
  Change(county, 4, absl::CivilDay(2025, 1, 1));
  EXPECT_THAT(List(Ask(Name(2))),
              ElementsAre("2 MISSING", ".3改 MISSING", "..4 MISSING"));
  v1::ListFilingsRequest later = Ask(Name(2));
  later.set_year(2025);
  // What stood below the dissolved office is not lost.
  EXPECT_THAT(List(later), ElementsAre("2 DUE", ".4 DUE"));
  v1::ListFilingsRequest then = Ask(Name(1), before);
  EXPECT_THAT(List(then), ElementsAre("1 DUE", ".3 DUE", "..4 DUE"));
}

TEST_F(FilingListTest, AnAgencyThatIsRegisteredLaterCountsIfItWasThere) {
  entries_.AppendAgency(Agency(1, -1));
  entries_.At("2026-05-01 00:00:00");
  entries_.AppendAgency(Agency(2, 1));
  v1::Agency young = Agency(3, 1);
  *young.mutable_valid_from() = report::DateOf(absl::CivilDay(2025, 1, 1));
  entries_.AppendAgency(young);
  EXPECT_THAT(List(Ask(Name(1))), ElementsAre("1 MISSING", ".2 MISSING"));
}

TEST_F(FilingListTest, AnAnswerAsOfASizeIsTheSameForGood) {
  for (int n = 0; n < 450; ++n) {
    entries_.AppendAgency(Agency(n, n == 0 ? -1 : (n - 1) / 20));
  }
  entries_.At("2025-01-20 00:00:00");
  for (int n = 0; n < 450; n += 3) File(n);
  const uint64_t size = entries_.size();
  const auto before = Pages(Ask(Name(0), size));
  EXPECT_GT(before.size(), 1u);
  entries_.At("2025-06-01 00:00:00");
  const absl::Time asked = EntryLedger::Shanghai("2025-01-20 00:01:00");
  for (int n = 0; n < 450; n += 5) File(n, n % 3 == 0 ? 2 : 1);
  for (int n = 1; n < 20; ++n)
    Change(Agency(n, -1), 2, absl::CivilDay(2024, 1, 1));
  for (int n = 500; n < 600; ++n) entries_.AppendAgency(Agency(n, 0));
  SetPolicy(0, 1, 1);
  const auto after = Pages(Ask(Name(0), size));
  ASSERT_EQ(before.size(), after.size());
  for (size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i].SerializeAsString(), after[i].SerializeAsString());
    EXPECT_EQ(after[i].tree_size(), size);
  }
  v1::ListFilingsRequest at = Ask(Name(0));
  *at.mutable_as_of() = ToTimestamp(asked);
  EXPECT_EQ(List(at).size(), 450u);
}

TEST_F(FilingListTest, RefusesWhatItCanNotAnswer) {
  entries_.AppendAgency(Agency(1, -1));
  const auto start = [this](const v1::ListFilingsRequest& request) {
    return FilingList::Start(&entries_.ledger(), &entries_.clock(),
                             &publications_, request)
        .status();
  };
  EXPECT_THAT(start(Ask(Name(7))),
              StatusHasReason(StatusCode::kNotFound, "AGENCY_NOT_FOUND"));
  const uint64_t size = entries_.size();
  entries_.AppendAgency(Agency(2, -1));
  EXPECT_THAT(start(Ask(Name(2), size)).message(),
              HasSubstr("was not registered then"));
  EXPECT_THAT(
      start(Ask("agencies/x")),
      StatusHasReason(StatusCode::kInvalidArgument, "INVALID_AGENCY_CODE"));
  v1::ListFilingsRequest request = Ask(Name(1));
  request.clear_year();
  EXPECT_THAT(start(request),
              StatusHasReason(StatusCode::kInvalidArgument, "INVALID_VALUE"));
  EXPECT_THAT(start(Ask(Name(1), 3)), StatusHasReason(StatusCode::kOutOfRange,
                                                      "TREE_SIZE_NOT_REACHED"));
}

// An answer of no filings is an answer.
TEST_F(FilingListTest, AnEmptyRegisterHasAnEmptyPage) {
  const auto pages = Pages(Ask("agencies/-"));
  ASSERT_EQ(pages.size(), 1u);
  EXPECT_THAT(pages[0].filings(), IsEmpty());
}

}  // namespace
}  // namespace annals
