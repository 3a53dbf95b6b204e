// The filing of an agency that has left the office which asks.

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/filing_list.h"
#include "tests/support/report_register.h"

namespace annals {
namespace {

class LeftAgencyTest : public ::testing::Test {
 protected:
  // Agency 1 filed while it stood under 0, and stands under 2 now.
  void SetUp() override {
    register_.entries().At("2025-01-10 00:00:00");
    for (const int office : {0, 2}) register_.Add(office, -1);
    register_.Add(1, 0);
    register_.File(1, ReportRegister::Applications(1, 5));
    register_.Change(ReportRegister::Agency(1, 2), 2,
                     absl::CivilDay(2025, 6, 1));
    register_.entries().At("2025-07-01 00:00:00");
  }

  void Take(v1::Step step, int position) {
    v1::LedgerEntry entry;
    v1::StepTaken* const event = entry.mutable_step_taken();
    event->set_report(ReportRegister::Report(1));
    event->set_number(1);
    event->set_step(step);
    event->set_position(position);
    register_.entries().Append(std::move(entry));
  }

  // As office 0 sees it.
  v1::Filing Seen(uint64_t size) {
    v1::ListFilingsRequest request;
    request.set_parent(ReportRegister::Name(0));
    request.set_year(2024);
    request.set_as_of_size(size);
    ledger::Ledger& ledger = register_.entries().ledger();
    auto list = FilingList::Start(
        &ledger, &register_.entries().clock(), &publications_, request,
        Subtree(request.parent(), lives_.Now(), &ledger));
    EXPECT_OK(list);
    if (!list.ok()) return {};
    const auto page = (*list)->Next();
    EXPECT_OK(page);
    if (!page.ok() || !page->has_value() || (*page)->filings_size() != 2) {
      ADD_FAILURE() << "not two filings";
      return {};
    }
    return (*page)->filings(1);
  }

  ReportRegister register_;
  const LifeReader lives_{&register_.entries().ledger(),
                          &register_.entries().clock()};
  const Publications publications_{&register_.entries().ledger(), &lives_};
};

TEST_F(LeftAgencyTest, WhatIsWithdrawnAndRestoredChangesNoAnswerOfThePast) {
  const uint64_t filed = register_.entries().size();
  const std::string first = Seen(filed).SerializeAsString();
  EXPECT_EQ(Seen(filed).state(), v1::FILING_STATE_ON_TIME);
  Take(v1::STEP_WITHDRAWN, 1);
  const uint64_t withdrawn = register_.entries().size();
  const std::string second = Seen(withdrawn).SerializeAsString();
  EXPECT_EQ(Seen(withdrawn).state(), v1::FILING_STATE_WITHDRAWN);
  EXPECT_EQ(Seen(filed).SerializeAsString(), first);
  Take(v1::STEP_RESTORED, 2);
  EXPECT_EQ(Seen(register_.entries().size()).state(), v1::FILING_STATE_ON_TIME);
  EXPECT_EQ(Seen(filed).SerializeAsString(), first);
  EXPECT_EQ(Seen(withdrawn).SerializeAsString(), second);
}

}  // namespace
}  // namespace annals
