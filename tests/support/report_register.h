// Agencies and reports on a ledger in memory, for what adds up or lists many.

#ifndef ANNALS_TESTS_SUPPORT_REPORT_REGISTER_H_
#define ANNALS_TESTS_SUPPORT_REPORT_REGISTER_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "service/report/days.h"
#include "service/report/review_policy.h"
#include "tests/support/agency_code.h"
#include "tests/support/entry_ledger.h"
#include "tests/support/report_maker.h"

namespace annals {

class ReportRegister {
 public:
  static std::string Name(int n) { return "agencies/" + MakeAgencyCode(n); }
  static std::string Report(int n, const std::string& suffix = "") {
    return absl::StrCat(Name(n), "/reports/2024", suffix);
  }
  static std::string Revision(int n, int number = 1,
                              const std::string& suffix = "") {
    return absl::StrCat(Report(n, suffix), "/revisions/", number);
  }

  static v1::Agency Agency(int n, int supervisor,
                           const std::string& division = "410300",
                           v1::AgencyKind kind = v1::AGENCY_KIND_DEPARTMENT) {
    v1::Agency agency;
    agency.set_name(Name(n));
    agency.set_display_name(absl::StrCat("机关", n));
    agency.set_division_code(division);
    agency.set_kind(kind);
    if (supervisor >= 0) agency.set_supervisor(Name(supervisor));
    return agency;
  }

  void Add(int n, int supervisor, const std::string& division = "410300",
           v1::AgencyKind kind = v1::AGENCY_KIND_DEPARTMENT) {
    entries_.AppendAgency(Agency(n, supervisor, division, kind));
  }

  void Change(v1::Agency agency, int number, absl::CivilDay first) {
    *agency.mutable_valid_from() = report::DateOf(first);
    v1::LedgerEntry entry;
    entry.mutable_agency_changed()->set_number(number);
    *entry.mutable_agency_changed()->mutable_agency() = std::move(agency);
    entries_.Append(std::move(entry));
  }

  // Agency `n` demands of its own and all reports below it that are recorded
  // from now on that they are signed off.
  void DemandSigningOff(int n) {
    v1::LedgerEntry entry;
    v1::PolicySet* const event = entry.mutable_policy_set();
    event->set_agency(Name(n));
    event->set_number(1);
    *event->mutable_policy() = report::DefaultReviewPolicy();
    event->mutable_policy()->set_effective_after(v1::STEP_SIGNED_OFF);
    entries_.Append(std::move(entry));
  }

  // The first step on the report's revision.
  void SignOff(int n, int number) {
    v1::LedgerEntry entry;
    v1::StepTaken* const event = entry.mutable_step_taken();
    event->set_report(Report(n));
    event->set_number(number);
    event->set_step(v1::STEP_SIGNED_OFF);
    event->set_position(1);
    entries_.Append(std::move(entry));
  }

  // Records `report`; the entry's index.
  uint64_t File(int n, const v1::Report& report, int number = 1) {
    v1::LedgerEntry entry;
    v1::RevisionRecorded* event = entry.mutable_revision_recorded();
    event->set_report(
        Report(n, report.scope() == v1::SCOPE_REGIONAL ? "-regional" : ""));
    event->set_number(number);
    v1::RevisionContent content;
    *content.mutable_report() = report;
    return entries_.Append(std::move(entry), content.SerializeAsString());
  }

  // A report of `count` applications, named after the agency.
  static v1::Report Applications(int n, int64_t count,
                                 v1::Scope scope = v1::SCOPE_ORGAN) {
    v1::Report report = MakeReport(1);
    report.set_agency_name(absl::StrCat("机关", n));
    report.set_scope(scope);
    report::SetCell(*report::Schema::Get().Find("t3.new_received.total"), count,
                    &report);
    return report;
  }

  void Erase(uint64_t index, const std::string& revision) {
    v1::LedgerEntry entry;
    v1::ContentErased* event = entry.mutable_content_erased();
    event->set_erased_index(index);
    event->set_name(revision);
    const auto erased = entries_.ledger().ReadEntry(index, false);
    ASSERT_OK(erased);
    const auto leaf = DecodeLeaf(index, erased->leaf);
    ASSERT_OK(leaf);
    event->set_content_hash(leaf->content_hash());
    event->set_legal_basis("条例第十四条");
    entries_.Append(std::move(entry));
  }

  EntryLedger& entries() { return entries_; }

 private:
  EntryLedger entries_;
};

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_REPORT_REGISTER_H_
