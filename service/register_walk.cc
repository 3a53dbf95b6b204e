#include "service/register_walk.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "ledger/status_macros.h"
#include "service/agency_request.h"
#include "service/leaf_codec.h"
#include "service/report/names.h"

namespace annals {
namespace {

constexpr absl::string_view kAllAgencies = "agencies/-";
constexpr size_t kRowsMax = 64;
// More offices than stand above any agency.
constexpr size_t kLevelsMax = 64;

std::string RowPrefixOf(absl::string_view office) {
  return office.empty()
             ? AgencyRowPrefix()
             : SupervisedRowPrefix(absl::StripPrefix(office, "agencies/"));
}

}  // namespace

absl::StatusOr<RegisterWalk> RegisterWalk::Start(
    ledger::Ledger* ledger, const std::string& parent,
    const RegisterMoment& moment, std::optional<Subtree> viewer) {
  RegisterWalk walk(ledger, moment, std::move(viewer));
  if (parent == kAllAgencies) {
    walk.levels_.push_back({"", std::make_shared<const FilingDeadlines>()});
    RETURN_IF_ERROR(walk.Settle());
    return walk;
  }
  RETURN_IF_ERROR(report::ParseAgencyName(parent).status());
  ASSIGN_OR_RETURN(std::optional<RecordedAgency> state,
                   walk.states_.FindOn(parent, moment.size, moment.day));
  if (!state.has_value()) {
    ASSIGN_OR_RETURN(const uint64_t states_now, ledger->LengthOf(parent));
    return states_now > 0 ? NoAgencyYet(parent) : AgencyNotFound(parent);
  }
  ASSIGN_OR_RETURN(auto deadlines, walk.InheritedBy(state->agency));
  walk.root_name_ = parent;
  walk.root_.emplace();
  walk.root_->agency = std::move(state->agency);
  walk.root_->deadlines = std::move(deadlines);
  return walk;
}

absl::StatusOr<RegisterWalk::StreamEnd> RegisterWalk::EndOfPolicies(
    const std::string& office) const {
  return ledger_->FindStreamEndAsOf(PolicyStream(office), moment_.size);
}

absl::StatusOr<std::shared_ptr<const FilingDeadlines>> RegisterWalk::Below(
    std::shared_ptr<const FilingDeadlines> above, const std::string& office,
    const StreamEnd& policies) const {
  if (!policies.has_value()) return above;
  ASSIGN_OR_RETURN(
      const std::vector<ledger::StreamEntry> places,
      ledger_->ReadStream({PolicyStream(office), 0, policies->length}));
  std::vector<v1::LedgerEntry> own;
  own.reserve(places.size());
  for (const ledger::StreamEntry& place : places) {
    ASSIGN_OR_RETURN(own.emplace_back(), ReadDecodedLeaf(place.index, ledger_));
  }
  return std::make_shared<const FilingDeadlines>(*above, own);
}

// What the offices above `agency` set for it.
absl::StatusOr<std::shared_ptr<const FilingDeadlines>>
RegisterWalk::InheritedBy(const v1::Agency& agency) const {
  ASSIGN_OR_RETURN(const OfficePath path,
                   policies_.ReadPath(agency.supervisor(), moment_));
  auto deadlines = std::make_shared<const FilingDeadlines>();
  for (size_t i = path.offices.size(); i-- > 0;) {
    const std::string& office = path.offices[i].name();
    ASSIGN_OR_RETURN(const StreamEnd policies, EndOfPolicies(office));
    ASSIGN_OR_RETURN(deadlines, Below(std::move(deadlines), office, policies));
  }
  return deadlines;
}

// Most agencies supervise none. Their rows would stand between those of others,
// so one look into the index tells it of all that come before the next office.
absl::StatusOr<bool> RegisterWalk::SupervisesNone(const std::string& office) {
  const std::string prefix = RowPrefixOf(office);
  const bool is_in_gap = !gap_begin_.empty() && gap_begin_ <= prefix &&
                         (gap_end_.empty() || prefix < gap_end_);
  if (is_in_gap) return true;
  ledger::IndexScan scan;
  scan.prefix = SupervisedRowPrefix();
  scan.after_key = prefix;
  scan.limit = 1;
  ASSIGN_OR_RETURN(const std::vector<ledger::IndexRow> next,
                   ledger_->ScanIndex(scan));
  gap_begin_ = prefix;
  gap_end_ = next.empty() ? "" : SupervisedRowPrefixOf(next.front().key);
  return gap_end_ != prefix;
}

// With what the first look at each is about.
absl::Status RegisterWalk::ReadChildren(Level* level) {
  level->children.clear();
  level->next = 0;
  ledger::IndexScan scan;
  scan.prefix = RowPrefixOf(level->office);
  scan.limit = kRowsMax;
  scan.after_key = level->last_key;
  ASSIGN_OR_RETURN(const std::vector<ledger::IndexRow> rows,
                   ledger_->ScanIndex(scan));
  level->is_last_piece = rows.size() < kRowsMax;
  if (rows.empty()) return absl::OkStatus();
  level->last_key = rows.back().key;
  std::vector<std::string> streams;
  for (const ledger::IndexRow& row : rows) {
    streams.push_back(row.value);
    streams.push_back(PolicyStream(row.value));
  }
  ASSIGN_OR_RETURN(const std::vector<StreamEnd> ends,
                   ledger_->FindStreamEndsAsOf(streams, moment_.size));
  for (size_t i = 0; i < rows.size(); ++i) {
    level->children.push_back({rows[i].value, ends[2 * i], ends[2 * i + 1]});
  }
  return absl::OkStatus();
}

absl::Status RegisterWalk::Settle() {
  while (!levels_.empty()) {
    Level& level = levels_.back();
    if (level.next < level.children.size()) break;
    if (level.is_last_piece) {
      levels_.pop_back();
      continue;
    }
    RETURN_IF_ERROR(ReadChildren(&level));
  }
  return absl::OkStatus();
}

// Goes on with the agencies below it.
absl::StatusOr<WalkedAgency> RegisterWalk::Enter(WalkedAgency agency,
                                                 const StreamEnd& policies) {
  const std::string& name = agency.agency.name();
  if (levels_.size() >= kLevelsMax) return SupervisionTooDeep(name, kLevelsMax);
  ASSIGN_OR_RETURN(agency.deadlines,
                   Below(std::move(agency.deadlines), name, policies));
  agency.exists = ExistsOn(agency.agency, moment_.day);
  ASSIGN_OR_RETURN(const bool supervises_none, SupervisesNone(name));
  if (!supervises_none) {
    Level level{name, agency.deadlines};
    level.depth = agency.depth + (agency.exists ? 1 : 0);
    levels_.push_back(std::move(level));
  }
  RETURN_IF_ERROR(Settle());
  return agency;
}

absl::StatusOr<bool> RegisterWalk::HasLeft(const RecordedAgency& state) {
  if (!viewer_.has_value()) return false;
  // Then the state that was read tells who supervises it.
  const bool holds_now = state.is_latest &&
                         moment_.size == viewer_->moment().size &&
                         FirstDayOf(state.agency) <= viewer_->moment().day;
  const std::string& name = state.agency.name();
  ASSIGN_OR_RETURN(const bool is_below,
                   viewer_->Contains(holds_now && name != viewer_->office()
                                         ? state.agency.supervisor()
                                         : name));
  return !is_below;
}

absl::StatusOr<std::optional<WalkedAgency>> RegisterWalk::Step() {
  if (root_.has_value()) {
    ASSIGN_OR_RETURN(const StreamEnd policies, EndOfPolicies(root_name_));
    return Enter(*std::exchange(root_, std::nullopt), policies);
  }
  Level& level = levels_.back();
  const Child child = std::move(level.children[level.next++]);
  WalkedAgency agency;
  agency.depth = level.depth;
  agency.deadlines = level.deadlines;
  ASSIGN_OR_RETURN(std::optional<RecordedAgency> state,
                   states_.FindOn(child.name, child.states, moment_.day));
  // A row stays when the supervisor changes, and those of later entries show.
  if (!state.has_value() || state->agency.supervisor() != level.office ||
      child.name == root_name_) {
    RETURN_IF_ERROR(Settle());
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(agency.has_left, HasLeft(*state));
  agency.agency = std::move(state->agency);
  return Enter(std::move(agency), child.policies);
}

absl::Status RegisterWalk::SkipBelow(const std::string& office) {
  // It has no level any more if nothing is below it.
  if (!levels_.empty() && levels_.back().office == office) levels_.pop_back();
  return Settle();
}

}  // namespace annals
