// A ledger in memory with a clock of its own, and in it agencies whose reports
// live by policies.

#ifndef ANNALS_TESTS_SERVICE_LIFE_LEDGER_H_
#define ANNALS_TESTS_SERVICE_LIFE_LEDGER_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "service/report/days.h"
#include "service/report/names.h"
#include "service/report/review_policy.h"
#include "tests/support/agency_code.h"
#include "tests/support/entry_ledger.h"

namespace annals {

class LifeLedgerTest : public ::testing::Test {
 protected:
  // 0 above 1 above 2, whose report it is unless another is named.
  void SetUp() override {
    entries_.At("2025-01-01 00:00:00");
    for (int n = 0; n < 3; ++n) entries_.AppendAgency(Agency(n, n - 1));
  }

  static std::string Name(int n) { return "agencies/" + MakeAgencyCode(n); }

  static v1::Agency Agency(int n, int supervisor) {
    v1::Agency agency;
    agency.set_name(Name(n));
    if (supervisor >= 0) agency.set_supervisor(Name(supervisor));
    return agency;
  }

  void Move(int n, int supervisor, int number, absl::CivilDay first) {
    v1::LedgerEntry entry;
    entry.mutable_agency_changed()->set_number(number);
    v1::Agency* const agency = entry.mutable_agency_changed()->mutable_agency();
    *agency = Agency(n, supervisor);
    *agency->mutable_valid_from() = report::DateOf(first);
    entries_.Append(std::move(entry));
  }

  uint64_t Revise(int number, int n = 2, const std::string& document = "") {
    v1::LedgerEntry entry;
    v1::RevisionRecorded* const event = entry.mutable_revision_recorded();
    event->set_report(Report(n).ToString());
    event->set_number(number);
    event->set_document(document);
    v1::RevisionContent content;
    content.mutable_report()->set_year(2024 + number);
    return entries_.Append(std::move(entry), content.SerializeAsString());
  }

  uint64_t Take(int number, v1::Step step, int n = 2) {
    v1::LedgerEntry entry;
    v1::StepTaken* const event = entry.mutable_step_taken();
    event->set_report(Report(n).ToString());
    event->set_number(number);
    event->set_step(step);
    event->set_position(++steps_[n]);
    return entries_.Append(std::move(entry));
  }

  // STEP_UNSPECIFIED removes it.
  uint64_t SetPolicy(int n, v1::Step effective_after, int number) {
    v1::LedgerEntry entry;
    v1::PolicySet* const event = entry.mutable_policy_set();
    event->set_agency(Name(n));
    event->set_number(number);
    if (effective_after != v1::STEP_UNSPECIFIED) {
      *event->mutable_policy() = report::DefaultReviewPolicy();
      event->mutable_policy()->set_effective_after(effective_after);
    }
    return entries_.Append(std::move(entry));
  }

  static report::ReportName Report(int n = 2) {
    return {MakeAgencyCode(n), 2024, v1::SCOPE_ORGAN};
  }

  EntryLedger entries_;

 private:
  std::map<int, int> steps_;
};

}  // namespace annals

#endif  // ANNALS_TESTS_SERVICE_LIFE_LEDGER_H_
