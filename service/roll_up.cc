#include "service/roll_up.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/as_of.h"
#include "service/recorded_figures.h"
#include "service/report/blame.h"
#include "service/report/covered_regions.h"
#include "service/report/names.h"
#include "service/report/roll_up_sum.h"
#include "service/request.h"
#include "service/roll_up_members.h"

namespace annals {
namespace {

// A worker adds up some ten thousand reports in a second.
constexpr size_t kAgenciesMax = 50'000;

absl::Status TooLarge(const std::string& office) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "ROLL_UP_TOO_LARGE",
      {absl::StrCat("More than ", kAgenciesMax, " agencies stand below ",
                    office, "; add up those of the offices below it."),
       absl::StrCat(office, " 以下的机关超过 ", kAgenciesMax,
                    " 个；请分别汇总其下级机关。")});
}

absl::StatusOr<int> ContributionsMax(const v1::RollUpRequest& request) {
  const int asked = request.contributions_max();
  if (asked == 0) return report::kContributionsDefault;
  if (asked > 0 && asked <= report::kContributionsMax) return asked;
  return InvalidField(
      "INVALID_VALUE", "contributions_max",
      absl::StrCat("is ", asked, "; at most ", report::kContributionsMax,
                   " are listed, 0 for ", report::kContributionsDefault),
      absl::StrCat("为 ", asked, "；最多列 ", report::kContributionsMax,
                   " 项，0 为 ", report::kContributionsDefault, " 项"));
}

absl::StatusOr<std::vector<report::CellIndex>> ChosenCells(
    const v1::RollUpRequest& request) {
  std::vector<report::CellIndex> cells;
  for (const std::string& id : request.cells()) {
    const auto cell = report::Schema::Get().Find(id);
    if (!cell.has_value()) return report::FieldNotFound(id);
    cells.push_back(*cell);
  }
  return cells;
}

// One answer in the making.
class Adding {
 public:
  Adding(RollUpQuestion question, int contributions_max,
         const Publications& publications, ledger::Ledger* ledger)
      : question_(std::move(question)),
        publications_(publications),
        ledger_(*ledger),
        sum_(contributions_max) {}

  absl::Status AddAll() {
    ASSIGN_OR_RETURN(RollUpMembers found,
                     FindRollUpMembers(question_, publications_, &ledger_));
    if (!found.is_complete) {
      return TooLarge(report::AgencyName{question_.office_code}.ToString());
    }
    const report::CoveredRegions regions = RegionsOf(found.members);
    for (RollUpMember& member : found.members) {
      RETURN_IF_ERROR(AddMember(regions, &member));
    }
    for (const std::string& erased : found.erased_regional) {
      response_.add_erased(erased);
    }
    for (std::string& dissolved : found.of_dissolved) {
      response_.add_of_dissolved_agencies(std::move(dissolved));
    }
    for (const SpokenFor& spoken_for : found.spoken_for) {
      AddCounted(spoken_for.report, spoken_for.included_in);
    }
    return AddRegional();
  }

  v1::RollUpResponse Finish(const std::vector<report::CellIndex>& chosen) {
    response_.set_tree_size(question_.size);
    for (v1::RollUpCell& cell : sum_.Build(chosen)) {
      *response_.add_cells() = std::move(cell);
    }
    *response_.mutable_draft() = sum_.Draft(question_.year);
    response_.mutable_draft()->set_agency_name(office_name_);
    return std::move(response_);
  }

 private:
  report::CoveredRegions RegionsOf(const std::vector<RollUpMember>& members) {
    const v1::Agency office =
        members.empty() ? v1::Agency() : members.front().agency;
    office_name_ = office.display_name();
    report::CoveredRegions regions(office.division_code());
    for (const RollUpMember& member : members) {
      if (member.report.scope != v1::SCOPE_REGIONAL) continue;
      regions.Add(member.agency.division_code(), member.agency.kind(),
                  member.report.ToString());
    }
    return regions;
  }

  absl::Status AddMember(const report::CoveredRegions& regions,
                         RollUpMember* member) {
    const std::string report = member->report.ToString();
    const std::string* cover =
        regions.Find(member->agency.division_code(), member->agency.kind(),
                     member->report.scope);
    if (cover != nullptr) {
      if (member->end.has_value()) AddCounted(report, *cover);
      return absl::OkStatus();
    }
    if (!member->end.has_value()) {
      *response_.add_missing() = std::move(member->agency);
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(
        ReadRecordedFigures(report, *member->end, &ledger_, &read_));
    if (read_.is_erased) {
      response_.add_erased(read_.revision);
      return absl::OkStatus();
    }
    response_.add_revisions(read_.revision);
    response_.add_revision_entries(member->end->last_index);
    sum_.Add(read_.revision, read_.figures);
    return absl::OkStatus();
  }

  void AddCounted(const std::string& report, const std::string& included_in) {
    v1::CountedElsewhere* counted = response_.add_counted_elsewhere();
    counted->set_report(report);
    counted->set_included_in(included_in);
  }

  absl::Status AddRegional() {
    const report::ReportName report = {question_.office_code, question_.year,
                                       v1::SCOPE_REGIONAL};
    ASSIGN_OR_RETURN(const std::optional<ledger::StreamEnd> end,
                     publications_.FindInEffectAsOf(report, question_.size));
    if (!end.has_value()) return absl::OkStatus();
    RETURN_IF_ERROR(
        ReadRecordedFigures(report.ToString(), *end, &ledger_, &read_));
    response_.set_regional_revision(read_.revision);
    if (read_.is_erased) {
      response_.add_erased(read_.revision);
    } else {
      response_.add_revision_entries(end->last_index);
      sum_.SetRegional(read_.figures);
    }
    return absl::OkStatus();
  }

  const RollUpQuestion question_;
  const Publications& publications_;
  ledger::Ledger& ledger_;
  report::RollUpSum sum_;
  std::string office_name_;
  // The one report that is held.
  RecordedFigures read_;
  v1::RollUpResponse response_;
};

}  // namespace

absl::StatusOr<v1::RollUpResponse> RollUp::Answer(
    const v1::RollUpRequest& request, std::optional<Subtree> viewer) const {
  RETURN_IF_ERROR(RequireKnownFields("request", request));
  ASSIGN_OR_RETURN(const report::AgencyName office,
                   report::ParseAgencyName(request.agency()));
  RETURN_IF_ERROR(RequireReportYear(request.year()));
  ASSIGN_OR_RETURN(const int contributions_max, ContributionsMax(request));
  ASSIGN_OR_RETURN(const std::vector<report::CellIndex> chosen,
                   ChosenCells(request));
  ASSIGN_OR_RETURN(const uint64_t size, AsOf(ledger_, clock_).SizeFor(request));
  RollUpQuestion question{office.code, request.year(), size, kAgenciesMax,
                          std::move(viewer)};
  question.names_spoken_for = true;
  Adding adding(std::move(question), contributions_max, publications_, ledger_);
  RETURN_IF_ERROR(adding.AddAll());
  return adding.Finish(chosen);
}

}  // namespace annals
