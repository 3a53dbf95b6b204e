#include "service/roll_up_members.h"

#include <initializer_list>
#include <utility>

#include "absl/time/civil_time.h"
#include "ledger/status_macros.h"
#include "service/agency_register.h"
#include "service/register_walk.h"
#include "service/view.h"

namespace annals {
namespace {

class MemberSearch {
 public:
  MemberSearch(const RollUpQuestion& question, const Publications& publications,
               ledger::Ledger* ledger)
      : question_(question), publications_(publications), ledger_(*ledger) {}

  absl::StatusOr<RollUpMembers> Run() {
    const std::string office =
        report::AgencyName{question_.office_code}.ToString();
    const RegisterMoment moment = {question_.size,
                                   absl::CivilDay(question_.year, 12, 31)};
    ASSIGN_OR_RETURN(
        RegisterWalk walk,
        RegisterWalk::Start(&ledger_, office, moment, question_.viewer));
    ASSIGN_OR_RETURN(std::optional<WalkedAgency> first, walk.Step());
    RETURN_IF_ERROR(AddOffice(office, std::move(first)));
    size_t count = 1;
    while (!walk.AtEnd()) {
      ASSIGN_OR_RETURN(std::optional<WalkedAgency> agency, walk.Step());
      if (!agency.has_value()) continue;
      if (++count > question_.agencies_max) {
        result_.is_complete = false;
        break;
      }
      const std::string name = agency->agency.name();
      RETURN_IF_ERROR(Add(*std::move(agency)));
      if (cover_.has_value() && !question_.names_spoken_for) {
        RETURN_IF_ERROR(walk.SkipBelow(name));
        cover_.reset();
      }
    }
    return std::move(result_);
  }

 private:
  // A regional report that speaks of all agencies deeper than its own.
  struct Cover {
    int depth = 0;
    std::string report;
  };

  absl::StatusOr<std::optional<ledger::StreamEnd>> EndOf(
      const report::ReportName& report) const {
    return publications_.FindInEffectAsOf(report, question_.size, view_);
  }

  // The same of a regional report that can be added up.
  absl::StatusOr<std::optional<ledger::StreamEnd>> EndOfRegional(
      const report::ReportName& report) {
    ASSIGN_OR_RETURN(const std::optional<ledger::StreamEnd> end, EndOf(report));
    if (!end.has_value()) return end;
    ASSIGN_OR_RETURN(
        const ledger::LedgerEntryBytes bytes,
        ledger_.ReadEntry(end->last_index, /*with_content=*/false));
    if (!bytes.erased_by.has_value()) return end;
    result_.erased_regional.push_back(
        report::RevisionName{report, static_cast<int>(end->length)}.ToString());
    return std::nullopt;
  }

  // The office's own report counts even if the office was not there any more.
  absl::Status AddOffice(const std::string& office,
                         std::optional<WalkedAgency> agency) {
    RollUpMember member;
    member.report = {question_.office_code, question_.year, v1::SCOPE_ORGAN};
    ASSIGN_OR_RETURN(member.end, EndOf(member.report));
    const bool exists = agency.has_value() && agency->exists;
    if (!exists && !member.end.has_value()) return absl::OkStatus();
    if (exists) {
      member.agency = std::move(agency->agency);
    } else {
      member.agency.set_name(office);
    }
    result_.members.push_back(std::move(member));
    return absl::OkStatus();
  }

  absl::Status Add(WalkedAgency walked) {
    ASSIGN_OR_RETURN(const report::AgencyName name,
                     report::ParseAgencyName(walked.agency.name()));
    view_ = walked.has_left ? View::kPublished : View::kAll;
    if (cover_.has_value() && walked.depth <= cover_->depth) cover_.reset();
    const report::ReportName own = {name.code, question_.year, v1::SCOPE_ORGAN};
    const report::ReportName regional = {name.code, question_.year,
                                         v1::SCOPE_REGIONAL};
    if (cover_.has_value()) {
      RETURN_IF_ERROR(AddSpokenFor(own));
      return AddSpokenFor(regional);
    }
    if (!walked.exists) return AddDissolved({own, regional});
    RollUpMember member;
    ASSIGN_OR_RETURN(member.end, EndOfRegional(regional));
    member.report = member.end.has_value() ? regional : own;
    if (member.end.has_value()) {
      cover_ = {walked.depth, regional.ToString()};
      RETURN_IF_ERROR(AddSpokenFor(own));
    } else {
      ASSIGN_OR_RETURN(member.end, EndOf(own));
    }
    member.agency = std::move(walked.agency);
    result_.members.push_back(std::move(member));
    return absl::OkStatus();
  }

  absl::Status AddDissolved(std::initializer_list<report::ReportName> reports) {
    for (const report::ReportName& report : reports) {
      ASSIGN_OR_RETURN(const std::optional<ledger::StreamEnd> end,
                       EndOf(report));
      if (end.has_value()) result_.of_dissolved.push_back(report.ToString());
    }
    return absl::OkStatus();
  }

  absl::Status AddSpokenFor(const report::ReportName& report) {
    if (!question_.names_spoken_for) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::optional<ledger::StreamEnd> end, EndOf(report));
    if (end.has_value()) {
      result_.spoken_for.push_back({report.ToString(), cover_->report});
    }
    return absl::OkStatus();
  }

  const RollUpQuestion& question_;
  const Publications& publications_;
  ledger::Ledger& ledger_;
  std::optional<Cover> cover_;
  // Of the agency that is looked at.
  View view_ = View::kAll;
  RollUpMembers result_;
};

}  // namespace

absl::StatusOr<RollUpMembers> FindRollUpMembers(
    const RollUpQuestion& question, const Publications& publications,
    ledger::Ledger* ledger) {
  return MemberSearch(question, publications, ledger).Run();
}

}  // namespace annals
